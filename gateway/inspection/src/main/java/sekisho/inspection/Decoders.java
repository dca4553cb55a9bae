package sekisho.inspection;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.deflate64.Deflate64CompressorInputStream;
import org.tukaani.xz.LZMA2InputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

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
    private static final int KIB = 1 << 10;

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
        int needed = dictionary(dictionary, size);
        // up to 1.5 MiB of probabilities when literals have 4 position bits and 8 of context
        int literals = 0x300 << (properties % 9 + properties / 9 % 5);
        return Metered.open(in, look, (long) needed + LZMA_OCTETS + 2L * literals, compressed -> {
            var decoder = new LZMAInputStream(new BufferedInputStream(compressed, BUFFER), size, (byte) properties, needed);
            decoder.enableRelaxedEndCondition(); // ZIPs have a size and a mark
            return decoder;
        });
    }

    static InputStream lzma2(InputStream in, Look look, int sizeCode, long size) throws IOException {
        if (sizeCode > 40) {
            throw CannotTell.here("method-damaged");
        }
        long claimed = sizeCode == 40 ? 0xffff_ffffL : (2L | sizeCode & 1) << sizeCode / 2 + 11;
        int needed = dictionary(claimed, size);
        return Metered.open(in, look, (long) needed + LZMA_OCTETS, compressed -> new LZMA2InputStream(new BufferedInputStream(compressed, BUFFER), needed));
    }


    static InputStream xz(InputStream in, Look look) throws IOException {
        var buffered = new BufferedInputStream(in, BUFFER);
        long needed = dictionaryOfXz(buffered) + LZMA_OCTETS;
        // a later block with a larger one is refused by the limit
        return Metered.open(buffered, look, needed, compressed -> new XZInputStream(compressed, (int) (needed / KIB) + KIB));
    }

    /** No larger than what comes out, whatever is claimed. */
    private static int dictionary(long claimed, long size) throws CannotTell {
        long needed = Math.max(4096, size < 0 ? claimed : Math.min(claimed, size));
        if (needed > LZMA2InputStream.DICT_SIZE_MAX) {
            throw CannotTell.here("beyond-memory");
        }
        return (int) needed;
    }

    /** Of the first block: the stream's header of 12 octets, the block's size and flags, perhaps two sizes, then filters, LZMA2 the last. */
    private static long dictionaryOfXz(BufferedInputStream in) throws IOException {
        in.mark(12 + 1024);
        byte[] head = in.readNBytes(12 + 1024);
        in.reset();
        if (head.length < 14 || head[12] == 0) {
            return 4096; // no block: nothing comes out
        }
        int flags = head[13];
        int at = 14;
        for (int sizes = (flags >> 6 & 1) + (flags >> 7 & 1); sizes > 0; sizes--) {
            while (at < head.length && head[at++] < 0) {
                // a number ends with the first octet whose highest bit is 0
            }
        }
        for (int filters = (flags & 3) + 1; filters > 0 && at + 2 < head.length; filters--) {
            int id = head[at];
            int length = head[at + 1];
            if (id == 0x21 && length == 1) {
                int code = head[at + 2] & 0x3f;
                return code >= 40 ? 0xffff_ffffL : (2L | code & 1) << code / 2 + 11;
            }
            at += 2 + Math.max(0, length);
        }
        throw CannotTell.here("method-damaged");
    }
}
