package sekisho.gateway.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.type.StandardBasicTypes;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Ids;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;

/**
 * What waits to be relayed. Rows are added in the transaction that releases; a node claims due rows, relays, and settles. A node that
 * died gives its claims back by falling silent ({@link Nodes}), so a copy is lost never, and sent twice only if the node died between
 * the next hop's reply and {@link #settle}.
 */
@ApplicationScoped
public class Outbox {

    private final Session entities;
    private final AuditLog audit;
    private final Nodes nodes;
    private final OutboxReader reader;
    private final Spools spools;
    private final Clock clock;
    private final MeterRegistry metrics;

    Outbox(Session entities, AuditLog audit, Nodes nodes, OutboxReader reader, Spools spools, Clock clock,
            MeterRegistry metrics) {
        this.entities = entities;
        this.audit = audit;
        this.nodes = nodes;
        this.reader = reader;
        this.spools = spools;
        this.clock = clock;
        this.metrics = metrics;
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
        add(delivery, null, OutboxItem.Kind.NOTICE, now, null);
    }

    private void add(UUID delivery, @Nullable UUID recipient, OutboxItem.Kind kind, Instant now, @Nullable String detail) {
        entities.createNativeQuery("""
                insert into outbox (id, delivery_id, recipient_id, kind, created_at, due_at, detail)
                values (:id, :delivery, :recipient, :kind, :now, :now, cast(:detail as jsonb))""")
            .setParameter("id", Ids.next())
            .setParameter("delivery", delivery)
            .setParameter("recipient", recipient, StandardBasicTypes.UUID)
            .setParameter("kind", kind.name())
            .setParameter("now", now)
            .setParameter("detail", detail, StandardBasicTypes.STRING)
            .executeUpdate();
    }

    /**
     * Claims due rows for this node, oldest first. Rows of one delivery that carry the unchanged message come as one item.
     *
     * @param limit most rows to claim
     */
    @Transactional
    public List<OutboxItem> claim(int limit) {
        nodes.beat();
        var rows = entities.createNativeQuery("""
                update outbox set state = 'CLAIMED', claimed_by = :node, attempts = attempts + 1
                where id in (select id from outbox where state = 'DUE' and due_at <= :now order by due_at limit :limit for update skip locked)
                returning id""", UUID.class)
            .setParameter("node", nodes.self())
            .setParameter("now", clock.instant())
            .setParameter("limit", limit)
            .getResultList();
        return rows.isEmpty() ? List.of() : reader.items(rows, nodes.self());
    }

    /**
     * Makes due again what stands as claimed by this node and is in nobody's hand. Needed after {@link #claim} failed: when the database
     * goes away during a commit, nobody is told whether it was done, and a node that lives on never loses its claims by falling silent.
     *
     * @param inHand rows that are being sent or settled
     */
    @Transactional
    public void giveBack(Set<UUID> inHand) {
        entities.createNativeQuery("""
                update outbox set state = 'DUE', claimed_by = null
                where state = 'CLAIMED' and claimed_by = :node and id not in (:inHand)""")
            .setParameter("node", nodes.self())
            .setParameter("inHand", inHand.isEmpty() ? Set.of(nodes.self()) : inHand)   // an empty list is no SQL, and no row has our id
            .executeUpdate();
    }

    /**
     * Records how claimed rows fared. Rows that this node no longer holds are left alone: another node has taken them since.
     */
    @Transactional
    public void settle(OutboxItem item, List<Settlement> settlements) {
        for (var settlement : settlements) {
            settle(item, settlement);
        }
        spools.dropIfDone(item.delivery());
    }

    private void settle(OutboxItem item, Settlement settlement) {
        var recipient = item.rows().stream().filter(row -> row.id().equals(settlement.row())).findFirst().map(OutboxItem.Row::recipient);
        var about = new AuditLog.About(item.delivery(), recipient.orElse(null), null);
        boolean copy = item.kind() == OutboxItem.Kind.LINKED || item.kind() == OutboxItem.Kind.ORIGINAL;
        switch (settlement) {
            case Settlement.Sent(var row, var reply) -> {
                if (update(item, row, "SENT", reply, null)) {
                    mark(copy ? recipient : Optional.empty(), "SENT");
                    audit.record(copy ? AuditType.COPY_RELAYED : AuditType.NOTICE_RELAYED, Actor.part("relay"), about,
                        Map.of("attempt", item.attempt(), "kind", item.kind(), "code", code(reply)));
                    metrics.counter("sekisho.relayed", "outcome", "sent").increment();
                }
            }
            case Settlement.Later(var row, var reply, var at) -> {
                if (update(item, row, "DUE", reply, at)) {
                    audit.record(AuditType.COPY_DEFERRED, Actor.part("relay"), about,
                        Map.of("attempt", item.attempt(), "kind", item.kind(), "code", code(reply), "next", at));
                    metrics.counter("sekisho.relayed", "outcome", "deferred").increment();
                }
            }
            case Settlement.Failed(var row, var reply, var status) -> {
                if (update(item, row, "FAILED", reply, null)) {
                    mark(copy ? recipient : Optional.empty(), "FAILED");
                    audit.record(AuditType.COPY_FAILED, Actor.part("relay"), about,
                        Map.of("attempt", item.attempt(), "kind", item.kind(), "code", code(reply), "status", status));
                    metrics.counter("sekisho.relayed", "outcome", "failed").increment();
                    if (copy && recipient.isPresent() && item.sender().isPresent() && wantsFailure(item, row)) {
                        add(item.delivery(), recipient.get(), OutboxItem.Kind.DSN, clock.instant(), OutboxReader.detail(reply, status));
                    }
                }
            }
        }
    }

    /** RFC 3461 §4.1: a sender who gave NOTIFY without FAILURE does not want to hear of it. */
    private static boolean wantsFailure(OutboxItem item, UUID row) {
        return item.rows().stream().filter(r -> r.id().equals(row)).map(OutboxItem.Row::dsnNotify)
            .allMatch(notify -> notify == null || notify.toUpperCase(java.util.Locale.ROOT).contains("FAILURE"));
    }

    private boolean update(OutboxItem item, UUID row, String state, String reply, @Nullable Instant dueAt) {
        return entities.createNativeQuery("""
                update outbox set state = :state, last_reply = :reply, claimed_by = null, due_at = coalesce(:dueAt, due_at),
                    settled_at = case when :state = 'DUE' then null else cast(:now as timestamptz) end
                where id = :id and state = 'CLAIMED' and claimed_by = :claim""")
            .setParameter("state", state)
            .setParameter("reply", reply.length() > 500 ? reply.substring(0, 500) : reply)
            .setParameter("dueAt", dueAt, StandardBasicTypes.INSTANT)
            .setParameter("now", clock.instant())
            .setParameter("id", row)
            .setParameter("claim", item.claim())
            .executeUpdate() == 1;
    }

    private void mark(Optional<UUID> recipient, String relay) {
        recipient.ifPresent(id -> entities.createNativeQuery("update recipient set relay = :relay, relayed_at = :now where id = :id")
            .setParameter("relay", relay).setParameter("now", clock.instant()).setParameter("id", id).executeUpdate());
    }

    /** The three digits of a reply; the rest may hold addresses, which the audit log never does. */
    private static String code(String reply) {
        return reply.matches("(?s)[2-5][0-9][0-9].*") ? reply.substring(0, 3) : "none";
    }
}
