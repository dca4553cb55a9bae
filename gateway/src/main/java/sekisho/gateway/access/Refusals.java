package sekisho.gateway.access;

import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.type.StandardBasicTypes;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.people.Person;

/**
 * Refusals, recorded so that nobody can flood the log: the first of a person at a link is an event at once; what follows is counted, and
 * becomes one event a minute with the count.
 */
@ApplicationScoped
public class Refusals {

    static final Duration SHARED = Duration.ofMinutes(1);
    private static final int BATCH = 500;

    private final Session entities;
    private final AuditLog audit;
    private final MayServe mayServe;
    private final Clock clock;

    Refusals(Session entities, AuditLog audit, MayServe mayServe, Clock clock) {
        this.entities = entities;
        this.audit = audit;
        this.mayServe = mayServe;
        this.clock = clock;
    }

    /** Records it in the caller's transaction. {@code about} names delivery and recipient. */
    @Transactional(Transactional.TxType.MANDATORY)
    void record(Person person, AuditLog.About about, String reason) {
        int more = entities.createNativeQuery("""
                insert into refusal as r (person_id, recipient_id, reason, delivery_id, file_id, since, last_at)
                values (:person, :recipient, :reason, :delivery, :file, :now, :now)
                on conflict (person_id, recipient_id, reason) do update set last_at = excluded.last_at, more = r.more + 1,
                    file_id = case when r.file_id = excluded.file_id then r.file_id end
                returning more""", Integer.class)
            .setParameter("person", person.id()).setParameter("recipient", about.recipient()).setParameter("reason", reason)
            .setParameter("delivery", about.delivery()).setParameter("file", about.file(), StandardBasicTypes.UUID)
            .setParameter("now", clock.instant()).getSingleResult();
        if (more == 0) {
            audit.record(AuditType.ACCESS_REFUSED, Actor.of(person), about, Map.of("reason", reason));
        }
    }

    @Scheduled(every = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            while (mayServe.here() && QuarkusTransaction.requiringNew().call(this::writeCounted) == BATCH) {
                Log.debug("a full batch of counted refusals was written, going on");
            }
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            Log.warnf("counted refusals wait for their event, the database is unavailable: %s", unavailable.getMessage());
        }
    }

    /** Makes events of what was counted for a minute; forgets who hasn't come again. Returns how many it looked at. */
    @Transactional
    public int writeCounted() {
        var now = clock.instant();
        List<Tuple> due = entities.createNativeQuery("""
                select person_id, recipient_id, reason, delivery_id, file_id, since, last_at, more from refusal where since <= :due
                order by since limit :limit for update skip locked""", Tuple.class)
            .setParameter("due", now.minus(SHARED)).setParameter("limit", BATCH).getResultList();
        for (var row : due) {
            int more = (Integer) row.get("more");
            var query = more == 0
                ? entities.createNativeQuery("delete from refusal where person_id = :person and recipient_id = :recipient and reason = :reason")
                : entities.createNativeQuery("update refusal set more = 0, since = :now where person_id = :person and recipient_id = :recipient"
                    + " and reason = :reason").setParameter("now", now);
            query.setParameter("person", row.get("person_id")).setParameter("recipient", row.get("recipient_id"))
                .setParameter("reason", row.get("reason")).executeUpdate();
            if (more > 0) {
                audit.record(AuditType.ACCESS_REFUSED, new Actor.Someone((UUID) row.get("person_id")),
                    new AuditLog.About((UUID) row.get("delivery_id"), (UUID) row.get("recipient_id"), (UUID) row.get("file_id")),
                    Map.of("reason", row.get("reason"), "times", more, "since", row.get("since"), "last", row.get("last_at")));
            }
        }
        return due.size();
    }
}
