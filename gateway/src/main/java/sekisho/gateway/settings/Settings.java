package sekisho.gateway.settings;

import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints settings for the log, without what nobody may read there. */
final class Settings {

    /** Secrets come from files, whose names may be read; what is left is what an operator puts in the wrong place. */
    private static final Pattern HIDDEN_KEYS = Pattern.compile("(^|[.-])(password|secret|access-key|token)$");
    private static final Pattern USER_IN_ADDRESS = Pattern.compile("//[^/@\\s]*@");

    private Settings() {
    }

    interface Values {
        @Nullable String of(String key);
    }

    /** {@code window=5m, limit=3} for the keys below {@code prefix} that have a value; entries by address are people's, and left out. */
    static String print(String prefix, Set<String> keys, Values values) {
        return keys.stream().filter(key -> key.indexOf('@') < 0 && values.of(key) != null)
            .map(key -> shorten(prefix, key) + "=" + shown(key, String.valueOf(values.of(key))))
            .collect(Collectors.joining(", "));
    }

    private static String shorten(String prefix, String key) {
        return key.startsWith(prefix + ".") ? key.substring(prefix.length() + 1) : key;
    }

    private static String shown(String key, String value) {
        UnaryOperator<String> line = text -> text.replaceAll("\\p{Cntrl}", " ");
        return HIDDEN_KEYS.matcher(key).find() ? "(hidden)" : line.apply(USER_IN_ADDRESS.matcher(value).replaceAll("//(hidden)@"));
    }
}
