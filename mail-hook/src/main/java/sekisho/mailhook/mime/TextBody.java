package sekisho.mailhook.mime;

import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.codec.TransferEncoding;

/**
 * How the text of a part is written.
 *
 * @param html       else plain text
 * @param charset    what it is read in: as declared, null when it isn't; of UTF-16 and UTF-32 the one order of the octets in which it is text, where neither label
 *                   nor mark says it
 * @param flowed     format=flowed (RFC 3676)
 * @param delSp      the space before a soft line break isn't part of the text
 * @param fixed      nothing may be put into the text: it carries an inline PGP signature or message, it is a rarer sort of text,
 *                   isn't all in the charset or the transfer encoding that it names, is text in both orders of its octets, or is HTML in which only a parser finds the body
 */
public record TextBody(boolean html, @Nullable String charset, TransferEncoding encoding, boolean flowed, boolean delSp,
                       boolean fixed) {
}
