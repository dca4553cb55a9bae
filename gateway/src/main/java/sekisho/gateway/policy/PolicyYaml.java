package sekisho.gateway.policy;

import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.reader.StreamReader;

/** Reads YAML node by node; whatever isn't as expected is a {@link PolicyFileException} with its line. */
final class PolicyYaml {

    private static final int DEEPEST = 50;

    private final String source;

    /** @param source name of the file, for messages */
    PolicyYaml(String source) {
        this.source = source;
    }

    Node parse(String text) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(DEEPEST);
        options.setCodePointLimit(1 << 20);
        requirePrintable(text);
        Node root;
        try {
            requirePlain(new Yaml(options).parse(new StringReader(text)));
            root = new Yaml(options).compose(new StringReader(text));
        } catch (MarkedYAMLException broken) {
            var mark = broken.getProblemMark();
            var problem = String.valueOf(broken.getProblem());
            throw new PolicyFileException(source, mark == null ? 1 : mark.getLine() + 1,
                problem.startsWith("found character '@'") ? "" : problem, "not YAML: '" + problem + "'");
        } catch (YAMLException refused) {
            throw new PolicyFileException(source, 1, "", "not YAML that can be read: " + refused.getMessage());
        }
        if (root == null) {
            throw new PolicyFileException(source, 1, "", "the file is empty; it needs the key 'inside'");
        }
        return root;
    }

    /** What the parser refuses too, without the line. */
    private void requirePrintable(String text) {
        text.codePoints().filter(point -> !StreamReader.isPrintable(point)).findFirst().ifPresent(point -> {
            int line = (int) (text.substring(0, text.indexOf(point)) + "x").lines().count();
            throw new PolicyFileException(source, line, "", String.format(Locale.ROOT, "a control character, U+%04X, which YAML doesn't have", point));
        });
    }

    /** What the composer refuses too, without the line: names for whole lists and maps, and nesting that nobody writes. */
    private void requirePlain(Iterable<Event> events) {
        var single = new HashMap<String, Boolean>();
        int depth = 0;
        for (var event : events) {
            int line = event.getStartMark().getLine() + 1;
            switch (event) {
                case AliasEvent alias when Boolean.FALSE.equals(single.get(alias.getAnchor())) -> throw new PolicyFileException(source, line,
                    "*" + alias.getAnchor(), "'*" + alias.getAnchor() + "' stands for more than a single value; write out what it stands for");
                case CollectionStartEvent start -> {
                    depth++;
                    if (depth > DEEPEST) {
                        throw new PolicyFileException(source, line, "", "brackets, or lists in lists, are more than " + DEEPEST + " deep");
                    }
                    if (start.getAnchor() != null) {
                        single.put(start.getAnchor(), false);
                    }
                }
                case CollectionEndEvent _ -> depth--;
                case ScalarEvent scalar when scalar.getAnchor() != null -> single.put(scalar.getAnchor(), true);
                default -> { }
            }
        }
    }

    /** Keys and values in their order, of which only these keys may be there. */
    Map<String, Node> fields(Node node, String what, Set<String> known) {
        if (!(node instanceof MappingNode)) {
            throw fault(node, what + " is made of keys and values: " + String.join(", ", known.stream().sorted().toList()));
        }
        return fields(node, what, (key, at) -> {
            if (!known.contains(key)) {
                throw fault(at, "unknown key '" + key + "' in " + what + "; known are " + String.join(", ", known.stream().sorted().toList()));
            }
        });
    }

    /** Keys that the file's author chooses. */
    Map<String, Node> named(Node node, String what) {
        return fields(node, what, (key, at) -> { });
    }

    private interface KeyCheck {
        void check(String key, Node at);
    }

    private Map<String, Node> fields(Node node, String what, KeyCheck check) {
        if (!(node instanceof MappingNode mapping)) {
            throw fault(node, what + " is made of keys and values");
        }
        var fields = new LinkedHashMap<String, Node>();
        for (var tuple : mapping.getValue()) {
            var key = scalar(tuple.getKeyNode());
            check.check(key, tuple.getKeyNode());
            if (fields.put(key, tuple.getValueNode()) != null) {
                throw fault(tuple.getKeyNode(), "the key '" + key + "' stands twice");
            }
        }
        return fields;
    }

    Node required(Map<String, Node> fields, Node parent, String key) {
        var node = fields.get(key);
        if (node == null) {
            throw fault(parent, "the key '" + key + "' is missing");
        }
        return node;
    }

    static <T> Optional<T> optional(Map<String, Node> fields, String key, Function<Node, T> read) {
        return Optional.ofNullable(fields.get(key)).map(read);
    }

    List<Node> list(Node node) {
        return node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
    }

    /** A list of at least one, or one alone. */
    <T> List<T> some(@Nullable Node node, Function<Node, T> read) {
        if (node == null) {
            return List.of();
        }
        var found = new ArrayList<T>();
        for (var item : list(node)) {
            found.add(read.apply(item));
        }
        if (found.isEmpty()) {
            throw fault(node, "an empty list matches nobody and nothing; leave the key out to match all");
        }
        return List.copyOf(found);
    }

    String scalar(Node node) {
        if (!(node instanceof ScalarNode scalar)) {
            throw fault(node, "a single value is expected here");
        }
        return scalar.getValue();
    }

    <T> T choice(Node node, Map<String, T> choices) {
        var value = choices.get(scalar(node));
        if (value == null) {
            throw fault(node, "'" + scalar(node) + "' is not one of " + String.join(", ", choices.keySet().stream().sorted().toList()));
        }
        return value;
    }

    /** The constants of an enum, as {@link RuleText#word} writes them. */
    <E extends Enum<E>> E choice(Node node, Class<E> type) {
        var choices = new LinkedHashMap<String, E>();
        for (var each : type.getEnumConstants()) {
            choices.put(RuleText.word(each), each);
        }
        return choice(node, choices);
    }

    Duration duration(Node node, Duration least, Duration most) {
        var text = scalar(node).toLowerCase(Locale.ROOT);
        if (!text.matches("[0-9]{1,7}[smhd]")) {
            throw fault(node, text, "'" + text + "' is not a time; give a number and s, m, h or d, such as 5m or 14d");
        }
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        var duration = switch (text.charAt(text.length() - 1)) {
            case 's' -> Duration.ofSeconds(number);
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
        if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw fault(node, text, "'" + text + "' is out of range: from " + least.toSeconds() + "s to " + most.toDays() + "d");
        }
        return duration;
    }

    Glob glob(Node node) {
        var text = scalar(node);
        if (text.isBlank() || text.length() > Glob.MOST_CHARS) {
            throw fault(node, "a pattern has 1 to " + Glob.MOST_CHARS + " characters; * stands for any number of them, ? for one");
        }
        return Glob.of(text.strip());
    }

    AddressPattern address(Node node) {
        return AddressPattern.parse(scalar(node)).orElseThrow(() -> fault(node, "'" + scalar(node)
            + "' is no pattern; give inside, outside, an address, @domain, @*.domain, or *"));
    }

    /** @param reason may quote the node's value, in single quotes and as it stands */
    PolicyFileException fault(Node node, String reason) {
        return fault(node, node instanceof ScalarNode scalar ? scalar.getValue() : "", reason);
    }

    /** @param entry what the reason quotes instead of the node's value */
    PolicyFileException fault(Node node, String entry, String reason) {
        return new PolicyFileException(source, node.getStartMark().getLine() + 1, entry, reason);
    }
}
