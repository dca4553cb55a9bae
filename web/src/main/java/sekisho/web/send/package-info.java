/**
 * The form of the upload portal; {@code sekisho.web.upload} takes what it sends. Read {@link sekisho.web.send.SendForm} first.
 */
@NullMarked
package sekisho.web.send;

import org.jspecify.annotations.NullMarked;
