package sekisho.inspection;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/**
 * OLE2 compound files (MS-CFB), read where they lie: of the tables only the list of where the sector table is gets held. Chains that go in
 * circles are noticed.
 */
final class CompoundFile implements AutoCloseable {
    static final int HEADER_OCTETS = 512;
    private static final int ENTRY_OCTETS = 128;
    private static final int TABLES_IN_HEADER = 109;
    private static final long LAST_SECTOR = 0xffff_fffaL;
    private static final long FREE_SECTOR = 0xffff_ffffL;
    private static final int STREAM = 2;
    private static final int LEFT = 0x44;
    private static final int RIGHT = 0x48;
    private static final int CHILD = 0x4c;
    private static final long NO_ENTRY = 0xffff_ffffL;
    private static final int ROOT = 5;

    private final Source source;
    private final Look look;
    private final int shift;
    private final long sectors;
    private final long miniCutoff;
    private final Look.Reservation memory;
    /** Where the parts of the sector table are. */
    private final int[] tables;
    private final Chain directory;
    private final Chain miniTable;
    private final Chain miniSectors;

    /**
     * @param name the last part of its path
     * @param isAtTop whether it lies in no folder, so it is of the document itself and not of one that is embedded
     */
    record Stream(String name, Source content, boolean isAtTop) {}

    /** Sees each stream of the file. */
    @FunctionalInterface
    interface Visitor {
        void see(Stream stream) throws IOException;
    }

    CompoundFile(Source source, Look look) throws IOException {
        this.source = source;
        this.look = look;
        this.shift = source.u16(0x1e);
        if (shift != 9 && shift != 12 || source.u16(0x20) != 6) {
            throw CannotTell.here("ole2-damaged");
        }
        this.sectors = (source.size() >> shift) + 1;
        this.miniCutoff = source.u32(0x38);
        long count = source.u32(0x2c);
        if (count > sectors) {
            throw CannotTell.here("ole2-damaged");
        }
        this.memory = look.reserve(4 * count);
        boolean read = false;
        try {
            this.tables = tables((int) count);
            this.directory = new Chain(source.u32(0x30), sectors << shift);
            this.miniTable = new Chain(source.u32(0x3c), sectors << shift);
            this.miniSectors = root();
            read = true;
        } finally {
            if (!read) {
                memory.close();
            }
        }
    }

    /** Of folders in folders too, and of what no folder names: readers that repair show it. */
    void eachStream(Visitor visitor) throws IOException {
        Set<Long> top = top();
        for (long at = 0; ; at += ENTRY_OCTETS) {
            byte[] entry = new byte[ENTRY_OCTETS];
            if (readFully(directory, at, entry) < ENTRY_OCTETS) {
                return;
            }
            look.entry();
            if (entry[0x42] == STREAM) {
                long start = number(entry, 0x74, 4);
                long size = number(entry, 0x78, shift == 9 ? 4 : 8);
                if (size > sectors << shift) {
                    throw CannotTell.here("ole2-damaged");
                }
                visitor.see(new Stream(name(entry), Source.of(size < miniCutoff ? new MiniChain(start, size) : new Chain(start, size), look), top.contains(at / ENTRY_OCTETS)));
            }
        }
    }

    /** The numbers of what the root names, by its tree. */
    private Set<Long> top() throws IOException {
        Set<Long> seen = new HashSet<>();
        var next = new ArrayDeque<Long>();
        byte[] entry = new byte[ENTRY_OCTETS];
        if (readFully(directory, 0, entry) == ENTRY_OCTETS) {
            next.add(number(entry, CHILD, 4));
        }
        while (!next.isEmpty()) {
            look.tick();
            long one = next.remove();
            if (one < NO_ENTRY && seen.size() < look.limits().entries() && seen.add(one) && readFully(directory, one * ENTRY_OCTETS, entry) == ENTRY_OCTETS) {
                next.add(number(entry, LEFT, 4));
                next.add(number(entry, RIGHT, 4));
            }
        }
        return seen;
    }

    /** Whether the octet there lies in a sector that something of the file has: so it isn't behind the file, but inside of it. */
    boolean isInUse(long position) throws IOException {
        long sector = (position >> shift) - 1;
        return sector < 0 || sector >> shift - 2 < tables.length && after(sector) != FREE_SECTOR;
    }

    @Override
    public void close() {
        memory.close();
    }

