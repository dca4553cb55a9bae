package sekisho.inspection;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import sekisho.inspection.SevenZipFolder.Bond;
import sekisho.inspection.SevenZipFolder.Coder;

/**
 * The streams that a 7z header tells of: packed sizes, folders with their coders, sizes of what comes out. Property ids are those of the
 * format's description (7zFormat.txt). Every count is bounded by the octets that are left to hold what is counted.
 */
final class SevenZipHeader {
    static final int HEADER = 0x01;
    static final int ENCODED_HEADER = 0x17;
    private static final int END = 0x00;
    private static final int ARCHIVE_PROPERTIES = 0x02;
    private static final int ADDITIONAL_STREAMS = 0x03;
    private static final int MAIN_STREAMS = 0x04;
    private static final int FILES = 0x05;
    private static final int PACK_INFO = 0x06;
    private static final int UNPACK_INFO = 0x07;
    private static final int SUBSTREAMS = 0x08;
    private static final int SIZE = 0x09;
    private static final int CRC = 0x0a;
    private static final int FOLDER = 0x0b;
    private static final int UNPACK_SIZE = 0x0c;
    private static final int SUBSTREAM_COUNT = 0x0d;
    private static final int MOST_CODERS = 32;
    private static final int MOST_STREAMS = 32;
    /** A file by itself needs a folder, a packed stream, a size, and a coder or three. */
    private static final long KEPT_PER_ENTRY = 8;

    private final byte[] octets;
    private final Look look;
    private int at;
    private long kept;
    private long packPosition;
    private long[] packSizes = {};
    private List<SevenZipFolder> folders = List.of();

    SevenZipHeader(byte[] octets, Look look) {
        this.octets = octets;
        this.look = look;
    }

    /** Whether a header may begin with these two octets: itself encoded, or with streams. */
    static boolean mayBegin(byte first, byte second) {
        return first == ENCODED_HEADER && second == PACK_INFO || first == HEADER && second == MAIN_STREAMS;
    }

    int kind() throws IOException {
        return u8();
    }

    List<SevenZipFolder> folders() {
        return folders;
    }

    /** After {@link #HEADER}: the main streams. What the files are called comes after and is not read. */
    void readMain() throws IOException {
        int id = u8();
        if (id == ARCHIVE_PROPERTIES) {
            while (u8() != END) {
                skip(number());
            }
            id = u8();
        }
        if (id == ADDITIONAL_STREAMS) {
            readStreams();
            id = u8();
        }
        folders = List.of();
        if (id == MAIN_STREAMS) {
            readStreams();
        } else if (id != FILES && id != END) {
            throw new EOFException();
        }
    }

    /** After {@link #ENCODED_HEADER}, or within a header. */
    void readStreams() throws IOException {
        int id = u8();
        if (id == PACK_INFO) {
            readPackInfo();
            id = u8();
        }
        if (id == UNPACK_INFO) {
            readFolders();
            id = u8();
        }
        if (id == SUBSTREAMS) {
            id = readSubstreams();
        }
        if (id != END) {
            throw new EOFException();
        }
        assignPacked();
    }

    private void readPackInfo() throws IOException {
        packPosition = number();
        packSizes = new long[counted(number())];
        for (int id; (id = u8()) != END; ) {
            if (id == SIZE) {
                for (int i = 0; i < packSizes.length; i++) {
                    packSizes[i] = number();
                }
            } else if (id == CRC) {
                skipDigests(packSizes.length);
            } else {
                throw new EOFException();
            }
        }
    }

    private void readFolders() throws IOException {
        if (u8() != FOLDER) {
            throw new EOFException();
        }
        int count = counted(number());
        if (u8() != 0) {
            throw CannotTell.here("7z-external");
        }
        var read = new ArrayList<SevenZipFolder>();
        for (int i = 0; i < count; i++) {
            look.tick();
            read.add(readFolder());
        }
        if (u8() != UNPACK_SIZE) {
            throw new EOFException();
        }
        for (SevenZipFolder folder : read) {
            folder.unpackSizes = new long[folder.outputs];
            for (int i = 0; i < folder.outputs; i++) {
                folder.unpackSizes[i] = number();
            }
            folder.sizes = new long[] {folder.unpackSize()};
        }
        folders = read;
        int id = u8();
        if (id == CRC) {
            boolean[] defined = digests(read.size());
            for (int i = 0; i < defined.length; i++) {
                read.get(i).hasCrc = defined[i];
            }
            id = u8();
        }
        if (id != END) {
            throw new EOFException();
        }
    }

