package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The changes of one message, in the order of their places; they don't overlap. */
final class Splices {

    private final List<Splice> all = new ArrayList<>();

    void add(Splice splice) {
        all.add(splice);
    }

    /** Copies the spool with the changes made. Insertions at one place come in the order they were added. */
    void write(Spool spool, long spoolOctets, OutputStream out) throws IOException {
        all.sort(Comparator.comparingLong(Splice::from).thenComparing(s -> s.to() > s.from()));
        long at = 0;
        for (Splice splice : all) {
            if (splice.from() < at) {
                throw new IllegalStateException("two changes of a message overlap at octet " + splice.from());
            }
            copy(spool, at, splice.from(), out);
            splice.replacement().write(out);
            at = splice.to();
        }
        copy(spool, at, spoolOctets, out);
    }

    private static void copy(Spool spool, long from, long to, OutputStream out) throws IOException {
        if (to == from) {
            return;
        }
        try (InputStream in = spool.read(from, to - from)) {
            if (in.transferTo(out) != to - from) {
                throw new IOException("the spool ends before its time");
            }
        }
    }
}
