package sekisho.mailhook.outgoing;

import io.quarkus.logging.Log;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import sekisho.gateway.Rounds;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Settlement;

/**
 * Writes down what became of claimed items. A result that were forgotten would leave its rows claimed by a node that lives, or send a copy twice: it waits for the
 * database here, and where there is no memory to keep it, its own thread waits for that.
 */
final class Results {

    private static final Duration AGAIN = Duration.ofMillis(100);

    private final BiConsumer<OutboxItem, List<Settlement>> settle;
    /** What could not be written down yet. As good as bounded: while the database is away nothing new is claimed. */
    private final Queue<Unsettled> unsettled = new ConcurrentLinkedQueue<>();

    /** @param settle writes down, or throws; then it is called again with the same */
    Results(BiConsumer<OutboxItem, List<Settlement>> settle) {
        this.settle = settle;
    }

    private record Unsettled(OutboxItem item, List<Settlement> settlements) {
    }

    /** Writes down now, or keeps it for {@link #again}. @param settlements asked for once more after an error of the JVM */
    void settle(OutboxItem item, Supplier<List<Settlement>> settlements) {
        Rounds.untilThere(() -> {
            var each = settlements.get();
            try {
                settle.accept(item, each);
            } catch (RuntimeException unavailable) {
                unsettled.add(new Unsettled(item, each));
                Log.warnf("delivery %s: %d results wait to be written down: %s", item.delivery(), each.size(), unavailable.getMessage());
            }
            return each;
        }, AGAIN, missing -> Log.errorf("delivery %s: results wait to be written down: %s", item.delivery(), missing));
    }

    /** Each that waits, once; one that can't be written down doesn't keep the others from it. */
    void again() {
        for (var waiting = unsettled.iterator(); waiting.hasNext();) {
            var next = waiting.next();
            try {
                settle.accept(next.item(), next.settlements());
                waiting.remove();
            } catch (RuntimeException stillUnavailable) {
                Log.debugf("delivery %s: results still wait: %s", next.item().delivery(), stillUnavailable.getMessage());
            }
        }
    }

    /** How many wait. */
    int waiting() {
        return unsettled.size();
    }
}
