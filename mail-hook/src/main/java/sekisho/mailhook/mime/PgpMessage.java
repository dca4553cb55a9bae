package sekisho.mailhook.mime;

/**
 * Watches octets for being one message in ASCII armour and nothing else (RFC 9580 §6.2): text to its last line, which ends the armour. A file
 * behind such a first line is found out.
 */
final class PgpMessage {

    private static final String FIRST = "-----BEGIN PGP MESSAGE-----";
    private static final String LAST = "-----END PGP MESSAGE-----";
    private static final int LINE = 64;

    private final StringBuilder line = new StringBuilder(LINE);
    private boolean begun;
    private boolean over;
    private boolean wrong;

    void accept(byte[] b, int off, int len) {
        for (int i = off; i < off + len && !wrong; i++) {
            byte octet = b[i];
            if (octet == '\n' || octet == '\r') {
                lineEnds();
            } else if (octet >= 0 && octet < ' ' && octet != '\t' || octet == 0x7F) {
                wrong = true;
            } else if (line.length() < LINE) {
                line.append((char) (octet & 0xFF));
            }
        }
    }

    private void lineEnds() {
        String text = line.toString().strip();
        line.setLength(0);
        if (text.isEmpty()) {
            return;
        }
        if (!begun) {
            begun = text.equals(FIRST);
            wrong = !begun;
        } else {
            wrong |= over;
            over |= text.equals(LAST);
        }
    }

    /** After the last octet: whether it was one. */
    boolean isWhole() {
        lineEnds();
        return over && !wrong;
    }
}
