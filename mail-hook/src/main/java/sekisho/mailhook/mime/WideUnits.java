package sekisho.mailhook.mime;

import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.MailCharsets;

/**
 * Makes one octet of each unit of a text in UTF-16 or UTF-32, as who looks for ASCII in it wants it: ASCII as it is, {@link #OTHER} for the rest, nothing
 * for the mark in front. The order of the octets is what the label says, else what the mark does, else that of a first character in ASCII.
 */
final class WideUnits {

    private static final byte OTHER = (byte) 0x80;
    private static final int MARK = 0xFEFF;

    private final WideText text;
    private final String charset;
    private final byte[] unit;
    private int length;
    private boolean begun;
    private boolean little;

    private WideUnits(WideText text, String charset) {
        this.text = text;
        this.charset = charset;
        this.unit = new byte[charset.contains("32") ? 4 : 2];
    }

    /** @return null for a charset whose characters don't have two octets or four */
    static @Nullable WideUnits of(@Nullable String label) {
        WideText text = label == null ? null : WideText.of(label);
        return label == null || text == null ? null : new WideUnits(text, MailCharsets.named(label).orElseThrow().name());
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
        if (!begun) {
            int first = unit[0] & 0xFF;
            little = charset.contains("LE") || !charset.contains("BE") && first != 0 && first != MARK >> 8;
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
