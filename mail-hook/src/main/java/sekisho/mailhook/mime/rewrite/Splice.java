package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** In place of the octets from {@code from} to before {@code to} of the spool, something else. */
record Splice(long from, long to, Replacement replacement) {

    @FunctionalInterface
    interface Replacement {
        void write(OutputStream out) throws IOException;
    }

    private static final Replacement NOTHING = out -> { };

    static Splice leaveOut(long from, long to) {
        return new Splice(from, to, NOTHING);
    }

    boolean leavesOut() {
        return replacement == NOTHING;
    }

    /** @param text one char for each octet */
    static Splice insert(long at, String text) {
        return replace(at, at, text);
    }

    static Splice replace(long from, long to, String text) {
        return new Splice(from, to, out -> out.write(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
