package sekisho.mailhook.mime;

import java.nio.charset.StandardCharsets;

import sekisho.mailhook.mime.codec.OctetConsumer;

/** Looks for inline PGP in a text as it streams by (RFC 9580 §6.2): what is signed or encrypted there must not be changed. */
final class Armour implements OctetConsumer {

    private static final byte[] MARK = "-----BEGIN PGP ".getBytes(StandardCharsets.US_ASCII);

    private int seen;

    @Override
    public void accept(byte[] b, int off, int len) {
        for (int i = off; i < off + len && seen < MARK.length; i++) {
            if (b[i] == MARK[seen]) {
                seen++;
            } else {
                seen = b[i] == '-' ? seen == 5 ? 5 : 1 : 0;   // a sixth dash leaves five in front
            }
        }
    }

    boolean isFound() {
        return seen == MARK.length;
    }
}
