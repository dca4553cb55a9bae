package sekisho.mailhook.mime.header;

import java.nio.charset.StandardCharsets;

import sekisho.mailhook.mime.html.Shifts;

/**
 * Japanese in a field as it stands, without an encoded word: half a character may be the octet of a quote or a semicolon in ISO-2022-JP, where ア is
 * {@code %"}, and of a backslash in Shift_JIS, where 表 ends in one. Such octets are put out of reach, each as a char of the private use area, for
 * whoever looks for those signs.
 */
final class JapaneseOctets {

    private static final char VEIL = '\uE000';

    private JapaneseOctets() {
    }

    /**
     * @param field one char for each octet
     * @return the field itself when there is nothing to veil
     */
    static String veiled(String field) {
        byte[] octets = field.getBytes(StandardCharsets.ISO_8859_1);
        return switch (MailCharsets.guessCharset(octets, octets.length).name()) {
            case "x-windows-iso2022jp" -> shifted(octets);
            case "windows-31j" -> doubled(octets);
            default -> field;
        };
    }

    static String unveiled(String text) {
        var octets = new StringBuilder(text.length());
        text.chars().forEach(c -> octets.append((char) (c < VEIL ? c : c - VEIL)));
        return octets.toString();
    }

    /** Escape sequences and what they make characters of, as far as one leads back to ASCII (RFC 1468). */
    private static String shifted(byte[] octets) {
        var text = new StringBuilder(octets.length);
        var shifts = new Shifts();
        int ascii = 0;   // up to here it is well formed
        for (int i = 0; i < octets.length; i++) {
            boolean covered = shifts.covers(octets[i]);
            text.append((char) ((octets[i] & 0xFF) + (covered ? VEIL : 0)));
            ascii = covered ? ascii : i + 1;
        }
        return shifts.isShifted() ? text.substring(0, ascii) + new String(octets, ascii, octets.length - ascii, StandardCharsets.ISO_8859_1) : text.toString();
    }

    /** Characters of two octets, all of them whole: else the charset wouldn't be this one. */
    private static String doubled(byte[] octets) {
        var text = new StringBuilder(octets.length);
        for (int i = 0; i < octets.length; i++) {
            int octet = octets[i] & 0xFF;
            boolean leads = octet >= 0x81 && octet <= 0x9F || octet >= 0xE0 && octet <= 0xFC;
            text.append((char) octet);
            if (leads && i + 1 < octets.length) {
                text.append((char) ((octets[++i] & 0xFF) + VEIL));
            }
        }
        return text.toString();
    }
}
