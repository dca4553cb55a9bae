package sekisho.inspection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Images of disks whose mark isn't at their start, which is left to boot code and may look like anything: a volume descriptor (ECMA-119, ECMA-167 part 2), a
 * file system's superblock, a table of partitions, or a footer.
 *
 * <p>One of them learns what streams by; used by one thread at a time.
 */
final class DiskImage {
    private static final int DESCRIPTOR_AT = 0x8001;
    private static final int DESCRIPTOR = 5;
    private static final Set<String> DESCRIPTORS = Set.of("CD001", "BEA01", "BOOT2", "CDW02", "NSR02", "NSR03", "TEA01");
    private static final int SECTOR = 512;
    private static final byte[] VHD = text("conectix");
    private static final byte[] DMG = text("koly\0\0\0\4\0\0\2\0");
    private static final byte[] VDI = octets(0x7f, 0x10, 0xda, 0xbe);
    private static final byte[] NTFS = text("NTFS    ");
    private static final byte[] EXFAT = text("EXFAT   ");
    private static final byte[] APFS = text("NXSB");
    private static final byte[] APPLE_MAP = text("PM\0\0");
    private static final byte[] BOOT = octets(0x55, 0xaa);
    private static final int SUPERBLOCK = 1024;
    private static final byte[] HFS_PLUS = text("H+\0\4");
    private static final byte[] HFSX = text("HX\0\5");
    private static final byte[] F2FS = octets(0x10, 0x20, 0xf5, 0xf2);
    private static final byte[] EXT = octets(0x53, 0xef);
    private static final int PARTITIONS = 446;
    private static final int PARTITION = 16;

    private final byte[] descriptor = new byte[DESCRIPTOR];
    private final byte[] tail = new byte[SECTOR];
    private long total;

    /** The next octets of the file. */
    void write(byte[] octets, int offset, int count) {
        for (long at = Math.max(DESCRIPTOR_AT, total); at < Math.min(DESCRIPTOR_AT + DESCRIPTOR, total + count); at++) {
            descriptor[(int) (at - DESCRIPTOR_AT)] = octets[offset + (int) (at - total)];
        }
        int last = Math.min(count, SECTOR);
        System.arraycopy(tail, last, tail, 0, SECTOR - last);
        System.arraycopy(octets, offset + count - last, tail, SECTOR - last, last);
        total += count;
    }

    /** All was written: whether it is one by what is not in its first octets. */
    boolean isSeen() {
        return of(descriptor, tail) != null;
    }

    /** Null for none. What is decompressed is looked at up to where it is known. */
    static @Nullable Format of(Source source) throws IOException {
        byte[] head = source.atMost(0, Inspector.HEAD_OCTETS);
        Format format = inHead(head, head.length);
        if (format == null && source.hasItsEnd()) {   // in this order: to go back costs another decompression
            byte[] descriptor = source.atMost(DESCRIPTOR_AT, DESCRIPTOR);
            format = of(descriptor, source.size() < SECTOR ? new byte[0] : source.bytes(source.size() - SECTOR, SECTOR));
        }
        return format;
    }

    private static @Nullable Format of(byte[] descriptor, byte[] end) {
        if (DESCRIPTORS.contains(new String(descriptor, StandardCharsets.ISO_8859_1))) {
            return Format.ISO;
        }
        if (Signatures.has(end, end.length, 0, VHD)) {
            return Format.VHD;
        }
        return Signatures.has(end, end.length, 0, DMG) ? Format.DMG : null;
    }

    /** By a file's first octets. */
    static @Nullable Format inHead(byte[] head, int length) {
        if (length < SECTOR) {
            return null;
        }
        if (Signatures.has(head, length, 0x40, VDI)) {
            return Format.VDI;
        }
        boolean isDisk = Signatures.has(head, length, 3, NTFS) || Signatures.has(head, length, 3, EXFAT) || Signatures.has(head, length, 32, APFS)
                || head[0] == 'E' && head[1] == 'R' && Signatures.has(head, length, SECTOR, APPLE_MAP)
                || Signatures.has(head, length, SUPERBLOCK, HFS_PLUS) || Signatures.has(head, length, SUPERBLOCK, HFSX) || Signatures.has(head, length, SUPERBLOCK, F2FS)
                || isExt(head, length) || Signatures.has(head, length, SECTOR - 2, BOOT) && (isFat(head) || hasPartitions(head));
        return isDisk ? Format.DISK : null;
    }

    /** Two octets alone are no mark: the size of its blocks, its state and its revision are small numbers. */
    private static boolean isExt(byte[] head, int length) {
        return length >= SUPERBLOCK + 0x50 && Signatures.has(head, length, SUPERBLOCK + 0x38, EXT) && number(head, SUPERBLOCK + 0x18, 4) <= 6 && number(head, SUPERBLOCK + 0x3a, 2) <= 7
                && number(head, SUPERBLOCK + 0x4c, 4) <= 1;
    }

    /** A boot sector: the sizes of a sector and a cluster, the copies of the table, and the kind of medium. */
    private static boolean isFat(byte[] head) {
        int sector = (int) number(head, 11, 2);
        int copies = head[16];
        return sector >= 512 && sector <= 4096 && Integer.bitCount(sector) == 1 && Integer.bitCount(head[13] & 0xff) == 1 && (copies == 1 || copies == 2)
                && (head[21] & 0xff) >= 0xf0;
    }

    /** Each of the four is empty, or has a kind, a start and a size, and may be what is booted. */
    private static boolean hasPartitions(byte[] head) {
        int used = 0;
        for (int at = PARTITIONS; at < PARTITIONS + 4 * PARTITION; at += PARTITION) {
            boolean isEmpty = Arrays.equals(head, at, at + PARTITION, new byte[PARTITION], 0, PARTITION);
            if (!isEmpty && ((head[at] & 0x7f) != 0 || head[at + 4] == 0 || number(head, at + 8, 4) == 0 || number(head, at + 12, 4) == 0)) {
                return false;
            }
            used += isEmpty ? 0 : 1;
        }
        return used > 0;
    }

    private static long number(byte[] head, int at, int octets) {
        long value = 0;
        for (int i = octets - 1; i >= 0; i--) {
            value = value << 8 | head[at + i] & 0xff;
        }
        return value;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] octets(int... values) {
        byte[] octets = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            octets[i] = (byte) values[i];
        }
        return octets;
    }
}
