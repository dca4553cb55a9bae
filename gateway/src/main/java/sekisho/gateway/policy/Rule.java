package sekisho.gateway.policy;

import java.util.List;
import sekisho.gateway.people.EmailAddress;

/** One rule: it matches when every condition holds, and then decides what it names; the rest is built in. */
record Rule(String name, List<Condition> when, Then then) {

    Rule {
        when = List.copyOf(when);
    }

    /** Whether it matches for some recipients, as far as the message says. */
    boolean mayMatch(MessageFacts facts, EmailAddress anyRecipient, Inside inside) {
        return when.stream().filter(c -> !c.ofRecipient()).allMatch(c -> c.holds(facts, anyRecipient, inside));
    }

    /** Whether a rule that may match does for this recipient. */
    boolean matches(MessageFacts facts, EmailAddress recipient, Inside inside) {
        return when.stream().filter(Condition::ofRecipient).allMatch(c -> c.holds(facts, recipient, inside));
    }

    /** Whether it can match a message with attachments of which only the envelope is known. */
    Condition.Outcome foreseen(MessageFacts before, EmailAddress recipient, Inside inside) {
        var worst = Condition.Outcome.HOLDS;
        for (var condition : when) {
            var outcome = condition.foreseen(before, recipient, inside);
            worst = outcome.compareTo(worst) > 0 ? outcome : worst;
        }
        return worst;
    }

    /** As above, for a message that may have attachments or not. */
    Condition.Outcome foreseenOfAny(MessageFacts before, EmailAddress recipient, Inside inside) {
        var worst = Condition.Outcome.HOLDS;
        for (var condition : when) {
            var outcome = condition instanceof Condition.Presence ? Condition.Outcome.MAY_HOLD : condition.foreseen(before, recipient, inside);
            worst = outcome.compareTo(worst) > 0 ? outcome : worst;
        }
        return worst;
    }

    boolean inspects() {
        return then.inspects() || when.stream().anyMatch(Condition::inspects);
    }
}
