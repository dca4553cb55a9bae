/**
 * Messages with parts in binary (RFC 3030): turned into such as every server takes, before anything looks into them. Read
 * {@link sekisho.mailhook.binary.BinaryMime} first.
 */
@NullMarked
package sekisho.mailhook.binary;

import org.jspecify.annotations.NullMarked;
