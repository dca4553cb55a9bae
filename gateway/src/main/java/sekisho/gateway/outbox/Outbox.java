package sekisho.gateway.outbox;

import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.DatabaseFault;
import sekisho.gateway.GroupCommit;
import sekisho.gateway.Ids;

/**
 * What waits to be relayed. Rows are added in the transaction that releases; a node claims due rows, relays, and settles. A node that
 * died gives its claims back by falling silent ({@link Nodes}), so a copy is lost never, and sent twice only if the node died, or stood
 * still for more than 15 s, between {@link #isHeard} and {@link #settle}, or if the next hop never replied (docs/decisions/0008).
 */
@ApplicationScoped
public class Outbox {

    private static final int SETTLEMENTS_AT_ONCE = 1;
    private static final int MOST_SETTLED = 100;

    private final Session entities;
    private final Nodes nodes;
    private final OutboxReader reader;
    private final Claiming picking;
    private final Suspensions suspensions;
    private final Settling settling;
    private final Clock clock;
    private final Lock claiming = new ReentrantLock();
    private final Map<UUID, OutboxItem> inHand = new ConcurrentHashMap<>();   // rows, by the claim they came with
    private final GroupCommit<Settled> commits;

    Outbox(Session entities, Nodes nodes, OutboxReader reader, Claiming picking, Suspensions suspensions, Settling settling, Clock clock) {
        this.entities = entities;
        this.nodes = nodes;
        this.reader = reader;
        this.picking = picking;
        this.suspensions = suspensions;
        this.settling = settling;
        this.clock = clock;
        this.commits = new GroupCommit<>(SETTLEMENTS_AT_ONCE, MOST_SETTLED, this::write, failed -> DatabaseFault.requireNone(failed, entities));
    }

    /**
     * Something to be relayed.
     *
     * @param recipient whose copy it is; null for the notice that tells the sender of a hold
     * @param at        since when it is due
     * @param report    what a report says; null for the others
     */
    public record NewCopy(UUID delivery, @Nullable UUID recipient, OutboxItem.Kind kind, Instant at, @Nullable Report report) {

        /** A released recipient's copy. */
        public static NewCopy of(UUID delivery, UUID recipient, boolean linked, Instant at) {
            return new NewCopy(delivery, recipient, linked ? OutboxItem.Kind.LINKED : OutboxItem.Kind.ORIGINAL, at, null);
        }

        /** The notice that tells the sender of a hold. */
        public static NewCopy notice(UUID delivery, Instant at) {
            return new NewCopy(delivery, null, OutboxItem.Kind.NOTICE, at, null);
        }

        /** A report to the sender about one recipient. */
        public static NewCopy report(UUID delivery, UUID recipient, Report report, Instant at) {
            return new NewCopy(delivery, recipient, OutboxItem.Kind.DSN, at, report);
        }
    }

    /** Queues what was released; joins the releasing transaction, which also marks the recipients {@code QUEUED}. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void add(List<NewCopy> copies) {
        if (copies.isEmpty()) {
            return;
        }
        entities.doWork(connection -> {
            try (var insert = connection.prepareStatement("""
                    insert into outbox (id, delivery_id, recipient_id, kind, created_at, due_at, detail)
                    select id, delivery, recipient, kind, at, at, detail::jsonb
                    from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::timestamptz[], ?::text[]) as copy (id, delivery, recipient, kind, at, detail)""")) {
                insert.setArray(1, connection.createArrayOf("uuid", copies.stream().map(_ -> Ids.next()).toArray()));
                insert.setArray(2, connection.createArrayOf("uuid", copies.stream().map(NewCopy::delivery).toArray()));
                insert.setArray(3, connection.createArrayOf("uuid", copies.stream().map(NewCopy::recipient).toArray()));
                insert.setArray(4, connection.createArrayOf("text", copies.stream().map(copy -> copy.kind().name()).toArray()));
                insert.setArray(5, connection.createArrayOf("timestamptz", copies.stream().map(copy -> copy.at().toString()).toArray()));
                insert.setArray(6, connection.createArrayOf("text", copies.stream().map(copy -> copy.report() == null ? null : copy.report().toJson()).toArray()));
                insert.executeUpdate();
            }
        });
    }

    /**
     * Claims due rows for this node: for each destination the oldest, no more than it has room for, and none for one that doesn't answer.
     * Rows of one delivery and destination that carry the unchanged message come as one item. Rows from which nothing can be made are set
     * aside, and their senders told.
     *
     * @param limit  most items to begin
     * @param putOff only what has been due for so long
     */
    public List<OutboxItem> claim(int limit, Routing routing, Duration putOff) {
        return inHand(() -> {
            var rows = picking.claim(limit, routing, suspensions.now().keySet(), nodes.self(), clock.instant().minus(putOff));
            return goingTo(routing, items(rows));
        });
    }

