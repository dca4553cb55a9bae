package sekisho.gateway.access;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.type.StandardBasicTypes;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryRows;
import sekisho.gateway.delivery.Ownership;
import sekisho.gateway.people.Person;

/** Ends access on purpose, and takes that back until the keys are destroyed. Running downloads are cut on every node within a second. */
@ApplicationScoped
public class Revocations {

    private final Session entities;
    private final AuditLog audit;
    private final Ownership ownership;
    private final Clock clock;
    private final MeterRegistry metrics;

    Revocations(Session entities, AuditLog audit, Ownership ownership, Clock clock, MeterRegistry metrics) {
        this.entities = entities;
        this.audit = audit;
        this.ownership = ownership;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * What to shut: the whole delivery, one recipient, one file, or one file for one recipient.
     *
     * @param recipient null for all
     * @param file      null for all
     */
    public record Target(UUID delivery, @Nullable UUID recipient, @Nullable UUID file) {
    }

    /** How it ended. */
    public enum Outcome {
        /** It took effect. */
        DONE,
        /** It was so already; nothing changed. */
        UNCHANGED,
        /** Too late to take back: the keys are destroyed. */
        SHREDDED,
        /** No such thing, or this person may not act on it. */
        NOT_FOUND
    }

    /** Shuts {@code target}. The delivery's sender or a responder; also while it is held. */
    @Transactional
    public Outcome revoke(Person person, Target target) {
        return change(person, target, "OPEN", "REVOKED", AuditType.ACCESS_REVOKED);
    }

    /** Takes a revocation of exactly {@code target} back; wider or narrower ones stay. */
    @Transactional
    public Outcome restore(Person person, Target target) {
        return change(person, target, "REVOKED", "OPEN", AuditType.ACCESS_RESTORED);
    }

    private Outcome change(Person person, Target target, String from, String to, AuditType type) {
        if (!ownership.mayAct(person, target.delivery()) || !DeliveryRows.lock(target.delivery())) {
            return Outcome.NOT_FOUND;
        }
        var current = select(target);
        if (current.isEmpty()) {
            return Outcome.NOT_FOUND;
        }
        if (shredded(target.delivery())) {
            return Outcome.SHREDDED;
        }
        if (!current.get().equals(from) || update(target, from, to) != 1) {
            return Outcome.UNCHANGED;
        }
        audit.record(type, Actor.of(person), new AuditLog.About(target.delivery(), target.recipient(), target.file()), Map.of());
        AccessChanges.announce(entities, target.delivery());
        metrics.counter("sekisho.revocations", "kind", to.equals("REVOKED") ? "revoked" : "restored").increment();
        return Outcome.DONE;
    }

    private java.util.Optional<String> select(Target target) {
        return with(entities.createNativeQuery("select access from " + table(target), String.class), target)
            .getResultList().stream().map(String.class::cast).findFirst();
    }

    private int update(Target target, String from, String to) {
        boolean whole = target.recipient() == null && target.file() == null;
        var stamp = whole ? ", revoked_at = cast(:at as timestamptz)" : "";
        var query = entities.createNativeQuery("update " + table(target).replace(" where ", " set access = :to" + stamp + " where ")
            + " and access = :from");
        if (whole) {
            query.setParameter("at", to.equals("REVOKED") ? clock.instant() : null, StandardBasicTypes.INSTANT);
        }
        return with(query, target).setParameter("from", from).setParameter("to", to).executeUpdate();
    }

    private boolean shredded(UUID delivery) {
        return !entities.createNativeQuery("select 1 from delivery where id = :delivery and access = 'SHREDDED'")
            .setParameter("delivery", delivery).getResultList().isEmpty();
    }

    private static String table(Target target) {
        if (target.recipient() == null) {
            return target.file() == null ? "delivery where id = :delivery" : "file where delivery_id = :delivery and id = :file";
        }
        return target.file() == null ? "recipient where delivery_id = :delivery and id = :recipient"
            : "access_grant where delivery_id = :delivery and recipient_id = :recipient and file_id = :file";
    }

    private static Query with(Query query, Target target) {
        query.setParameter("delivery", target.delivery());
        if (target.recipient() != null) {
            query.setParameter("recipient", target.recipient());
        }
        if (target.file() != null) {
            query.setParameter("file", target.file());
        }
        return query;
    }
}
