package sekisho.pages;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The texts of all pages. Each module that shows pages brings {@code META-INF/sekisho/words_ja.properties} and
 * {@code words_en.properties} (UTF-8); they are joined at start. {@code {0}}, {@code {1}} stand for values.
 */
public final class Words {

    private final Map<Language, Map<String, String>> texts;

    private Words(Map<Language, Map<String, String>> texts) {
        this.texts = texts;
    }

    /**
     * Reads the texts of every module.
     *
     * @throws IllegalStateException when a key is defined twice or in one language only; the message names it
     */
    public static Words load(ClassLoader classes) {
        var texts = new EnumMap<Language, Map<String, String>>(Language.class);
        for (var language : Language.values()) {
            texts.put(language, read(classes, "META-INF/sekisho/words_" + language.tag() + ".properties"));
        }
        var onlyInOne = new TreeSet<>(texts.get(Language.JA).keySet());
        onlyInOne.removeAll(texts.get(Language.EN).keySet());
        var others = new TreeSet<>(texts.get(Language.EN).keySet());
        others.removeAll(texts.get(Language.JA).keySet());
        onlyInOne.addAll(others);
        if (!onlyInOne.isEmpty()) {
            throw new IllegalStateException("texts in one language only: " + onlyInOne);
        }
        return new Words(texts);
    }

    private static Map<String, String> read(ClassLoader classes, String name) {
        var all = new TreeMap<String, String>();
        try {
            var found = classes.getResources(name);
            while (found.hasMoreElements()) {
                read(found.nextElement(), all);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + name, unreadable);
        }
        return Map.copyOf(all);
    }

    private static void read(URL file, Map<String, String> all) throws IOException {
        var properties = new Properties();
        try (var in = file.openStream(); var text = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            properties.load(text);
        }
        for (var key : properties.stringPropertyNames()) {
            if (all.put(key, properties.getProperty(key)) != null) {
                throw new IllegalStateException("text " + key + " is defined twice, also in " + file);
            }
        }
    }

    /** All keys. */
    public Set<String> keys() {
        return texts.get(Language.EN).keySet();
    }

    /**
     * The text of {@code key} with the values put in. When the first value is the number 1 and there is a text {@code key.one}, that is
     * taken: English needs it.
     *
     * @throws IllegalArgumentException when there is no such text
     */
    public String say(Language language, String key, Object... values) {
        var known = texts.get(language);
        boolean one = values.length > 0 && values[0] instanceof Number number && number.longValue() == 1;
        var text = one && known.containsKey(key + ".one") ? known.get(key + ".one") : known.get(key);
        if (text == null) {
            throw new IllegalArgumentException("no text " + key);
        }
        return fill(text, values);
    }

    /** One pass, so that a value which looks like a placeholder stays as it is. */
    private static String fill(String text, Object[] values) {
        var filled = new StringBuilder(text.length() + 32);
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            int index = c == '{' && at + 2 < text.length() && text.charAt(at + 2) == '}' ? text.charAt(at + 1) - '0' : -1;
            if (index >= 0 && index < values.length) {
                filled.append(values[index]);
                at += 2;
            } else {
                filled.append(c);
            }
        }
        return filled.toString();
    }
}
