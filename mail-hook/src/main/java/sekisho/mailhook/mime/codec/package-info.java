/**
 * Content-Transfer-Encoding both ways (RFC 2045 §6), streaming, as lenient as the mail readers are: a decoder never
 * fails and never stops before the end. Read {@link sekisho.mailhook.mime.codec.BodyDecoder} first.
 */
@NullMarked
package sekisho.mailhook.mime.codec;

import org.jspecify.annotations.NullMarked;
