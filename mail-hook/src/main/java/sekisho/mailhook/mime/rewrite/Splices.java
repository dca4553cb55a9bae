package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The changes of one message, in the order of their places. They don't overlap, but that what goes may go twice. */
final class Splices {

    private static final byte[] LINE_END = {'\r', '\n'};

    private final List<Splice> all = new ArrayList<>();

    void add(Splice splice) {
        all.add(splice);
    }

    /**
     * Copies the spool with the changes made. Insertions at one place come in the order they were added.
     *
     * <p>The line end in front of a boundary line belongs to that line, but there is none when the part before it is
     * empty. If such a part goes, or gets a text, the boundary line must neither end up behind something else nor take
     * the last line end of the part before.
     */
    void write(Spool spool, long spoolOctets, OutputStream to) throws IOException {
        all.sort(Comparator.comparingLong(Splice::from).thenComparing(s -> s.to() > s.from()).thenComparing(Splice::leavesOut)
                .thenComparing(Comparator.comparingLong(Splice::to).reversed()));
        var out = new LastOctet(to);
        long at = 0;
        boolean leftOut = false;
        boolean lineEndLeftOut = false;
        for (Splice splice : all) {
            if (splice.leavesOut() && splice.from() < at && splice.to() <= at) {
                continue;   // gone already, with what is around it
            }
            if (splice.from() < at) {
                throw new IllegalStateException("two changes of a message overlap at octet " + splice.from());
            }
            copy(spool, at, splice.from(), lineEndLeftOut, out);
            boolean goesOn = leftOut && splice.from() == at;
            leftOut = splice.leavesOut();
            lineEndLeftOut = leftOut && (goesOn ? lineEndLeftOut : splice.leavesOutDelimiter() && isLineEnd(spool, splice));
            if (splice.beginsLine()) {
                out.endLine();
            }
            splice.replacement().write(out);
            at = splice.to();
        }
        copy(spool, at, spoolOctets, lineEndLeftOut, out);
    }

    private static boolean isLineEnd(Spool spool, Splice splice) throws IOException {
        if (splice.to() == splice.from()) {
            return false;
        }
        try (InputStream in = spool.read(splice.from(), 1)) {
            int first = in.read();
            return first == '\r' || first == '\n';
        }
    }

    private static void copy(Spool spool, long from, long to, boolean lineEndLeftOut, LastOctet out) throws IOException {
        if (to == from) {
            return;
        }
        try (InputStream in = spool.read(from, to - from)) {
            int first = in.read();
            if (first == '-' && lineEndLeftOut) {
                out.write(LINE_END);
            } else if (first == '-') {
                out.endLine();
            }
            if (first >= 0) {
                out.write(first);
            }
            if (in.transferTo(out) != to - from - 1) {
                throw new IOException("the spool ends before its time");
            }
        }
    }

    /** Remembers what was written last. */
    private static final class LastOctet extends OutputStream {
        private final OutputStream out;
        private int last = -1;

        LastOctet(OutputStream out) {
            this.out = out;
        }

        /** Unless nothing was written, or a line just ended. */
        void endLine() throws IOException {
            if (last >= 0 && last != '\n') {
                write(LINE_END);
            }
        }

        @Override public void write(int b) throws IOException {
            out.write(b);
            last = b & 0xFF;
        }

        @Override public void write(byte[] b, int off, int len) throws IOException {
            if (len > 0) {
                out.write(b, off, len);
                last = b[off + len - 1] & 0xFF;
            }
        }
    }
}
