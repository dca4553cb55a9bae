package sekisho.inspection;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;

/** What lies in a ZIP without being spoken of in its directory: another archive in front or behind, entries that were left out. */
final class ZipGaps {
    static final int LOCAL_OCTETS = 30;
    static final byte[] LOCAL = {'P', 'K', 3, 4};
    /** Bits of the flags that no writer sets (APPNOTE 4.4.4). */
    private static final int NO_FLAGS = 0xc780;
    static final int HIGHEST_VERSION = 100;
    private static final int HIGHEST_SYSTEM = 30;
    private static final Set<Integer> METHODS = Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 19, 20, 93, 94, 95, 96, 97, 98, 99);
    private static final int LONGEST_NAME = 4096;
    private static final int STEP = 64 << 10;
    /** One file made of more archives than this, one behind the other, is no accident. */
    private static final int MOST_JOINED = 32;

    private final Look look;
    private final Source source;
    private final int depth;
    private final int before;
    private long[] covered = new long[32];
    private int count;

    ZipGaps(Look look, Source source, int depth, int before) {
        this.look = look;
        this.source = source;
        this.depth = depth;
        this.before = before;
    }

    /** Something that a directory speaks of lies there, or the directory itself. As many times as there are entries. */
    void covers(long from, long to) {
        if (count == covered.length) {
            covered = Arrays.copyOf(covered, 2 * count);
        }
        covered[count++] = from;
        covered[count++] = to;
    }

    void search() throws IOException {
        long from = source.extent().position();
        look.zipsIn(source).forEach(zip -> covers(zip.position() - from, zip.position() - from + zip.length()));
        long[][] parts = new long[count / 2][];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new long[] {covered[2 * i], covered[2 * i + 1]};
        }
        Arrays.sort(parts, (one, other) -> Long.compare(one[0], other[0]));
        long at = 0;
        for (long[] part : parts) {
            if (part[0] - at >= ZipReader.END_OCTETS) {
                gap(at, part[0]);
            }
            at = Math.max(at, part[1]);
        }
        long size = source.size();
        if (size - at >= ZipReader.END_OCTETS) {
            gap(at, size);
        }
    }

    private void gap(long from, long to) throws IOException {
        look.tick();
        Source gap = source.slice(from, to - from);
        if (ZipReader.endsLikeZip(gap)) {
            if (before == MOST_JOINED) {
                throw CannotTell.here("beyond-joined");
            }
            new ZipReader(look, gap, depth, before + 1).read();
            return;
        }
        boolean isUnlisted = false;
        byte[] buffer = new byte[STEP];
        for (long at = 0; ; at += STEP - LOCAL_OCTETS + 1) {
            int got = gap.readUpTo(at, buffer, 0, STEP);
            look.checkTime();
            for (int i = 0; i + LOCAL_OCTETS <= got; i++) {
                if (buffer[i] == 'P' && isLocal(buffer, got, i)) {
                    if (isLocked(buffer, i)) {
                        look.found(Protection.PASSWORD, "zip-encrypted");
                    }
                    isUnlisted = true;
                }
            }
            if (got < STEP) {
                break;
            }
        }
        if (isUnlisted) {
            look.found(Protection.UNKNOWN, "zip-unlisted");
        }
    }

    /** Whether an entry may begin there: its mark, and behind it numbers that a writer of ZIP puts there. */
    static boolean isLocal(byte[] octets, int length, int at) {
        return at + LOCAL_OCTETS <= length && Signatures.has(octets, length, at, LOCAL)
                && (octets[at + 4] & 0xff) <= HIGHEST_VERSION && (octets[at + 5] & 0xff) <= HIGHEST_SYSTEM
                && (u16(octets, at + 6) & NO_FLAGS) == 0 && METHODS.contains(u16(octets, at + 8)) && u16(octets, at + 26) <= LONGEST_NAME;
    }

    /** Whether the entry that begins there asks for a password. */
    static boolean isLocked(byte[] octets, int at) {
        return octets[at + 6] % 2 != 0;
    }

    /** Whether all octets from there on could be of a text. */
    static boolean isWritten(byte[] octets, int from) {
        for (int i = from; i < octets.length; i++) {
            if (octets[i] >= 0 && octets[i] < 0x20 && octets[i] != '\t' && octets[i] != '\n' && octets[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    private static int u16(byte[] octets, int at) {
        return octets[at] & 0xff | (octets[at + 1] & 0xff) << 8;
    }
}
