package sekisho.gateway.outbox;

import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.hibernate.Session;
import sekisho.gateway.Ids;

/**
 * What waits to be relayed. Rows are added in the transaction that releases; a node claims due rows, relays, and settles. A node that
 * died gives its claims back by falling silent ({@link Nodes}), so a copy is lost never, and sent twice only if the node died between
 * the next hop's reply and {@link #settle}, or if the next hop never replied (docs/decisions/0008).
 */
@ApplicationScoped
public class Outbox {

    private final Session entities;
    private final Nodes nodes;
    private final OutboxReader reader;
    private final Settling settling;
    private final Clock clock;
    private final Lock claiming = new ReentrantLock();
    private final Set<UUID> inHand = ConcurrentHashMap.newKeySet();

    Outbox(Session entities, Nodes nodes, OutboxReader reader, Settling settling, Clock clock) {
        this.entities = entities;
        this.nodes = nodes;
        this.reader = reader;
        this.settling = settling;
        this.clock = clock;
    }

    /** Queues the copies of released recipients; joins the releasing transaction. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void addCopies(UUID delivery, List<UUID> recipients, Instant now) {
        for (var recipient : recipients) {
            entities.createNativeQuery("""
                    insert into outbox (id, delivery_id, recipient_id, kind, created_at, due_at)
                    select :id, delivery_id, id, case attachments when 'LINK' then 'LINKED' else 'ORIGINAL' end, :now, :now
                    from recipient where id = :recipient and delivery_id = :delivery""")
                .setParameter("id", Ids.next())
                .setParameter("now", now)
                .setParameter("recipient", recipient)
                .setParameter("delivery", delivery)
                .executeUpdate();
        }
        if (!recipients.isEmpty()) {
            entities.createNativeQuery("update recipient set relay = 'QUEUED' where id in (:ids)").setParameter("ids", recipients).executeUpdate();
        }
    }

    /** Queues the notice that tells the sender of a hold; joins the accepting transaction. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void addNotice(UUID delivery, Instant now) {
        entities.createNativeQuery("""
                insert into outbox (id, delivery_id, kind, created_at, due_at) values (:id, :delivery, 'NOTICE', :now, :now)""")
            .setParameter("id", Ids.next()).setParameter("delivery", delivery).setParameter("now", now).executeUpdate();
    }

    /**
     * Claims due rows for this node, oldest first. Rows of one delivery that carry the unchanged message come as one item. Rows from which
     * nothing can be made are set aside, and their senders told.
     *
     * @param limit most rows to claim
     */
    public List<OutboxItem> claim(int limit) {
        claiming.lock();
        try {
            var items = QuarkusTransaction.requiringNew().call(() -> claimed(limit));
            items.forEach(item -> item.rows().forEach(row -> inHand.add(row.id())));
            return items;
        } finally {
            claiming.unlock();
        }
    }

    private List<OutboxItem> claimed(int limit) {
        nodes.beat();
        var rows = entities.createNativeQuery("""
                update outbox set state = 'CLAIMED', claimed_by = :node, attempts = attempts + 1
                where id in (select id from outbox where state = 'DUE' and due_at <= :now order by due_at limit :limit for update skip locked)
                returning id""", UUID.class)
            .setParameter("node", nodes.self())
            .setParameter("now", clock.instant())
            .setParameter("limit", limit)
            .getResultList();
        if (rows.isEmpty()) {
            return List.of();
        }
        var read = reader.read(rows, nodes.self());
        read.broken().forEach(settling::setAside);
        return read.items();
    }

    /**
     * Records how claimed rows fared. Rows that this node no longer holds are left alone: another node has taken them since. When this
     * throws, nothing was recorded or the outcome is unknown; call it again with the same arguments, or the rows stay claimed.
     */
    public void settle(OutboxItem item, List<Settlement> settlements) {
        QuarkusTransaction.requiringNew().run(() -> settling.settle(item, settlements));
        item.rows().forEach(row -> inHand.remove(row.id()));   // only behind the commit: what isn't in hand is taken back
    }

    /**
     * Makes due again what this node claimed without knowing: a commit whose answer got lost. What is in hand is left alone.
     *
     * @return how many rows
     */
    public int takeBack() {
        claiming.lock();
        try {
            return QuarkusTransaction.requiringNew().call(() -> {
                var lost = new ArrayList<>(entities.createNativeQuery(
                        "select id from outbox where state = 'CLAIMED' and claimed_by = :node", UUID.class)
                    .setParameter("node", nodes.self()).getResultList());
                lost.removeAll(inHand);
                return lost.isEmpty() ? 0 : entities.createNativeQuery("""
                        update outbox set state = 'DUE', claimed_by = null where id in (:lost) and state = 'CLAIMED' and claimed_by = :node""")
                    .setParameter("lost", lost).setParameter("node", nodes.self()).executeUpdate();
            });
        } finally {
            claiming.unlock();
        }
    }

    @Scheduled(every = "15s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            int rows = takeBack();
            if (rows > 0) {
                Log.warnf("%d copies were claimed without this node knowing; they are due again", rows);
            }
        } catch (RuntimeException unavailable) {
            Log.warnf("lost claims were not looked for, the database is unavailable: %s", unavailable.getMessage());
        }
    }
}
