package sekisho.gateway.outbox;

import java.util.List;

/** How the rows of an item fared. */
record Settled(OutboxItem item, List<Settlement> settlements) {
}
