package sekisho.gateway.people;

import java.net.IDN;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/** The grammar of an address, the same for every door: what an address may hold, and how it is written (RFC 5321 §4.1.2, RFC 6531 §3.3). */
public final class AddressText {

    private static final int LONGEST_LABEL_OCTETS = 63;
    private static final int LONGEST_DOMAIN_OCTETS = 253;

    private AddressText() {
    }

    /** Whether it may stand in a local part without quotes; any character outside ASCII may, as long as it {@link #isVisible is visible}. */
    public static boolean isAtomCharacter(int c) {
        return c >= 128 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
    }

    /**
     * Neither a control, which could smuggle a line into a command, nor one of the characters that nobody sees or that turn the writing
     * round: with them two mailboxes look like one. Of the spaces only that of ASCII counts as visible.
     */
    public static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED, Character.PRIVATE_USE, Character.LINE_SEPARATOR,
                 Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> codePoint == ' ';
            default -> !isBlank(codePoint);
        };
    }

    /** Letters and marks that are drawn as nothing (Default_Ignorable_Code_Point, and the empty Braille pattern). */
    private static boolean isBlank(int c) {
        return c == 0x34F || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 || c >= 0x180B && c <= 0x180F || c == 0x2800
            || c == 0x3164 || c >= 0xFE00 && c <= 0xFE0F || c == 0xFFA0 || c >= 0xE0100 && c <= 0xE01EF;
    }

    /** Whether all of it is visible, and composed (NFC): two ways to write one character would be two mailboxes that look like one. */
    static boolean isClear(String text) {
        return text.codePoints().allMatch(AddressText::isVisible) && Normalizer.isNormalized(text, Normalizer.Form.NFC);
    }

    /** A local part as it is written before the at sign: in quotes only when it must be. */
    public static String written(String localPart) {
        boolean plain = !localPart.startsWith(".") && !localPart.endsWith(".") && !localPart.contains("..")
            && localPart.chars().allMatch(c -> c == '.' || isAtomCharacter(c));
        return plain ? localPart : '"' + localPart.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /**
     * What a written local part means. Dots may stand anywhere even without quotes, since Japanese carriers have given out such addresses.
     *
     * @return empty when it is neither atoms with dots nor one quoted string
     */
    static Optional<String> meant(String written) {
        if (!written.startsWith("\"")) {
            return written.chars().allMatch(c -> c == '.' || isAtomCharacter(c)) ? Optional.of(written) : Optional.empty();
        }
        var meant = new StringBuilder(written.length());
        for (int i = 1; i < written.length(); i++) {
            char c = written.charAt(i);
            if (c == '"') {
                return i == written.length() - 1 ? Optional.of(meant.toString()) : Optional.empty();
            }
            if (c == '\\' && ++i < written.length()) {
                c = written.charAt(i);
            }
            meant.append(c);
        }
        return Optional.empty();
    }

    /**
     * The one form of a domain, by which domains are compared: lower case, labels outside ASCII as themselves and not as {@code xn--}, where
     * both say the same (RFC 5890 §2.3.2.1).
     *
     * @return empty when it can't be looked up: no letters, digits and hyphens (RFC 1123 §2.1), nor labels of IDNA as they stand; full-width
     *         letters, say, would be another name to a reader of the policy than to the resolver
     */
    public static Optional<String> domain(String text) {
        var lower = text.toLowerCase(Locale.ROOT);
        try {
            boolean ascii = lower.chars().allMatch(c -> c < 128);
            var encoded = ascii ? lower : IDN.toASCII(lower, IDN.ALLOW_UNASSIGNED | IDN.USE_STD3_ASCII_RULES);
            var unicode = IDN.toUnicode(encoded, IDN.ALLOW_UNASSIGNED);
            return isHostName(encoded) && (ascii || unicode.equals(lower)) && isClear(lower) ? Optional.of(unicode) : Optional.empty();
        } catch (IllegalArgumentException | IndexOutOfBoundsException notIdna) {
            return Optional.empty();
        }
    }

    private static boolean isHostName(String ascii) {
        if (ascii.isEmpty() || ascii.length() > LONGEST_DOMAIN_OCTETS) {
            return false;
        }
        for (var label : ascii.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > LONGEST_LABEL_OCTETS || label.startsWith("-") || label.endsWith("-")
                    || !label.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')) {
                return false;
            }
        }
        return true;
    }
}
