package sekisho.mailhook.mime;

import java.io.ByteArrayOutputStream;

/**
 * Watches octets for being one receipt for a signed message (RFC 2634 §2.8), in DER, and nothing else to their end.
 *
 * <pre>
 * SEQUENCE { version, id of what was signed, OCTET STRING that names it, OCTET STRING with its signature }
 * </pre>
 */
final class ReceiptShape {

    /** The longest signature that anybody makes mail with has some 5,000. */
    private static final int MOST_OCTETS = 8 << 10;
    private static final int SEQUENCE = 0x30;
    private static final int VERSION = 0x02;
    private static final int ID = 0x06;
    private static final int OCTETS = 0x04;
    private static final int LONGEST_ID = 32;
    private static final int NONE = -1;

    private final ByteArrayOutputStream held = new ByteArrayOutputStream(0);
    private boolean tooLong;

    void accept(byte[] b, int off, int len) {
        tooLong |= len > MOST_OCTETS - held.size();
        if (!tooLong) {
            held.write(b, off, len);
        }
    }

    /** Whether it can no longer become one. */
    boolean isWrong() {
        return tooLong;
    }

    /** After the last octet: whether it was one. */
    boolean isWhole() {
        byte[] octets = held.toByteArray();
        int inside = content(octets, 0, SEQUENCE, MOST_OCTETS);
        int at = after(octets, inside, VERSION, 1);
        at = after(octets, at, ID, LONGEST_ID);
        at = after(octets, at, OCTETS, MOST_OCTETS);
        at = after(octets, at, OCTETS, MOST_OCTETS);
        return !tooLong && at == octets.length && inside + length(octets, 1) == at;
    }

    /** Where the content of an element begins, or NONE if it isn't such a one. */
    private static int content(byte[] octets, int at, int tag, int most) {
        if (at < 0 || octets.length - at < 2 || octets[at] != tag) {
            return NONE;
        }
        int length = length(octets, at + 1);
        int from = at + 2 + more(octets[at + 1]);
        return length >= 0 && length <= most && length <= octets.length - from ? from : NONE;
    }

    private static int after(byte[] octets, int at, int tag, int most) {
        int from = content(octets, at, tag, most);
        return from < 0 ? NONE : from + length(octets, at + 1);
    }

    /** Of its length, behind the first octet. */
    private static int more(byte first) {
        return (first & 0x80) == 0 ? 0 : first & 0x7F;
    }

    private static int length(byte[] octets, int at) {
        int more = more(octets[at]);
        if (more == 0) {
            return octets[at] >= 0 ? octets[at] : NONE;   // without an end it isn't DER
        }
        if (more > 2 || at + more >= octets.length) {
            return NONE;
        }
        return more == 1 ? octets[at + 1] & 0xFF : (octets[at + 1] & 0xFF) << 8 | octets[at + 2] & 0xFF;
    }
}
