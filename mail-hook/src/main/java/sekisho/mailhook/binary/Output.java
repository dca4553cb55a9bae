package sekisho.mailhook.binary;

import java.io.IOException;
import java.util.Base64;
import sekisho.mailhook.mime.codec.OctetConsumer;

/** Gathers octets into blocks, as they are or in base64 with lines of 76 signs. Between two lines of base64 stands CRLF, behind the last one none. */
final class Output {

    private static final int BLOCK = 8192;
    private static final int LINE_OCTETS = 57;

    private final OctetConsumer to;
    private final byte[] block = new byte[BLOCK];
    private int filled;
    private final byte[] plain = new byte[LINE_OCTETS];
    private final byte[] signs = new byte[(LINE_OCTETS + 2) / 3 * 4];
    private int waiting;
    private boolean lineBefore;

    Output(OctetConsumer to) {
        this.to = to;
    }

    void write(byte[] octets, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            if (filled == BLOCK) {
                flush();
            }
            int part = Math.min(length - done, BLOCK - filled);
            System.arraycopy(octets, offset + done, block, filled, part);
            filled += part;
            done += part;
        }
    }

    void encode(byte octet) throws IOException {
        plain[waiting++] = octet;
        if (waiting == LINE_OCTETS) {
            line(plain);
        }
    }

    void encode(byte[] octets, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            encode(octets[i]);
        }
    }

    /** The part is complete. */
    void encoded() throws IOException {
        if (waiting > 0) {
            line(java.util.Arrays.copyOf(plain, waiting));
        }
        lineBefore = false;
    }

    private void line(byte[] octets) throws IOException {
        if (lineBefore) {
            write(new byte[] {'\r', '\n'}, 0, 2);
        }
        write(signs, 0, Base64.getEncoder().encode(octets, signs));
        waiting = 0;
        lineBefore = true;
    }

    void flush() throws IOException {
        if (filled > 0) {
            to.accept(block, 0, filled);
            filled = 0;
        }
    }
}
