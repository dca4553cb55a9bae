package sekisho.gateway.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Query;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.type.StandardBasicTypes;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.AfterCommit;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryRows;
import sekisho.gateway.delivery.Ownership;
import sekisho.gateway.journal.Journal;
import sekisho.gateway.people.Person;
import sekisho.gateway.people.Role;

/**
 * Ends access on purpose, and takes that back until the keys are destroyed. Running downloads are cut on every node within a second. What
 * a responder has shut only a responder opens again, also when the sender had shut it before (docs/decisions/0009).
 */
@Startup   // its metrics are there before anybody needs it, so that alarms can be set on them
@ApplicationScoped
public class Revocations {

    private static final String RESPONDER = "RESPONDER";

    private final Session entities;
    private final AuditLog audit;
    private final Ownership ownership;
    private final Journal journal;
    private final AfterCommit afterCommit;
    private final Clock clock;
    private final MeterRegistry metrics;

    Revocations(Session entities, AuditLog audit, Ownership ownership, Journal journal, AfterCommit afterCommit, Clock clock, MeterRegistry metrics) {
        this.entities = entities;
        this.audit = audit;
        this.ownership = ownership;
        this.journal = journal;
        this.afterCommit = afterCommit;
        this.clock = clock;
        this.metrics = metrics;
        metrics.counter("sekisho.revocations", "kind", "revoked");
        metrics.counter("sekisho.revocations", "kind", "restored");
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
        /** No link that it means can ever open: its time is over, its copy was cancelled, or the attachments are in the mail itself. Nothing changed. */
        OVER,
        /** Opening it would open nothing, because something wider is shut: that has to be opened first. Nothing changed. */
        SHUT_WIDER,
        /** A responder shut it, so only a responder opens it again; what carries malware nobody does. */
        FROZEN,
        /** No such thing, or this person may not act on it. */
        NOT_FOUND
    }

    /** Shuts {@code target}. The delivery's sender or a responder; also while it is held. */
    @Transactional
    public Outcome revoke(Person person, Target target) {
        return change(person, target, "REVOKED", AuditType.ACCESS_REVOKED);
    }

    /** Takes a revocation of exactly {@code target} back; narrower ones stay, and while a wider one stands there is nothing to take back. */
    @Transactional
    public Outcome restore(Person person, Target target) {
        return change(person, target, "OPEN", AuditType.ACCESS_RESTORED);
    }

    private Outcome change(Person person, Target target, String to, AuditType type) {
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
        boolean responder = person.has(Role.RESPONDER);
        var by = current.get().get("revoked_as");
        boolean frozen = by != null && !by.equals("SENDER");   // a responder, or the scanner
        boolean shuts = to.equals("REVOKED");
        if (current.get().get("access").equals(to) && !(shuts && responder && !frozen)) {
            return Outcome.UNCHANGED;
        }
        if (frozen && !responder || !shuts && "SCANNER".equals(by)) {
            return Outcome.FROZEN;
        }
        if (!canStillOpen(target)) {
            return Outcome.OVER;
        }
        if (!shuts && shutWider(target)) {
            return Outcome.SHUT_WIDER;
        }
        var as = responder ? RESPONDER : "SENDER";
        update(target, to, shuts ? as : null);
        var event = audit.record(type, Actor.of(person), new AuditLog.About(target.delivery(), target.recipient(), target.file()),
            Map.of("as", responder ? "responder" : "sender"));
        AccessChanges.announce(entities, target.delivery());
        afterCommit.run(() -> metrics.counter("sekisho.revocations", "kind", shuts ? "revoked" : "restored").increment());
        var entry = new Journal.Target(target.delivery(), target.recipient(), target.file());
        if (shuts) {
            journal.revoked(event, entry, as, Actor.of(person).text());
        } else {
            afterCommit.run(() -> journal.restored(event, entry, as, Actor.of(person).text()));
        }
        return Outcome.DONE;
    }

    private Optional<Tuple> select(Target target) {
        return with(entities.createNativeQuery("select access, revoked_as from " + table(target), Tuple.class), target)
            .getResultList().stream().map(Tuple.class::cast).findFirst();
    }

    private void update(Target target, String to, @Nullable String as) {
        boolean whole = target.recipient() == null && target.file() == null;
        var stamp = whole ? ", revoked_at = cast(:at as timestamptz)" : "";
        var query = entities.createNativeQuery("update " + table(target).replace(" where ", " set access = :to, revoked_as = :as" + stamp + " where "));
        if (whole) {
            query.setParameter("at", to.equals("REVOKED") ? clock.instant() : null, StandardBasicTypes.INSTANT);
        }
        with(query, target).setParameter("to", to).setParameter("as", as, StandardBasicTypes.STRING).executeUpdate();
    }

    private boolean shredded(UUID delivery) {
        return !entities.createNativeQuery("select 1 from delivery where id = :delivery and access = 'SHREDDED'")
            .setParameter("delivery", delivery).getResultList().isEmpty();
    }

    /** Whether there is a link among those meant whose time isn't over, or hasn't begun. */
    private boolean canStillOpen(Target target) {
        var links = entities.createNativeQuery("""
                select 1 from recipient r where r.delivery_id = :delivery and r.attachments = 'LINK' and r.hold <> 'CANCELLED'
                    and (r.expires_at is null or r.expires_at > :now)""" + (target.recipient() == null ? "" : " and r.id = :recipient")
                + (target.file() == null ? "" : " and exists (select 1 from access_grant g where g.recipient_id = r.id and g.file_id = :file)") + " limit 1")
            .setParameter("now", clock.instant());
        return !with(links, target).getResultList().isEmpty();
    }

    private boolean shutWider(Target target) {
        return wider(target).anyMatch(each -> select(each).filter(row -> !row.get("access").equals("OPEN")).isPresent());
    }

    private static Stream<Target> wider(Target target) {
        var delivery = target.delivery();
        if (target.recipient() == null && target.file() == null) {
            return Stream.empty();
        }
        var whole = new Target(delivery, null, null);
        return target.recipient() == null || target.file() == null ? Stream.of(whole)
            : Stream.of(whole, new Target(delivery, target.recipient(), null), new Target(delivery, null, target.file()));
    }

    private static String table(Target target) {
        if (target.recipient() == null) {
            return target.file() == null ? "delivery where id = :delivery" : "file where delivery_id = :delivery and id = :file";
        }
        return target.file() == null ? "recipient where delivery_id = :delivery and id = :recipient"
            : "access_grant where delivery_id = :delivery and recipient_id = :recipient and file_id = :file";
    }

    private static <Q extends Query> Q with(Q query, Target target) {
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
