package sekisho.mailhook.mime.tnef;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import sekisho.mailhook.mime.codec.OctetConsumer;

/**
 * Compressed RTF (MS-OXRTFCP): a header of 16 octets, then tokens that are an octet of the text or a place and length in the last
 * 4,096 octets of it.
 *
 * <pre>
 *   compressed size(4) raw size(4) "LZFu" or "MELA"(4) crc(4)
 *   control(1): a bit for each of the next eight tokens, lowest first; 0: octet, 1: place(12 bits) length − 2(4 bits)
 * </pre>
 */
final class RtfDecompressor {

    private static final int DICTIONARY = 4096;
    private static final int HEADER = 16;
    private static final long COMPRESSED = 0x75465A4CL;
    private static final long UNCOMPRESSED = 0x414C454DL;
    private static final byte[] KNOWN = ("{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
            + "\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
            + "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx").getBytes(StandardCharsets.US_ASCII);

    private final OctetConsumer out;
    private final byte[] dictionary = new byte[DICTIONARY];
    private final byte[] header = new byte[HEADER];
    private final byte[] buffer = new byte[4096];
    private int headerLength;
    private int filled;
    private int place = KNOWN.length;
    private long left;
    private boolean plain;
    private boolean broken;
    private boolean ended;
    private int control;
    private int tokens;      // of this control octet that are still to come
    private int first = -1;  // of the two octets of a reference

    RtfDecompressor(OctetConsumer out) {
        this.out = out;
        System.arraycopy(KNOWN, 0, dictionary, 0, KNOWN.length);
    }

    /** Whether the text came out whole. */
    boolean isComplete() {
        return !broken && headerLength == HEADER && left == 0;
    }

    void accept(byte[] b, int off, int len) throws IOException {
        for (int i = off; i < off + len && !broken && !ended; i++) {
            if (headerLength < HEADER) {
                header[headerLength++] = b[i];
                if (headerLength == HEADER) {
                    begin();
                }
            } else if (plain) {
                put(b[i]);
            } else {
                token(b[i] & 0xFF);
            }
        }
        flush();
    }

    private void begin() {
        left = Fields.u32(header, 4);
        long form = Fields.u32(header, 8);
        plain = form == UNCOMPRESSED;
        broken = form != COMPRESSED && form != UNCOMPRESSED;
    }

    private void token(int b) throws IOException {
        if (first >= 0) {
            int from = first << 4 | b >> 4;
            first = -1;
            if (from == place) {
                ended = true;
                return;
            }
            for (int n = (b & 15) + 2; n > 0; n--) {
                put(dictionary[from++ % DICTIONARY]);
            }
        } else if (tokens == 0) {
            control = b;
            tokens = 8;
            return;
        } else if ((control & 1) != 0) {
            first = b;
            return;
        } else {
            put((byte) b);
        }
        control >>= 1;
        tokens--;
    }

    private void put(byte octet) throws IOException {
        dictionary[place] = octet;
        place = (place + 1) % DICTIONARY;
        if (left > 0) {
            left--;
            if (filled == buffer.length) {
                flush();
            }
            buffer[filled++] = octet;
        }
    }

    private void flush() throws IOException {
        if (filled > 0) {
            out.accept(buffer, 0, filled);
            filled = 0;
        }
    }
}
