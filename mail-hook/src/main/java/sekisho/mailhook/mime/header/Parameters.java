package sekisho.mailhook.mime.header;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A field value of the form {@code value; name=text; name="text"; name*=charset''text} (RFC 2045 §5.1, RFC 2231), read
 * without ever giving up: unquoted spaces, missing quotes, 8-bit octets, encoded words and repeated names all come out.
 */
public final class Parameters {

    /**
     * One {@code name=value} as written.
     *
     * @param name    in lower case, with its RFC 2231 stars
     * @param value   one char for each octet; quotes and their backslashes removed
     * @param escaped whether a backslash stood before something that needed none
     * @param trailed whether something stood between the closing quote and the semicolon
     */
    public record Raw(String name, String value, boolean quoted, boolean escaped, boolean trailed) {
    }

    private static final Pattern EXTENDED = Pattern.compile("^(.+?)\\*(?:(\\d{1,3})(\\*)?)?$");

    private final String value;
    private final List<Raw> all;
    private final List<Raw> ofCharacters;   // where they differ from those above

    private Parameters(String value, List<Raw> all, List<Raw> ofCharacters) {
        this.value = value;
        this.all = List.copyOf(all);
        this.ofCharacters = List.copyOf(ofCharacters);
    }

    /**
     * Reads the octets as they stand, and where some are parts of Japanese characters ({@link JapaneseOctets}) also the characters: to who knows them
     * no quote, semicolon or backslash is there.
     *
     * @param field one char for each octet, unfolded, as {@link HeaderBlock#value} gives it
     */
    public static Parameters parse(String field) {
        Parameters octets = read(field);
        String veiled = JapaneseOctets.veiled(field);
        return veiled.equals(field) ? octets : new Parameters(octets.value, octets.all, read(veiled).all.stream().map(Parameters::unveiled).toList());
    }

    private static Raw unveiled(Raw raw) {
        return new Raw(JapaneseOctets.unveiled(raw.name()), JapaneseOctets.unveiled(raw.value()), raw.quoted(), raw.escaped(), raw.trailed());
    }

    private static Parameters read(String field) {
        List<String> pieces = pieces(withoutLeadingComments(field));
        List<Raw> all = new ArrayList<>();
        for (String piece : pieces.subList(1, pieces.size())) {
            int equals = piece.indexOf('=');
            if (equals > 0) {
                all.add(raw(withoutLeadingComments(piece.substring(0, equals)).strip().toLowerCase(Locale.ROOT), piece.substring(equals + 1).strip()));
            }
        }
        return new Parameters(pieces.getFirst().strip(), all, List.of());
    }

