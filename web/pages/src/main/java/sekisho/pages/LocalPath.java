package sekisho.pages;

import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where to go back to, as a form or cookie says it: only ever a place on this site. */
final class LocalPath {

    /** One slash, then no second: {@code //elsewhere} and {@code /\elsewhere} lead to other sites. */
    private static final Pattern PATH = Pattern.compile("/(?!/)[A-Za-z0-9/_.~-]{0,300}");
    /** So many fit in a cookie, too. */
    private static final int MOST_CHARACTERS = 3_000;
    private static final String OF_QUERIES = "=&_.*+-";

    private LocalPath() {
    }

    /** The path with its query if they are safe; without the query if only the path is; else {@code fallback}. */
    static String or(@Nullable String path, String fallback) {
        if (path == null) {
            return fallback;
        }
        int query = path.indexOf('?');
        var alone = query < 0 ? path : path.substring(0, query);
        if (!PATH.matcher(alone).matches()) {
            return fallback;
        }
        return query < 0 || path.length() <= MOST_CHARACTERS && isQuery(path, query + 1) ? path : alone;
    }

    /** As forms write it (WHATWG URL §5.2): letters, digits, some signs, and the rest as {@code %} and two digits. */
    private static boolean isQuery(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length() || !HexFormat.isHexDigit(text.charAt(i + 1)) || !HexFormat.isHexDigit(text.charAt(i + 2))) {
                    return false;
                }
            } else if (!(c < 0x80 && Character.isLetterOrDigit(c)) && OF_QUERIES.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
