package sekisho.mailhook.mime.codec;

import java.io.IOException;

/**
 * Content-Transfer-Encoding {@code x-uuencode}: the lines between {@code begin} and {@code end}, whatever is around them. A body that does
 * not come to {@code begin} soon is none, whatever its label says, and stands for itself: nothing may be lost without a word.
 */
final class UuDecoder extends BodyDecoder {

    private static final int LINE = 256;
    /** So much is waited for {@code begin}. */
    private static final int PREAMBLE_OCTETS = 8 << 10;

    private final byte[] line = new byte[LINE];
    private final byte[] decoded = new byte[LINE];
    private int filled;
    private boolean inside;
    private boolean begun;
    private boolean plain;
    private final byte[] preamble = new byte[PREAMBLE_OCTETS];
    private int held;

    UuDecoder(OctetConsumer out) {
        super(out);
    }

    @Override
    public void decode(byte[] octets, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (!begun && !plain && held == PREAMBLE_OCTETS) {
                stand();
            }
            if (plain) {
                out.accept(octets, i, offset + length - i);
                return;
            }
            if (!begun) {
                preamble[held++] = octets[i];
            }
            if (octets[i] == '\n') {
                line();
            } else if (octets[i] != '\r' && filled < LINE) {
                line[filled++] = octets[i];
            }
        }
    }

    /** Gives out what was held back: it was no preamble. */
    private void stand() throws IOException {
        plain = true;
        out.accept(preamble, 0, held);
    }

    private void line() throws IOException {
        int length = filled;
        filled = 0;
        if (!inside) {
            inside = length > 6 && new String(line, 0, 6, java.nio.charset.StandardCharsets.ISO_8859_1).equals("begin ");
            begun |= inside;
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
        if (filled > 0 && !plain) {
            line();
        }
        if (!begun && !plain) {
            stand();
        }
    }
}