    private int[] tables(int count) throws IOException {
        int[] found = new int[count];
        for (int i = 0; i < Math.min(count, TABLES_IN_HEADER); i++) {
            found[i] = (int) source.u32(0x4c + 4L * i);
        }
        int perSector = (1 << shift - 2) - 1;
        long sector = source.u32(0x44);
        for (int i = TABLES_IN_HEADER; i < count; i += perSector) {
            look.tick();
            long at = position(sector);
            for (int j = 0; j < perSector && i + j < count; j++) {
                found[i + j] = (int) source.u32(at + 4L * j);
            }
            sector = source.u32(at + 4L * perSector);
        }
        return found;
    }

    private Chain root() throws IOException {
        byte[] entry = new byte[ENTRY_OCTETS];
        if (readFully(directory, 0, entry) < ENTRY_OCTETS || entry[0x42] != ROOT) {
            throw CannotTell.here("ole2-damaged");
        }
        return new Chain(number(entry, 0x74, 4), Math.min(number(entry, 0x78, shift == 9 ? 4 : 8), sectors << shift));
    }

    private long position(long sector) throws IOException {
        if (sector >= LAST_SECTOR || sector >= sectors) {
            throw new EOFException();
        }
        return sector + 1 << shift;
    }

    private long after(long sector) throws IOException {
        int inTable = shift - 2;
        long table = sector >> inTable;
        if (table >= tables.length) {
            throw new EOFException();
        }
        return source.u32(position(tables[(int) table] & 0xffff_ffffL) + 4 * (sector & (1L << inTable) - 1));
    }

    private static int readFully(Octets octets, long position, byte[] into) throws IOException {
        int got = 0;
        while (got < into.length) {
            int n = octets.read(position + got, into, got, into.length - got);
            if (n < 0) {
                break;
            }
            got += n;
        }
        return got;
    }

    private static long number(byte[] octets, int at, int length) {
        long value = 0;
        for (int i = length - 1; i >= 0; i--) {
            value = value << 8 | octets[at + i] & 0xff;
        }
        return value < 0 ? Long.MAX_VALUE : value;
    }

    private static String name(byte[] entry) {
        int length = Math.min(64, Math.max(2, (int) number(entry, 0x40, 2))) - 2;
        return new String(entry, 0, length, StandardCharsets.UTF_16LE);
    }

    /** Sectors that follow one another by a table. Remembers where it is: reading on costs no walk from the start. */
    private abstract class Chained implements Octets {
        private final long first;
        private final long length;
        private final int unit;
        private long index;
        private long sector;
        /** Where the walk was at the last power of two; to be there again is to go in circles (Brent). */
        private long landmark = -1;

        Chained(long first, long length, int unit) {
            this.first = first;
            this.length = length;
            this.unit = unit;
            this.sector = first;
        }

        abstract long next(long sector) throws IOException;

        abstract int readIn(long sector, int within, byte[] into, int offset, int count) throws IOException;

        @Override
        public long size() {
            return length;
        }

        @Override
        public int read(long position, byte[] into, int offset, int count) throws IOException {
            if (position >= length) {
                return -1;
            }
            long wanted = position >> unit;
            if (wanted < index) {
                index = 0;
                sector = first;
                landmark = -1;
            }
            while (index < wanted && sector < LAST_SECTOR) {
                look.tick();
                sector = next(sector);
                index++;
                if (sector == landmark) {
                    throw CannotTell.here("ole2-damaged");
                }
                landmark = Long.bitCount(index) == 1 ? sector : landmark;
            }
            if (sector >= LAST_SECTOR) {
                return -1;
            }
            int within = (int) (position & (1L << unit) - 1);
            return readIn(sector, within, into, offset, (int) Math.min(Math.min(count, (1L << unit) - within), length - position));
        }
    }

    private final class Chain extends Chained {
        Chain(long first, long length) {
            super(first, length, shift);
        }

        @Override
        long next(long sector) throws IOException {
            return after(sector);
        }

        @Override
        int readIn(long sector, int within, byte[] into, int offset, int count) throws IOException {
            return source.read(position(sector) + within, into, offset, count);
        }
    }

    private final class MiniChain extends Chained {
        private static final int SHIFT = 6;

        MiniChain(long first, long length) {
            super(first, length, SHIFT);
        }

        @Override
        long next(long sector) throws IOException {
            byte[] number = new byte[4];
            if (readFully(miniTable, sector * 4, number) < 4) {
                throw new EOFException();
            }
            return number(number, 0, 4);
        }

        @Override
        int readIn(long sector, int within, byte[] into, int offset, int count) throws IOException {
            return miniSectors.read((sector << SHIFT) + within, into, offset, count);
        }
    }
}
