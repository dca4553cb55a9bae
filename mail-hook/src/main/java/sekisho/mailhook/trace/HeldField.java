package sekisho.mailhook.trace;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import sekisho.gateway.outbox.OutboxItem;

/**
 * The header field on a copy that waited, so that a reader sees why its {@code Date}, which stays, is that much older:
 *
 * <pre>
 * X-Sekisho-Held: from=2026-11-22T01:00:00Z; until=2026-11-22T01:10:00Z
 *
 * from   when the message was taken
 * until  when this copy was let go, by time or by its sender
 * </pre>
 *
 * It speaks of this copy alone: those of others may have been let go at other times, or never.
 */
public final class HeldField {

    public static final String NAME = "X-Sekisho-Held";

    /** What is let go at once is queued in the same moment. */
    private static final Duration LEAST = Duration.ofSeconds(1);

    private HeldField() {
    }

    /** The field for what an item sends, without its line end; empty for a copy that didn't wait, a notice or a report. */
    public static Optional<String> compose(OutboxItem item) {
        return switch (item.kind()) {
            case NOTICE, DSN -> Optional.empty();
            case LINKED, ORIGINAL -> item.createdAt().isBefore(item.acceptedAt().plus(LEAST)) ? Optional.empty()
                : Optional.of(NAME + ": from=" + item.acceptedAt().truncatedTo(ChronoUnit.SECONDS) + "; until=" + item.createdAt().truncatedTo(ChronoUnit.SECONDS));
        };
    }
}