    /** {@link #claim(int, Routing, Duration)} of all that is due. */
    public List<OutboxItem> claim(int limit, Routing routing) {
        return claim(limit, routing, Duration.ZERO);
    }

    private List<OutboxItem> inHand(Callable<List<OutboxItem>> claim) {
        claiming.lock();
        try {
            nodes.beatWhenDue();
            var items = QuarkusTransaction.requiringNew().call(claim);
            boolean given = false;
            try {
                items.forEach(item -> item.rows().forEach(row -> inHand.put(row.id(), item)));
                given = true;
                return items;
            } finally {
                if (!given) {   // nobody gets them: they are taken back
                    items.forEach(item -> item.rows().forEach(row -> inHand.remove(row.id(), item)));
                }
            }
        } finally {
            claiming.unlock();
        }
    }

    private List<OutboxItem> items(List<UUID> claimed) {
        var rows = claimed.stream().filter(row -> !goesOn(row)).toList();
        if (rows.isEmpty()) {
            return List.of();
        }
        var read = reader.read(rows, nodes.self());
        read.broken().stream().sorted(Comparator.comparing(broken -> broken.row().delivery())).forEach(settling::setAside);   // in the order of settle
        return read.items();
    }

    /**
     * Another node took a row for lost that is still being sent here, or was and waits to be settled: it is that attempt's again. A second one beside
     * it would double the copy.
     */
    private boolean goesOn(UUID row) {
        var item = inHand.get(row);
        if (item != null) {
            entities.createNativeQuery("update outbox set attempts = :attempt where id = :id and state = 'CLAIMED' and claimed_by = :node")
                .setParameter("attempt", item.attempt()).setParameter("id", row).setParameter("node", nodes.self()).executeUpdate();
        }
        return item != null;
    }

    /** Rows whose destination is another one than it was, since the routes have changed, go back to wait for that. */
    private List<OutboxItem> goingTo(Routing routing, List<OutboxItem> items) {
        var going = new ArrayList<OutboxItem>();
        for (var item : items) {
            var elsewhere = item.rows().stream().filter(row -> !item.destination().equals(routing.destination(row.address().comparedDomain()))).toList();
            elsewhere.forEach(row -> entities.createNativeQuery("""
                    update outbox set state = 'DUE', claimed_by = null, attempts = attempts - 1, destination = :destination
                    where id = :id and state = 'CLAIMED' and claimed_by = :node""")
                .setParameter("destination", routing.destination(row.address().comparedDomain()))
                .setParameter("id", row.id()).setParameter("node", nodes.self()).executeUpdate());
            if (elsewhere.isEmpty()) {
                going.add(item);
            } else if (elsewhere.size() < item.rows().size()) {
                going.add(item.with(item.rows().stream().filter(row -> !elsewhere.contains(row)).toList()));
            }
        }
        return going;
    }

    /**
     * A copy whose sender must hear something while nobody tries to send it.
     *
     * @param why what the destination's hosts said last
     */
    public record Stuck(OutboxItem item, Settlement.Reply why) {
    }

