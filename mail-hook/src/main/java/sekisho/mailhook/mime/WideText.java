package sekisho.mailhook.mime;

import java.util.List;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.MailCharsets;

/**
 * Watches octets for being a text in UTF-16 or UTF-32, in which zero octets say nothing: octets of a file soon make half a surrogate pair, a code point that
 * isn't assigned, or controls that no text has. Of each order of the octets that the label leaves open one reading is tried. Constant memory.
 */
final class WideText {

    /** Programs end a text with a zero by mistake, and there are characters younger than this program. */
    private static final int MOST_ODD = 4;

    private final List<Reading> readings;

    private WideText(List<Reading> readings) {
        this.readings = readings;
    }

    /** @return null for a charset whose characters don't have two octets or four */
    static @Nullable WideText of(String charset) {
        if (!MailCharsets.isWide(charset)) {
            return null;
        }
        String name = MailCharsets.named(charset).orElseThrow().name();
        int octets = name.contains("32") ? 4 : 2;
        var little = new Reading(octets, true);
        var big = new Reading(octets, false);
        return new WideText(name.contains("LE") ? List.of(little) : name.contains("BE") ? List.of(big) : List.of(little, big));
    }

    void accept(byte[] b, int off, int len) {
        for (Reading reading : readings) {
            reading.accept(b, off, len);
        }
    }

    /** Whether no reading is left in which it is text. */
    boolean isWrong() {
        return readings.stream().allMatch(reading -> reading.wrong);
    }

    /** In one order of the octets. */
    private static final class Reading {
        private final int octets;
        private final boolean little;
        private int seen;
        private int unit;
        private int high;    // a high surrogate that waits for its low one, or 0
        private int odd;
        private boolean wrong;

        Reading(int octets, boolean little) {
            this.octets = octets;
            this.little = little;
        }

        void accept(byte[] b, int off, int len) {
            for (int i = off; i < off + len && !wrong; i++) {
                int octet = b[i] & 0xFF;
                unit = little ? unit | octet << 8 * seen : unit << 8 | octet;
                if (++seen == octets) {
                    unit(unit);
                    unit = 0;
                    seen = 0;
                }
            }
        }

        private void unit(int value) {
            boolean surrogate = value >= 0xD800 && value <= 0xDFFF;
            if (octets == 2 && surrogate) {
                boolean low = value >= 0xDC00;
                wrong = low != (high != 0);
                if (low && !wrong) {
                    character(Character.toCodePoint((char) high, (char) value));
                }
                high = low ? 0 : value;
                return;
            }
            wrong = high != 0 || surrogate || !Character.isValidCodePoint(value);
            if (!wrong) {
                character(value);
            }
        }

        private void character(int point) {
            boolean assigned = Character.getType(point) != Character.UNASSIGNED;
            if (!assigned && point <= 0xFFFF) {
                wrong = true;
            } else if (!assigned || Character.isISOControl(point) && "\t\n\f\r\u001B\u0085".indexOf(point) < 0) {
                wrong = ++odd > MOST_ODD;
            }
        }
    }
}
