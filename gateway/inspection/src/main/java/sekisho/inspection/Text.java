package sekisho.inspection;

/** Whether octets are text in one of the ways that mail knows: UTF-8, UTF-16 with its mark, ISO-2022-JP, Shift_JIS, EUC, Latin. */
final class Text {
    private static final int ESCAPE = 0x1b;

    private Text() {}

    static boolean isText(byte[] head, int length) {
        if (length >= 2 && (head[0] == (byte) 0xff && head[1] == (byte) 0xfe || head[0] == (byte) 0xfe && head[1] == (byte) 0xff)) {
            return true;
        }
        int high = 0;
        for (int i = 0; i < length; i++) {
            int octet = head[i] & 0xff;
            if (octet < 0x20 && octet != '\t' && octet != '\n' && octet != '\r' && octet != '\f' && octet != ESCAPE || octet == 0x7f) {
                return false;
            }
            high += octet >= 0x80 ? 1 : 0;
        }
        return high == 0 || isUtf8(head, length) || isDoubleByte(head, length);
    }

    /** The last character may be cut off. */
    private static boolean isUtf8(byte[] head, int length) {
        for (int i = 0; i < length; ) {
            int octet = head[i++] & 0xff;
            int more = octet < 0x80 ? 0 : octet >= 0xc2 && octet < 0xe0 ? 1 : octet >= 0xe0 && octet < 0xf0 ? 2 : octet >= 0xf0 && octet < 0xf5 ? 3 : -1;
            if (more < 0) {
                return false;
            }
            for (; more > 0 && i < length; more--) {
                if ((head[i++] & 0xc0) != 0x80) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Shift_JIS or EUC: lead octets are followed by trail octets. Latin text has its high octets one at a time between ASCII letters. */
    private static boolean isDoubleByte(byte[] head, int length) {
        int pairs = 0;
        int odd = 0;
        int ascii = 0;
        for (int i = 0; i < length; i++) {
            int octet = head[i] & 0xff;
            if (octet < 0x80) {
                ascii++;
            } else if (octet >= 0xa1 && octet <= 0xdf && !(i + 1 < length && (head[i + 1] & 0xff) >= 0xa1)) {
                pairs++; // half-width katakana, or a letter of Latin
            } else if (i + 1 >= length || (head[i + 1] & 0xff) >= 0x40 && (head[i + 1] & 0xff) != 0xff && octet != 0xff && octet != 0x80) {
                i++;
                pairs++;
            } else {
                odd++;
            }
        }
        return odd * 20 <= pairs + ascii;
    }
}
