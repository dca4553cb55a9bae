package sekisho.web.download;

import java.nio.charset.StandardCharsets;
import sekisho.gateway.files.FileNames;

/**
 * The field {@code Content-Disposition} of a download (RFC 6266): {@code filename} in plain ASCII for old clients, and
 * {@code filename*} (RFC 8187) for the true name. Names were made safe when the file came in and are made safe again here, since
 * they go into a header.
 */
final class Disposition {

    /** What may stand in {@code filename*} as it is (RFC 8187 §3.2.1, attr-char). */
    private static final String ATTR_CHARS = "!#$&+-.^_`|~";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private Disposition() {
    }

    static String of(String name) {
        var safe = FileNames.safe(name);
        var plain = plain(safe);
        return "attachment; filename=\"" + plain + "\"" + (plain.equals(safe) ? "" : "; filename*=UTF-8''" + encoded(safe));
    }

    /** No quote, backslash or percent sign: clients disagree about what they mean here (RFC 6266, appendix D). */
    private static String plain(String name) {
        var ascii = new StringBuilder(name.length());
        boolean speaks = false;
        int dot = name.lastIndexOf('.') < 0 ? name.length() : name.lastIndexOf('.');
        for (int at = 0; at < name.length(); at++) {
            char c = name.charAt(at);
            if (Character.isLowSurrogate(c)) {
                continue;
            }
            boolean kept = c >= ' ' && c < 127 && "\"\\%".indexOf(c) < 0;
            speaks |= kept && at < dot && Character.isLetterOrDigit(c);
            ascii.append(kept ? c : '_');
        }
        int extension = ascii.lastIndexOf(".");
        return speaks ? ascii.toString() : "file" + (extension < 0 ? "" : ascii.substring(extension));
    }

    private static String encoded(String name) {
        var text = new StringBuilder(3 * name.length());
        for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
            boolean kept = octet > 0 && (octet >= '0' && octet <= '9' || octet >= 'a' && octet <= 'z' || octet >= 'A' && octet <= 'Z'
                || ATTR_CHARS.indexOf(octet) >= 0);
            if (kept) {
                text.append((char) octet);
            } else {
                text.append('%').append(HEX[octet >> 4 & 0xF]).append(HEX[octet & 0xF]);
            }
        }
        return text.toString();
    }
}
