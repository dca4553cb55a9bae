package sekisho.mailhook.mime.codec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Content-Transfer-Encoding {@code x-uuencode}: the lines between {@code begin} and {@code end}, or between {@code begin-base64} and
 * {@code ====}, whatever is around them. A body that does not come to {@code begin} soon is none, whatever its label says, and stands
 * for itself: nothing may be lost without a word. Readers agree only about a body that is one file and nothing else, so that alone is as its label says.
 */
final class UuDecoder extends BodyDecoder {

    /** Longer than any that is taken for one of a file in a text: base64 may stand in few lines. */
    private static final int LINE = 8 << 10;
    /** So much is waited for {@code begin}. */
    private static final int PREAMBLE_OCTETS = 8 << 10;
    private static final Pattern BEGIN = Pattern.compile("begin(?:[ \\t]+|-base64 )[0-7]{3,6}(?:[ \\t].*)?", Pattern.DOTALL);
    /** Some encoders write it behind the end. */
    private static final Pattern SIZE = Pattern.compile("size [0-9]+");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]*={0,2}");
    private static final int BLANK = 32;
    private static final int LAST_SIGN = 96;

    private final byte[] line = new byte[LINE];
    private final byte[] decoded = new byte[64];
    private int filled;
    private boolean inside;
    private @Nullable Base64Decoder base64;
    private boolean begun;
    private boolean plain;
    private final byte[] preamble = new byte[PREAMBLE_OCTETS];
    private int held;
    private boolean doubtful;   // there is something that readers take differently
    private boolean last;       // a line without octets was there, the last of a file
    private boolean over;       // the file was there

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
            if (octets[i] == '\n' || octets[i] == '\r') {
                line();
            } else if (filled < LINE) {
                line[filled++] = octets[i];
            } else {
                doubtful = true;
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
        doubtful |= !isUsual(new String(line, 0, length, StandardCharsets.ISO_8859_1).stripTrailing());
        if (!inside) {
            String text = new String(line, 0, Math.min(length, 13), StandardCharsets.ISO_8859_1);
            base64 = text.equals("begin-base64 ") ? new Base64Decoder(out) : null;
            inside = base64 != null || length > 6 && text.startsWith("begin ") || text.startsWith("begin\t");
            begun |= inside;
            return;
        }
        if (base64 != null) {
            if (is("====", length)) {
                leave();
            } else {
                base64.decode(line, 0, length);
            }
            return;
        }
        if (is("end", length)) {
            leave();
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

    private boolean isUsual(String text) {
        if (text.isBlank()) {
            return true;
        }
        if (!inside) {
            return (over ? SIZE : BEGIN).matcher(text).matches();
        }
        if (base64 != null) {
            return text.equals("====") || BASE64.matcher(text).matches();
        }
        return text.equals("end") || !last && isFullLine(text);
    }

    /** It has all the signs that it says, but for blanks that were lost at its end. What is behind them all readers pass over. */
    private boolean isFullLine(String text) {
        int octets = text.charAt(0) - BLANK & 0x3F;
        last = octets == 0;
        return text.charAt(0) <= LAST_SIGN && text.chars().limit(1 + (octets + 2) / 3 * 4L).allMatch(c -> c >= BLANK && c <= LAST_SIGN);
    }

    private void leave() throws IOException {
        inside = false;
        over = true;
        if (base64 != null) {
            base64.end();
            base64 = null;
        }
    }

    private boolean is(String text, int length) {
        return new String(line, 0, length, StandardCharsets.ISO_8859_1).stripTrailing().equals(text);
    }

    private int sign(int at, int length) {
        return at < length ? (line[at] - 32) & 0x3F : 0;
    }

    @Override
    public void end() throws IOException {
        if (filled > 0 && !plain) {
            line();
        }
        if (inside) {
            leave();
        }
        if (!begun && !plain) {
            stand();
        }
    }

    @Override
    public boolean isAsLabelled() {
        return begun && !plain && !doubtful;
    }
}