    /**
     * Takes the comments (RFC 5322 §3.2.2) out of what stands before the first semicolon. Not behind it: {@code name=report(1).pdf} is what
     * senders write, and no comment.
     */
    private static String withoutLeadingComments(String field) {
        var kept = new StringBuilder(field.length());
        int depth = 0;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (depth == 0 && (c == ';' || c == '"')) {
                return kept.append(field, i, field.length()).toString();
            } else if (c == '(') {
                depth++;
            } else if (c == ')' && depth > 0) {
                depth--;
            } else if (c == '\\' && depth > 0) {
                i++;
            } else if (depth == 0) {
                kept.append(c);
            }
        }
        return depth == 0 ? kept.toString() : field;   // never closed: no comment
    }

    /** Cuts at semicolons outside of quotes. */
    private static List<String> pieces(String field) {
        List<String> pieces = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ';' && !quoted) {
                pieces.add(field.substring(from, i));
                from = i + 1;
            }
        }
        pieces.add(field.substring(Math.min(from, field.length())));
        return pieces;
    }

    private static Raw raw(String name, String text) {
        if (!text.startsWith("\"")) {
            return new Raw(name, text, false, false, false);
        }
        var value = new StringBuilder(text.length());
        boolean escaped = false;
        int i = 1;
        for (; i < text.length() && text.charAt(i) != '"'; i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                char next = text.charAt(i + 1);
                if (next == '"' || next == '\\') {
                    c = next;
                    i++;
                } else {
                    escaped = true;   // C:\report.pdf: the backslash was meant
                }
            }
            value.append(c);
        }
        String rest = i + 1 < text.length() ? text.substring(i + 1) : "";
        boolean trailed = !withoutLeadingComments(rest).isBlank();
        if (rest.contains("=?")) {   // "=?..?=" "=?..?=": one word to a string
            value.append(' ').append(rest.replace("\"", ""));
        } else if (value.isEmpty()) {
            value.append(rest.replace("\"", "").strip());   // name=""plan.pdf": to some readers what stands behind is the value
        }
        return new Raw(name, value.toString(), true, escaped, trailed);
    }

    /** What stands before the first semicolon, as written. */
    public String value() {
        return value;
    }

    public List<Raw> all() {
        return all;
    }

    /** The parameter decoded: the RFC 2231 form if there is one, else the first plain one. */
    public @Nullable String get(String name) {
        List<String> readings = readings(name);
        return readings.isEmpty() ? null : readings.getFirst();
    }

    /**
     * Every different value that some reader may take for this parameter, the one that most readers take first: the
     * RFC 2231 forms, then the plain ones in their order; those of characters before those of octets.
     */
    public List<String> readings(String name) {
        var readings = new LinkedHashSet<String>();
        for (List<Raw> read : List.of(ofCharacters, all)) {
            readings.addAll(extended(name, read));
            plain(name, read).forEach(raw -> readings.add(EncodedWords.decode(raw)));
        }
        return List.copyOf(readings);
    }

    /** The values written without RFC 2231, one char for each octet, encoded words left as they are. */
    public List<String> plain(String name) {
        return plain(name, all);
    }

    private static List<String> plain(String name, List<Raw> all) {
        return all.stream().filter(raw -> raw.name().equals(name)).map(Raw::value).toList();
    }

    /** The values written by RFC 2231, decoded. */
    public List<String> extended(String name) {
        return extended(name, all);
    }

    private static List<String> extended(String name, List<Raw> all) {
        List<String> readings = new ArrayList<>();
        Map<Integer, Piece> pieces = new TreeMap<>();
        for (Raw raw : all) {
            Matcher m = EXTENDED.matcher(raw.name());
            if (!m.matches() || !m.group(1).strip().equals(name)) {
                continue;
            }
            if (m.group(2) == null) {
                readings.add(joined(List.of(new Piece(raw.value(), true))));
            } else {
                pieces.putIfAbsent(Integer.valueOf(m.group(2)), new Piece(raw.value(), m.group(3) != null));
            }
        }
        if (!pieces.isEmpty()) {
            readings.add(joined(List.copyOf(pieces.values())));
        }
        return readings;
    }

    /** Whether the parameter is there in any form. */
    public boolean has(String name) {
        return all.stream().anyMatch(raw -> raw.name().equals(name) || raw.name().startsWith(name + "*"));
    }

    private record Piece(String text, boolean percent) {
    }

    /** Joins the pieces as octets before decoding them: a character may be cut between two (RFC 2231 §4.1). */
    private static String joined(List<Piece> pieces) {
        if (pieces.stream().noneMatch(Piece::percent)) {
            var text = new StringBuilder();
            pieces.forEach(piece -> text.append(piece.text()));
            return EncodedWords.decode(text.toString());
        }
        String charset = null;
        var octets = new ByteArrayOutputStream();
        for (int i = 0; i < pieces.size(); i++) {
            String text = pieces.get(i).text();
            if (i == 0 && pieces.getFirst().percent()) {
                int first = text.indexOf('\'');
                int second = first < 0 ? -1 : text.indexOf('\'', first + 1);
                if (second >= 0) {
                    charset = text.substring(0, first);
                    text = text.substring(second + 1);
                }
            }
            octets.writeBytes(pieces.get(i).percent() ? percentDecoded(text) : text.getBytes(StandardCharsets.ISO_8859_1));
        }
        byte[] joined = octets.toByteArray();
        return charset == null || charset.isBlank() ? MailCharsets.guess(joined) : MailCharsets.decode(joined, charset);
    }

    private static byte[] percentDecoded(String text) {
        var out = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(c);
            }
        }
        return out.toByteArray();
    }
}
