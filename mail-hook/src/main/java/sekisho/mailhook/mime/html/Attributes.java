package sekisho.mailhook.mime.html;

import java.util.Map;

/**
 * The attributes of one tag, as far as {@link HtmlScanner#ATTRIBUTES} reaches.
 *
 * @param written as they stand behind the name of the element, one char for each octet
 * @param values  by their names in lower case, character references decoded, one char for each octet else; of two of a name the first
 */
public record Attributes(String written, Map<String, String> values) {

    static final Attributes NONE = new Attributes("", Map.of());

    public Attributes {
        values = java.util.Collections.unmodifiableMap(values);
    }

    /** The value, empty when there is none. */
    public String value(String name) {
        return values.getOrDefault(name, "");
    }
}
