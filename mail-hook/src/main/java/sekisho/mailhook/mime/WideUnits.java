package sekisho.mailhook.mime;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.MailCharsets;

/**
 * Makes one octet of each unit of a text in UTF-16 or UTF-32, as who looks for ASCII in it wants it: ASCII as it is, {@link #OTHER} for the rest, nothing
 * for the mark in front. The order of the octets is what the label says, else each that there is, or, for who wants one, what the mark says or a first
 * character in ASCII shows.
 */
final class WideUnits {

    private static final byte OTHER = (byte) 0x80;
    private static final int MARK = 0xFEFF;

    private final WideText text;
    private final byte[] unit;
    private int length;
    private final boolean guesses;
    private boolean begun;
    private boolean little;

    private WideUnits(WideText text, int octets, boolean guesses, boolean little) {
        this.text = text;
        this.guesses = guesses;
        this.little = little;
        this.unit = new byte[octets];
    }

    /** @return null for a charset whose characters don't have two octets or four */
    static @Nullable WideUnits of(@Nullable String label) {
        List<WideUnits> readings = label == null ? List.of() : readings(label);
        return readings.size() < 2 ? readings.stream().findFirst().orElse(null)
            : new WideUnits(readings.getFirst().text, readings.getFirst().unit.length, true, false);
    }

    /** One for each order that the label leaves open; none for a charset whose characters don't have two octets or four. */
    static List<WideUnits> readings(String label) {
        if (WideText.of(label) == null) {
            return List.of();
        }
        String name = MailCharsets.named(label).orElseThrow().name();
        return Stream.of(true, false).filter(little -> !name.contains(little ? "BE" : "LE"))
            .map(little -> new WideUnits(java.util.Objects.requireNonNull(WideText.of(label)), name.contains("32") ? 4 : 2, false, little)).toList();
    }

    byte[] narrowed(byte[] b, int off, int len) {
        text.accept(b, off, len);
        var out = new byte[len];
        int n = 0;
        for (int i = off; i < off + len; i++) {
            unit[length++] = b[i];
            if (length == unit.length) {
                length = 0;
                int value = value();
                if (begun || value != MARK) {
                    out[n++] = value < 0x80 && value >= 0 ? (byte) value : OTHER;
                }
                begun = true;
            }
        }
        return java.util.Arrays.copyOf(out, n);
    }

    private int value() {
        if (!begun && guesses) {
            int first = unit[0] & 0xFF;
            little = first != 0 && first != MARK >> 8;
        }
        int value = 0;
        for (int i = 0; i < unit.length; i++) {
            value = value << 8 | unit[little ? unit.length - 1 - i : i] & 0xFF;
        }
        return value;
    }

    /** Whether it is no such text. */
    boolean isWrong() {
        return text.isWrong();
    }
}
