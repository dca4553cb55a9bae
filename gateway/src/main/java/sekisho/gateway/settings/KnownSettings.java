package sekisho.gateway.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The keys that exist, to tell a misspelt one from a known one in files, system properties and the environment. The framework checks
 * only keys that lie below a known prefix, and never the environment.
 */
final class KnownSettings {

    /** What our keys begin with; everything else belongs to the framework. */
    static final List<String> PREFIXES = List.of("gateway.", "mail-hook.", "web.", "admin.", "pages.");

    /** What Kubernetes puts into the environment of every container for a service that happens to be called like one of ours. */
    private static final Pattern SERVICE_LINK = Pattern.compile(".+_SERVICE_(HOST|PORT(_.+)?)|.+_PORT(_[0-9]+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?");

    /** What keys were called before: the beginning of the old name, and of the new one. A test holds the new ones to be known. */
    static final Map<String, String> RENAMED = Map.of(
        "mail-hook.sender-domains", "gateway.senders.domains",
        "mail-hook.listener.tls-required", "mail-hook.listeners.hook.tls",
        "mail-hook.listener.drain", "mail-hook.drain",
        "mail-hook.listener.", "mail-hook.listeners.hook.");

    private final Set<String> names;
    private final List<Pattern> patterns = new ArrayList<>();
    private final List<Pattern> environmentPatterns = new ArrayList<>();

    /** @param names as the framework lists them: {@code *} stands for any key of a map, {@code [*]} for any place in a list */
    KnownSettings(Collection<String> names) {
        this.names = new TreeSet<>(names);
        for (var name : this.names) {
            patterns.add(pattern(name));
            environmentPatterns.add(Pattern.compile(pattern(name, "[A-Z0-9_]+", "_?[0-9]+_?", KnownSettings::inEnvironment)));
        }
    }

    /** Every known key, sorted. */
    Set<String> names() {
        return Set.copyOf(names);
    }

    /** Those of {@code keys} that begin like ours and mean nothing. */
    List<String> unknown(Iterable<String> keys) {
        var unknown = new TreeSet<String>();
        for (var key : keys) {
            if (PREFIXES.stream().anyMatch(key::startsWith) && patterns.stream().noneMatch(p -> p.matcher(key).matches())) {
                unknown.add(key);
            }
        }
        return List.copyOf(unknown);
    }

    /** Those variables that begin like ours and mean nothing. */
    List<String> unknownVariables(Iterable<String> variables) {
        var unknown = new TreeSet<String>();
        for (var variable : variables) {
            boolean ours = PREFIXES.stream().anyMatch(prefix -> variable.startsWith(inEnvironment(prefix)));
            if (ours && environmentPatterns.stream().noneMatch(p -> p.matcher(variable).matches())
                    && !SERVICE_LINK.matcher(variable).matches()) {
                unknown.add(variable);
            }
        }
        return List.copyOf(unknown);
    }

    /**
     * The keys that {@code name} stands for: itself, or with {@code *} one for each entry of the map of which something was given, also where
     * this key of it has its default.
     *
     * @param keys that were given
     */
    static List<String> given(String name, Iterable<String> keys) {
        int star = name.indexOf('*');
        if (star < 0) {
            return List.of(name);
        }
        var given = new TreeSet<String>();
        if (name.charAt(star - 1) == '[') {
            keys.forEach(key -> {
                if (pattern(name).matcher(key).matches()) {
                    given.add(key);
                }
            });
            return List.copyOf(given);
        }
        var entry = Pattern.compile(pattern(name.substring(0, star + 1)).pattern() + "(?:[.\\[].*)?");
        for (var key : keys) {
            var found = entry.matcher(key);
            if (found.matches() && !found.group(1).equals("*")) {
                given.addAll(given(name.substring(0, star) + found.group(1) + name.substring(star + 1), keys));
            }
        }
        return List.copyOf(given);
    }

    /** The known key that {@code unknown} was probably meant to be. */
    Optional<String> nearest(String unknown) {
        var key = unknown.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9*]", ".");
        return names.stream()
            .min(Comparator.comparingInt(name -> distance(key, name.replaceAll("[^a-z0-9*]", "."))))
            .filter(name -> distance(key, name.replaceAll("[^a-z0-9*]", ".")) <= Math.max(2, key.length() / 5));
    }

    /** What a key that is not known any more is called now; empty when it never was one. */
    static Optional<String> newName(String key) {
        return RENAMED.entrySet().stream()
            .sorted(Map.Entry.comparingByKey(Comparator.comparingInt(String::length).reversed()))
            .flatMap(renamed -> newName(key, renamed.getKey(), renamed.getValue()).stream())
            .findFirst();
    }

    private static Optional<String> newName(String key, String before, String now) {
        if (key.startsWith(before)) {
            return Optional.of(now + key.substring(before.length()));
        }
        return key.startsWith(inEnvironment(before)) ? Optional.of(inEnvironment(now) + key.substring(before.length())) : Optional.empty();
    }

    /** How an environment variable for a key is called (MicroProfile Config 3.1 §5.3). */
    static String inEnvironment(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    private static Pattern pattern(String name) {
        return Pattern.compile(pattern(name, "(\"[^\"]+\"|[^.\\[\\]]+)", "[0-9]+", text -> text));
    }

    private static String pattern(String name, String anyKey, String anyPlace, java.util.function.UnaryOperator<String> spelling) {
        var pattern = new StringBuilder();
        int from = 0;
        for (int star = name.indexOf('*'); star >= 0; star = name.indexOf('*', from)) {
            pattern.append(Pattern.quote(spelling.apply(name.substring(from, star))));
            pattern.append(star > 0 && name.charAt(star - 1) == '[' ? anyPlace : anyKey);
            from = star + 1;
        }
        return pattern.append(Pattern.quote(spelling.apply(name.substring(from)))).toString();
    }

    /** How many letters must be put in, left out or replaced (Levenshtein). */
    private static int distance(String one, String other) {
        var row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