    private SevenZipFolder readFolder() throws IOException {
        int count = bounded(number(), MOST_CODERS);
        counted(count);
        var coders = new ArrayList<Coder>();
        int inputs = 0;
        int outputs = 0;
        for (int i = 0; i < count; i++) {
            int flags = u8();
            if ((flags & 0x80) != 0) {
                throw CannotTell.here("7z-alternatives");
            }
            long id = 0;
            for (int octet = 0; octet < (flags & 0x0f); octet++) {
                id = id << 8 | u8();
            }
            boolean complex = (flags & 0x10) != 0;
            int in = complex ? bounded(number(), MOST_STREAMS) : 1;
            int out = complex ? bounded(number(), MOST_STREAMS) : 1;
            byte[] properties = (flags & 0x20) != 0 ? bytes(count(number())) : new byte[0];
            coders.add(new Coder(id, in, out, properties));
            inputs += in;
            outputs += out;
        }
        var bonds = new ArrayList<Bond>();
        for (int i = 0; i < outputs - 1; i++) {
            bonds.add(new Bond(bounded(number(), inputs), bounded(number(), outputs)));
        }
        int[] packed = new int[Math.max(0, inputs - bonds.size())];
        if (packed.length == 1) {
            int free = 0;
            for (int input = 0; input < inputs; input++) {
                int candidate = input;
                free = bonds.stream().noneMatch(bond -> bond.input() == candidate) ? input : free;
            }
            packed[0] = free;
        } else {
            for (int i = 0; i < packed.length; i++) {
                packed[i] = bounded(number(), inputs);
            }
        }
        return new SevenZipFolder(List.copyOf(coders), List.copyOf(bonds), packed, outputs);
    }

    private int readSubstreams() throws IOException {
        int id = u8();
        if (id == SUBSTREAM_COUNT) {
            for (SevenZipFolder folder : folders) {
                folder.sizes = new long[counted(number())];
            }
            id = u8();
        }
        for (SevenZipFolder folder : folders) {
            long left = folder.unpackSize();
            for (int i = 0; i < folder.sizes.length; i++) {
                look.tick();
                // the last one has what is left
                folder.sizes[i] = i == folder.sizes.length - 1 ? left : id == SIZE ? number() : 0;
                left -= folder.sizes[i];
                if (left < 0) {
                    throw new EOFException();
                }
            }
        }
        if (id == SIZE) {
            id = u8();
        }
        if (id == CRC) {
            int unknown = 0;
            for (SevenZipFolder folder : folders) {
                unknown += folder.sizes.length == 1 && folder.hasCrc ? 0 : folder.sizes.length;
            }
            skipDigests(unknown);
            id = u8();
        }
        return id;
    }

    private void assignPacked() throws IOException {
        int stream = 0;
        long position = packPosition;
        for (SevenZipFolder folder : folders) {
            folder.packedAt = position;
            folder.packedSizes = new long[folder.packedInputs.length];
            for (int i = 0; i < folder.packedSizes.length; i++) {
                if (stream >= packSizes.length) {
                    throw new EOFException();
                }
                folder.packedSizes[i] = packSizes[stream++];
                position = Math.addExact(position, folder.packedSizes[i]);
            }
        }
    }

    private void skipDigests(int count) throws IOException {
        digests(count);
    }

    /** Which of them there are; skips over them. */
    private boolean[] digests(int count) throws IOException {
        boolean[] defined = new boolean[count];
        boolean all = u8() != 0;
        int mask = 0;
        int octet = 0;
        int present = 0;
        for (int i = 0; i < count; i++) {
            if (!all && mask == 0) {
                mask = 0x80;
                octet = u8();
            }
            defined[i] = all || (octet & mask) != 0;
            mask >>= 1;
            present += defined[i] ? 1 : 0;
        }
        skip(4L * present);
        return defined;
    }

    private int u8() throws IOException {
        if (at >= octets.length) {
            throw new EOFException();
        }
        return octets[at++] & 0xff;
    }

    /** The format's own: the first octet's leading ones tell how many follow, lowest first; its other bits are the highest. */
    private long number() throws IOException {
        int first = u8();
        long value = 0;
        int mask = 0x80;
        for (int i = 0; i < 8; i++, mask >>= 1) {
            if ((first & mask) == 0) {
                return positive(value | (long) (first & mask - 1) << 8 * i);
            }
            value |= (long) u8() << 8 * i;
        }
        return positive(value);
    }

    private static long positive(long value) throws IOException {
        if (value < 0) {
            throw new EOFException();
        }
        return value;
    }

    /** Of things that take at least an octet each. */
    private int count(long number) throws IOException {
        return bounded(number, octets.length - at + 1);
    }

    /** Of things that are kept: all of them together are not many more than a look takes in. */
    private int counted(long number) throws IOException {
        kept += count(number);
        if (kept > KEPT_PER_ENTRY * look.limits().entries()) {
            throw CannotTell.here("beyond-entries");
        }
        return (int) number;
    }

    private static int bounded(long number, int most) throws IOException {
        if (number > most) {
            throw new EOFException();
        }
        return (int) number;
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) u8();
        }
        return bytes;
    }

    private void skip(long count) throws IOException {
        if (count > octets.length - at) {
            throw new EOFException();
        }
        at += (int) count;
    }
}
