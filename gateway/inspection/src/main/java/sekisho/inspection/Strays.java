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
     * @param sniffed what saw all of it
     */
    void look(Format format, Sniffer sniffed) throws CannotTell {
        Marks marks = sniffed.marks();
        if (marks.hasLockedEntry()) {
            look.found(Protection.PASSWORD, "zip-encrypted");
        }
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
            if (format != Format.MESSAGE) {
                encoded(marks.encoded());
            }
            if (TextFiles.isCalendar(head, head.length)) {
                new CalendarReader(look, file, depth).read();
            }
            if (format != Format.ZIP && sniffed.zipEndInFront() >= 0) {
                zipInFront(format, sniffed.zipEndInFront());
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

    /** Some programs look for the start of a ZIP, however much is behind its end. What a reader of the format has looked into isn't looked into again. */
    private void zipInFront(Format format, long end) throws IOException {
        Source upToIt = file.slice(0, end + ZipReader.END_OCTETS + file.u16(end + ZipReader.END_OCTETS - 2));
        long ends = file.extent().position() + upToIt.size();
        if (ZipReader.endIn(upToIt) == end && look.zipsIn(upToIt).stream().noneMatch(zip -> zip.position() + zip.length() == ends)) {
            look.zip(upToIt, format.way() != Format.Way.LEAF, depth);
        }
    }

    /** File by file. Behind the last place that is kept, all is read. */
    private void encoded(Marks.Places places) throws IOException {
        long read = 0;
        for (int i = 0; i < places.positions().size(); i++) {
            long at = places.positions().get(i);
            if (at >= read) {
                boolean isLast = i == places.positions().size() - 1;
                read = at + new TextFiles(look, file.from(at), depth).read(isLast && places.isFull());
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
