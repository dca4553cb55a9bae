package sekisho.mailhook.mime.codec;

import java.io.IOException;

/** Content-Transfer-Encoding {@code x-uuencode}: the lines between {@code begin} and {@code end}, whatever is around them. */
final class UuDecoder extends BodyDecoder {

    private static final int LINE = 256;

    private final byte[] line = new byte[LINE];
    private final byte[] decoded = new byte[LINE];
    private int filled;
    private boolean inside;

    UuDecoder(OctetConsumer out) {
        super(out);
    }

    @Override
    public void decode(byte[] octets, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (octets[i] == '\n') {
                line();
            } else if (octets[i] != '\r' && filled < LINE) {
                line[filled++] = octets[i];
            }
        }
    }

    private void line() throws IOException {
        int length = filled;
        filled = 0;
        if (!inside) {
            inside = length > 6 && new String(line, 0, 6, java.nio.charset.StandardCharsets.ISO_8859_1).equals("begin ");
            return;
        }
        if (length == 3 && line[0] == 'e' && line[1] == 'n' && line[2] == 'd') {
            inside = false;
            return;
        }
        int octets = length == 0 ? 0 : (line[0] - 32) & 0x3F;
        int n = 0;
        for (int at = 1; n < octets; at += 4) {
            int group = sign(at, length) << 18 | sign(at + 1, length) << 12 | sign(at + 2, length) << 6 | sign(at + 3, length);
            for (int shift = 16; shift >= 0 && n < octets; shift -= 8) {
                decoded[n++] = (byte) (group >> shift);
            }
        }
        out.accept(decoded, 0, n);
    }

    private int sign(int at, int length) {
        return at < length ? (line[at] - 32) & 0x3F : 0;
    }

    @Override
    public void end() throws IOException {
        if (filled > 0) {
            line();
        }
    }
}
