package sekisho.gateway.files;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The names of one delivery's files: made safe, and each given once. What a name says comes from a stranger. */
public final class FileNames {

    /** Longest name, in chars. */
    public static final int MAX_LENGTH = 200;
    private static final int MAX_EXTENSION = 20;
    private static final Pattern RESERVED =
        Pattern.compile("(?i)(con|prn|aux|nul|conin\\$|conout\\$|com[0-9¹²³]|lpt[0-9¹²³])(\\..*)?");

    /** The longest that {@link #unique} puts before an extension. */
    private static final int NUMBER_LENGTH = " (100000)".length();

    private final Set<String> taken = new HashSet<>();
    /** The next number by what stands around it: ten thousand files of one name would be counted through for each. */
    private final Map<String, Integer> next = new HashMap<>();

    /**
     * A name that is safe to show and to store: no folder, no control or direction-changing character, no name that Windows keeps for
     * devices, at most {@link #MAX_LENGTH} chars with its extension kept, in Unicode form C. Safe names stay as they are.
     *
     * @return {@code file} when nothing of the name is left
     */
    public static String safe(String name) {
        var clean = safeOrEmpty(name);
        return clean.isEmpty() ? "file" : clean;
    }

    /** As {@link #safe}, but empty when nothing of the name is left. */
    public static String safeOrEmpty(String name) {
        var text = Normalizer.normalize(name, Normalizer.Form.NFC);
        text = text.substring(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1);
        var kept = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (!isInvisible(c)) {
                kept.appendCodePoint(isForbidden(c) ? '_' : Character.isSpaceChar(c) && c != 0x3000 ? ' ' : c);
            }
        });
        var clean = trimmed(shortened(trimmed(kept.toString())));
        return RESERVED.matcher(clean).matches() ? shortened("_" + clean) : clean;
    }

    /** Gives the name, or {@code a (2).zip} when {@code a.zip} was given before; compared without case. */
    public String unique(String name) {
        var extension = extension(name);
        var stem = name.substring(0, name.length() - extension.length());
        var candidate = name;
        var alike = (cut(stem, MAX_LENGTH - NUMBER_LENGTH - extension.length()) + extension).toLowerCase(Locale.ROOT);
        while (!taken.add(candidate.toLowerCase(Locale.ROOT))) {
            var suffix = " (" + next.merge(alike, 2, (number, _) -> number + 1) + ")" + extension;
            candidate = cut(stem, MAX_LENGTH - suffix.length()) + suffix;
        }
        return candidate;
    }

    private static String trimmed(String text) {
        int to = text.length();
        while (to > 0 && (text.charAt(to - 1) == '.' || text.charAt(to - 1) <= ' ')) {
            to--;   // Windows drops them, so "a.exe." would become "a.exe"
        }
        int from = 0;
        while (from < to && (text.charAt(from) == '.' || text.charAt(from) <= ' ')) {
            from++;   // hidden on Unix
        }
        return text.substring(from, to);
    }

    private static boolean isInvisible(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL || type == Character.FORMAT || type == Character.LINE_SEPARATOR
            || type == Character.PARAGRAPH_SEPARATOR || c >= 0xFE00 && c <= 0xFE0F;
    }

    private static boolean isForbidden(int c) {
        return "<>:\"|?*".indexOf(c) >= 0 || c >= 0xD800 && c <= 0xDFFF || c == 0xFFFE || c == 0xFFFF;
    }

    private static String shortened(String name) {
        if (name.length() <= MAX_LENGTH) {
            return name;
        }
        var extension = extension(name);
        return cut(name, MAX_LENGTH - extension.length()) + extension;
    }

    private static String cut(String text, int length) {
        int to = Math.min(length, text.length());
        return text.substring(0, to > 0 && to < text.length() && Character.isHighSurrogate(text.charAt(to - 1)) ? to - 1 : to);
    }

    private static String extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 && name.length() - dot <= MAX_EXTENSION ? name.substring(dot) : "";
    }
}
