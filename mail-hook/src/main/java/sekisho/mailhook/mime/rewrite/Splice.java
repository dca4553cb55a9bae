package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.PartKind;

/** In place of the octets from {@code from} to before {@code to} of the spool, something else. */
record Splice(long from, long to, Replacement replacement) {

    @FunctionalInterface
    interface Replacement {
        void write(OutputStream out) throws IOException;
    }

    /** Whole lines of a header. What was written last may be a line that has no end, or have lost the one that had none. */
    private record Lines(String text) implements Replacement {
        @Override public void write(OutputStream out) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static final Replacement NOTHING = _ -> { };
    private static final Replacement NO_PART = new Replacement() {
        @Override public void write(OutputStream out) {
        }
    };

    static Splice leaveOut(long from, long to) {
        return new Splice(from, to, NOTHING);
    }

    /** Leaves out a part with the boundary line before it. */
    static Splice leaveOut(Part part) {
        boolean delimited = part.header().from() > part.start() || part.kind() == PartKind.STRAY;
        return new Splice(part.start(), part.body().to(), delimited ? NO_PART : NOTHING);
    }

    /** Whether the first octets left out are those of a boundary line. */
    boolean leavesOutDelimiter() {
        return replacement == NO_PART;
    }

    boolean leavesOut() {
        return replacement == NOTHING || replacement == NO_PART;
    }

    /** Whether it must stand at the beginning of a line. */
    boolean beginsLine() {
        return replacement instanceof Lines;
    }

    /**
     * Puts lines into a header, at the beginning of a line.
     *
     * @param lines with their ends, one char for each octet
     */
    static Splice lines(long at, String lines) {
        return new Splice(at, at, new Lines(lines));
    }

    /** @param text one char for each octet */
    static Splice insert(long at, String text) {
        return replace(at, at, text);
    }

    static Splice replace(long from, long to, String text) {
        return new Splice(from, to, out -> out.write(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
