package sekisho.mailhook.mime.rewrite;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The link block in the charset of a text. */
final class BlockOctets {

    private static final Charset ISO_2022_JP = Charset.forName("ISO-2022-JP");
    private static final String ASCII = "<body class=\"a\">&#12354; https://h/d/0Az\r\n";

    private BlockOctets() {
    }

    /** Whether octets of ASCII mean the same in this charset: not so in UTF-16 or EBCDIC. */
    static boolean extendsAscii(Charset charset) {
        return charset.canEncode() && new String(ASCII.getBytes(StandardCharsets.US_ASCII), charset).equals(ASCII);
    }

    /** The charset to write: what a label means to be read as is wider than what every reader of that label knows. */
    private static Charset strict(Charset charset) {
        return switch (charset.name()) {
            case "x-windows-iso2022jp" -> ISO_2022_JP;
            case "windows-1252" -> StandardCharsets.ISO_8859_1;
            default -> charset;
        };
    }

    /** Plain text, or null when a character of it can't be written. The dots of a masked address may become stars. */
    static byte @Nullable [] text(String lines, Charset charset) {
        Charset target = strict(charset);
        CharsetEncoder encoder = target.newEncoder();
        String text = encoder.canEncode('•') ? lines : lines.replace('•', '*');
        var out = new ByteArrayOutputStream(text.length() * 2);
        try {
            for (String line : text.split("(?<=\n)")) {   // each line ends in ASCII (RFC 1468)
                ByteBuffer octets = encoder.reset().encode(CharBuffer.wrap(line.stripTrailing()));
                out.write(octets.array(), octets.arrayOffset(), octets.remaining());
                out.writeBytes(new byte[] {'\r', '\n'});
            }
        } catch (CharacterCodingException _) {
            return null;
        }
        return out.toByteArray();
    }

    /** HTML always fits: what can't be written becomes a numeric character reference. */
    static byte[] html(String html, Charset charset) {
        Charset target = strict(charset);
        CharsetEncoder encoder = target.newEncoder();
        if (encoder.canEncode(html)) {
            return html.getBytes(target);
        }
        var text = new StringBuilder(html.length() * 2);
        html.codePoints().forEach(c -> {
            if (c < 0x80) {
                text.append((char) c);
            } else {
                text.append("&#").append(c).append(';');
            }
        });
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
