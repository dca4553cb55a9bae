package sekisho.gateway.outbox;

import java.time.Instant;
import java.util.UUID;

/**
 * How one row of an {@link OutboxItem} fared. Replies are SMTP replies of the next hop, or our own words when there was none.
 */
public sealed interface Settlement {

    /** The outbox row. */
    UUID row();

    /** The next hop took it. */
    record Sent(UUID row, String reply) implements Settlement {
    }

    /** Not now; again at {@code at}. */
    record Later(UUID row, String reply, Instant at) implements Settlement {
    }

    /** Never: a permanent refusal, or its time is over. The sender gets a DSN. {@code status} is an enhanced code (RFC 3463). */
    record Failed(UUID row, String reply, String status) implements Settlement {
    }
}
