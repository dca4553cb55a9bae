package sekisho.pages;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where to go back to, as a form or cookie says it: only ever a place on this site. */
final class LocalPath {

    /** One slash, then no second: {@code //elsewhere} and {@code /\elsewhere} lead to other sites. */
    private static final Pattern SAFE = Pattern.compile("/(?!/)[A-Za-z0-9/_.~-]{0,300}(\\?[A-Za-z0-9=&_.-]{0,200})?");

    private LocalPath() {
    }

    /** The path if it is safe, else {@code fallback}. */
    static String or(@Nullable String path, String fallback) {
        return path != null && SAFE.matcher(path).matches() ? path : fallback;
    }
}
