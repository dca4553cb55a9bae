package sekisho.mailhook.mime.header;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The header fields of a message or part, with their places in the octets they were read from (RFC 5322 §2.2).
 *
 * <p>The reading is the most generous one: white space before the colon is allowed, a line that is no field is skipped
 * and the fields after it still count. Some mail readers end the header at such a line, others don't; seeing every
 * field that any of them sees is what keeps an attachment from hiding behind a broken line. {@link #firstMalformed()}
 * tells where the stricter readers stop.
 */
public final class HeaderBlock {

    /**
     * One field. Offsets count octets from the start of the block; {@code end} is past the line end of its last line.
     *
     * @param name in lower case, without white space and control characters around it
     */
    public record Field(String name, int start, int valueStart, int end) {
    }

    /** A line that is of no field. Offsets as above. */
    public record Stray(int start, int end) {
    }

    private final byte[] octets;
    private final List<Field> fields;
    private final List<Stray> strays;
    private final int firstMalformed;
    private final int fieldsEnd;
    private final boolean closed;

    private HeaderBlock(byte[] octets, List<Field> fields, List<Stray> strays, int firstMalformed, int fieldsEnd, boolean closed) {
        this.octets = octets;
        this.fields = List.copyOf(fields);
        this.strays = List.copyOf(strays);
        this.firstMalformed = firstMalformed;
        this.fieldsEnd = fieldsEnd;
        this.closed = closed;
    }

    /** Reads a block whose lines end in CRLF or LF, with or without the empty line that closes it. */
    public static HeaderBlock parse(byte[] octets, int length) {
        return parse(octets, length, false);
    }

    /**
     * @param bareCrEndsLine whether a CR without LF ends a line, as some readers take it
     */
    public static HeaderBlock parse(byte[] octets, int length, boolean bareCrEndsLine) {
        List<Field> fields = new ArrayList<>();
        List<Stray> strays = new ArrayList<>();
        int firstMalformed = -1;
        int at = 0;
        Field open = null;
        boolean closed = false;
        while (at < length) {
            int content = contentEnd(octets, at, length, bareCrEndsLine);
            int next = lineEnd(octets, content, length);
            if (content == at) {
                closed = true;
                break;
            }
            boolean continuation = octets[at] == ' ' || octets[at] == '\t';
            if (continuation && open != null) {
                open = new Field(open.name(), open.start(), open.valueStart(), next);
                at = next;
                continue;
            }
            if (open != null) {
                fields.add(open);
                open = null;
            }
            int nameFrom = at;
            while (nameFrom < content && isBlank(octets[nameFrom])) {
                nameFrom++;   // a continuation of nothing: mime4j takes it for a field; Angus drops control characters too
            }
            int colon = colon(octets, nameFrom, content);
            boolean folded = colon < 0;
            if (folded) {
                colon = foldedColon(octets, next, length);
            }
            if (colon > nameFrom) {
                String name = name(octets, nameFrom, colon);
                if (!name.isEmpty()) {
                    open = new Field(name, at, colon + 1, next);
                }
            }
            boolean mbox = at == 0 && isMboxLine(octets, at, content);
            if ((open == null || folded) && !mbox && firstMalformed < 0) {
                firstMalformed = at;
            }
            if (open == null && !mbox && octets[next - 1] == '\n') {
                strays.add(new Stray(at, next));
            }
            at = next;
        }
        if (open != null) {
            fields.add(open);
        }
        return new HeaderBlock(octets, fields, strays, firstMalformed, at, closed);
    }

    private static int contentEnd(byte[] b, int from, int length, boolean bareCr) {
        int i = from;
        while (i < length && b[i] != '\n') {
            if (b[i] == '\r' && (bareCr || (i + 1 < length && b[i + 1] == '\n'))) {
                return i;
            }
            i++;
        }
        return i;
    }

    private static int lineEnd(byte[] b, int content, int length) {
        int i = content;
        if (i < length && b[i] == '\r') {
            i++;
        }
        if (i < length && b[i] == '\n') {
            i++;
        }
        return i;
    }

    private static int colon(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            if (b[i] == ':') {
                return i;
            }
        }
        return -1;
    }

    /** The colon that stands first on a continuation line, as some take it for the end of the name before; or −1. */
    private static int foldedColon(byte[] b, int from, int length) {
        int i = from;
        while (i < length && (b[i] == ' ' || b[i] == '\t')) {
            i++;
        }
        return i > from && i < length && b[i] == ':' ? i : -1;
    }

    /** The field name, or empty when these octets can't be one. */
    private static String name(byte[] b, int from, int colon) {
        int to = colon;
        while (to > from && isBlank(b[to - 1])) {
            to--;
        }
        for (int i = from; i < to; i++) {
            if (b[i] <= ' ' || b[i] == 0x7F) {
                return "";
            }
        }
        return new String(b, from, to - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    private static boolean isBlank(byte octet) {
        return octet >= 0 && octet <= ' ';
    }

    /** The line that mailbox files put before a message; readers skip it there. */
    private static boolean isMboxLine(byte[] b, int from, int to) {
        int at = from < to && b[from] == '>' ? from + 1 : from;
        return to - at >= 5 && b[at] == 'F' && b[at + 1] == 'r' && b[at + 2] == 'o' && b[at + 3] == 'm' && b[at + 4] == ' ';
    }

    public List<Field> fields() {
        return fields;
    }

    /** The whole lines that are of no field, but for a mailbox's in front. Whatever comes behind them is no header to the stricter readers. */
    public List<Stray> strays() {
        return strays;
    }

    /** How many octets of white space stand in front of a field's name: of one that continues nothing. */
    public int indent(Field field) {
        int at = field.start();
        while (at < field.end() && isBlank(octets[at])) {
            at++;
        }
        return at - field.start();
    }

    /** Whether the first line is one that mailbox files put before a message, and no field. */
    public boolean beginsWithMailboxLine() {
        return (fields.isEmpty() || fields.getFirst().start() > 0 && indent(fields.getFirst()) == 0) && isMboxLine(octets, 0, Math.min(fieldsEnd, contentEnd(octets, 0, octets.length, false)));
    }

    /** Where the first line stands that is, by itself, neither the beginning of a field nor a continuation, or −1. */
    public int firstMalformed() {
        return firstMalformed;
    }

    /** Where a new field can be put after all others: the place of the closing empty line, or the end. */
    public int fieldsEnd() {
        return fieldsEnd;
    }

    /** What must be put between the last field and something new: nothing, or the line end that is missing. */
    public String lineEndMissing() {
        return fieldsEnd > 0 && octets[fieldsEnd - 1] != '\n' ? "\r\n" : "";
    }

    /** Whether the empty line that ends a header was there. */
    public boolean closed() {
        return closed;
    }

    /** The field's value on one line, one char for each octet, without white space around it (RFC 5322 §2.2.3). */
    public String value(Field field) {
        var text = new StringBuilder(field.end() - field.valueStart());
        for (int i = field.valueStart(); i < field.end(); i++) {
            if (octets[i] != '\r' && octets[i] != '\n') {
                text.append((char) (octets[i] & 0xFF));
            }
        }
        return text.toString().strip();
    }

    /** The whole field as it stands, line end included, one char for each octet. */
    public String raw(Field field) {
        return new String(octets, field.start(), field.end() - field.start(), StandardCharsets.ISO_8859_1);
    }

    public List<String> values(String name) {
        return fields.stream().filter(f -> f.name().equals(name)).map(this::value).toList();
    }

    public Optional<String> first(String name) {
        return fields.stream().filter(f -> f.name().equals(name)).findFirst().map(this::value);
    }
}
