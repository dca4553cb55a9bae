package sekisho.gateway.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.MessageFacts.Content;

/**
 * An ordered list of rules. For each recipient the first rule that matches decides; what it doesn't name, and what no rule matches,
 * is built in: insiders get the message unchanged at once, outsiders a link after 5 minutes when there are attachments, for 14 days
 * and 5 downloads. Malware is refused whatever the rules say.
 */
public final class Policy {

    /** The name of the rule that decides where none of the file does; no rule of the file may have it. */
    public static final String STANDARD = "built-in";

    private static final Duration BUILT_IN_HOLD = Duration.ofMinutes(5);
    private static final Duration BUILT_IN_EXPIRES = Duration.ofDays(14);
    private static final int BUILT_IN_DOWNLOADS = 5;
    private static final Duration PASSWORD_HOLD = Duration.ofMinutes(15);

    private final String version;
    private final Inside inside;
    private final Lookalikes lookalikes;
    private final List<Rule> rules;
    private final Set<String> headers;

    Policy(String version, Inside inside, Lookalikes lookalikes, List<Rule> rules) {
        this.version = version;
        this.inside = inside;
        this.lookalikes = lookalikes;
        this.rules = List.copyOf(rules);
        this.headers = rules.stream().flatMap(r -> r.when().stream()).filter(Condition.Header.class::isInstance)
            .map(c -> ((Condition.Header) c).name()).collect(Collectors.toUnmodifiableSet());
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

    /** Whether some rule looks into attachments; for who must seal them before the recipients are known. */
    public boolean inspects() {
        return rules.stream().anyMatch(Rule::inspects);
    }

    public boolean isInside(EmailAddress address) {
        return inside.holds(address);
    }

    /** Which domain that is known the address may be a slip for, or be made to look like, whether a rule asks for that or not. */
    public Optional<Likeness> likeness(EmailAddress address) {
        return lookalikes.of(address.comparedDomain());
    }

    /** As below, for one. */
    public Decision decide(MessageFacts facts, EmailAddress recipient) {
        return decide(facts, List.of(recipient)).getFirst();
    }

    /**
     * What each of the recipients gets of a message, in their order. A pure function. What is asked of the message alone is asked once: its header
     * may be a megabyte, and its recipients a thousand. What comes from the null reverse-path is never held for a time: nobody could stop it.
     */
    public List<Decision> decide(MessageFacts facts, List<EmailAddress> recipients) {
        if (recipients.isEmpty()) {
            return List.of();
        }
        var possible = rules.stream().filter(r -> r.mayMatch(facts, recipients.getFirst(), inside)).toList();
        return recipients.stream().map(recipient -> decide(possible.stream().filter(r -> r.matches(facts, recipient, inside)).findFirst(), facts, recipient)).toList();
    }

    private Decision decide(Optional<Rule> rule, MessageFacts facts, EmailAddress recipient) {
        var then = rule.map(Rule::then).orElse(Then.BUILT_IN);
        boolean outside = !inside.holds(recipient);
        var content = facts.content();
        var way = then.attachments().orElse(outside ? Attachments.LINK : Attachments.PASS);
        boolean scanned = then.wantsScan();
        boolean whole = content.signed() && then.linksWhole();
        boolean laterReads = whole && content.whole().filter(MessageFacts.Whole::readThrough).isPresent();
        var objection = objection(then, way, content, laterReads);
        boolean password = facts.passwordFor().contains(recipient.key());
        var passwordMail = password ? then.passwordMail().orElse(PasswordMail.PASS) : PasswordMail.PASS;
        var hold = then.hold().orElse(outside && (whole || !content.files().isEmpty()) ? BUILT_IN_HOLD : Duration.ZERO);
        if (passwordMail == PasswordMail.HOLD && hold.compareTo(PASSWORD_HOLD) < 0) {
            hold = PASSWORD_HOLD;
        }
        if (facts.envelope().sender().isEmpty()) {
            hold = Duration.ZERO;
        }
        boolean unscanned = content.any(Examined.Scan.UNSCANNED)
            || whole && content.whole().filter(message -> message.examined().scan() == Examined.Scan.UNSCANNED).isPresent();
        return new Decision(objection.isPresent() ? Attachments.REFUSE : whole ? Attachments.LINK : way(then, way, content),
            whole && objection.isEmpty(), objection, hold, scanned && unscanned,
            scanned && !laterReads && content.anyStaying(e -> e.scan() == Examined.Scan.UNSCANNED),
            then.expires().orElse(BUILT_IN_EXPIRES), then.downloads().orElse(BUILT_IN_DOWNLOADS), then.notice().orElse(true),
            passwordMail != PasswordMail.PASS, then.names(), rule.map(Rule::name).orElse(STANDARD));
    }

    /** @param laterReads whether what stays in the message can be scanned later as well */
    private static Optional<Objection> objection(Then then, Attachments way, Content content, boolean laterReads) {
        if (content.find().isPresent()) {
            return Optional.of(Objection.INFECTED);
        }
        if (content.signed() && then.signed().equals(Optional.of(Then.Signed.REFUSE))) {
            return Optional.of(Objection.SIGNED);
        }
        if (content.encrypted() && then.encrypted().equals(Optional.of(Then.Encrypted.REFUSE))) {
            return Optional.of(Objection.ENCRYPTED);
        }
        if (way == Attachments.REFUSE && !content.files().isEmpty()) {
            return Optional.of(Objection.ATTACHMENTS);
        }
        if (content.anyFile(Examined::asksForPassword) && then.passwordProtected().equals(Optional.of(Attachments.REFUSE))) {
            return Optional.of(Objection.PASSWORD_PROTECTED);
        }
        if (content.anyFile(Examined::mayAskForPassword) && then.unknown().equals(Optional.of(Attachments.REFUSE))) {
            return Optional.of(Objection.UNKNOWN_PROTECTION);
        }
        return then.wantsScan() && !laterReads && content.anyStaying(Examined::isTooLargeToScan) ? Optional.of(Objection.UNSCANNED) : Optional.empty();
    }

    private static Attachments way(Then then, Attachments way, Content content) {
        if (content.attachments().isEmpty()) {
            return Attachments.PASS;
        }
        if (way == Attachments.PASS) {
            boolean linked = content.any(Examined::asksForPassword) && then.passwordProtected().equals(Optional.of(Attachments.LINK))
                || content.any(Examined::mayAskForPassword) && then.unknown().equals(Optional.of(Attachments.LINK));
            return linked ? Attachments.LINK : Attachments.PASS;
        }
        // the message goes out whole or not at all, so one attachment that may not pass keeps the others
        return content.attachments().stream().allMatch(a -> mayPass(then, a.examined())) ? Attachments.PASS : Attachments.LINK;
    }

    private static boolean mayPass(Then then, Examined examined) {
        return examined.asksForPassword() && then.passwordProtected().equals(Optional.of(Attachments.PASS))
            || examined.mayAskForPassword() && then.unknown().equals(Optional.of(Attachments.PASS));
    }

    /** What may come of a message to these recipients; tells what must be kept of it while it streams by. */
    public Outlook outlook(MessageFacts.Envelope envelope, Collection<EmailAddress> recipients) {
        var before = new MessageFacts(envelope, Content.TEXT, Set.of());
        boolean mayPass = false;
        boolean mayLink = false;
        boolean mayLinkWhole = false;
        boolean inspects = false;
        boolean text = false;
        boolean whole = false;
        for (var recipient : recipients) {
            for (var rule : candidates(before, recipient)) {
                var then = rule.then();
                var way = then.attachments().orElse(inside.holds(recipient) ? Attachments.PASS : Attachments.LINK);
                mayPass |= way == Attachments.PASS || says(then, Attachments.PASS);
                mayLink |= way == Attachments.LINK || says(then, Attachments.LINK);
                inspects |= rule.inspects();
                boolean onlyPasses = way == Attachments.PASS && !says(then, Attachments.LINK) && !says(then, Attachments.REFUSE);
                whole |= !onlyPasses && then.forwarded().orElse(Forwarded.WHOLE) == Forwarded.WHOLE;
            }
            mayLinkWhole |= mayLinkWhole(before, recipient);
            text |= rules.stream().anyMatch(r -> r.then().passwordMail().orElse(PasswordMail.PASS) != PasswordMail.PASS
                && r.when().stream().allMatch(c -> c instanceof Condition.Presence
                    || c.foreseen(before, recipient, inside) != Condition.Outcome.FAILS));
        }
        return new Outlook(mayPass, mayLink, mayLinkWhole, inspects, text, whole ? Forwarded.WHOLE : Forwarded.INSIDE, headers);
    }

    private static boolean says(Then then, Attachments way) {
        return then.passwordProtected().equals(Optional.of(way)) || then.unknown().equals(Optional.of(way));
    }

    /** Whether the rule that decides, with attachments or without, may say so. */
    private boolean mayLinkWhole(MessageFacts before, EmailAddress recipient) {
        for (var rule : rules) {
            var outcome = rule.foreseenOfAny(before, recipient, inside);
            if (outcome != Condition.Outcome.FAILS && rule.then().linksWhole()) {
                return true;
            }
            if (outcome == Condition.Outcome.HOLDS) {
                return false;
            }
        }
        return false;
    }

    /** The rules of which one will decide, when there are attachments. */
    private List<Rule> candidates(MessageFacts before, EmailAddress recipient) {
        var found = new ArrayList<Rule>();
        for (var rule : rules) {
            switch (rule.foreseen(before, recipient, inside)) {
                case FAILS -> { }
                case MAY_HOLD -> found.add(rule);
                case HOLDS -> {
                    found.add(rule);
                    return found;
                }
            }
        }
        found.add(new Rule(STANDARD, List.of(), Then.BUILT_IN));
        return found;
    }
}
