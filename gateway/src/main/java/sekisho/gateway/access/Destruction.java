package sekisho.gateway.access;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.Session;
import sekisho.gateway.AfterCommit;
import sekisho.gateway.Ids;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.delivery.DeliveryRows;
import sekisho.gateway.files.Shreds;
import sekisho.gateway.journal.Journal;
import sekisho.gateway.people.Person;
import sekisho.gateway.people.Role;

/**
 * Destroys what was revoked, at once and for good, when a responder says so. The keys go in the transaction of the state change; running
 * downloads are cut on every node as by a revocation; the objects go within seconds, see {@link sekisho.gateway.files.Shredder}.
 */
@ApplicationScoped
public class Destruction {

    private final Session entities;
    private final Shreds shreds;
    private final Journal journal;
    private final AfterCommit afterCommit;
    private final Clock clock;
    private final MeterRegistry metrics;

    Destruction(Session entities, Shreds shreds, Journal journal, AfterCommit afterCommit, Clock clock, MeterRegistry metrics) {
        this.entities = entities;
        this.shreds = shreds;
        this.journal = journal;
        this.afterCommit = afterCommit;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** How it ended. */
    public enum Outcome {
        /** The keys are gone; nobody opens these files any more. */
        DONE,
        /** It was so already; nothing changed. */
        UNCHANGED,
        /** Only what is revoked as a whole is destroyed by hand: revoking can be undone, this can't. */
        NOT_REVOKED,
        /** Copies of the message still wait with what they carry; they are cancelled first. */
        HELD,
        /** No such delivery, or this person may not act on it. */
        NOT_FOUND
    }

    /** Destroys all files of a delivery that is revoked as a whole. A responder only. */
    @Transactional
    public Outcome destroy(Person person, UUID delivery) {
        if (!person.has(Role.RESPONDER) || !DeliveryRows.lock(delivery)) {
            return Outcome.NOT_FOUND;
        }
        List<Tuple> found = entities.createNativeQuery("""
                select d.access, exists (select 1 from recipient r where r.delivery_id = d.id and r.hold = 'HELD') as held
                from delivery d where d.id = :delivery""", Tuple.class)
            .setParameter("delivery", delivery).getResultList();
        var row = found.getFirst();
        if (row.get("access").equals("SHREDDED")) {
            return Outcome.UNCHANGED;
        }
        if (!row.get("access").equals("REVOKED")) {
            return Outcome.NOT_REVOKED;
        }
        if ((Boolean) row.get("held")) {
            return Outcome.HELD;
        }
        var receipt = Ids.next();
        int files = shreds.shred(delivery, receipt, Actor.of(person), Map.of("as", "responder"));
        shut(delivery);
        journal.shredded(receipt, delivery, "RESPONDER", Actor.of(person).text());
        afterCommit.run(() -> metrics.counter("sekisho.shredded").increment(files));
        return Outcome.DONE;
    }

    private void shut(UUID delivery) {
        entities.createNativeQuery("update delivery set access = 'SHREDDED', shredded_at = :now, shred_at = :now where id = :id")
            .setParameter("now", clock.instant()).setParameter("id", delivery).executeUpdate();
        AccessChanges.announce(entities, delivery);
    }
}
