package sekisho.inspection;

import java.io.IOException;

/** TNEF (MS-OXTNEF §2.1.3): a flat list of attributes, each level, id, length, data, checksum. Looks into the attachments' data. */
final class TnefReader {
    private static final int FIRST = 6;
    private static final int BEFORE_DATA = 9;
    private static final int CHECKSUM = 2;
    private static final long ATTACH_DATA = 0x0006_800f;

    private final Look look;
    private final Source source;
    private final int depth;

    TnefReader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    void read() throws IOException {
        long size = source.size();
        for (long at = FIRST; at + BEFORE_DATA <= size; ) {
            look.entry();
            long length = source.u32(at + 5);
            Source data = source.slice(at + BEFORE_DATA, length);
            if (source.u32(at + 1) == ATTACH_DATA && length > 0) {
                look.inside(data, depth + 1);
            }
            at += BEFORE_DATA + length + CHECKSUM;
        }
    }
}
