package sekisho.gateway.delivery;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import sekisho.gateway.policy.Objection;

/** How accepting a message ended. Trouble with the database is an exception: nothing was kept, try again later. */
public sealed interface Intake {

    /** It is durable. {@code heldUntil} is the last release time as far as it is known, empty when everything left at once. */
    record Accepted(UUID delivery, Optional<Instant> heldUntil) implements Intake {
    }

    /** It was handed in before (see {@link Once}), and this is the delivery that was made of it then. Nothing of the second was kept. */
    record Repeated(UUID delivery) implements Intake {
    }

    /** A part that stays in it could not be scanned, and by this rule one of the recipients gets nothing unread. Nothing was kept; try again later. */
    record Deferred(String rule) implements Intake {
    }

    /**
     * Policy doesn't let it through to one of the recipients; nothing was kept.
     *
     * @param find name of the malware, in plain ASCII; empty for every other objection
     */
    record Refused(String rule, Objection objection, String find) implements Intake {
    }
}
