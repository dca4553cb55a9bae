package sekisho.gateway.policy;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import sekisho.gateway.people.EmailAddress;

/**
 * An ordered list of rules. For each recipient the first rule that matches decides; what it doesn't name, and what no rule matches,
 * is built in: insiders get the message unchanged at once, outsiders a link after 5 minutes when there are attachments, for 14 days
 * and 5 downloads.
 */
public final class Policy {

    private static final Duration BUILT_IN_HOLD = Duration.ofMinutes(5);
    private static final Duration BUILT_IN_EXPIRES = Duration.ofDays(14);
    private static final int BUILT_IN_DOWNLOADS = 5;

    private final String version;
    private final Inside inside;
    private final List<Rule> rules;

    Policy(String version, Inside inside, List<Rule> rules) {
        this.version = version;
        this.inside = inside;
        this.rules = List.copyOf(rules);
    }

    /** First 12 hexadecimal digits of the file's SHA-256; every decision is recorded with it. */
    public String version() {
        return version;
    }

    /** Names of the rules, in order. */
    public List<String> rules() {
        return rules.stream().map(Rule::name).toList();
    }

    /** The rules in order, as an administrator reads them. */
    public List<RuleText> texts() {
        return rules.stream().map(RuleText::of).toList();
    }

    /** The company's own domains, sorted. */
    public List<String> insideDomains() {
        return inside.domains().stream().sorted().toList();
    }

    public boolean isInside(EmailAddress address) {
        return inside.holds(address);
    }

    /**
     * What {@code recipient} gets of a message. A pure function; {@code sender} is empty for the null reverse-path, and what comes from there is
     * never held: nobody could stop it.
     */
    public Decision decide(Optional<EmailAddress> sender, EmailAddress recipient, boolean hasAttachments) {
        var rule = rules.stream().filter(r -> r.matches(sender, recipient, hasAttachments, inside)).findFirst();
        boolean outside = !inside.holds(recipient);
        return new Decision(
            rule.flatMap(Rule::attachments).orElse(outside ? Attachments.LINK : Attachments.PASS),
            sender.isEmpty() ? Duration.ZERO : rule.flatMap(Rule::hold).orElse(outside && hasAttachments ? BUILT_IN_HOLD : Duration.ZERO),
            rule.flatMap(Rule::expires).orElse(BUILT_IN_EXPIRES),
            rule.flatMap(Rule::downloads).orElse(BUILT_IN_DOWNLOADS),
            rule.flatMap(Rule::notice).orElse(true),
            rule.map(Rule::name).orElse("built-in"));
    }

    /**
     * Whether some recipient would be given attachments in this way. Judged before it is known whether the message has any, to know
     * what must be kept of it.
     */
    public boolean anyGets(Attachments way, Optional<EmailAddress> sender, Collection<EmailAddress> recipients) {
        return recipients.stream().anyMatch(r -> decide(sender, r, true).attachments() == way);
    }
}
