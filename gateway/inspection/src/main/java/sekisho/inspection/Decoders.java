package sekisho.inspection;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.deflate64.Deflate64CompressorInputStream;
import org.tukaani.xz.ARM64Options;
import org.tukaani.xz.ARMOptions;
import org.tukaani.xz.ARMThumbOptions;
import org.tukaani.xz.CorruptedInputException;
import org.tukaani.xz.DeltaOptions;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.IA64Options;
import org.tukaani.xz.LZMA2InputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.PowerPCOptions;
import org.tukaani.xz.RISCVOptions;
import org.tukaani.xz.SPARCOptions;
import org.tukaani.xz.X86Options;

/** Decompressors, each under the limits of a look. What they can't decompress is an {@link IOException}, or a {@link RuntimeException} of theirs. */
final class Decoders {
    private static final int BUFFER = 8 << 10;
    /** The JDK's inflater with its window, and our buffer. */
    private static final int INFLATER_OCTETS = 64 << 10;
    private static final int DEFLATE64_OCTETS = 128 << 10;
    /** 900,000 positions of 4 octets, and as many symbols. */
    private static final int BZIP2_OCTETS = 5 << 20;
    /** Probabilities and buffers of an LZMA decoder beside its dictionary. */
    private static final int LZMA_OCTETS = 160 << 10;
    private static final int LZMA_PROPERTIES_MOST = (4 * 5 + 4) * 9 + 8;
    /** Left for what is in it, when a dictionary gets less than it wants; and with less than the other of these there is no use in trying. */
    private static final int SPARED = 8 << 20;
    private static final int LEAST_DICTIONARY = 1 << 20;

    private Decoders() {}

    /** A single compressed file. */
    static InputStream open(Format format, InputStream in, Look look) throws IOException {
        return switch (format) {
            case GZIP -> Metered.open(in, look, INFLATER_OCTETS, compressed -> new GZIPInputStream(compressed, BUFFER));
            case BZIP2 -> bzip2(in, look, true);
            case XZ -> xz(in, look);
            default -> throw new IllegalArgumentException("not one compressed file: " + format);
        };
    }

    static InputStream inflate(InputStream in, Look look) throws IOException {
        return inflate(in, look, true);
    }

    /** Deflate with the header of RFC 1950. */
    static InputStream zlib(InputStream in, Look look) throws IOException {
        return inflate(in, look, false);
    }

    private static InputStream inflate(InputStream in, Look look, boolean isRaw) throws IOException {
        return Metered.open(in, look, INFLATER_OCTETS, compressed -> {
            var inflater = new Inflater(isRaw);
            return new InflaterInputStream(compressed, inflater, BUFFER) {
                @Override
                public void close() throws IOException {
                    super.close();
                    inflater.end(); // its memory is not the heap's
                }
            };
        });
    }

    static InputStream inflate64(InputStream in, Look look) throws IOException {
        return Metered.open(in, look, DEFLATE64_OCTETS, compressed -> new Deflate64CompressorInputStream(new BufferedInputStream(compressed, BUFFER)));
    }

    static InputStream bzip2(InputStream in, Look look, boolean concatenated) throws IOException {
        return Metered.open(in, look, BZIP2_OCTETS, compressed -> new BZip2CompressorInputStream(new BufferedInputStream(compressed, BUFFER), concatenated));
    }

    /**
     * LZMA without a header of its own.
     *
     * @param size of what comes out, −1 when a mark ends it
     */
    static InputStream lzma(InputStream in, Look look, int properties, long dictionary, long size) throws IOException {
        if (properties > LZMA_PROPERTIES_MOST) {
            throw CannotTell.here("method-damaged");
        }
        // up to 1.5 MiB of probabilities when literals have 4 position bits and 8 of context
        int beside = LZMA_OCTETS + 2 * (0x300 << (properties % 9 + properties / 9 % 5));
        long wanted = wanted(dictionary, size);
        int given = given(wanted, beside, look);
        return Metered.open(in, look, (long) given + beside, compressed -> {
            var decoder = new LZMAInputStream(new BufferedInputStream(compressed, BUFFER), size, (byte) properties, given);
            decoder.enableRelaxedEndCondition(); // ZIPs have a size and a mark
            return given < wanted ? new Shortened(decoder) : decoder;
        });
    }

    /**
     * LZMA2. Reads no octet behind its end.
     *
     * @param in   is read by single octets, too
     * @param size as above
     */
    static InputStream lzma2(InputStream in, Look look, int sizeCode, long size) throws IOException {
        if (sizeCode > 40) {
            throw CannotTell.here("method-damaged");
        }
        long wanted = wanted(sizeCode == 40 ? 0xffff_ffffL : (2L | sizeCode & 1) << sizeCode / 2 + 11, size);
        int given = given(wanted, LZMA_OCTETS, look);
        return Metered.open(in, look, (long) given + LZMA_OCTETS, compressed -> {
            var decoder = new LZMA2InputStream(compressed, given);
            return given < wanted ? new Shortened(decoder) : decoder;
        });
    }

    static InputStream xz(InputStream in, Look look) throws IOException {
        return new XzStream(buffered(in), look);
    }

    static InputStream buffered(InputStream in) {
        return new BufferedInputStream(in, BUFFER);
    }

    /** What stands between a compressor and its content, by the number that 7z and .xz give it. */
    static InputStream filtered(InputStream in, long id, byte[] properties) throws IOException {
        FilterOptions options = switch ((int) Math.min(id, Integer.MAX_VALUE)) {
            case 0x03 -> new DeltaOptions((properties.length == 0 ? 0 : properties[0] & 0xff) + 1);
            case 0x04 -> new X86Options();
            case 0x05 -> new PowerPCOptions();
            case 0x06 -> new IA64Options();
            case 0x07 -> new ARMOptions();
            case 0x08 -> new ARMThumbOptions();
            case 0x09 -> new SPARCOptions();
            case 0x0a -> new ARM64Options();
            case 0x0b -> new RISCVOptions();
            default -> throw CannotTell.here("method");
        };
        return options.getInputStream(in);
    }

    /** No larger than what comes out, whatever is claimed. */
    private static long wanted(long claimed, long size) {
        return Math.max(4096, size < 0 ? claimed : Math.min(claimed, size));
    }

    /** As much of a dictionary as there is memory for: most contents refer to little of what a header claims. */
    private static int given(long wanted, int beside, Look look) throws CannotTell {
        long room = look.memoryLeft() - beside;
        if (wanted <= room) {
            return (int) wanted;
        }
        if (room - SPARED < LEAST_DICTIONARY) {
            throw CannotTell.here("beyond-memory");
        }
        return (int) room - SPARED;
    }

    /** Comes out of a decoder whose dictionary is smaller than it should be: what it calls damaged may as well refer to what isn't there any more. */
    private static final class Shortened extends InBlocks {
        private final InputStream in;

        Shortened(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            try {
                return in.read(into, offset, count);
            } catch (CorruptedInputException _) {
                throw CannotTell.here("beyond-memory");
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
