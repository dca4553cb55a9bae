package sekisho.mailhook.mime;

/** The first octets of content, against what its declared type promises. */
final class Signatures {

    private Signatures() {
    }

    /**
     * Formats that no reader shows as text; a text part that starts like one is an attachment in disguise.
     *
     * @param wideCharset whether zero octets are usual; such a text may have a byte order mark in front
     */
    static boolean isBinary(byte[] head, int length, boolean wideCharset) {
        if (isFile(head, 0, length) || wideCharset && isFile(head, afterMark(head, length), length)) {
            return true;
        }
        for (int i = 0; i < Math.min(length, 512) && !wideCharset; i++) {
            if (head[i] == 0) {
                return true;
            }
        }
        return false;
    }

    private static int afterMark(byte[] head, int length) {
        return startsAt(head, 0, length, "\u00FF\u00FE\u0000\u0000") || startsAt(head, 0, length, "\u0000\u0000\u00FE\u00FF") ? 4
                : startsAt(head, 0, length, "\u00FF\u00FE") || startsAt(head, 0, length, "\u00FE\u00FF") ? 2 : 0;
    }

    private static boolean isFile(byte[] head, int at, int length) {
        return startsAt(head, at, length, "PK\u0003\u0004") || startsAt(head, at, length, "%PDF-") || startsAt(head, at, length, "Rar!\u001A")
                || startsAt(head, at, length, "7z\u00BC\u00AF\u0027\u001C") || startsAt(head, at, length, "\u00D0\u00CF\u0011\u00E0")
                || startsAt(head, at, length, "\u001F\u008B\b") || startsAt(head, at, length, "MZ\u0090\u0000") || isImage(head, at, length)
                || startsAt(head, at, length, "\u00FD7zXZ\u0000") || startsAt(head, at, length, "BZh") && startsAt(head, at + 4, length, "1AY&SY")
                || startsAt(head, at, length, "\u007FELF") || startsAt(head, at, length, "(\u00B5/\u00FD");
    }

    /** The image formats that mail readers show in an HTML body. SVG isn't one of them. */
    static boolean isImage(byte[] head, int length) {
        return isImage(head, 0, length);
    }

    private static boolean isImage(byte[] head, int at, int length) {
        return startsAt(head, at, length, "\u0089PNG\r\n\u001A\n") || startsAt(head, at, length, "GIF87a") || startsAt(head, at, length, "GIF89a")
                || startsAt(head, at, length, "\u00FF\u00D8\u00FF") || startsAt(head, at, length, "BM") && length - at >= 14 && head[at + 6] == 0 && head[at + 7] == 0
                || startsAt(head, at, length, "RIFF") && startsAt(head, at + 8, length, "WEBP") || startsAt(head, at, length, "II*\u0000")
                || startsAt(head, at, length, "MM\u0000*") || startsAt(head, at, length, "\u0000\u0000\u0001\u0000");
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
