package sekisho.inspection;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Archives, documents and armour in a file that its own format doesn't lead to: behind its end, in a gap, in front of what it is called. */
final class Strays {
    private static final int PDF_WITHIN = Inspector.HEAD_OCTETS;

    private final Look look;
    private final Source file;
    private final int depth;

    Strays(Look look, Source file, int depth) {
        this.look = look;
        this.file = file;
        this.depth = depth;
    }

    /**
     * The file itself was looked into.
     *
     * @param format as what
     * @param marks where some begin, and armour, by their marks
     */
    void look(Format format, Marks marks) throws CannotTell {
        try {
            byte[] head = file.atMost(0, PDF_WITHIN);
            int pdf = Signatures.pdfAt(head, head.length);
            if (pdf >= 0 && format != Format.PDF && !look.wasIn(Format.PDF, file.from(pdf))) {
                look.into(Format.PDF, file, depth);
            }
            for (long at : marks.archives().positions()) {
                archive(at);
            }
            if (format != Format.PEM) {
                armour(marks.armour());
            }
        } catch (CannotTell e) {
            look.goOn(e);
        } catch (IOException _) {
            look.found(Protection.UNKNOWN, "stray-damaged");
        }
        if (marks.archives().isFull()) {
            look.found(Protection.UNKNOWN, "beyond-strays");
        }
    }

    /** Block by block: what is between them is of no text. Behind the last place that is kept, all is read. */
    private void armour(Marks.Places places) throws IOException {
        long read = 0;
        for (int i = 0; i < places.positions().size(); i++) {
            long at = places.positions().get(i);
            if (at >= read) {
                boolean isLast = i == places.positions().size() - 1;
                read = at + new PemReader(look, file.from(at), depth).readBlock(isLast && places.isFull());
            }
        }
    }

    private void archive(long at) throws IOException {
        look.tick();
        Source archive = file.from(at);
        Format format = archiveAt(archive);
        if (format != null && !look.wasIn(format, archive)) {
            look.into(format, archive, depth);
        }
    }

    /** Programs that unpack have the mark among their constants too: what follows must be the start of an archive. */
    static @Nullable Format archiveAt(Source source) throws IOException {
        byte[] start = source.atMost(0, SevenZipReader.SIGNATURE_OCTETS);
        Format mark = Marks.at(start, start.length, 0);
        if (mark == Format.RAR) {
            return RarReader.isStart(start) ? mark : null;
        }
        if (mark == null || start.length < SevenZipReader.SIGNATURE_OCTETS) {
            return null;
        }
        return SevenZipReader.isStart(start) ? mark : null;
    }
}
