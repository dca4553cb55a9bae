package sekisho.inspection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The lines of a text, one after the other, with where they are. What is longer than {@link #LONGEST} comes in pieces. */
final class Lines {
    static final int LONGEST = 64 << 10;

    private final Source source;
    private final Look look;
    private final byte[] buffer = new byte[LONGEST];
    /** Where {@link #buffer} begins in the source. */
    private long base;
    private int filled;
    private int from;
    private int to;
    private boolean wasCut;
    private boolean isCut;

    Lines(Source source, Look look) {
        this.source = source;
        this.look = look;
    }

    /** Goes on to the next line; false at the end. */
    boolean next() throws IOException {
        look.tick();
        wasCut = isCut;
        from = to;
        int end = lineEnd();
        if (end < 0) {
            System.arraycopy(buffer, from, buffer, 0, filled - from);
            base += from;
            filled -= from;
            from = 0;
            filled += source.readUpTo(base + filled, buffer, filled, LONGEST - filled);
            end = lineEnd();
        }
        to = end < 0 ? filled : end;
        isCut = end < 0 && filled == LONGEST;
        return to > from;
    }

    private int lineEnd() {
        for (int i = from; i < filled; i++) {
            if (buffer[i] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    /** Whether this begins where a line does. */
    boolean isStart() {
        return !wasCut;
    }

    /** Where it begins. */
    long start() {
        return base + from;
    }

    /** Where the next begins. */
    long end() {
        return base + to;
    }

    /** Without its end. */
    int length() {
        int length = to - from;
        while (length > 0 && (buffer[from + length - 1] == '\n' || buffer[from + length - 1] == '\r')) {
            length--;
        }
        return length;
    }

    byte at(int index) {
        return buffer[from + index];
    }

    boolean startsWith(byte[] mark) {
        return !wasCut && Signatures.has(buffer, to, from, mark);
    }

    /** Its first octets, each as one character, without the end of the line. */
    String text(int most) {
        return new String(buffer, from, Math.min(length(), most), StandardCharsets.ISO_8859_1);
    }
}
