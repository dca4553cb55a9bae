package sekisho.gateway.policy;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** Reads the conditions of a rule. */
final class WhenReader {

    static final Set<String> KEYS = Set.of("sender", "recipient", "recipient-looks-like", "sender-group", "direction", "time", "weekday", "header",
        "attachments", "attachment-count", "total-size", "attachment-size", "attachment-type", "attachment-name");
    private static final Map<String, Likeness.Kind> KINDS = Stream.of(Likeness.Kind.values()).collect(Collectors.toMap(Likeness.Kind::text, kind -> kind));
    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final Pattern TIMES = Pattern.compile("([0-9]{2}:[0-9]{2})\\s*-\\s*([0-9]{2}:[0-9]{2})");
    private static final Pattern FIELD_NAME = Pattern.compile("[!-9;-~]{1,100}");   // RFC 5322 §3.6.8

    private final PolicyYaml yaml;
    private final Optional<ZoneId> zone;
    private final Map<String, Group> groups;
    private final Lookalikes lookalikes;

    WhenReader(PolicyYaml yaml, Optional<ZoneId> zone, Map<String, Group> groups, Lookalikes lookalikes) {
        this.yaml = yaml;
        this.zone = zone;
        this.groups = groups;
        this.lookalikes = lookalikes;
    }

    List<Condition> read(Node node) {
        var fields = yaml.fields(node, "'when'", KEYS);
        var conditions = new ArrayList<Condition>();
        fields.forEach((key, value) -> {
            switch (key) {
                case "sender" -> conditions.add(new Condition.Sender(yaml.some(value, yaml::address)));
                case "recipient" -> conditions.add(new Condition.Recipient(yaml.some(value, yaml::address)));
                case "recipient-looks-like" -> conditions.add(new Condition.LooksLike(yaml.some(value, this::kind), lookalikes));
                case "sender-group" -> conditions.add(new Condition.SenderGroup(yaml.some(value, this::group)));
                case "direction" -> conditions.add(direction(value));
                case "time" -> conditions.add(time(value));
                case "weekday" -> conditions.add(weekday(value));
                case "header" -> conditions.addAll(headers(value));
                case "attachments" -> conditions.add(new Condition.Presence(yaml.choice(value, Map.of("present", true, "absent", false))));
                case "attachment-count" -> conditions.add(new Condition.Count(span(value)));
                case "total-size" -> conditions.add(new Condition.TotalSize(span(value)));
                default -> { }   // the three that speak of one attachment, below
            }
        });
        if (fields.keySet().stream().anyMatch(Set.of("attachment-size", "attachment-type", "attachment-name")::contains)) {
            conditions.add(new Condition.Attachment(PolicyYaml.optional(fields, "attachment-size", this::span),
                yaml.some(fields.get("attachment-type"), this::type), yaml.some(fields.get("attachment-name"), yaml::glob)));
        }
        return conditions;
    }

    private Likeness.Kind kind(Node node) {
        var kind = yaml.choice(node, KINDS);
        if (!lookalikes.knows(kind)) {
            throw yaml.fault(node, "nothing looks like '" + kind.text() + "' where no domains are named; write them down under 'partners' at the top");
        }
        return kind;
    }

    private Group group(Node node) {
        var group = groups.get(yaml.scalar(node));
        if (group == null) {
            throw yaml.fault(node, "there is no group '" + yaml.scalar(node) + "'; write it down under 'groups' at the top");
        }
        return group;
    }

    private Condition direction(Node node) {
        return switch (yaml.scalar(node)) {
            case "outbound" -> new Condition.Direction(Condition.Direction.Way.OUTBOUND);
            case "internal" -> new Condition.Direction(Condition.Direction.Way.INTERNAL);
            case "inbound" -> throw yaml.fault(node, "'direction: inbound' is reserved for a later version; no listener takes mail from outside today");
            default -> throw yaml.fault(node, "'" + yaml.scalar(node) + "' is not one of internal, outbound");
        };
    }

    private Condition time(Node node) {
        var parts = TIMES.matcher(yaml.scalar(node));
        try {
            if (parts.matches()) {
                var from = LocalTime.parse(parts.group(1));
                var to = parts.group(2).equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(parts.group(2));
                if (!from.equals(to)) {
                    return new Condition.Time(from, to, zoneFor(node));
                }
            }
        } catch (DateTimeException _) {
            // such as 25:00; said below
        }
        throw yaml.fault(node, "'" + yaml.scalar(node) + "' is no time of day; give two such as 09:00-18:00, or 22:00-06:00 over midnight");
    }

    private Condition weekday(Node node) {
        var days = EnumSet.noneOf(DayOfWeek.class);
        for (var item : yaml.some(node, Function.identity())) {
            var ends = yaml.scalar(item).toLowerCase(Locale.ROOT).split("-", -1);
            int from = DAYS.indexOf(ends[0]);
            int to = DAYS.indexOf(ends[ends.length - 1]);
            if (ends.length > 2 || from < 0 || to < 0) {
                throw yaml.fault(item, "'" + yaml.scalar(item) + "' is no weekday; give one of " + String.join(", ", DAYS) + ", or two such as mon-fri");
            }
            for (int day = from; ; day = (day + 1) % DAYS.size()) {
                days.add(DayOfWeek.of(day + 1));
                if (day == to) {
                    break;
                }
            }
        }
        return new Condition.Weekday(Set.copyOf(days), zoneFor(node));
    }

    private ZoneId zoneFor(Node node) {
        return zone.orElseThrow(() -> yaml.fault(node, "'time' and 'weekday' need the key 'zone' at the top, such as 'zone: Asia/Tokyo'"));
    }

    /** Names of fields that must be there, or names with what their value must look like. */
    private List<Condition> headers(Node node) {
        var conditions = new ArrayList<Condition>();
        if (node instanceof MappingNode) {
            yaml.named(node, "'header'").forEach((name, value) -> conditions.add(new Condition.Header(field(name, value), yaml.some(value, yaml::glob))));
        } else {
            yaml.some(node, item -> conditions.add(new Condition.Header(field(yaml.scalar(item), item), List.of(Glob.of("*")))));
        }
        if (conditions.isEmpty()) {
            throw yaml.fault(node, "'header' names at least one field");
        }
        return conditions;
    }

    private String field(String name, Node at) {
        if (!FIELD_NAME.matcher(name).matches()) {
            throw yaml.fault(at, name, "'" + name + "' is no name of a header field, such as X-Classification");
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private Span span(Node node) {
        return Span.parse(yaml.scalar(node)).orElseThrow(() -> yaml.fault(node, "'" + yaml.scalar(node)
            + "' is no range; give 'over 10M', 'under 10M', '1M to 10M' or a number; K, M and G are 1,024 of the one before"));
    }

    private Glob type(Node node) {
        if (!yaml.scalar(node).matches("[A-Za-z0-9*?.+_-]{1,100}(/[A-Za-z0-9*?.+_-]{1,100})?")) {
            throw yaml.fault(node, "'" + yaml.scalar(node) + "' is no type; give one such as zip, application/pdf or image/*");
        }
        return yaml.glob(node);
    }
}
