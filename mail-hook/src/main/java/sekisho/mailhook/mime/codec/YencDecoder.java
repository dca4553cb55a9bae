package sekisho.mailhook.mime.codec;

import java.io.IOException;

/**
 * yEnc as it stands in a text: each octet plus 42, {@code =} before those that would be NUL, LF, CR or {@code =} (plus 64).
 * Lines that begin with {@code =y} are about the file and no part of it.
 */
final class YencDecoder extends BodyDecoder {

    private final byte[] buffer = new byte[8 * 1024];
    private int filled;
    private boolean atLineStart = true;
    private boolean escaped;
    private boolean aboutTheFile;

    YencDecoder(OctetConsumer out) {
        super(out);
    }

    @Override
    public void decode(byte[] octets, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            octet(octets[i]);
        }
        flush();
    }

    private void octet(byte b) throws IOException {
        if (b == '\r' || b == '\n') {
            atLineStart = true;
            escaped = false;
            aboutTheFile = false;
        } else if (aboutTheFile) {
            return;
        } else if (escaped) {
            escaped = false;
            aboutTheFile = atLineStart && b == 'y';
            atLineStart = false;
            if (!aboutTheFile) {
                put(b - 64 - 42);
            }
        } else if (b == '=') {
            escaped = true;
        } else {
            atLineStart = false;
            put(b - 42);
        }
    }

    private void put(int octet) throws IOException {
        if (filled == buffer.length) {
            flush();
        }
        buffer[filled++] = (byte) octet;
    }

    private void flush() throws IOException {
        out.accept(buffer, 0, filled);
        filled = 0;
    }

    @Override
    public void end() {
        // nothing is held back
    }
}
