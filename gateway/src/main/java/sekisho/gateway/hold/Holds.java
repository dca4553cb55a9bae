package sekisho.gateway.hold;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.type.StandardBasicTypes;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.AfterCommit;
import sekisho.gateway.DueDeliveries;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryRows;
import sekisho.gateway.delivery.Ownership;
import sekisho.gateway.journal.Journal;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.Outbox.NewCopy;
import sekisho.gateway.outbox.Spools;
import sekisho.gateway.people.Person;
import sekisho.gateway.people.Role;

/**
 * Ends holds: by time, by the sender's wish, or by cancelling. Each is one {@code UPDATE} guarded by {@code hold = 'HELD'} under the
 * delivery's row lock; the row count says who won, and nobody wins twice.
 */
@ApplicationScoped
public class Holds {

    private static final int AT_ONCE = 100;

    private final Session entities;
    private final Outbox outbox;
    private final AuditLog audit;
    private final Ownership ownership;
    private final Spools spools;
    private final Journal journal;
    private final AfterCommit afterCommit;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final DueDeliveries due;

    Holds(Session entities, Outbox outbox, AuditLog audit, Ownership ownership, Spools spools, Journal journal, AfterCommit afterCommit,
            Clock clock, MeterRegistry metrics) {
        this.entities = entities;
        this.outbox = outbox;
        this.audit = audit;
        this.ownership = ownership;
        this.spools = spools;
        this.journal = journal;
        this.afterCommit = afterCommit;
        this.clock = clock;
        this.metrics = metrics;
        this.due = new DueDeliveries("release", "next_release_at", "true", AT_ONCE, entities, clock,
            delivery -> release(delivery, Optional.of(clock.instant()), Actor.part("hold")), released -> metrics.counter("sekisho.released", "by", "time").increment(released));
    }

    /** How a wish about a held delivery ended. */
    public sealed interface Outcome {

        /** It took effect for so many recipients. */
        record Done(int recipients) implements Outcome {
        }

        /** Nothing left yet: what is held, for so many recipients, waits until its files have been scanned, and leaves at once then. */
        record Waiting(int recipients) implements Outcome {
        }

        /** Nothing was held any more: it had been released or cancelled before. Nothing changed. */
        record TooLate() implements Outcome {
        }

        /** Access to its files is revoked: what would leave now is a link that opens nothing. Nothing changed. */
        record Revoked() implements Outcome {
        }

        /** There is no such delivery, or this person may not act on it. */
        record NotFound() implements Outcome {
        }
    }

    /** Stops a held delivery for every recipient that still waits. The sender, or a responder. */
    @Transactional
    public Outcome cancel(Person person, UUID delivery) {
        return cancel(person, delivery, null);
    }

    /** Stops a held delivery for one recipient; the others' copies go on. */
    @Transactional
    public Outcome cancelFor(Person person, UUID delivery, UUID recipient) {
        return cancel(person, delivery, recipient);
    }

    private Outcome cancel(Person person, UUID delivery, @Nullable UUID recipient) {
        if (!ownership.mayAct(person, delivery) || !DeliveryRows.lock(delivery)) {
            return new Outcome.NotFound();
        }
        var cancelled = entities.createNativeQuery("""
                update recipient set hold = 'CANCELLED', cancelled_at = :now
                where delivery_id = :delivery and hold = 'HELD' and (cast(:recipient as uuid) is null or id = cast(:recipient as uuid)) returning id""", UUID.class)
            .setParameter("now", clock.instant())
            .setParameter("delivery", delivery)
            .setParameter("recipient", recipient, StandardBasicTypes.UUID)
            .getResultList();
        if (cancelled.isEmpty()) {
            return new Outcome.TooLate();
        }
        DeliveryRows.refreshTimes(delivery);
        var events = new LinkedHashMap<UUID, AuditLog.NewEvent>();
        cancelled.forEach(id -> events.put(id, audit.event(AuditType.RECIPIENT_CANCELLED, Actor.of(person), new AuditLog.About(delivery, id, null), Map.of())));
        audit.record(List.copyOf(events.values()));
        spools.dropIfDone(List.of(delivery));
        events.forEach((id, event) -> journal.cancelled(event.id(), delivery, id, person.has(Role.RESPONDER) ? "RESPONDER" : "SENDER", Actor.of(person).text()));
        afterCommit.run(() -> metrics.counter("sekisho.cancelled").increment(cancelled.size()));
        return new Outcome.Done(cancelled.size());
    }

