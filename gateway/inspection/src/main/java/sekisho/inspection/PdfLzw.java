package sekisho.inspection;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** LZW as PDF has it (ISO 32000-2 §7.4.4): codes of 9 to 12 bits, highest bit first; 256 begins anew, 257 ends. */
final class PdfLzw extends InputStream {
    static final int MEMORY_OCTETS = 32 << 10;
    private static final int CLEAR = 256;
    private static final int END = 257;
    private static final int CODES = 4096;

    private final InputStream in;
    private final int early;
    private final short[] prefix = new short[CODES];
    private final byte[] last = new byte[CODES];
    private final byte[] pending = new byte[CODES];
    private int waiting;
    private int codes = END + 1;
    private int before = -1;
    private int first;
    private int bits;
    private int held;

    /** @param isEarly whether codes grow one code early, as nearly all writers have it */
    PdfLzw(InputStream in, boolean isEarly) {
        this.in = new BufferedInputStream(in);
        this.early = isEarly ? 1 : 0;
    }

    @Override
    public int read() throws IOException {
        while (waiting == 0) {
            int code = code();
            if (code < 0 || code == END) {
                return -1;
            }
            if (code == CLEAR) {
                codes = END + 1;
                before = -1;
                continue;
            }
            write(code);
        }
        return pending[--waiting] & 0xff;
    }

    private void write(int code) throws IOException {
        int at = code;
        if (before < 0 ? code >= CLEAR : code > codes || code == codes && codes == CODES) {
            throw new IOException("no such code");
        }
        if (before >= 0 && code == codes) {
            pending[waiting++] = (byte) first;
            at = before;
        }
        while (at > END) {
            pending[waiting++] = last[at];
            at = prefix[at];
        }
        first = at;
        pending[waiting++] = (byte) at;
        if (before >= 0 && codes < CODES) {
            prefix[codes] = (short) before;
            last[codes++] = (byte) first;
        }
        before = code;
    }

    private int code() throws IOException {
        int size = codes + early < 512 ? 9 : codes + early < 1024 ? 10 : codes + early < 2048 ? 11 : 12;
        while (held < size) {
            int octet = in.read();
            if (octet < 0) {
                return -1;
            }
            bits = bits << 8 | octet;
            held += 8;
        }
        held -= size;
        return bits >> held & (1 << size) - 1;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
