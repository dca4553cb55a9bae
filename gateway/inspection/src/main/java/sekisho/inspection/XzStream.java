package sekisho.inspection;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.check.Check;

/**
 * What is compressed in .xz, stream behind stream (The .xz File Format 1.2.1). The library's own reader takes as much memory as a header asks for:
 * {@code xz -9} writes 64 MiB into that of every file, however small. This one takes no more than there is, see {@link Decoders#lzma2}.
 */
final class XzStream extends InBlocks {
    private static final byte[] MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
    private static final byte[] END_MAGIC = {'Y', 'Z'};
    private static final int LZMA2 = 0x21;
    private static final int RESERVED_FLAGS = 0x3c;
    private static final int LONGEST_NUMBER = 9;

    private final Counted in;
    private final Look look;
    private Check check;
    private long blocks;
    private boolean ended;
    private @Nullable Block block;

    /** @param in reads ahead of what is decompressed by itself, if at all */
    XzStream(InputStream in, Look look) throws IOException {
        this.in = new Counted(in);
        this.look = look;
        this.check = start(this.in.exactly(MAGIC.length));
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        while (!ended) {
            if (block == null && !nextBlock()) {
                nextStream();
            } else if (block != null) {
                int got = block.content.read(into, offset, count);
                if (got >= 0) {
                    check.update(into, offset, got);
                    block.octets += got;
                    return got;
                }
                endBlock(block);
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        if (block != null) {
            block.content.close();
            block = null;
        }
        in.close();
    }

    private Check start(byte[] magic) throws IOException {
        byte[] flags = in.exactly(2);
        if (!Arrays.equals(magic, MAGIC) || !isSum(flags, in.exactly(4)) || flags[0] != 0 || (flags[1] & 0xf0) != 0) {
            throw damaged();
        }
        return Check.getInstance(flags[1]);
    }

    /** Whether another block begins; else the index was read, to its end. */
    private boolean nextBlock() throws IOException {
        long from = in.octets;
        int size = in.exactly(1)[0] & 0xff;
        if (size == 0) {
            index(from);
            return false;
        }
        byte[] header = new byte[size * 4];
        header[0] = (byte) size;
        System.arraycopy(in.exactly(header.length - 1), 0, header, 1, header.length - 1);
        if (!isSum(header, in.exactly(4)) || (header[1] & RESERVED_FLAGS) != 0) {
            throw damaged();
        }
        var fields = new Fields(header, 2);
        if ((header[1] & 0x40) != 0) {
            fields.number();
        }
        long octets = (header[1] & 0x80) == 0 ? -1 : fields.number();
        block = new Block(in.octets, octets, decoder(fields, (header[1] & 3) + 1, octets));
        blocks++;
        return true;
    }

    /** The filter that is named last reads first. */
    private InputStream decoder(Fields fields, int filters, long octets) throws IOException {
        long id = fields.number();
        byte[] properties = fields.octets(fields.number());
        if (filters > 1) {
            return Decoders.filtered(decoder(fields, filters - 1, octets), id, properties);
        }
        if (id != LZMA2 || properties.length != 1) {
            throw damaged();
        }
        return Decoders.lzma2(new Open(in), look, properties[0] & 0xff, octets);
    }

    private void endBlock(Block ended) throws IOException {
        ended.content.close();
        block = null;
        blanks(in.octets - ended.from);
        boolean isWhole = Arrays.equals(check.finish(), in.exactly(check.getSize())) || check.getSize() == 0;
        if (!isWhole || ended.said >= 0 && ended.said != ended.octets) {
            throw damaged();
        }
    }

    private void index(long from) throws IOException {
        if (number() != blocks) {
            throw damaged();
        }
        for (long i = 0; i < blocks; i++) {
            look.tick();
            number();
            number();
        }
        blanks(in.octets - from);
        in.exactly(4 + 4 + 4 + 2);   // sums and sizes, which say nothing of what came out
        if (!Arrays.equals(in.exactly(2), END_MAGIC)) {
            throw damaged();
        }
    }

    /** Fours of zeros may stand between two, and behind the last. */
    private void nextStream() throws IOException {
        byte[] four = new byte[4];
        do {
            int got = in.readNBytes(four, 0, 4);
            if (got == 0) {
                ended = true;
                return;
            }
            look.tick();
            if (got < 4) {
                throw damaged();
            }
        } while (Arrays.equals(four, new byte[4]));
        byte[] magic = Arrays.copyOf(four, MAGIC.length);
        System.arraycopy(in.exactly(2), 0, magic, 4, 2);
        check = start(magic);
        blocks = 0;
    }

    private void blanks(long octets) throws IOException {
        for (byte blank : in.exactly((int) (-octets & 3))) {
            if (blank != 0) {
                throw damaged();
            }
        }
    }

    private long number() throws IOException {
        long number = 0;
        for (int i = 0; i < LONGEST_NUMBER; i++) {
            byte octet = in.exactly(1)[0];
            number |= (octet & 0x7fL) << 7 * i;
            if (octet >= 0) {
                return number;
            }
        }
        throw damaged();
    }

    private static boolean isSum(byte[] octets, byte[] sum) {
        var crc = new CRC32();
        crc.update(octets);
        return crc.getValue() == ((sum[0] & 0xff | (sum[1] & 0xff) << 8 | (sum[2] & 0xff) << 16 | sum[3] << 24) & 0xffff_ffffL);
    }

    private static IOException damaged() {
        return CannotTell.here("content-damaged");
    }

    private static final class Block {
        private final long from;
        private final long said;
        private final InputStream content;
        private long octets;

        Block(long from, long said, InputStream content) {
            this.from = from;
            this.said = said;
            this.content = content;
        }
    }

    /** The fields of a block's header. */
    private static final class Fields {
        private final byte[] header;
        private int at;

        Fields(byte[] header, int at) {
            this.header = header;
            this.at = at;
        }

        long number() throws IOException {
            long number = 0;
            for (int i = 0; i < LONGEST_NUMBER && at < header.length; i++) {
                byte octet = header[at++];
                number |= (octet & 0x7fL) << 7 * i;
                if (octet >= 0) {
                    return number;
                }
            }
            throw damaged();
        }

        byte[] octets(long count) throws IOException {
            if (count > header.length - at) {
                throw damaged();
            }
            at += (int) count;
            return Arrays.copyOfRange(header, at - (int) count, at);
        }
    }

    /** Stays open when a block is closed. */
    private static final class Open extends InBlocks {
        private final InputStream in;

        Open(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            return in.read(into, offset, count);
        }
    }

    private static final class Counted extends InBlocks {
        private final InputStream in;
        private long octets;

        Counted(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            int got = in.read(into, offset, count);
            octets += Math.max(0, got);
            return got;
        }

        byte[] exactly(int count) throws IOException {
            byte[] octets = readNBytes(count);
            if (octets.length < count) {
                throw new EOFException();
            }
            return octets;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
