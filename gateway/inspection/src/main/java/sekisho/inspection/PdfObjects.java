package sekisho.inspection;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Objects of PDF (ISO 32000 §7.3) from a bounded piece of a file. A value is a {@link Dictionary}, {@link Array}, {@link Reference}, {@link Name},
 * {@code byte[]} for a string, {@link Long} for a number, {@link Boolean}, or null.
 */
final class PdfObjects {
    private static final int MOST_NESTED = 16;
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,18}");
    private static final Pattern GENERATION = Pattern.compile("[0-9]{1,9}");
    private static final boolean[] DELIMITERS = new boolean[128];

    static {
        for (byte each : "()<>[]{}/% \n\r\t\f\0".getBytes(StandardCharsets.US_ASCII)) {
            DELIMITERS[each] = true;
        }
    }

    record Name(String name) {}

    record Reference(long number, long generation) {}

    record Array(List<Object> values) {}

    /** Its values by key; of a key that is there twice the first. */
    record Dictionary(Map<String, Object> values) {
        String name(String key) {
            return values.get(key) instanceof Name(String name) ? name : "";
        }

        long number(String key, long otherwise) {
            return values.get(key) instanceof Long number ? number : otherwise;
        }

        byte[] string(String key) {
            return values.get(key) instanceof byte[] octets ? octets : new byte[0];
        }

        boolean isFalse(String key) {
            return Boolean.FALSE.equals(values.get(key));
        }

        @Nullable Dictionary dictionary(String key) {
            return values.get(key) instanceof Dictionary dictionary ? dictionary : null;
        }
    }

    private final byte[] octets;
    private final Look look;
    private int at;

    PdfObjects(byte[] octets, Look look) {
        this.octets = octets;
        this.look = look;
    }

    /** The next value; null when there is none that is well formed. */
    @Nullable Object value() throws CannotTell {
        try {
            return value(0);
        } catch (CannotTell e) {
            throw e;
        } catch (IOException | NumberFormatException _) {
            return null;
        }
    }

    /** Whether only space follows. */
    boolean isAtEnd() {
        skipSpace();
        return at == octets.length;
    }

    private @Nullable Object value(int nested) throws IOException {
        look.tick();
        if (nested > MOST_NESTED) {
            throw new EOFException();
        }
        skipSpace();
        int octet = peek(0);
        if (octet == '<' && peek(1) == '<') {
            at += 2;
            return dictionary(nested);
        }
        if (octet == '<') {
            at++;
            return hexString();
        }
        if (octet == '(') {
            at++;
            return literalString();
        }
        if (octet == '[') {
            at++;
            return array(nested);
        }
        if (octet == '/') {
            var name = new StringBuilder();
            at = name(octets, at + 1, octets.length, name);
            return new Name(name.toString());
        }
        return number(word());
    }

    private @Nullable Object number(String word) throws IOException {
        if (word.equals("true") || word.equals("false")) {
            return word.equals("true");
        }
        if (word.isEmpty()) {
            throw new EOFException();
        }
        if (!NUMBER.matcher(word).matches()) {
            return null; // null, or a number with a fraction: nothing that we need
        }
        long number = Long.parseLong(word);
        int after = at;
        skipSpace();
        String second = word();
        skipSpace();
        if (GENERATION.matcher(second).matches() && word().equals("R")) {
            return new Reference(number, Long.parseLong(second));
        }
        at = after;
        return number;
    }

    private Dictionary dictionary(int nested) throws IOException {
        var values = new HashMap<String, Object>();
        while (true) {
            skipSpace();
            if (peek(0) == '>' && peek(1) == '>') {
                at += 2;
                return new Dictionary(values);
            }
            if (!(value(nested + 1) instanceof Name(String key))) {
                throw new EOFException();
            }
            Object value = value(nested + 1);
            if (value != null) {
                values.putIfAbsent(key, value);
            }
        }
    }

    private Array array(int nested) throws IOException {
        var values = new ArrayList<Object>();
        while (true) {
            skipSpace();
            if (peek(0) == ']') {
                at++;
                return new Array(values);
            }
            Object value = value(nested + 1);
            if (value != null) {
                values.add(value);
            }
        }
    }

    private byte[] hexString() throws IOException {
        var out = new ByteArrayOutputStream();
        int high = -1;
        while (true) {
            int octet = next();
            if (octet == '>') {
                if (high >= 0) {
                    out.write(high << 4);
                }
                return out.toByteArray();
            }
            int digit = Character.digit(octet, 16);
            if (digit >= 0) {
                if (high >= 0) {
                    out.write(high << 4 | digit);
                }
                high = high >= 0 ? -1 : digit;
            }
        }
    }

    private byte[] literalString() throws IOException {
        var out = new ByteArrayOutputStream();
        for (int open = 1; ; ) {
            int octet = next();
            if (octet == '\\') {
                escape(out);
                continue;
            }
            open += octet == '(' ? 1 : octet == ')' ? -1 : 0;
            if (open == 0) {
                return out.toByteArray();
            }
            if (octet == '\r') {
                at += peek(0) == '\n' ? 1 : 0;
                octet = '\n';
            }
            out.write(octet);
        }
    }

    private void escape(ByteArrayOutputStream out) throws IOException {
        int octet = next();
        switch (octet) {
            case 'n' -> out.write('\n');
            case 'r' -> out.write('\r');
            case 't' -> out.write('\t');
            case 'b' -> out.write('\b');
            case 'f' -> out.write('\f');
            case '\n' -> { }
            case '\r' -> at += peek(0) == '\n' ? 1 : 0;
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                int value = octet - '0';
                for (int i = 0; i < 2 && peek(0) >= '0' && peek(0) <= '7'; i++) {
                    value = value << 3 | next() - '0';
                }
                out.write(value);
            }
            default -> out.write(octet);
        }
    }

    private String word() {
        var word = new StringBuilder();
        while (at < octets.length && !isDelimiter(octets[at]) && word.length() < 64) {
            word.append((char) octets[at++]);
        }
        return word.toString();
    }

    private void skipSpace() {
        while (at < octets.length && (isSpace(octets[at]) || octets[at] == '%')) {
            if (octets[at] == '%') {
                while (at < octets.length && octets[at] != '\n' && octets[at] != '\r') {
                    at++;
                }
            } else {
                at++;
            }
        }
    }

    private int peek(int ahead) {
        return at + ahead < octets.length ? octets[at + ahead] & 0xff : -1;
    }

    private int next() throws IOException {
        if (at >= octets.length) {
            throw new EOFException();
        }
        return octets[at++] & 0xff;
    }

    /** Reads a name from behind its slash, {@code #xx} decoded; returns where it ends. */
    static int name(byte[] octets, int from, int most, StringBuilder into) {
        int at = from;
        while (at < octets.length && !isDelimiter(octets[at]) && into.length() < most) {
            if (octets[at] == '#' && at + 2 < octets.length && Character.digit(octets[at + 1], 16) >= 0 && Character.digit(octets[at + 2], 16) >= 0) {
                into.append((char) (Character.digit(octets[at + 1], 16) << 4 | Character.digit(octets[at + 2], 16)));
                at += 3;
            } else {
                into.append((char) (octets[at++] & 0xff));
            }
        }
        return at;
    }

    /** The two numbers at the end of some octets, as {@code N G} without leading zeros; empty when there are none. */
    static String numbersBefore(byte[] octets) {
        int[] at = {octets.length};
        String generation = numberBefore(octets, at);
        String number = numberBefore(octets, at);
        return number.isEmpty() || generation.isEmpty() ? "" : number + " " + generation;
    }

    private static String numberBefore(byte[] octets, int[] at) {
        while (at[0] > 0 && isSpace(octets[at[0] - 1])) {
            at[0]--;
        }
        int end = at[0];
        while (at[0] > 0 && octets[at[0] - 1] >= '0' && octets[at[0] - 1] <= '9' && end - at[0] < 18) {
            at[0]--;
        }
        if (end == at[0]) {
            return "";
        }
        return Long.toString(Long.parseLong(new String(octets, at[0], end - at[0], StandardCharsets.US_ASCII)));
    }

    static boolean isSpace(byte octet) {
        return octet == ' ' || octet == '\n' || octet == '\r' || octet == '\t' || octet == '\f' || octet == 0;
    }

    private static boolean isDelimiter(byte octet) {
        return octet >= 0 && DELIMITERS[octet];
    }
}
