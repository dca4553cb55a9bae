package sekisho.gateway.delivery;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** How accepting a message ended. Trouble with the database is an exception: nothing was kept, try again later. */
public sealed interface Intake {

    /** It is durable. {@code heldUntil} is the last release time, empty when everything left at once. */
    record Accepted(UUID delivery, Optional<Instant> heldUntil) implements Intake {
    }

    /** A rule refuses attachments to one of the recipients; nothing was kept. */
    record Refused(String rule) implements Intake {
    }
}
