package sekisho.inspection;

import java.io.IOException;
import java.util.Arrays;

/** Drawings of AutoCAD: from 2004 on, until 2015, they could be given a password (Open Design Specification for .dwg files, §4.1). */
final class DwgReader {
    private static final int SECURITY_FLAGS = 0x18;
    /** The data are encrypted, or the properties. */
    private static final int ENCRYPTED = 3;
    /** A text that begins alike has letters there. */
    private static final int MOST_FLAGS = 0xffff;
    private static final byte[] FIRST = {'A', 'C', '1', '0', '1', '8'};

    private DwgReader() {}

    static void read(Look look, Source source) throws IOException {
        if (source.atMost(0, SECURITY_FLAGS + 4).length == SECURITY_FLAGS + 4 && Arrays.compare(source.bytes(0, FIRST.length), FIRST) >= 0) {
            long flags = source.u32(SECURITY_FLAGS);
            if ((flags & ENCRYPTED) != 0 && flags <= MOST_FLAGS) {
                look.found(Protection.PASSWORD, "dwg-encrypted");
            }
        }
    }
}
