package sekisho.mailhook.mime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A line that {@link BlockScanner} looks at as a whole, and what sort it is. */
final class BlockLine {

    /** No line that matters is longer: a path has 4,096 octets at most, a line of yEnc 997. */
    private static final int LONGEST = 4200;
    private static final int STRAYS = 2;
    /** So many are passed over by whoever reads a line group by group. */
    private static final int MOST_STRAYS = 3;
    private static final String BINHEX = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr:";

    private final boolean flowed;
    private final byte[] line = new byte[LONGEST];
    private int length;

    BlockLine(boolean flowed) {
        this.flowed = flowed;
    }

    void clear() {
        length = 0;
    }

    /** @return how many of the octets there was room for */
    int add(byte[] octets, int offset, int count) {
        int n = Math.min(count, LONGEST - length);
        System.arraycopy(octets, offset, line, length, n);
        length += n;
        return n;
    }

    byte[] octets() {
        return Arrays.copyOf(line, length);
    }

    void to(BlockScanner.Sink sink) throws IOException, Refusal {
        sink.text(line, 0, length);
    }

    void toBlock(BlockScanner.Sink sink) throws IOException {
        sink.block(line, 0, length, stuffing());
    }

    boolean endsWith(char sign) {
        return contentEnd() > stuffing() && line[contentEnd() - 1] == sign;
    }

    /**
     * Whether the line is one of uuencode: its first sign says how many octets it stands for, and no small letter is among the signs. Servers on
     * the way drop blanks from its end, and some encoders put one or two signs behind it. One that stands for nothing has nothing in it.
     */
    boolean isUu() {
        if (contentLength() == 0 || line[stuffing()] < ' ' || line[stuffing()] > '`') {
            return false;
        }
        int signs = contentLength() - 1;
        int expected = uuSigns();
        if (expected == 0) {
            return areBlank(stuffing() + 1);
        }
        return signs <= expected + STRAYS && areUu(Math.min(signs, expected)) && (signs * 2 >= expected || line[stuffing()] == 'M');
    }

    /** Whether it has the length that it says to whoever minds only six bits of each sign. */
    boolean isMaskedUu() {
        int strays = contentLength() - 1 - uuSigns();
        if (uuOctets() == 0 || strays < 0 || strays > MOST_STRAYS) {
            return false;
        }
        for (int i = stuffing(); i < contentEnd(); i++) {
            if (line[i] >= 0 && line[i] < ' ') {
                return false;
            }
        }
        return true;
    }

    /** Whether all of its signs are there, and perhaps one or two behind them. */
    boolean isWholeUu() {
        return isUu() && contentLength() - 1 >= uuSigns();
    }

    /** Whether it is one of the very length that it says. */
    boolean isStrictUu() {
        return isUu() && contentLength() - 1 == uuSigns();
    }

    /** Whether at least half of its signs are there: blanks are dropped from the end of a line, and hardly ever that many. */
    boolean isHalfUu() {
        return isUu() && (contentLength() - 1) * 2 >= uuSigns();
    }

    private int uuSigns() {
        return (uuOctets() + 2) / 3 * 4;
    }

    /** Whether it is one sign again and again, as people draw it under something or to be filled in. */
    boolean isRule() {
        for (int i = stuffing() + 1; i < contentEnd(); i++) {
            if (line[i] != line[i - 1]) {
                return false;
            }
        }
        return true;
    }

    /** Bit by bit, which of the 64 signs stand in a line of uuencode behind its first. */
    long uuSignsUsed() {
        long used = 0;
        for (int i = stuffing() + 1; i < contentEnd(); i++) {
            used |= 1L << (line[i] - ' ' & 0x3F);
        }
        return used;
    }

    private boolean areUu(int signs) {
        for (int i = stuffing() + 1; i <= stuffing() + signs; i++) {
            if (line[i] < ' ' || line[i] > '`') {
                return false;
            }
        }
        return true;
    }

    /** Behind what format=flowed put there; 0 for none. */
    byte firstSign() {
        return contentLength() > 0 ? line[stuffing()] : 0;
    }

    /** How many octets a line of uuencode says that it stands for. */
    int uuOctets() {
        return contentEnd() > stuffing() ? line[stuffing()] - ' ' & 0x3F : 0;
    }

    /** Whether a line of uuencode has the sign that stands for zero where others write a blank, which is lost on the way. */
    boolean hasGrave() {
        for (int i = stuffing() + 1; i < contentEnd(); i++) {
            if (line[i] == '`') {
                return true;
            }
        }
        return false;
    }

    private boolean areBlank(int from) {
        for (int i = from; i < contentEnd(); i++) {
            if (line[i] != ' ' && line[i] != '`') {
                return false;
            }
        }
        return true;
    }

    boolean isBase64() {
        int from = stuffing();
        int to = contentEnd();
        for (int i = from; i < to; i++) {
            byte b = line[i];
            boolean pads = b == '=' && i > from + 1 && (i == to - 1 || i == to - 2 && line[to - 1] == '=');
            if (!(b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '+' || b == '/' || pads)) {
                return false;
            }
        }
        return to > from && (to - from) % 4 == 0;
    }

    boolean isBinHex() {
        int from = stuffing();
        int to = contentEnd();
        for (int i = from; i < to; i++) {
            if (BINHEX.indexOf(line[i]) < 0) {
                return false;
            }
        }
        return to > from;
    }

    /** How many octets a line of yEnc stands for: the sign of an escape isn't one. */
    int yencOctets() {
        int octets = 0;
        for (int i = stuffing(); i < contentEnd(); i++) {
            octets += line[i] == '=' ? 0 : 1;
        }
        return octets;
    }

    int contentLength() {
        return contentEnd() - stuffing();
    }

    int stuffing() {
        return flowed && length > 0 && line[0] == ' ' ? 1 : 0;
    }

    int contentEnd() {
        int to = length;
        while (to > 0 && (line[to - 1] == '\n' || line[to - 1] == '\r')) {
            to--;
        }
        return Math.max(to, stuffing());
    }

    boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (line[i] > ' ' || line[i] < 0) {
                return false;
            }
        }
        return true;
    }

    boolean is(String text) {
        String content = content();
        return content.stripTrailing().equals(text);
    }

    boolean starts(String text) {
        int from = stuffing();
        if (length - from < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (line[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    String content() {
        int from = stuffing();
        return new String(line, from, contentEnd() - from, StandardCharsets.ISO_8859_1);
    }
}