    /**
     * Claims rows of suspended destinations whose time is over, or that of their link, or of whose delay nobody was told. They are to be settled without being sent.
     *
     * @param queuedBefore when those were queued of whose delay their senders hear now
     * @param givenUpBefore when those were queued whose time is over
     */
    public List<Stuck> claimStuck(Instant queuedBefore, Instant givenUpBefore, int limit) {
        var stuck = new ArrayList<Stuck>();
        inHand(() -> {
            var suspended = suspensions.now();
            if (suspended.isEmpty()) {
                return List.of();
            }
            var items = items(entities.createNativeQuery("""
                    update outbox set state = 'CLAIMED', claimed_by = :node
                    where id in (select id from outbox where state = 'DUE' and destination in (:suspended)
                        and (warned_at is null and created_at <= :late or created_at <= :over
                            or kind = 'LINKED' and exists (select 1 from recipient r where r.id = recipient_id and r.expires_at <= :now))
                        order by created_at limit :limit for update skip locked)
                    returning id""", UUID.class)
                .setParameter("node", nodes.self()).setParameter("suspended", suspended.keySet())
                .setParameter("late", queuedBefore).setParameter("over", givenUpBefore).setParameter("now", clock.instant()).setParameter("limit", limit).getResultList());
            items.forEach(item -> stuck.add(new Stuck(item, new Settlement.Reply(suspended.getOrDefault(item.destination(), ""), "", false))));
            return items;
        });
        return stuck;
    }

    /**
     * No host of a destination could be talked to. After {@code failures} of these in a row all that waits for it is left alone for a
     * pause, which begins with {@code first} and is twice as long each time, up to {@code longest}.
     */
    public void unreached(String destination, Settlement.Reply reply, int failures, Duration first, Duration longest) {
        suspensions.unreached(destination, reply, new Suspensions.Patience(failures, first, longest));
    }

    /** A host of a destination was talked to. */
    public void reached(String destination) {
        if (suspensions.isFailing(destination)) {
            suspensions.reached(destination);
        }
    }

    /**
     * Sends what waits where it goes now, and forgets suspended destinations that nothing waits for; to be called at the start and now and then.
     *
     * @return how many rows have another destination
     */
    public int reroute(Routing routing) {
        return QuarkusTransaction.requiringNew().call(() -> {
            suspensions.forgetUnused();
            List<Tuple> waiting = entities.createNativeQuery("""
                    select o.destination, substring(coalesce(r.address, d.sender) from '[^@]*$') as domain
                    from outbox o join delivery d on d.id = o.delivery_id left join recipient r on r.id = o.recipient_id and o.kind in ('LINKED', 'ORIGINAL')
                    where o.state in ('DUE', 'PAUSED') and o.destination is not null group by 1, 2""", Tuple.class).getResultList();
            int rows = 0;
            for (var each : waiting) {
                var right = routing.destination((String) each.get("domain"));
                rows += right.equals(each.get("destination")) ? 0 : entities.createNativeQuery("""
                        update outbox set destination = :right where id in (
                            select o.id from outbox o join delivery d on d.id = o.delivery_id
                                left join recipient r on r.id = o.recipient_id and o.kind in ('LINKED', 'ORIGINAL')
                            where o.state in ('DUE', 'PAUSED') and o.destination = :wrong
                                and substring(coalesce(r.address, d.sender) from '[^@]*$') = :domain
                            for update of o skip locked)""")
                    .setParameter("right", right).setParameter("wrong", each.get("destination")).setParameter("domain", each.get("domain")).executeUpdate();
            }
            return rows;
        });
    }

    /**
     * Whether what this node has claimed is still its own, as far as it can know: it was heard by the others within 15 s. To be asked before the end
     * of a message is sent; when it wasn't, the message is to be broken off, since another node may be sending it.
     */
    public boolean isHeard() {
        return nodes.isHeard();
    }

    /**
     * Records how claimed rows fared, perhaps together with other items in one transaction. Rows that this node no longer holds are left alone:
     * another node has taken them since; but what was sent is sent, and what may have been is remembered. When this throws, nothing was recorded or the outcome is unknown; call it again with the same
     * arguments, or the rows stay claimed.
     */
    public void settle(OutboxItem item, List<Settlement> settlements) {
        commits.commit(new Settled(item, settlements));
        // only behind the commit: what isn't in hand is taken back; but not what has been claimed again since
        item.rows().forEach(row -> inHand.remove(row.id(), item));
    }

    private void write(List<Settled> batch) {
        QuarkusTransaction.requiringNew().run(() -> settling.settle(batch));
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
                lost.removeAll(inHand.keySet());
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
