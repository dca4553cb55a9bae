package sekisho.mailhook.mime;

/** The first octets of content, against what its declared type promises. */
final class Signatures {

    private Signatures() {
    }

    /** Formats that no reader shows as text; a text part that starts like one is an attachment in disguise. */
    static boolean isBinary(byte[] head, int length, boolean wideCharset) {
        if (starts(head, length, "PK\u0003\u0004") || starts(head, length, "%PDF-") || starts(head, length, "Rar!\u001A")
                || starts(head, length, "7z\u00BC\u00AF\u0027\u001C") || starts(head, length, "\u00D0\u00CF\u0011\u00E0")
                || starts(head, length, "\u001F\u008B\b") || starts(head, length, "MZ\u0090\u0000") || isImage(head, length)) {
            return true;
        }
        for (int i = 0; i < Math.min(length, 512) && !wideCharset; i++) {
            if (head[i] == 0) {
                return true;
            }
        }
        return false;
    }

    /** The image formats that mail readers show in an HTML body. SVG isn't one of them. */
    static boolean isImage(byte[] head, int length) {
        return starts(head, length, "\u0089PNG\r\n\u001A\n") || starts(head, length, "GIF87a") || starts(head, length, "GIF89a")
                || starts(head, length, "\u00FF\u00D8\u00FF") || starts(head, length, "BM") && length >= 14 && head[6] == 0 && head[7] == 0
                || starts(head, length, "RIFF") && startsAt(head, 8, length, "WEBP") || starts(head, length, "II*\u0000")
                || starts(head, length, "MM\u0000*") || starts(head, length, "\u0000\u0000\u0001\u0000");
    }

    /** ASCII armour of the given sort, such as {@code "SIGNATURE"} (RFC 9580 §6.2). */
    static boolean isArmor(byte[] head, int length, String sort) {
        int at = 0;
        while (at < length && head[at] <= ' ' && head[at] >= 0) {
            at++;
        }
        return startsAt(head, at, length, "-----BEGIN PGP " + sort + "-----");
    }

    private static boolean starts(byte[] head, int length, String octets) {
        return startsAt(head, 0, length, octets);
    }

    private static boolean startsAt(byte[] head, int at, int length, String octets) {
        if (at + octets.length() > length) {
            return false;
        }
        for (int i = 0; i < octets.length(); i++) {
            if ((head[at + i] & 0xFF) != octets.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
