package sekisho.web.upload;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The parameters of a field that belongs to a form, such as {@code form-data; name="files"; filename="a;b.txt"}. Values are taken as they stand: forms know
 * no encoded words (RFC 7578 §5.1), and a file that is called like one keeps its name. The first of a name counts.
 */
final class FieldParameters {

    private static final String EXTENDED = "utf-8'";

    private FieldParameters() {
    }

    /**
     * Names in lower case.
     *
     * @throws IllegalArgumentException a value in the extended form (RFC 8187) can't be decoded
     */
    static Map<String, String> of(String field) {
        var found = new HashMap<String, String>();
        int at = field.indexOf(';');
        while (at >= 0) {
            int equals = field.indexOf('=', at);
            int next = field.indexOf(';', at + 1);
            if (equals < 0) {
                return found;
            }
            if (next >= 0 && next < equals) {   // one without a value
                at = next;
                continue;
            }
            var name = field.substring(at + 1, equals).strip().toLowerCase(Locale.ROOT);
            int from = behindSpaces(field, equals + 1);
            var value = new StringBuilder();
            if (from < field.length() && field.charAt(from) == '"') {
                at = field.indexOf(';', quoted(field, from + 1, value));
            } else {
                value.append(field.substring(equals + 1, next < 0 ? field.length() : next).strip());
                at = next;
            }
            put(found, name, value.toString());
        }
        return found;
    }

    /** Clients that follow RFC 8187 against RFC 7578 §4.2 write {@code filename*=utf-8''...}. */
    private static void put(Map<String, String> found, String name, String value) {
        if (!name.endsWith("*")) {
            found.putIfAbsent(name, value);
        } else if (value.toLowerCase(Locale.ROOT).startsWith(EXTENDED)) {
            var encoded = value.substring(value.indexOf('\'', EXTENDED.length()) + 1);
            found.putIfAbsent(name.substring(0, name.length() - 1), URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
        }
    }

    /** Up to the quotation mark that ends it; one behind a backslash is a part of it, as programs write it that aren't browsers. @return where it ends */
    private static int quoted(String field, int from, StringBuilder value) {
        int at = from;
        for (; at < field.length() && !ends(field, at); at++) {
            boolean escapes = field.charAt(at) == '\\' && at + 1 < field.length() && field.charAt(at + 1) == '"' && !ends(field, at + 1);
            if (!escapes) {
                value.append(field.charAt(at));
            }
        }
        return at;
    }

    /** Whether a quotation mark stands here, and nothing but the next parameter behind it: a file's name may end with a backslash. */
    private static boolean ends(String field, int at) {
        if (field.charAt(at) != '"') {
            return false;
        }
        int behind = behindSpaces(field, at + 1);
        return behind == field.length() || field.charAt(behind) == ';';
    }

    private static int behindSpaces(String field, int from) {
        int at = from;
        while (at < field.length() && (field.charAt(at) == ' ' || field.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }
}
