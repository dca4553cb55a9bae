package sekisho.gateway.outbox;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.Session;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;

/** Copies that were let go and that no node has begun to send. */
@ApplicationScoped
public class UnsentCopies {

    private static final Settlement.Reply CANCELLED = Settlement.Reply.ours("550 5.7.1 cancelled before it was sent");

    private final Session entities;
    private final Outbox outbox;
    private final AuditLog audit;
    private final Spools spools;
    private final Clock clock;

    UnsentCopies(Session entities, Outbox outbox, AuditLog audit, Spools spools, Clock clock) {
        this.entities = entities;
        this.outbox = outbox;
        this.audit = audit;
        this.spools = spools;
        this.clock = clock;
    }

    /**
     * Ends a recipient's copy as failed: its release is in the audit log, and a row that called it cancelled all the same would contradict that. The sender gets a report. Joins
     * the caller's transaction, which has the delivery's row. A node that claims it at the same time has it, or finds it ended.
     *
     * @param by details for the event
     * @return false when there is none: it is held or cancelled, or an attempt was begun, and what that has sent nobody knows
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean cancel(UUID delivery, UUID recipient, Actor actor, Map<String, ?> by) {
        List<Tuple> ended = entities.createNativeQuery("""
                update outbox o set state = 'FAILED', last_reply = :reply, settled_at = :now from delivery d, recipient r
                where o.delivery_id = :delivery and o.recipient_id = :recipient and o.kind in ('LINKED', 'ORIGINAL') and o.state in ('DUE', 'PAUSED')
                    and o.attempts = 0 and d.id = o.delivery_id and r.id = o.recipient_id
                returning o.kind, d.sender <> '' as known, r.dsn_notify""", Tuple.class)
            .setParameter("reply", CANCELLED.text()).setParameter("now", clock.instant())
            .setParameter("delivery", delivery).setParameter("recipient", recipient).getResultList();
        for (var copy : ended) {
            entities.createNativeQuery("update recipient set relay = 'FAILED', relayed_at = :now where id = :id")
                .setParameter("now", clock.instant()).setParameter("id", recipient).executeUpdate();
            var details = new TreeMap<String, Object>(by);
            details.putAll(Map.of("attempt", 0, "kind", copy.get("kind"), "code", CANCELLED.code(), "status", "5.7.1"));
            audit.record(AuditType.COPY_FAILED, actor, new AuditLog.About(delivery, recipient, null), details);
            if ((Boolean) copy.get("known") && Report.Action.FAILED.isWanted((String) copy.get("dsn_notify"))) {
                outbox.add(List.of(Outbox.NewCopy.report(delivery, recipient, new Report(Report.Action.FAILED, CANCELLED, "5.7.1", null), clock.instant())));
            }
            spools.dropIfDone(List.of(delivery));
        }
        return !ended.isEmpty();
    }
}
