package sekisho.mailhook.mime.codec;

import java.io.IOException;

/**
 * What is labelled base64: read so if its beginning has the looks of it, strays and all; else it stands for itself, since reading prose
 * as base64 leaves nothing of it.
 */
final class LabelledBase64 extends BodyDecoder {

    private static final int LOOK = 1024;
    /** Words are shorter, and lines of base64 longer. */
    private static final int RUN = 16;
    private static final int LINE = 76;

    private final byte[] beginning = new byte[LOOK];
    private int filled;
    private @org.jspecify.annotations.Nullable BodyDecoder chosen;

    LabelledBase64(OctetConsumer out) {
        super(out);
    }

    @Override
    public void decode(byte[] octets, int offset, int length) throws IOException {
        int off = offset;
        int len = length;
        if (chosen == null) {
            int n = Math.min(len, LOOK - filled);
            System.arraycopy(octets, off, beginning, filled, n);
            filled += n;
            off += n;
            len -= n;
            if (filled < LOOK) {
                return;
            }
            choose();
        }
        if (len > 0) {
            chosen.decode(octets, off, len);
        }
    }

    private void choose() throws IOException {
        chosen = BodyDecoder.of(looksLikeBase64() ? TransferEncoding.BASE64 : TransferEncoding.BINARY, out);
        chosen.decode(beginning, 0, filled);
    }

    /** One word to a line and hardly a stray among its signs, or most of it in runs longer than words. */
    private boolean looksLikeBase64() {
        int signs = 0;
        int strays = 0;
        int inRuns = 0;
        int run = 0;
        boolean words = false;
        boolean blankBehindWord = false;
        boolean inLine = false;
        for (int i = 0; i < filled; i++) {
            byte b = beginning[i];
            if (isSign(b)) {
                run++;
                signs++;
            } else {
                inRuns += run >= RUN ? run : 0;
                run = 0;
            }
            if (b == '\r' || b == '\n') {
                inLine = false;
                blankBehindWord = false;
            } else if (b == ' ' || b == '\t') {
                blankBehindWord = inLine;
            } else {
                words |= blankBehindWord;
                inLine = true;
                strays += isSign(b) ? 0 : 1;
            }
        }
        inRuns += run >= RUN ? run : 0;
        boolean longEnough = signs >= LINE;   // one long word in a short text is no base64
        return !words && strays * 8 <= signs || longEnough && inRuns * 2 >= signs + strays;
    }

    private static boolean isSign(byte b) {
        return b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '+' || b == '/' || b == '=';
    }

    @Override
    public void end() throws IOException {
        if (chosen == null) {
            choose();
        }
        chosen.end();
    }

    @Override
    public boolean isAsLabelled() {
        return chosen instanceof Base64Decoder;
    }
}
