package sekisho.gateway.hold;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.PersistenceException;
import java.util.concurrent.atomic.AtomicLong;
import org.hibernate.Session;

/** How many deliveries are held, in the whole installation: every node tells the same. */
@ApplicationScoped
class HoldGauge {

    private final Session entities;
    private final MeterRegistry metrics;
    private final AtomicLong held = new AtomicLong();

    HoldGauge(Session entities, MeterRegistry metrics) {
        this.entities = entities;
        this.metrics = metrics;
    }

    void register(@Observes StartupEvent start) {
        metrics.gauge("sekisho.held", held);
    }

    @Scheduled(every = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void count() {
        try {
            held.set(QuarkusTransaction.requiringNew().call(this::counted));
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            Log.debugf("held deliveries can't be counted: %s", unavailable.getMessage());
        }
    }

    /** By the index of those that are held, so it costs as much as there are of them. */
    private long counted() {
        return entities.createNativeQuery("select count(*) from delivery where next_release_at is not null or waits_for_scan", Long.class).getSingleResult();
    }
}
