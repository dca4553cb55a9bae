package sekisho.tools;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code --name value} pairs, each of which may come more than once, switches, and what stands between them. Unknown names are refused. */
final class Options {

    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final List<String> words = new ArrayList<>();
    private final Set<String> flags = new HashSet<>();

    private Options() {
    }

    static Options parse(List<String> arguments, Set<String> known) throws CommandException {
        return parse(arguments, known, Set.of());
    }

    /** @param switches names that take no value */
    static Options parse(List<String> arguments, Set<String> known, Set<String> switches) throws CommandException {
        var options = new Options();
        for (var each = arguments.iterator(); each.hasNext();) {
            var argument = each.next();
            if (!argument.startsWith("--")) {
                options.words.add(argument);
                continue;
            }
            int equals = argument.indexOf('=');
            var name = argument.substring(2, equals < 0 ? argument.length() : equals);
            if (equals < 0 && switches.contains(name)) {
                options.flags.add(name);
                continue;
            }
            if (!known.contains(name)) {
                throw new CommandException("there is no option --" + name);
            }
            if (equals < 0 && !each.hasNext()) {
                throw new CommandException("the option --" + name + " needs a value");
            }
            options.values.computeIfAbsent(name, _ -> new ArrayList<>()).add(equals < 0 ? each.next() : argument.substring(equals + 1));
        }
        return options;
    }

    /** The arguments that are no options. */
    List<String> words() {
        return List.copyOf(words);
    }

    /** Whether a switch was given. */
    boolean has(String name) {
        return flags.contains(name);
    }

    List<String> all(String name) {
        return List.copyOf(values.getOrDefault(name, List.of()));
    }

    /** @throws CommandException when it was given more than once */
    Optional<String> one(String name) throws CommandException {
        var given = all(name);
        if (given.size() > 1) {
            throw new CommandException("the option --" + name + " was given twice");
        }
        return given.stream().findFirst();
    }

    String required(String name) throws CommandException {
        return one(name).orElseThrow(() -> new CommandException("the option --" + name + " is missing"));
    }
}
