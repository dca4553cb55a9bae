package sekisho.gateway.policy;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A rule in the words of the policy file.
 *
 * @param when its conditions, all of which must hold; empty when it always matches
 * @param then what it decides; what is not named is built in
 */
public record RuleText(String name, List<String> when, List<String> then) {

    public RuleText {
        when = List.copyOf(when);
        then = List.copyOf(then);
    }

    static RuleText of(Rule rule) {
        var when = Stream.of(
            patterns("sender", rule.senders()),
            patterns("recipient", rule.recipients()),
            rule.attachmentsPresent().map(present -> "attachments: " + (present ? "present" : "none")).stream());
        var then = Stream.of(
            rule.attachments().map(way -> "attachments: " + way.name().toLowerCase(Locale.ROOT)).stream(),
            rule.hold().map(hold -> "hold: " + (hold.isZero() ? "none" : text(hold))).stream(),
            rule.expires().map(expires -> "expires: " + text(expires)).stream(),
            rule.downloads().map(downloads -> "downloads: " + downloads).stream(),
            rule.notice().map(notice -> "notice: " + notice).stream());
        return new RuleText(rule.name(), when.flatMap(s -> s).toList(), then.flatMap(s -> s).toList());
    }

    private static Stream<String> patterns(String what, List<AddressPattern> patterns) {
        return patterns.isEmpty() ? Stream.empty()
            : Stream.of(what + ": " + patterns.stream().map(RuleText::text).collect(Collectors.joining(", ")));
    }

    private static String text(AddressPattern pattern) {
        return switch (pattern) {
            case AddressPattern.Side(boolean inside) -> inside ? "inside" : "outside";
            case AddressPattern.Exact(var key) -> key;
            case AddressPattern.Domain(var name, boolean subdomains) -> (subdomains ? "@*." : "@") + name;
            case AddressPattern.Anybody() -> "*";
        };
    }

    /** In the largest unit that it is a whole number of. */
    private static String text(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds % 3_600 == 0 ? seconds / 3_600 + "h"
            : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
