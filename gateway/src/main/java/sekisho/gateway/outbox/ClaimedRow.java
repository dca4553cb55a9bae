package sekisho.gateway.outbox;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of the outbox as far as settling it goes.
 *
 * @param route       the route by which it goes
 * @param senderKnown whether there is somebody to report to
 */
record ClaimedRow(UUID id, UUID claim, OutboxItem.Kind kind, int attempt, UUID delivery, @Nullable UUID recipient, String route,
        boolean senderKnown, @Nullable String dsnNotify) {

    static ClaimedRow of(OutboxItem item, OutboxItem.Row row) {
        return new ClaimedRow(row.id(), item.claim(), item.kind(), item.attempt(), item.delivery(), row.recipient(),
            Routing.route(item.destination()), item.sender().isPresent(), row.dsnNotify());
    }
}
