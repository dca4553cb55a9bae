package sekisho.mailhook.mime.html;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jsoup.parser.Parser;

/**
 * Cuts what stands behind the name of a tag into attributes, by the states of the HTML standard (§13.2.5.32 to §13.2.5.40) and in one pass: a
 * regular expression that looks for names and values begins anew at each octet of a tag that is made for it.
 */
final class AttributeReader {

    private enum State { BEFORE_NAME, NAME, AFTER_NAME, BEFORE_VALUE, DOUBLE, SINGLE, BARE }

    private final StringBuilder written = new StringBuilder();
    private final StringBuilder name = new StringBuilder();
    private final StringBuilder value = new StringBuilder();
    private Map<String, String> values = new LinkedHashMap<>();
    private State state = State.BEFORE_NAME;

    void begin() {
        state = State.BEFORE_NAME;
        written.setLength(0);
        name.setLength(0);
        value.setLength(0);
    }

    /** @return whether this octet ends the tag */
    boolean accept(byte b) {
        if (b == '>' && state != State.DOUBLE && state != State.SINGLE) {
            ends();
            return true;
        }
        boolean kept = written.length() < HtmlScanner.ATTRIBUTES;
        char c = (char) (b & 0xFF);
        if (kept) {
            written.append(c);
        }
        state = next(b, c, kept);
        return false;
    }

    private State next(byte b, char c, boolean kept) {
        boolean space = HtmlScanner.isSpace(b);
        return switch (state) {
            case BEFORE_NAME -> space || b == '/' ? State.BEFORE_NAME : name(c, kept);   // "=" is a name there
            case NAME -> space ? State.AFTER_NAME : b == '/' ? ends() : b == '=' ? State.BEFORE_VALUE : name(c, kept);
            case AFTER_NAME -> {
                if (space || b == '=') {
                    yield space ? State.AFTER_NAME : State.BEFORE_VALUE;
                }
                ends();
                yield b == '/' ? State.BEFORE_NAME : name(c, kept);
            }
            case BEFORE_VALUE -> space ? State.BEFORE_VALUE : b == '"' ? State.DOUBLE : b == '\'' ? State.SINGLE : value(c, kept, State.BARE);
            case DOUBLE -> b == '"' ? ends() : value(c, kept, State.DOUBLE);
            case SINGLE -> b == '\'' ? ends() : value(c, kept, State.SINGLE);
            case BARE -> space ? ends() : value(c, kept, State.BARE);
        };
    }

    private State name(char c, boolean kept) {
        if (kept) {
            name.append(c);
        }
        return State.NAME;
    }

    private State value(char c, boolean kept, State inside) {
        if (kept) {
            value.append(c);
        }
        return inside;
    }

    private State ends() {
        if (!name.isEmpty()) {
            String plain = value.indexOf("&") < 0 ? value.toString() : Parser.unescapeEntities(value.toString(), true);
            values.putIfAbsent(name.toString().toLowerCase(Locale.ROOT), plain);
        }
        name.setLength(0);
        value.setLength(0);
        return State.BEFORE_NAME;
    }

    /** What was read since {@link #begin}. */
    Attributes attributes() {
        if (written.isEmpty()) {
            return Attributes.NONE;
        }
        var attributes = new Attributes(written.toString(), values);
        values = new LinkedHashMap<>();
        return attributes;
    }
}
