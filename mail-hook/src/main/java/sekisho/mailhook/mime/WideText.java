package sekisho.mailhook.mime;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.MailCharsets;

/**
 * Watches octets for being a text in UTF-16 or UTF-32, in which zero octets say nothing: octets of a file soon make half a surrogate pair, a code point that
 * isn't assigned, or controls that no text has. Of each order of the octets that the label leaves open one reading is tried, and UTF-8, for the label may be
 * wrong. ASCII in such a text is what a program put there, a disclaimer at its end, that minds no charset. Constant memory.
 */
final class WideText {

    /** Programs end a text with a zero by mistake, and there are characters younger than this program. */
    private static final int MOST_ODD = 4;
    /** Unicode gets pictographs every year, and people use many of them. */
    private static final int FIRST_PICTOGRAPH = 0x1F000;
    private static final int LAST_PICTOGRAPH = 0x1FAFF;
    private static final int MARK = 0xFEFF;

    private final List<Units> asLabelled;
    private final Utf8 asUtf8 = new Utf8();

    private WideText(List<Units> asLabelled) {
        this.asLabelled = asLabelled;
    }

    /** @return null for a charset whose characters don't have two octets or four */
    static @Nullable WideText of(String charset) {
        if (!MailCharsets.isWide(charset)) {
            return null;
        }
        String name = MailCharsets.named(charset).orElseThrow().name();
        int octets = name.contains("32") ? 4 : 2;
        var little = new Units(octets, true);
        var big = new Units(octets, false);
        return new WideText(name.contains("LE") ? List.of(little) : name.contains("BE") ? List.of(big) : List.of(little, big));
    }

    void accept(byte[] b, int off, int len) {
        readings().forEach(reading -> reading.accept(b, off, len));
    }

    private Stream<Reading> readings() {
        return Stream.concat(asLabelled.stream(), Stream.of(asUtf8));
    }

    /**
     * What it is to be read as: its label, or UTF-8; where that leaves the order of the octets open, and no mark in front says it, the order in which it is text. To most
     * readers such a text is little-endian, to RFC 2781 §4.3 it is big-endian, and a sender means one in which it says something.
     */
    String charset(String label) {
        if (isUtf8()) {
            return "utf-8";
        }
        return asLabelled.size() == 1 ? label
            : asLabelled.stream().filter(units -> !units.wrong).max(Comparator.comparingLong(units -> units.inAscii)).filter(units -> !units.marked).map(Units::charset).orElse(label);
    }

    /** Whether it is text in each order of the octets, so that readers may differ in what it says. */
    boolean isAmbiguous() {
        return asLabelled.size() > 1 && asLabelled.stream().noneMatch(units -> units.wrong || units.empty);
    }

    /** Whether no reading is left in which it is text. */
    boolean isWrong() {
        return readings().allMatch(reading -> reading.wrong);
    }

    /** Whether some of it is text only in another charset than its label says. */
    boolean isMislabelled() {
        return asLabelled.stream().allMatch(reading -> reading.wrong || reading.ascii);
    }

    /** Whether all of it is, in that one. */
    private boolean isUtf8() {
        return !asUtf8.wrong && isMislabelled();
    }

    private abstract static class Reading {
        boolean wrong;
        private int odd;

        void accept(byte[] b, int off, int len) {
            for (int i = off; i < off + len && !wrong; i++) {
                octet(b[i] & 0xFF);
            }
        }

        abstract void octet(int octet);

        final void character(int point) {
            boolean assigned = Character.getType(point) != Character.UNASSIGNED;
            if (!assigned && point <= 0xFFFF) {
                wrong = true;
            } else if (!assigned && (point < FIRST_PICTOGRAPH || point > LAST_PICTOGRAPH) || Character.isISOControl(point) && "\t\n\f\r\u001B\u0085".indexOf(point) < 0) {
                wrong = ++odd > MOST_ODD;
            }
        }
    }

    /** In units of two octets or four, in one order of them. */
    private static final class Units extends Reading {
        private final int octets;
        private final boolean little;
        private boolean ascii;   // there was some, and no characters
        private boolean allAscii = true;
        private boolean empty = true;
        private boolean marked;  // by a byte order mark
        private long inAscii;    // so many of the characters
        private int seen;
        private int unit;
        private int high;    // a high surrogate that waits for its low one, or 0

        Units(int octets, boolean little) {
            this.octets = octets;
            this.little = little;
        }

        @Override
        void octet(int octet) {
            allAscii &= octet >= ' ' && octet < 0x7F || octet == '\r' || octet == '\n' || octet == '\t';
            unit = little ? unit | octet << 8 * seen : unit << 8 | octet;
            if (++seen == octets) {
                unit(unit);
                unit = 0;
                seen = 0;
                allAscii = true;
            }
        }

        String charset() {
            return "utf-" + 8 * octets + (little ? "le" : "be");
        }

        private void unit(int value) {
            marked |= empty && value == MARK;
            empty = false;
            inAscii += value >= 0 && value < 0x80 ? 1 : 0;
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
            if (high == 0 && allAscii && (!Character.isValidCodePoint(value) || Character.getType(value) == Character.UNASSIGNED)) {
                ascii = true;
                return;
            }
            wrong = high != 0 || surrogate || !Character.isValidCodePoint(value);
            if (!wrong) {
                character(value);
            }
        }
    }

    private static final class Utf8 extends Reading {
        private int missing;
        private int point;
        private int least;   // so that each character is written in one way only

        @Override
        void octet(int octet) {
            if (missing > 0) {
                wrong = (octet & 0xC0) != 0x80;
                point = point << 6 | octet & 0x3F;
                if (--missing == 0 && !wrong) {
                    wrong = point < least || point >= 0xD800 && point <= 0xDFFF || !Character.isValidCodePoint(point);
                    if (!wrong) {
                        character(point);
                    }
                }
            } else if (octet < 0x80) {
                character(octet);
            } else {
                missing = octet >= 0xF0 ? 3 : octet >= 0xE0 ? 2 : 1;
                wrong = octet < 0xC2 || octet > 0xF4;
                point = octet & 0x3F >> missing;
                least = missing == 1 ? 0x80 : missing == 2 ? 0x800 : 0x10000;
            }
        }
    }
}
