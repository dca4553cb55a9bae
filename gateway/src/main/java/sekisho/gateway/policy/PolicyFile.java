package sekisho.gateway.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads a policy from YAML and checks it as a whole; the first fault is a {@link PolicyFileException} that names its line. The language is
 * in docs/policy.md.
 *
 * <pre>
 * inside: [example.co.jp]
 * partners: [partner.example]
 * groups: { sales: sales.txt }
 * rules:
 *   - name: partners
 *     when: { sender-group: sales, recipient: ["@partner.example", "@*.partner.example"], attachment-size: over 10M }
 *     then: { attachments: link, hold: 10m, expires: 7d, downloads: 3, notice: true }
 * </pre>
 */
public final class PolicyFile {

    static final Set<String> TOP = Set.of("inside", "partners", "zone", "groups", "rules");

    private final String name;
    private final PolicyYaml yaml;
    private final PolicySource source;

    private PolicyFile(String name, PolicySource source) {
        this.name = name;
        this.yaml = new PolicyYaml(name);
        this.source = source;
    }

    /**
     * Reads a policy that names no list files.
     *
     * @param source name of the file, for messages
     * @throws PolicyFileException when anything in it is unknown, missing, doubled or out of range
     */
    public static Policy read(String source, String text) {
        return read(source, PolicySource.of(text));
    }

    /**
     * Reads a policy and the lists beside it.
     *
     * @throws IOException         the file itself can't be read
     * @throws PolicyFileException when it or a list is not UTF-8, or anything in it is unknown, missing, doubled or out of range
     */
    public static Policy read(Path file) throws IOException {
        return read(file.toString(), PolicySource.read(file));
    }

    static Policy read(String name, PolicySource source) {
        return new PolicyFile(name, source).policy();
    }

    private Policy policy() {
        var root = yaml.parse(source.text(name));
        var top = yaml.fields(root, "the file", TOP);
        var inside = new HashSet<String>();
        for (var node : yaml.list(yaml.required(top, root, "inside"))) {
            inside.add(AddressPattern.domain(yaml.scalar(node)).orElseThrow(() -> yaml.fault(node, "'" + yaml.scalar(node) + "' is not a domain")));
        }
        var partners = PolicyYaml.optional(top, "partners", this::partners).orElse(Set.of());
        var lookalikes = new Lookalikes(inside, partners);
        var zone = PolicyYaml.optional(top, "zone", this::zone);
        var groups = PolicyYaml.optional(top, "groups", this::groups).orElse(Map.of());
        var rules = PolicyYaml.optional(top, "rules", node -> rules(node, zone, groups, lookalikes)).orElse(List.of());
        return new Policy(source.version(), new Inside(Set.copyOf(inside)), lookalikes, rules);
    }

    private List<Rule> rules(Node node, Optional<ZoneId> zone, Map<String, Group> groups, Lookalikes lookalikes) {
        if (!(node instanceof SequenceNode sequence)) {
            throw yaml.fault(node, "'rules' is a list; each rule begins with '- name:'");
        }
        var when = new WhenReader(yaml, zone, groups, lookalikes);
        var then = new ThenReader(yaml);
        var rules = new ArrayList<Rule>();
        var names = new HashSet<String>();
        for (var each : sequence.getValue()) {
            var fields = yaml.fields(each, "a rule", Set.of("name", "when", "then"));
            var nameNode = yaml.required(fields, each, "name");
            var name = yaml.scalar(nameNode);
            if (!name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,63}") || name.equals(Policy.STANDARD)) {
                throw yaml.fault(nameNode, "a rule's name has 1 to 64 letters, digits, spaces, '.', '_' or '-', and is not 'built-in'");
            }
            if (!names.add(name)) {
                throw yaml.fault(nameNode, "there are two rules named '" + name + "'");
            }
            rules.add(new Rule(name, PolicyYaml.optional(fields, "when", when::read).orElse(List.of()),
                then.read(yaml.required(fields, each, "then"))));
        }
        return rules;
    }

    private ZoneId zone(Node node) {
        try {
            return ZoneId.of(yaml.scalar(node));
        } catch (DateTimeException unknown) {
            throw yaml.fault(node, "'" + yaml.scalar(node) + "' is no time zone; give one such as Asia/Tokyo");
        }
    }

    private Map<String, Group> groups(Node node) {
        var groups = new HashMap<String, Group>();
        yaml.named(node, "'groups'").forEach((name, value) -> {
            if (!name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N}._-]{0,63}")) {
                throw yaml.fault(value, "a group's name has 1 to 64 letters, digits, '.', '_' or '-'");
            }
            groups.put(name, group(name, value));
        });
        return groups;
    }

    private Group group(String name, Node node) {
        if (node instanceof MappingNode) {
            var account = yaml.scalar(yaml.required(yaml.fields(node, "a group", Set.of("account")), node, "account"));
            if (account.isBlank()) {
                throw yaml.fault(node, "'account' names a group as the identity provider calls it");
            }
            return Group.ofAccount(name, account);
        }
        if (node instanceof SequenceNode) {
            return Group.of(name, yaml.some(node, item -> member(yaml.scalar(item)).orElseThrow(() -> yaml.fault(item, "'" + yaml.scalar(item)
                + "' is no member of a group; give an address, @domain or @*.domain"))));
        }
        return Group.of(name, listed(node, PolicyFile::member, "is no member of a group; give an address, @domain or @*.domain"));
    }

    private Set<String> partners(Node node) {
        var wrong = "is not a domain";
        var partners = Set.copyOf(node instanceof SequenceNode ? yaml.some(node, item -> AddressPattern.domain(yaml.scalar(item))
            .orElseThrow(() -> yaml.fault(item, "'" + yaml.scalar(item) + "' " + wrong))) : listed(node, AddressPattern::domain, wrong));
        if (partners.size() > Lookalikes.MOST_PARTNERS) {
            throw yaml.fault(node, "", "there are more than " + Lookalikes.MOST_PARTNERS + " partners");
        }
        return partners;
    }

    /** What stands in a file beside this one, an entry a line. */
    private <T> List<T> listed(Node node, Function<String, Optional<T>> read, String wrong) {
        var file = yaml.scalar(node);
        if (!file.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,199}")) {
            throw yaml.fault(node, "'" + file + "' is no name of a file beside this one; give such a name, or a list in its place");
        }
        String text;
        try {
            text = source.list(file);
        } catch (UncheckedIOException unreadable) {
            throw yaml.fault(node, "the list " + file + " can't be read: " + unreadable.getCause());
        }
        var entries = new ArrayList<T>();
        int line = 0;
        for (var each : text.lines().toList()) {
            line++;
            var entry = PolicySource.entry(each);
            if (!entry.isEmpty()) {
                int at = line;
                entries.add(read.apply(entry).orElseThrow(() -> new PolicyFileException(file, at, entry, "'" + entry + "' " + wrong)));
            }
        }
        return entries;
    }

    private static Optional<AddressPattern> member(String text) {
        return AddressPattern.parse(text).filter(p -> p instanceof AddressPattern.Exact || p instanceof AddressPattern.Domain);
    }
}
