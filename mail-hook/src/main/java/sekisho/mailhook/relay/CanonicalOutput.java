package sekisho.mailhook.relay;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes text fit for the wire: every line ends in CRLF, the last one too, whatever came in. A lone CR or LF that went through could end the
 * message at a next hop that is less strict than ours (CVE-2023-51764). With dot stuffing a line's leading dot is doubled (RFC 5321 §4.5.2).
 */
final class CanonicalOutput extends OutputStream {
    /** Takes full blocks, and one smaller block at the end. */
    interface Sink {
        void accept(byte[] block, int length, boolean last) throws IOException;
    }

    private final Sink sink;
    private final boolean stuffDots;
    private final byte[] block;
    private int length;
    private boolean atLineStart = true;
    private boolean afterCr;
    private @Nullable IOException failure;

    CanonicalOutput(Sink sink, boolean stuffDots, int blockOctets) {
        this.sink = sink;
        this.stuffDots = stuffDots;
        this.block = new byte[blockOctets];
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int count) throws IOException {
        int end = offset + count;
        int i = offset;
        while (i < end) {
            byte octet = octets[i];
            if (afterCr) {
                endLine();
                if (octet == '\n') {
                    i++;
                    continue;
                }
            }
            if (octet == '\r') {
                afterCr = true;
                i++;
            } else if (octet == '\n') {
                endLine();
                i++;
            } else {
                if (atLineStart && stuffDots && octet == '.') {
                    put((byte) '.');
                }
                atLineStart = false;
                int from = i;
                while (i < end && octets[i] != '\r' && octets[i] != '\n') {
                    i++;
                }
                put(octets, from, i - from);
            }
        }
    }

    private void endLine() throws IOException {
        put((byte) '\r');
        put((byte) '\n');
        afterCr = false;
        atLineStart = true;
    }

    private void put(byte octet) throws IOException {
        if (length == block.length) {
            pass(false);
        }
        block[length++] = octet;
    }

    private void put(byte[] octets, int offset, int count) throws IOException {
        for (int done = 0; done < count; ) {
            if (length == block.length) {
                pass(false);
            }
            int part = Math.min(count - done, block.length - length);
            System.arraycopy(octets, offset + done, block, length, part);
            length += part;
            done += part;
        }
    }

    private void pass(boolean last) throws IOException {
        if (failure != null) {
            throw failure;   // a writer that swallowed it must not reach the end of a message with a hole
        }
        try {
            sink.accept(block, length, last);
            length = 0;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** What the sink threw, to be told from what the writer of the message threw. */
    @Nullable IOException failure() {
        return failure;
    }

    /** The text is complete: ends its last line and passes on the rest. */
    void finish() throws IOException {
        if (afterCr || !atLineStart) {
            endLine();
        }
        pass(true);
    }

    /** Says nothing: the end of the message is {@link #finish}, never a stream that is closed, perhaps after an exception. */
    @Override
    public void close() {
    }
}
