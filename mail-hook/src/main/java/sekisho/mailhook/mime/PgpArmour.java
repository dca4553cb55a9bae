package sekisho.mailhook.mime;

import java.util.regex.Pattern;

/**
 * Watches octets for being one PGP message or one detached signature in ASCII armour, and nothing else (RFC 9580 §6.2): text to the line that ends the
 * armour, base64 in it, and in that the packets that belong there. Whoever writes only the first line above a file is found out, and so is who puts a file
 * into the base64.
 */
final class PgpArmour {

    enum Label { MESSAGE, SIGNATURE }

    private enum State { BEFORE, HEADER, BODY, CHECKED, OVER, WRONG }

    private static final Pattern FIELD = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,29}:( .*)?", Pattern.DOTALL);
    /** Version, Comment, Hash, Charset: remarks, and little room for a file. */
    private static final int HEADER_CHARS = 1024;
    /** RFC 9580 §6.2. */
    private static final int LINE = 76;
    /** The checksum, behind its sign. */
    private static final int CHECKSUM = 5;
    private static final int BLANKS = 64;

    private final Label label;
    private final PgpPackets packets;
    private final StringBuilder line = new StringBuilder(LINE);
    private State state = State.BEFORE;
    private Label armoured;   // as what it calls itself
    private int headerChars;
    private int quantum;
    private int sextets;
    private boolean padded;
    private boolean carriage;   // the octet before

    PgpArmour(Label label) {
        this.label = label;
        this.armoured = label;
        this.packets = new PgpPackets(label);
    }

    void accept(byte[] b, int off, int len) {
        for (int i = off; i < off + len && state != State.WRONG; i++) {
            byte octet = b[i];
            boolean pair = octet == '\n' && carriage;
            carriage = octet == '\r';
            if (pair) {
                continue;
            }
            if (octet == '\n' || octet == '\r') {
                lineEnds();
            } else if (octet >= 0 && octet < ' ' && octet != '\t' || octet == 0x7F || line.length() == HEADER_CHARS) {
                state = State.WRONG;
            } else {
                line.append((char) (octet & 0xFF));
            }
        }
    }

    private void lineEnds() {
        String text = line.toString().strip();
        boolean tooLong = state != State.HEADER && line.length() > LINE + BLANKS;
        line.setLength(0);
        state = tooLong ? State.WRONG : switch (state) {
            case BEFORE -> text.isEmpty() ? State.BEFORE : begins(text);
            case HEADER -> header(text);
            case BODY -> body(text);
            case CHECKED -> text.isEmpty() ? State.CHECKED : ended(text);
            case OVER -> text.isEmpty() ? State.OVER : State.WRONG;
            case WRONG -> State.WRONG;
        };
    }

    /** PGP 2 calls a signature a message, as an example of RFC 3156 §5 does: its packets tell them apart. */
    private State begins(String text) {
        armoured = label == Label.SIGNATURE && text.equals(line("BEGIN", Label.MESSAGE)) ? Label.MESSAGE : label;
        return text.equals(line("BEGIN", armoured)) ? State.HEADER : State.WRONG;
    }

    private static String line(String what, Label label) {
        return "-----" + what + " PGP " + label + "-----";
    }

    private State header(String text) {
        headerChars += text.length();
        return text.isEmpty() ? State.BODY : headerChars <= HEADER_CHARS && FIELD.matcher(text).matches() ? State.HEADER : State.WRONG;
    }

    private State body(String text) {
        if (text.startsWith("-")) {
            return ended(text);
        }
        if (text.length() == CHECKSUM && text.charAt(0) == '=') {   // nobody need look at its value (RFC 9580 §6.1)
            return text.chars().skip(1).allMatch(c -> sextet((char) c) >= 0) ? State.CHECKED : State.WRONG;
        }
        boolean fits = text.length() <= LINE;
        for (int i = 0; i < text.length() && fits; i++) {
            fits = character(text.charAt(i));
        }
        return fits ? State.BODY : State.WRONG;
    }

    private boolean character(char c) {
        if (c == '=') {
            padded = true;
            sextets++;
            boolean lastOnes = sextets == 3 || sextets == 4;
            if (sextets == 4) {
                sextets = 0;
            }
            return lastOnes;
        }
        int value = sextet(c);
        if (value < 0 || padded) {
            return false;
        }
        quantum = quantum << 6 | value;
        sextets++;
        if (sextets > 1) {
            packets.accept(quantum >> 2 * (4 - sextets) & 0xFF);
        }
        sextets &= 3;
        return true;
    }

    private static int sextet(char c) {
        return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
    }

    private State ended(String text) {
        return text.equals(line("END", armoured)) && sextets == 0 && packets.isWhole() ? State.OVER : State.WRONG;
    }

    /** After the last octet: whether it was one. */
    boolean isWhole() {
        lineEnds();
        return state == State.OVER;
    }
}
