package sekisho.gateway.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Tuple;
import java.time.Clock;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.hibernate.Session;

/**
 * What waits in the outbox, by route, in the whole installation: every node tells the same. Destinations are as many as domains, so only those
 * for which most waits are told by name.
 */
@ApplicationScoped
class QueueGauges {

    private static final int DESTINATIONS = 20;

    private final Session entities;
    private final Clock clock;
    private final MultiGauge waiting;
    private final MultiGauge destinations;
    private final MultiGauge destinationsOldest;
    private final MultiGauge destinationsSuspended;
    private final MultiGauge oldest;
    private final MultiGauge suspended;

    QueueGauges(Session entities, Clock clock, MeterRegistry metrics) {
        this.entities = entities;
        this.clock = clock;
        this.waiting = MultiGauge.builder("sekisho.queue").register(metrics);
        this.destinations = MultiGauge.builder("sekisho.queue.destination").register(metrics);
        this.destinationsOldest = MultiGauge.builder("sekisho.queue.destination.oldest.age").baseUnit("seconds").register(metrics);
        this.destinationsSuspended = MultiGauge.builder("sekisho.queue.destination.suspended").register(metrics);
        this.oldest = MultiGauge.builder("sekisho.queue.oldest.age").baseUnit("seconds").register(metrics);
        this.suspended = MultiGauge.builder("sekisho.queue.suspended").register(metrics);
    }

    /**
     * @param route    empty for what no node has looked at yet
     * @param due      what could be sent now
     * @param deferred what was tried and waits for its time
     * @param paused   what an operator has paused
     */
    private record Line(String route, long due, long deferred, long claimed, long paused, double oldestSeconds) {
    }

    /** One of those for which most waits. */
    private record Destination(String name, long waiting, double oldestSeconds, boolean suspended) {
    }

    @Scheduled(every = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void count() {
        try {
            QuarkusTransaction.requiringNew().run(() -> {
                var lines = lines();
                waiting.register(lines.stream().flatMap(line -> List.of(row(line, "due", Line::due), row(line, "deferred", Line::deferred),
                    row(line, "claimed", Line::claimed), row(line, "paused", Line::paused)).stream()).toList(), true);
                oldest.register(lines.stream().map(line -> MultiGauge.Row.of(Tags.of("route", line.route), line.oldestSeconds)).toList(), true);
                var fullest = fullestDestinations();
                destinations.register(fullest.stream().map(each -> row(each, each.waiting)).toList(), true);
                destinationsOldest.register(fullest.stream().map(each -> row(each, each.oldestSeconds)).toList(), true);
                destinationsSuspended.register(fullest.stream().map(each -> row(each, each.suspended ? 1 : 0)).toList(), true);
                suspended.register(suspendedDestinations(), true);
            });
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            Log.debugf("what waits can't be counted: %s", unavailable.getMessage());
        }
    }

    private static MultiGauge.Row<?> row(Line line, String state, ToDoubleFunction<Line> count) {
        return MultiGauge.Row.of(Tags.of("route", line.route, "state", state), line, count);
    }

    private static MultiGauge.Row<?> row(Destination destination, double value) {
        return MultiGauge.Row.of(Tags.of("destination", destination.name), value);
    }

    private List<Line> lines() {
        List<Tuple> rows = entities.createNativeQuery("""
                select split_part(coalesce(destination, ''), '/', 1) as route,
                    count(*) filter (where state = 'DUE' and due_at <= :now) as due,
                    count(*) filter (where state = 'DUE' and due_at > :now) as deferred,
                    count(*) filter (where state = 'CLAIMED') as claimed,
                    count(*) filter (where state = 'PAUSED') as paused,
                    cast(extract(epoch from cast(:now as timestamptz) - min(created_at)) as double precision) as oldest
                from outbox where state = 'DUE' or state = 'CLAIMED' or state = 'PAUSED' group by 1""", Tuple.class)
            .setParameter("now", clock.instant()).getResultList();
        return rows.stream().map(row -> new Line((String) row.get("route"), number(row, "due"), number(row, "deferred"), number(row, "claimed"),
            number(row, "paused"), (Double) row.get("oldest"))).toList();
    }

    private List<Destination> fullestDestinations() {
        List<Tuple> rows = entities.createNativeQuery("""
                select destination, count(*) as waiting, cast(extract(epoch from cast(:now as timestamptz) - min(created_at)) as double precision) as oldest,
                    exists (select from outbox_destination d where d.name = destination and d.suspended_until > :now) as suspended
                from outbox where (state = 'DUE' or state = 'CLAIMED' or state = 'PAUSED') and destination is not null group by 1 order by 2 desc, 1""", Tuple.class)
            .setParameter("now", clock.instant()).setMaxResults(DESTINATIONS).getResultList();
        return rows.stream().map(row -> new Destination((String) row.get("destination"), number(row, "waiting"), (Double) row.get("oldest"), (Boolean) row.get("suspended"))).toList();
    }

    private List<MultiGauge.Row<?>> suspendedDestinations() {
        List<Tuple> rows = entities.createNativeQuery("""
                select split_part(name, '/', 1) as route, count(*) as destinations from outbox_destination
                where suspended_until > :now group by 1""", Tuple.class)
            .setParameter("now", clock.instant()).getResultList();
        return rows.stream().<MultiGauge.Row<?>>map(row -> MultiGauge.Row.of(Tags.of("route", (String) row.get("route")), number(row, "destinations"))).toList();
    }

    private static long number(Tuple row, String name) {
        return ((Number) row.get(name)).longValue();
    }
}
