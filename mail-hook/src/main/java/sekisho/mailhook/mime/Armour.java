package sekisho.mailhook.mime;

import java.nio.charset.StandardCharsets;

import sekisho.mailhook.mime.codec.OctetConsumer;

/**
 * Looks for inline PGP in a text as it streams by (RFC 9580 §6.2): what is signed or encrypted there must not be changed. Only what begins a line
 * makes the text an encrypted or signed one; a quoted one, with {@code >} in front, doesn't.
 */
final class Armour implements OctetConsumer {

    private static final byte[] MARK = "-----BEGIN PGP ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MESSAGE = "MESSAGE".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SIGNED = "SIGNED MESSAGE".getBytes(StandardCharsets.US_ASCII);

    private final boolean html;
    private int seen;
    private boolean begins = true;   // nothing but blanks stands in the line so far
    private boolean marked;          // the mark that is being seen began a line
    private int label = -1;          // how much of the label was seen that follows the mark
    private boolean maybeMessage;
    private boolean maybeSigned;
    private boolean found;
    private boolean encrypted;
    private boolean signed;

    /** @param html whether a tag may stand before the mark */
    Armour(boolean html) {
        this.html = html;
    }

    @Override
    public void accept(byte[] b, int off, int len) {
        int end = off + len;
        for (int i = off; i < end; i++) {
            if (label >= 0) {
                label(b[i]);
            }
            if (seen == 0) {
                while (label < 0 && i < end && b[i] != '-') {
                    i++;
                }
                if (i == end || b[i] != '-') {
                    continue;
                }
                marked = begins(b, off, i);
            }
            if (b[i] == MARK[seen]) {
                seen++;
            } else {
                marked &= b[i] != '-';
                seen = b[i] == '-' ? seen == 5 ? 5 : 1 : 0;   // a sixth dash leaves five in front
            }
            if (seen == MARK.length) {
                found = true;
                seen = 0;
                label = marked ? 0 : -1;
                maybeMessage = true;
                maybeSigned = true;
            }
        }
        begins = begins(b, off, end);
    }

    /** Whether what stands at {@code at} begins a line. */
    private boolean begins(byte[] b, int off, int at) {
        for (int i = at - 1; i >= off; i--) {
            if (b[i] != ' ' && b[i] != '\t') {
                return b[i] == '\n' || b[i] == '\r' || html && b[i] == '>';
            }
        }
        return begins;
    }

    private void label(byte octet) {
        maybeMessage &= label < MESSAGE.length && octet == MESSAGE[label];
        maybeSigned &= label < SIGNED.length && octet == SIGNED[label];
        label++;
        encrypted |= maybeMessage && label == MESSAGE.length;
        signed |= maybeSigned && label == SIGNED.length;
        label = maybeMessage || maybeSigned ? label : -1;
    }

    /** The same in a text that isn't written in octets of ASCII. */
    void acceptDecoded(String text) {
        found |= text.contains(new String(MARK, StandardCharsets.US_ASCII));
        text.lines().map(String::stripLeading).filter(line -> line.startsWith("-----BEGIN PGP ")).forEach(line -> {
            encrypted |= line.startsWith("MESSAGE", MARK.length);
            signed |= line.startsWith("SIGNED MESSAGE", MARK.length);
        });
    }

    /** Whether anything in armour stands in the text, wherever in a line. */
    boolean isFound() {
        return found;
    }

    /** Whether a message stands in it that only its recipient can read. */
    boolean isEncrypted() {
        return encrypted;
    }

    /** Whether a message stands in it that is signed in the clear. */
    boolean isSigned() {
        return signed;
    }
}
