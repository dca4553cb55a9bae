package sekisho.mailhook.mime.rewrite;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.MailCharsets;

/** The link block in the charset of a text. */
final class BlockOctets {

    private static final String ASCII = "<body class=\"a\">&#12354; https://h/d/0Az\r\n";

    private BlockOctets() {
    }

    /** Whether octets of ASCII mean the same in this charset: not so in UTF-16 or EBCDIC. */
    static boolean extendsAscii(Charset charset) {
        return charset.canEncode() && new String(ASCII.getBytes(StandardCharsets.US_ASCII), charset).equals(ASCII);
    }

    /** Whether escape sequences change what an octet means. */
    static boolean isIso2022(@Nullable Charset charset) {
        return charset != null && charset.name().toLowerCase(Locale.ROOT).contains("2022");
    }

    /** The charset to write: what a label is taken for when it is read is wider than what every reader of it knows. */
    private static Charset strict(Charset meant, String label) {
        String key = label.strip().toLowerCase(Locale.ROOT);
        return switch (meant.name()) {
            case "x-windows-iso2022jp" -> Charset.forName("ISO-2022-JP");
            case "windows-1252" -> key.contains("1252") ? meant : StandardCharsets.ISO_8859_1;
            case "windows-1254" -> key.contains("1254") ? meant : Charset.forName("ISO-8859-9");
            case "x-windows-874" -> key.contains("874") ? meant : Charset.forName("TIS-620");
            case "x-eucJP-Open" -> Charset.forName("EUC-JP");
            case "GB18030" -> key.equals("gb18030") ? meant : Charset.forName(key.startsWith("gb2312") || key.contains("cn") ? "GB2312" : "GBK");
            case "x-windows-949" -> Charset.forName("EUC-KR");
            case "x-MS950-HKSCS" -> Charset.forName("Big5");
            default -> meant;
        };
    }

    /**
     * Plain text, or null when a reader of this charset would not see all of it as it is. The dots of a masked address may become stars.
     *
     * @param meant what the label is taken for
     */
    static byte @Nullable [] text(String lines, Charset meant, String label) {
        CharsetEncoder encoder = strict(meant, label).newEncoder();
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
        byte[] octets = out.toByteArray();
        return new String(octets, meant).equals(text) && (!isIso2022(meant) || isRfc1468(octets)) ? octets : null;
    }

    /** Half-width kana and JIS X 0212 have escape sequences that not every reader knows. */
    private static boolean isRfc1468(byte[] octets) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        return !text.contains("\u001B(I") && !text.contains("\u001B$(");
    }

    /** HTML in ASCII, so that it fits any charset that extends it: the rest as numeric character references. */
    static byte[] html(String html) {
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

    static boolean isUtf8(String label) {
        return MailCharsets.named(label).filter(StandardCharsets.UTF_8::equals).isPresent();
    }
}
