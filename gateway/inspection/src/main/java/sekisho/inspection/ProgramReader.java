package sekisho.inspection;

import java.io.IOException;

/** Programs, which may have an archive in them. */
final class ProgramReader {
    private static final int STUB = 4 << 20;
    private static final int STEP = 64 << 10;

    private ProgramReader() {}

    /** A program can be a self-extracting archive of any kind: opaque, unless what we recognise in it says more. */
    static void read(Look look, Source source, int depth) throws IOException {
        look.found(Protection.OPAQUE, "program");
        source.size(); // of a compressed one: to its end, once
        byte[] buffer = new byte[STEP];
        for (long at = 0; at < STUB; at += STEP - Marks.LENGTH + 1) {
            int got = source.readUpTo(at, buffer, 0, STEP);
            var marks = new Marks();
            marks.seek(buffer, 0, got, at);
            for (long mark : marks.archives().positions()) {
                Source archive = source.from(mark);
                Format format = Strays.archiveAt(archive);
                if (format != null && !look.wasIn(format, archive)) {
                    look.into(format, archive, depth);
                }
            }
            if (got < STEP) {
                break;
            }
        }
    }
}
