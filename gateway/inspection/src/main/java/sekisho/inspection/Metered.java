package sekisho.inspection;

import java.io.IOException;
import java.io.InputStream;

/** What comes out of a decompressor, held against the limits. Closing it gives back what the decompressor needed. */
final class Metered extends InBlocks {
    /** So little says nothing about a ratio. */
    private static final long FLOOR = 1 << 20;

    private final InputStream decompressed;
    private final Consumed compressed;
    private final Look look;
    private final Look.Reservation memory;
    private long octets;

    private Metered(InputStream decompressed, Consumed compressed, Look look, Look.Reservation memory) {
        this.decompressed = decompressed;
        this.compressed = compressed;
        this.look = look;
        this.memory = memory;
    }

    /** Makes a decompressor over its input. */
    @FunctionalInterface
    interface Decompressor {
        InputStream over(InputStream compressed) throws IOException;
    }

    /** @param memoryOctets what the decompressor will hold */
    static InputStream open(InputStream in, Look look, long memoryOctets, Decompressor decompressor) throws IOException {
        Look.Reservation memory = look.reserve(memoryOctets);
        boolean opened = false;
        try {
            var consumed = new Consumed(in);
            var metered = new Metered(decompressor.over(consumed), consumed, look, memory);
            opened = true;
            return metered;
        } finally {
            if (!opened) {
                memory.close();
            }
        }
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        int got = decompressed.read(into, offset, Math.min(count, 64 << 10)); // so that the clock is looked at often enough
        if (got > 0) {
            look.inflated(got);
            octets += got;
            if (octets > FLOOR && octets / look.limits().ratio() > compressed.octets) {
                throw CannotTell.here("beyond-ratio");
            }
        }
        return got;
    }

    @Override
    public void close() throws IOException {
        memory.close();
        decompressed.close();
    }

    private static final class Consumed extends InputStream {
        private final InputStream in;
        private long octets;

        Consumed(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int octet = in.read();
            octets += octet < 0 ? 0 : 1;
            return octet;
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            int got = in.read(into, offset, count);
            octets += Math.max(got, 0);
            return got;
        }

        @Override
        public int available() throws IOException {
            return in.available();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
