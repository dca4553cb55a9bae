package sekisho.gateway.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.PersistenceException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;

/**
 * Messages that got no decision because they were refused while they were read. They are counted in memory, so that a flood of them costs no
 * commit each: the first of a reason is an event within a second, what follows shares one each ten seconds. While the database is away the
 * counts wait; a node that is killed loses those of the last ten seconds, which changed nothing.
 */
@ApplicationScoped
public class UnfitMessages {

    /** What follows an event so soon shares the next. */
    static final Duration SHARED = Duration.ofSeconds(10);

    private final AuditLog audit;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final Map<Unfit, Counted> waiting = new EnumMap<>(Unfit.class);
    private final Map<Unfit, Instant> lastEvents = new EnumMap<>(Unfit.class);

    UnfitMessages(AuditLog audit, Clock clock, MeterRegistry metrics) {
        this.audit = audit;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Those that are not yet in an event. */
    private record Counted(long times, Instant since, Instant last) {
        Counted plus(Counted later) {
            return new Counted(times + later.times, since, later.last);
        }
    }

    /** A message was refused for good. Never blocks. */
    public void refused(Unfit reason) {
        metrics.counter("sekisho.intake", "outcome", "unfit").increment();
        metrics.counter("sekisho.intake.unfit", "reason", reason.name().toLowerCase(Locale.ROOT)).increment();
        var now = clock.instant();
        synchronized (waiting) {
            waiting.merge(reason, new Counted(1, now, now), Counted::plus);
        }
    }

    /** We could not take a message now: its client tries again, so it is counted and no event. */
    public void deferred() {
        metrics.counter("sekisho.intake", "outcome", "deferred").increment();
    }

    @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        write(false);
    }

    /** The listeners have stopped before. */
    void stop(@Observes ShutdownEvent event) {
        write(true);
    }

    private void write(boolean all) {
        try {
            writeCounted(all);
        } catch (PersistenceException | IllegalStateException unavailable) {
            Log.warnf("counted refusals of messages wait for their event, the database is unavailable: %s", unavailable.getMessage());
        }
    }

    /**
     * Makes events of what is due, in one transaction. Returns how many.
     *
     * @param all also of what would wait for more
     * @throws RuntimeException when the database is unavailable; the counts stay
     */
    public synchronized int writeCounted(boolean all) {
        var now = clock.instant();
        var due = due(all, now);
        if (due.isEmpty()) {
            return 0;
        }
        List<AuditLog.NewEvent> events = new ArrayList<>();
        due.forEach((reason, counted) -> events.add(audit.event(AuditType.MESSAGES_REFUSED, Actor.part("intake"), AuditLog.About.NOTHING,
            Map.of("reason", reason.name(), "times", counted.times(), "since", counted.since(), "last", counted.last()))));
        audit.recordAlone(events);
        due.forEach((reason, counted) -> {
            lastEvents.put(reason, now);
            forget(reason, counted);
        });
        return due.size();
    }

    private Map<Unfit, Counted> due(boolean all, Instant now) {
        synchronized (waiting) {
            var due = new EnumMap<>(waiting);
            due.keySet().removeIf(reason -> !all && now.isBefore(lastEvents.getOrDefault(reason, Instant.EPOCH).plus(SHARED)));
            return due;
        }
    }

    /** Leaves what has come while these were written. */
    private void forget(Unfit reason, Counted written) {
        synchronized (waiting) {
            waiting.computeIfPresent(reason, (_, now) -> now.times() == written.times() ? null
                : new Counted(now.times() - written.times(), written.last(), now.last()));
        }
    }
}
