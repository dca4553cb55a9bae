package sekisho.inspection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the marks of 7z and RAR archives anywhere in what streams by, and encrypted entries of a ZIP: programs open those behind a picture or another
 * archive. So do gpg and openssl with armour, and programs that unpack with uuencode, wherever a line begins with it. Two octets in four are looked up in
 * a table, so that it costs next to nothing.
 *
 * <pre>
 * mark at 4n:      7 z ¼ ¯ [' 0x1c]     R a r ! [0x1a 7]      what is looked up of each begins at a multiple of four
 * mark at 4n + 1:  7 z ¼ [¯ '] 0x1c     R a r [! 0x1a] 7
 * mark at 4n + 2:  7 z [¼ ¯] ' 0x1c     R a [r !] 0x1a 7
 * mark at 4n + 3:  7 [z ¼] ¯ ' 0x1c     R a r ! 0x1a [7 0]    or [7 1]
 * </pre>
 *
 * Of armour and uuencode it is two of the letters in {@code BEGIN} and {@code begin}; of an entry {@code P K 3 4} or its 4 and the version behind it.
 */
final class Marks {
    /** The longest mark, an entry's of a ZIP. */
    static final int LENGTH = ZipGaps.LOCAL_OCTETS;
    /** Where {@code BEGIN} stands in armour, from the end of the line before. */
    private static final int LETTERS = 1 + "-----".length();
    private static final int MOST = 32;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] SEVEN_ZIP = {'7', 'z', (byte) 0xbc, (byte) 0xaf, 0x27, 0x1c};
    private static final byte[] RAR_4 = {'R', 'a', 'r', '!', 0x1a, 7, 0};
    private static final byte[] RAR_5 = {'R', 'a', 'r', '!', 0x1a, 7, 1};
    /** By two octets, the first the lower: how far behind the start of a mark they stand, plus one; 0 for all others. */
    private static final byte[] BEHIND = new byte[0x10000];

    static {
        put(SEVEN_ZIP, 4);
        put(SEVEN_ZIP, 3);
        put(SEVEN_ZIP, 2);
        put(SEVEN_ZIP, 1);
        put(RAR_4, 4);
        put(RAR_4, 3);
        put(RAR_4, 2);
        put(RAR_4, 5);
        put(RAR_5, 5);
        for (int i = 0; i < 4; i++) {
            put(PemReader.BEGIN, LETTERS - 1 + i, LETTERS + i);
            put(TextFiles.BEGINS, i);
        }
        for (int i = 0; i < 3; i++) {
            put(ZipGaps.LOCAL, i);
        }
        for (int version = 0; version <= ZipGaps.HIGHEST_VERSION; version++) {
            put(new byte[] {ZipGaps.LOCAL[3], (byte) version}, 0, 3);
        }
    }

    private final Places archives = new Places();
    private final Places armour = new Places();
    private final Places encoded = new Places();
    private boolean hasLockedEntry;

    /** Where marks stand. */
    static final class Places {
        private final List<Long> positions = new ArrayList<>(0);
        private long last = -1;
        private boolean isFull;

        /** Of those in the seam between two writes some are seen twice. */
        private void add(long position) {
            if (position > last) {
                last = position;
                isFull |= positions.size() == MOST;
                if (!isFull) {
                    positions.add(position);
                }
            }
        }

        /** In order; the first of them when there are too many. */
        List<Long> positions() {
            return positions;
        }

        /** Whether there were more than are kept. */
        boolean isFull() {
            return isFull;
        }

        boolean any() {
            return !positions.isEmpty();
        }
    }

    private static void put(byte[] mark, int at) {
        put(mark, at, at);
    }

    private static void put(byte[] mark, int at, int behind) {
        BEHIND[mark[at] & 0xff | (mark[at + 1] & 0xff) << 8] = (byte) (behind + 1);
    }

    /** Looks at {@code count} octets that stand at {@code position}; a mark must lie within them. */
    void seek(byte[] octets, int offset, int count, long position) {
        int end = offset + count;
        int i = offset;
        for (; i + 16 <= end; i += 16) {
            long first = (long) LONG.get(octets, i);
            long second = (long) LONG.get(octets, i + 8);
            if ((BEHIND[(char) first] | BEHIND[(char) (first >>> 32)] | BEHIND[(char) second] | BEHIND[(char) (second >>> 32)]) != 0) {
                for (int j = i; j < i + 16; j += 4) {
                    check(octets, offset, end, j, position);
                }
            }
        }
        for (; i + 1 < end; i += 4) {
            check(octets, offset, end, i, position);
        }
    }

    private static int behind(byte[] octets, int at) {
        return BEHIND[octets[at] & 0xff | (octets[at + 1] & 0xff) << 8];
    }

    private void check(byte[] octets, int offset, int end, int at, long position) {
        int behind = behind(octets, at);
        int start = at - behind + 1;
        if (behind == 0 || start < offset) {
            return;
        }
        if (at(octets, end, start) != null) {
            archives.add(position + start - offset);
        } else if (octets[start] == '\n' && PemReader.mayTell(octets, end, start + 1)) {
            armour.add(position + start + 1 - offset);
        } else if (octets[start] == '\n' && TextFiles.mayBegin(octets, end, start + 1)) {
            encoded.add(position + start + 1 - offset);
        } else if (ZipGaps.isLocal(octets, end, start) && ZipGaps.isLocked(octets, start)) {
            hasLockedEntry = true;
        }
    }

    /** Which mark stands there; null for none. */
    static @Nullable Format at(byte[] octets, int end, int start) {
        if (Signatures.has(octets, end, start, SEVEN_ZIP)) {
            return Format.SEVEN_ZIP;
        }
        return Signatures.has(octets, end, start, RAR_4) || Signatures.has(octets, end, start, RAR_5) ? Format.RAR : null;
    }

    /** Of 7z and RAR. */
    Places archives() {
        return archives;
    }

    /** Whether an entry of a ZIP begins somewhere that asks for a password. */
    boolean hasLockedEntry() {
        return hasLockedEntry;
    }

    /** The lines that begin what may be a file in uuencode or the like. */
    Places encoded() {
        return encoded;
    }

    /** The lines that begin what is in armour, other than certificates and public keys. */
    Places armour() {
        return armour;
    }
}
