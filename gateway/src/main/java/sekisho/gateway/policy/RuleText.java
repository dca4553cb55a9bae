package sekisho.gateway.policy;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
        return new RuleText(rule.name(), rule.when().stream().flatMap(Condition::lines).toList(), of(rule.then()));
    }

    private static List<String> of(Then then) {
        return Stream.of(
            word("attachments", then.attachments()),
            then.hold().map(hold -> "hold: " + (hold.isZero() ? "none" : text(hold))),
            then.expires().map(expires -> "expires: " + text(expires)),
            then.downloads().map(downloads -> "downloads: " + downloads),
            then.notice().map(notice -> "notice: " + notice),
            word("signed", then.signed()),
            word("encrypted", then.encrypted()),
            word("password-protected", then.passwordProtected()),
            word("unknown-protection", then.unknownProtection()),
            word("unscanned", then.unscanned()),
            word("password-mail", then.passwordMail()),
            word("forwarded", then.forwarded()),
            word("names", then.names())).flatMap(Optional::stream).toList();
    }

    private static Optional<String> word(String key, Optional<? extends Enum<?>> value) {
        return value.map(v -> key + ": " + word(v));
    }

    /** A value as the file says it. */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** As the file may say it: in the largest unit that it is a whole number of. */
    public static String text(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds % 3_600 == 0 ? seconds / 3_600 + "h"
            : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
