package sekisho.mailhook.mime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A line that {@link BlockScanner} looks at as a whole, and what sort it is. */
final class BlockLine {

    /** No line that matters is longer: a file name has 255 octets at most, a line of yEnc 997. */
    private static final int LONGEST = 1100;
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
     * Whether the line is one of uuencode: its first sign says how many octets it stands for. Servers on the way drop blanks
     * from its end, and some encoders put one or two signs behind it. One that stands for nothing has nothing in it.
     *
     * @param exactly with no blank dropped, and without small letters
     */
    boolean isUu(boolean exactly) {
        int from = stuffing();
        int signs = contentEnd() - from - 1;
        if (signs < 0 || line[from] < ' ' || line[from] > '`') {
            return false;
        }
        int octets = uuOctets();
        if (octets == 0) {
            return hasNone(from + 1);
        }
        int expected = (octets + 2) / 3 * 4;
        if (signs > expected + 2) {
            return false;
        }
        boolean shortened = signs < expected;
        int highest = shortened || exactly ? '`' : '~';
        for (int i = from + 1; i <= from + signs; i++) {
            if (line[i] < ' ' || line[i] > highest) {
                return false;
            }
        }
        return !shortened || !exactly && (line[from] == 'M' || signs * 2 >= expected);
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

    /** Whether all of its signs are there. */
    boolean isWholeUu() {
        return contentLength() - 1 >= (uuOctets() + 2) / 3 * 4;
    }

    /** Whether it is one of the very length that it says. */
    boolean isStrictUu() {
        return isUu(true) && contentLength() - 1 == (uuOctets() + 2) / 3 * 4;
    }

    private boolean hasNone(int from) {
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
