package sekisho.gateway.audit;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.hibernate.Session;

/**
 * How long the oldest event has waited for its place in the tree: {@code sekisho.audit.pending.age}, in seconds. Normally a second; when no
 * node sequences, or none can, it grows. Every node says so, also one that doesn't sequence.
 */
@Startup
@ApplicationScoped
public class AuditLag {

    static final Duration TOO_LONG = Duration.ofMinutes(1);

    private final Session entities;
    private final Clock clock;
    private volatile double seconds;
    private volatile boolean late;

    AuditLag(Session entities, Clock clock, MeterRegistry metrics) {
        this.entities = entities;
        this.clock = clock;
        metrics.gauge("sekisho.audit.pending.age", this, lag -> lag.seconds);
    }

    @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            tell(measure());
        } catch (PersistenceException unavailable) {
            Log.debugf("how long audit events wait can't be asked: %s", unavailable.getMessage());
        }
    }

    /** Asks the database, and shows the answer as the metric. Zero when nothing waits. */
    @Transactional
    public Duration measure() {
        var age = entities.createNativeQuery("""
                select e.occurred_at from audit_pending p join audit_event e on e.id = p.event_id order by p.event_id limit 1""", Instant.class)
            .getResultList().stream().findFirst().map(oldest -> Duration.between(oldest, clock.instant())).filter(Duration::isPositive)
            .orElse(Duration.ZERO);
        seconds = age.toMillis() / 1000.0;
        return age;
    }

    private void tell(Duration age) {
        boolean now = age.compareTo(TOO_LONG) > 0;
        if (now && !late) {
            Log.errorf("audit events have waited %d s for their place in the tree: does a node with gateway.audit.checkpoint-key run, and what "
                + "does its log say? Until then they are recorded, but not proved", age.toSeconds());
        } else if (late && !now) {
            Log.info("no audit event waits too long for its place in the tree any more");
        }
        late = now;
    }
}
