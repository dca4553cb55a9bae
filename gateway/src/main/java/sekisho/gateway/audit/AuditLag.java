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
 * node sequences, or none can, it grows. Every node says so, also one that doesn't sequence. {@code sekisho.audit.forgotten} counts events that will never
 * have one, since somebody took them out of the queue.
 */
@Startup
@ApplicationScoped
public class AuditLag {

    static final Duration TOO_LONG = Duration.ofMinutes(1);

    /** So far back it looks for those that don't wait for a place. */
    private static final Duration BACK = Duration.ofMinutes(10);

    private final Session entities;
    private final Clock clock;
    private volatile double seconds;
    private volatile boolean late;
    private volatile long forgotten;

    AuditLag(Session entities, Clock clock, MeterRegistry metrics) {
        this.entities = entities;
        this.clock = clock;
        metrics.gauge("sekisho.audit.pending.age", this, lag -> lag.seconds);
        metrics.gauge("sekisho.audit.forgotten", this, lag -> lag.forgotten);
    }

    @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            tell(measure());
        } catch (PersistenceException unavailable) {
            Log.debugf("how long audit events wait can't be asked: %s", unavailable.getMessage());
        }
    }

    @Scheduled(every = "60s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void look() {
        try {
            long found = countForgotten();
            if (found > 0) {
                Log.errorf("%d audit events of the last minutes have no place in the tree and don't wait for one: somebody who isn't the product deleted from audit_pending; "
                    + "docs/operations/database.md says what to do", found);
            }
        } catch (PersistenceException unavailable) {
            Log.debugf("whether audit events were forgotten can't be asked: %s", unavailable.getMessage());
        }
    }

    /**
     * Asks the database for events of the last minutes without a place in the tree that don't wait for one either, and shows the answer as the metric. A role of
     * {@code mail} doesn't see the tree: then there are none.
     */
    @Transactional
    public long countForgotten() {
        if (!(Boolean) entities.createNativeQuery("select has_table_privilege('audit_leaf', 'select')", Boolean.class).getSingleResult()) {
            return 0;
        }
        var now = clock.instant();
        forgotten = ((Number) entities.createNativeQuery("""
                select count(*) from audit_event e where e.occurred_at between :from and :to and not exists (select from audit_leaf l where l.event_id = e.id)
                    and not exists (select from audit_pending p where p.event_id = e.id)""")
            .setParameter("from", now.minus(BACK)).setParameter("to", now).getSingleResult()).longValue();
        return forgotten;
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
