package sekisho.mailhook.intake;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A header field with names in raw ISO-2022-JP (RFC 1468) or Shift_JIS, as old mail programs in Japan write them, where an encoded word should
 * stand. Their second octets are those of {@code " ( < , @ \} too: who decodes first and who looks for addresses first see different things,
 * and so can somebody who wants them to. A field is taken only when both see the same addresses.
 */
final class RawJapanese {

    private static final char ESCAPE = 0x1B;
    private static final Charset SHIFT_JIS = Charset.forName("windows-31j");
    private static final Charset ISO_2022_JP = Charset.forName("x-windows-iso2022jp");
    private static final Pattern SHIFTS = Pattern.compile("\\x1B[$(][@BJ]");
    /** Blanks around a sign of addresses, each run of them looked at once. */
    private static final Pattern AROUND_SIGNS = Pattern.compile("(?<!\\s)\\s++(?=[@.])|(?<=[@.])\\s++");

    private RawJapanese() {
    }

    /**
     * Whether a value is written so, well or badly.
     *
     * @param value one char for each octet
     */
    static boolean isIn(String value) {
        return value.indexOf(ESCAPE) >= 0 || decode(value, StandardCharsets.UTF_8).isEmpty()
            && decode(value, SHIFT_JIS).filter(text -> text.chars().noneMatch(c -> c >= 0xE000 && c <= 0xF8FF)).isPresent();   // private ones: it is something else
    }

    /** The text; empty when it is no such text throughout, or has encoded words beside it. */
    static Optional<String> decode(String value) {
        if (value.contains("=?")) {
            return Optional.empty();
        }
        if (value.indexOf(ESCAPE) < 0) {
            return decode(value, SHIFT_JIS);
        }
        return isWellShifted(value) ? decode(value, ISO_2022_JP) : Optional.empty();
    }

    private static Optional<String> decode(String value, Charset charset) {
        try {
            return Optional.of(charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1))).toString());
        } catch (CharacterCodingException otherwise) {
            return Optional.empty();
        }
    }

    /** Pairs of printable octets between escapes of RFC 1468 alone, and ASCII in force at the end. In the Roman set a backslash is a yen sign to some. */
    private static boolean isWellShifted(String value) {
        char set = 'B';
        boolean pairs = false;
        int at = 0;
        while (at < value.length()) {
            char c = value.charAt(at);
            if (c == ESCAPE) {
                var shift = SHIFTS.matcher(value).region(at, value.length());
                if (!shift.lookingAt() || value.charAt(at + 1) == '(' && value.charAt(at + 2) == '@' || value.charAt(at + 1) == '$' && value.charAt(at + 2) == 'J') {
                    return false;
                }
                pairs = value.charAt(at + 1) == '$';
                set = value.charAt(at + 2);
                at += 3;
            } else if (pairs) {
                if (at + 1 >= value.length() || !isPrintable(c) || !isPrintable(value.charAt(at + 1))) {
                    return false;
                }
                at += 2;
            } else {
                if (c > '~' || set == 'J' && (c == '\\' || c == '~')) {
                    return false;
                }
                at++;
            }
        }
        return !pairs;
    }

    private static boolean isPrintable(char c) {
        return c > ' ' && c <= '~';
    }

    /** How those may take the octets who don't decode them: as they are, or without what they don't understand. */
    static Stream<String> undecoded(String value) {
        return Stream.of(value, SHIFTS.matcher(value).replaceAll(""), value.replaceAll("[^ -~]", ""))
            .flatMap(text -> Stream.of(text, withoutComments(text).replaceAll("[\"\\\\]", "").transform(bare -> AROUND_SIGNS.matcher(bare).replaceAll(""))));
    }

    /** Without what stands in parentheses, however deep; one that has no other stays. */
    private static String withoutComments(String value) {
        var kept = new StringBuilder(value.length());
        var open = new ArrayDeque<Integer>();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == ')' && !open.isEmpty()) {
                kept.setLength(open.pop());
            } else {
                if (c == '(') {
                    open.push(kept.length());
                }
                kept.append(c);
            }
        }
        return kept.toString();
    }
}
