package sekisho.mailhook.mime.codec;

import java.io.IOException;
import java.util.Arrays;

/**
 * What is labelled base64: read so if its beginning has the looks of it, strays and all; else it stands for itself, since reading prose
 * as base64 leaves nothing of it.
 */
final class LabelledBase64 extends BodyDecoder {

    /** So many signs of base64 are looked at; or so many octets, when it has fewer. */
    private static final int LOOK = 1024;
    private static final int MOST_HELD = 32 << 10;
    /** Words are shorter, and lines of base64 longer. */
    private static final int RUN = 16;
    private static final int LINE = 76;

    private byte[] beginning = new byte[2 * LOOK];
    private int filled;
    private int looked;   // signs among them
    private @org.jspecify.annotations.Nullable BodyDecoder chosen;

    LabelledBase64(OctetConsumer out) {
        super(out);
    }

    @Override
    public void decode(byte[] octets, int offset, int length) throws IOException {
        int off = offset;
        int len = length;
        while (chosen == null && len > 0) {
            looked += isSign(octets[off]) ? 1 : 0;
            if (filled == beginning.length) {
                beginning = Arrays.copyOf(beginning, 2 * filled);
            }
            beginning[filled++] = octets[off++];
            len--;
            if (looked == LOOK || filled == MOST_HELD) {
                choose();
            }
        }
        if (len > 0) {
            chosen.decode(octets, off, len);
        }
    }

    private void choose() throws IOException {
        chosen = BodyDecoder.of(looksLikeBase64() ? TransferEncoding.BASE64 : TransferEncoding.BINARY, out);
        byte[] begun = beginning;
        beginning = new byte[0];
        chosen.decode(begun, 0, filled);
    }

    /**
     * One word to a line and hardly a stray among its signs, or most of it in runs longer than words, whatever stands in front of the first; or words
     * with small letters, capitals and digits in no order, as none has.
     */
    private boolean looksLikeBase64() {
        int signs = 0;
        int strays = 0;
        int straysInFront = 0;
        int inRuns = 0;
        int run = 0;
        boolean words = false;
        boolean blankBehindWord = false;
        boolean inLine = false;
        var mixture = new Mixture();
        for (int i = 0; i < filled; i++) {
            byte b = beginning[i];
            mixture.add(b);
            if (isSign(b)) {
                run++;
                signs++;
            } else {
                inRuns += run >= RUN ? run : 0;
                run = 0;
            }
            straysInFront = run == RUN && inRuns == 0 ? strays : straysInFront;
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
        return !words && strays * 8 <= signs || longEnough && (inRuns * 2 >= signs + strays - straysInFront || mixture.isNoText(signs));
    }

    /** What kinds of signs stand beside each other. */
    private static final class Mixture {

        private final int[] kinds = new int[3];
        private int changes;
        private int before = -1;   // kind of the sign before, in the same word
        private int length;

        void add(byte b) {
            int kind = b >= 'a' && b <= 'z' ? 0 : b >= 'A' && b <= 'Z' ? 1 : b >= '0' && b <= '9' ? 2 : -1;
            if (kind < 0) {
                length = 0;
            } else {
                kinds[kind]++;
                length++;
                boolean capitalised = length == 2 && before == 1 && kind == 0;
                changes += length > 1 && kind != before && !capitalised ? 1 : 0;
            }
            before = kind;
        }

        /** Of random octets in base64 in words of a dozen signs more than half are changes, two fifths small letters, two fifths capitals, a sixth digits. */
        boolean isNoText(int signs) {
            return changes * 4 >= signs && kinds[0] * 10 >= signs && kinds[1] * 10 >= signs && kinds[2] * 20 >= signs;
        }
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

    @Override
    public boolean isAmbiguous() {
        return chosen != null && chosen.isAmbiguous();
    }

    @Override
    public boolean isFollowed() {
        return chosen != null && chosen.isFollowed();
    }
}
