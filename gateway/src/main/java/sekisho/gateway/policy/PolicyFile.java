package sekisho.gateway.policy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads a policy from YAML and checks it as a whole; the first fault is a {@link PolicyFileException} that names its line.
 *
 * <pre>
 * inside: [example.co.jp]
 * rules:
 *   - name: partners
 *     when: { sender: inside, recipient: ["@partner.example", "@*.partner.example"], attachments: present }
 *     then: { attachments: link, hold: 10m, expires: 7d, downloads: 3, notice: true }
 * </pre>
 */
public final class PolicyFile {

    private static final Duration LONGEST_HOLD = Duration.ofDays(7);
    private static final Duration LONGEST_LIFE = Duration.ofDays(365);

    private final String source;

    private PolicyFile(String source) {
        this.source = source;
    }

    /**
     * @param source name of the file, for messages
     * @throws PolicyFileException when anything in it is unknown, missing, doubled or out of range
     */
    public static Policy read(String source, String text) {
        return new PolicyFile(source).policy(text);
    }

    private Policy policy(String text) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(0);
        options.setCodePointLimit(1 << 20);
        Node root;
        try {
            root = new Yaml(options).compose(new java.io.StringReader(text));
        } catch (MarkedYAMLException broken) {
            var mark = broken.getProblemMark();
            throw new PolicyFileException(source, mark == null ? 1 : mark.getLine() + 1, "not YAML: " + broken.getProblem());
        } catch (YAMLException refused) {
            throw new PolicyFileException(source, 1, "not YAML that can be read: " + refused.getMessage());
        }
        if (root == null) {
            throw new PolicyFileException(source, 1, "the file is empty; it needs the key 'inside'");
        }
        var top = fields(root, "the file", Set.of("inside", "rules"));
        var inside = new HashSet<String>();
        for (var node : list(required(top, root, "inside"))) {
            inside.add(AddressPattern.domain(scalar(node)).orElseThrow(() -> fault(node, "'" + scalar(node) + "' is not a domain")));
        }
        var rules = new ArrayList<Rule>();
        var names = new HashSet<String>();
        if (top.containsKey("rules")) {
            if (!(top.get("rules") instanceof SequenceNode sequence)) {
                throw fault(top.get("rules"), "'rules' is a list; each rule begins with '- name:'");
            }
            for (var node : sequence.getValue()) {
                var rule = rule(node);
                if (!names.add(rule.name())) {
                    throw fault(node, "there are two rules named '" + rule.name() + "'");
                }
                rules.add(rule);
            }
        }
        return new Policy(version(text), new Inside(Set.copyOf(inside)), rules);
    }

    private Rule rule(Node node) {
        var fields = fields(node, "a rule", Set.of("name", "when", "then"));
        var nameNode = required(fields, node, "name");
        var name = scalar(nameNode);
        if (!name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,63}") || name.equals("built-in")) {
            throw fault(nameNode, "a rule's name has 1 to 64 letters, digits, spaces, '.', '_' or '-', and is not 'built-in'");
        }
        Map<String, Node> when = fields.containsKey("when")
            ? fields(fields.get("when"), "'when'", Set.of("sender", "recipient", "attachments")) : Map.of();
        var then = fields(required(fields, node, "then"), "'then'", Set.of("attachments", "hold", "expires", "downloads", "notice"));
        return new Rule(name, patterns(when.get("sender")), patterns(when.get("recipient")),
            optional(when, "attachments", n -> choice(n, Map.of("present", true, "absent", false))),
            optional(then, "attachments", n -> choice(n,
                Map.of("link", Attachments.LINK, "pass", Attachments.PASS, "refuse", Attachments.REFUSE))),
            optional(then, "hold", this::hold),
            optional(then, "expires", n -> duration(n, Duration.ofSeconds(1), LONGEST_LIFE)),
            optional(then, "downloads", this::downloads),
            optional(then, "notice", n -> choice(n, Map.of("true", true, "false", false))));
    }

    private Duration hold(Node node) {
        return switch (scalar(node)) {
            case "none" -> Duration.ZERO;
            case "approval" -> throw fault(node, "'hold: approval' is reserved for a later version; give 'none' or a time such as 5m");
            default -> duration(node, Duration.ofSeconds(1), LONGEST_HOLD);
        };
    }

    private int downloads(Node node) {
        if (!scalar(node).matches("[0-9]{1,4}") || Integer.parseInt(scalar(node)) < 1) {
            throw fault(node, "'downloads' is a whole number from 1 to 9999");
        }
        return Integer.parseInt(scalar(node));
    }

    private Duration duration(Node node, Duration least, Duration most) {
        var text = scalar(node).toLowerCase(Locale.ROOT);
        if (!text.matches("[0-9]{1,7}[smhd]")) {
            throw fault(node, "'" + text + "' is not a time; give a number and s, m, h or d, such as 5m or 14d");
        }
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        var duration = switch (text.charAt(text.length() - 1)) {
            case 's' -> Duration.ofSeconds(number);
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
        if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw fault(node, "'" + text + "' is out of range: from " + least.toSeconds() + "s to " + most.toDays() + "d");
        }
        return duration;
    }

    private List<AddressPattern> patterns(@org.jspecify.annotations.Nullable Node node) {
        if (node == null) {
            return List.of();
        }
        var patterns = new ArrayList<AddressPattern>();
        for (var item : list(node)) {
            patterns.add(AddressPattern.parse(scalar(item)).orElseThrow(() -> fault(item, "'" + scalar(item)
                + "' is no pattern; give inside, outside, an address, @domain, @*.domain, or *")));
        }
        if (patterns.isEmpty()) {
            throw fault(node, "an empty list matches nobody; leave the key out to match everybody");
        }
        return List.copyOf(patterns);
    }

    private <T> T choice(Node node, Map<String, T> choices) {
        var value = choices.get(scalar(node));
        if (value == null) {
            throw fault(node, "'" + scalar(node) + "' is not one of " + String.join(", ", choices.keySet().stream().sorted().toList()));
        }
        return value;
    }

    private static <T> Optional<T> optional(Map<String, Node> fields, String key, Function<Node, T> read) {
        return Optional.ofNullable(fields.get(key)).map(read);
    }

    private Node required(Map<String, Node> fields, Node parent, String key) {
        var node = fields.get(key);
        if (node == null) {
            throw fault(parent, "the key '" + key + "' is missing");
        }
        return node;
    }

    private Map<String, Node> fields(Node node, String what, Set<String> known) {
        if (!(node instanceof MappingNode mapping)) {
            throw fault(node, what + " is made of keys and values: " + String.join(", ", known.stream().sorted().toList()));
        }
        var fields = new LinkedHashMap<String, Node>();
        for (var tuple : mapping.getValue()) {
            var key = scalar(tuple.getKeyNode());
            if (!known.contains(key)) {
                throw fault(tuple.getKeyNode(), "unknown key '" + key + "' in " + what + "; known are "
                    + String.join(", ", known.stream().sorted().toList()));
            }
            if (fields.put(key, tuple.getValueNode()) != null) {
                throw fault(tuple.getKeyNode(), "the key '" + key + "' stands twice");
            }
        }
        return new HashMap<>(fields);
    }

    private List<Node> list(Node node) {
        return node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
    }

    private String scalar(Node node) {
        if (!(node instanceof ScalarNode scalar)) {
            throw fault(node, "a single value is expected here");
        }
        return scalar.getValue();
    }

    private PolicyFileException fault(Node node, String reason) {
        return new PolicyFileException(source, node.getStartMark().getLine() + 1, reason);
    }

    private static String version(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
