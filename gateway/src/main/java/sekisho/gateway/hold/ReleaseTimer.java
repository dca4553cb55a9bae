package sekisho.gateway.hold;

import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;

/** Releases what is due, each second, on every node. */
@ApplicationScoped
class ReleaseTimer {

    private static final int BATCH = 100;

    private final Holds holds;

    ReleaseTimer(Holds holds) {
        this.holds = holds;
    }

    @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            while (holds.releaseDue(BATCH) == BATCH) {
                Log.debug("a full batch of deliveries was released, going on");
            }
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            Log.warnf("held deliveries wait, the database is unavailable: %s", unavailable.getMessage());
        }
    }
}