    /**
     * Ends the hold at once for every recipient that still waits. The sender only, and not while the delivery is revoked. Copies that wait for the scanner leave as soon as it has
     * found their files clean, and not before.
     */
    @Transactional
    public Outcome releaseNow(Person person, UUID delivery) {
        if (!ownership.isSender(person, delivery) || !DeliveryRows.lock(delivery)) {
            return new Outcome.NotFound();
        }
        if (held(delivery) && revoked(delivery)) {
            return new Outcome.Revoked();
        }
        var shortened = entities.createNativeQuery("""
                update recipient set release_at = :now where delivery_id = :delivery and hold = 'HELD' and until_scanned and release_at > :now returning id""", UUID.class)
            .setParameter("now", clock.instant()).setParameter("delivery", delivery).getResultList();
        audit.record(shortened.stream().map(id -> audit.event(AuditType.HOLD_SHORTENED, Actor.of(person), new AuditLog.About(delivery, id, null), Map.of())).toList());
        int waiting = ((Number) entities.createNativeQuery("select count(*) from recipient where delivery_id = :delivery and hold = 'HELD' and until_scanned")
            .setParameter("delivery", delivery).getSingleResult()).intValue();
        int released = release(delivery, Optional.empty(), Actor.of(person));
        afterCommit.run(() -> metrics.counter("sekisho.released", "by", "sender").increment(released));
        return released > 0 ? new Outcome.Done(released) : waiting > 0 ? new Outcome.Waiting(waiting) : new Outcome.TooLate();
    }

    private boolean held(UUID delivery) {
        return !entities.createNativeQuery("select 1 from recipient where delivery_id = :delivery and hold = 'HELD' limit 1")
            .setParameter("delivery", delivery).getResultList().isEmpty();
    }

    private boolean revoked(UUID delivery) {
        return !entities.createNativeQuery("select 1 from delivery where id = :delivery and access = 'REVOKED'")
            .setParameter("delivery", delivery).getResultList().isEmpty();
    }

    /**
     * Releases what is due, for up to {@code limit} deliveries, in transactions of its own. Any number of nodes may call this at once: each takes other rows.
     *
     * @return how many deliveries were touched; as many as {@code limit} means there may be more
     * @throws RuntimeException the database is unavailable
     */
    public int releaseDue(int limit) {
        return due.run(limit);
    }

    /** @param dueBy releases only what is due by then; empty releases all that is held */
    private int release(UUID delivery, Optional<Instant> dueBy, Actor actor) {
        var now = clock.instant();
        List<Tuple> released = entities.createNativeQuery("""
                update recipient set hold = 'RELEASED', released_at = :now, relay = 'QUEUED',
                    expires_at = case when attachments = 'LINK' then cast(:now as timestamptz) + make_interval(secs => expires_after) end
                where delivery_id = :delivery and hold = 'HELD' and not until_scanned and release_at <= :dueBy
                returning id, attachments = 'LINK' as linked""", Tuple.class)
            .setParameter("now", now)
            .setParameter("delivery", delivery)
            .setParameter("dueBy", dueBy.orElse(Instant.parse("9999-01-01T00:00:00Z")))
            .getResultList();
        DeliveryRows.refreshTimes(delivery);
        audit.record(released.stream().map(row -> audit.event(AuditType.RECIPIENT_RELEASED, actor, new AuditLog.About(delivery, (UUID) row.get("id"), null), Map.of())).toList());
        outbox.add(released.stream().map(row -> NewCopy.of(delivery, (UUID) row.get("id"), (Boolean) row.get("linked"), now)).toList());
        return released.size();
    }
}
