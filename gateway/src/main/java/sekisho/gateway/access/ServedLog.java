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
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.people.Person;

/**
 * Makes events of what was served. The first read under a ticket is one at once, so is what is left when the ticket ends; what follows in
 * between is gathered in the ticket's row, for a minute or until it is many pieces, and shares an event. So somebody who reads a file
 * octet by octet fills no log, and yet no octet is missing from it.
 */
@ApplicationScoped
public class ServedLog {

    static final Duration SHARED = Duration.ofMinutes(1);
    private static final int MOST_READS = 1_000;
    private static final int BATCH = 500;

    private final Session entities;
    private final AuditLog audit;
    private final MayServe mayServe;
    private final Clock clock;

    ServedLog(Session entities, AuditLog audit, MayServe mayServe, Clock clock) {
        this.entities = entities;
        this.audit = audit;
        this.mayServe = mayServe;
        this.clock = clock;
    }

    /** Octets [from, to) went out to {@code person}. Joins the caller's transaction, which has the grant's row locked. */
    @Transactional(Transactional.TxType.MANDATORY)
    void add(UUID ticket, Person person, AuditLog.About about, long from, long to) {
        var now = clock.instant();
        if (!entities.createNativeQuery("select 1 from ticket where id = :ticket and unlogged_by <> :person").setParameter("ticket", ticket)
                .setParameter("person", person.id()).getResultList().isEmpty()) {
            write(ticket);   // somebody else read before, with the same address in another account
        }
        boolean due = entities.createNativeQuery("""
                update ticket set unlogged = unlogged + int8multirange(int8range(:from, :to)), unlogged_reads = unlogged_reads + 1,
                    unlogged_by = :person where id = :ticket
                    returning logged_at is null or logged_at <= :due or closed_at is not null or unlogged_reads >= :most""", Boolean.class)
            .setParameter("from", from).setParameter("to", to).setParameter("person", person.id()).setParameter("ticket", ticket)
            .setParameter("due", now.minus(SHARED)).setParameter("most", MOST_READS).getResultList().contains(true);
        if (due) {
            write(ticket);
        }
    }

    /** Writes what was gathered under a ticket, if anything. Joins the caller's transaction. */
    @Transactional(Transactional.TxType.MANDATORY)
    void write(UUID ticket) {
        List<Tuple> rows = entities.createNativeQuery("""
                update ticket t set unlogged = '{}', unlogged_reads = 0, unlogged_by = null, logged_at = :now
                from (select id, cast(unlogged as text) as ranges, unlogged_reads as reads, unlogged_by as person from ticket
                    where id = :ticket and unlogged_reads > 0 for update) was, access_grant g
                where t.id = was.id and g.id = t.grant_id
                returning g.delivery_id, g.recipient_id, g.file_id, was.ranges, was.reads, was.person""", Tuple.class)
            .setParameter("now", clock.instant()).setParameter("ticket", ticket).getResultList();
        for (var row : rows) {
            audit.record(AuditType.DOWNLOAD_SERVED, new Actor.Someone((UUID) row.get("person")),
                new AuditLog.About((UUID) row.get("delivery_id"), (UUID) row.get("recipient_id"), (UUID) row.get("file_id")),
                Map.of("ranges", row.get("ranges"), "reads", row.get("reads")));
        }
    }

    @Scheduled(every = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            while (mayServe.here() && QuarkusTransaction.requiringNew().call(this::writeGathered) == BATCH) {
                Log.debug("a full batch of gathered reads was written, going on");
            }
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            Log.warnf("gathered reads wait for their event, the database is unavailable: %s", unavailable.getMessage());
        }
    }

    /** Makes events of what was gathered for a minute. Returns how many tickets it looked at. */
    @Transactional
    public int writeGathered() {
        var due = entities.createNativeQuery("""
                select id from ticket where unlogged_reads > 0 and logged_at <= :due order by logged_at limit :limit for update skip locked""",
                UUID.class)
            .setParameter("due", clock.instant().minus(SHARED)).setParameter("limit", BATCH).getResultList();
        due.forEach(this::write);
        return due.size();
    }
}
