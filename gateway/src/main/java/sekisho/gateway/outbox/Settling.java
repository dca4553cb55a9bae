package sekisho.gateway.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.Session;
import org.hibernate.type.StandardBasicTypes;
import sekisho.gateway.Ids;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;

/** Writes down how claimed rows fared, with the audit event and the report to the sender, in the caller's transaction. */
@ApplicationScoped
class Settling {

    private static final String SET_ASIDE = "550 5.3.0 the gateway can't put this message together any more";

    private final Session entities;
    private final AuditLog audit;
    private final Spools spools;
    private final Clock clock;
    private final MeterRegistry metrics;

    Settling(Session entities, AuditLog audit, Spools spools, Clock clock, MeterRegistry metrics) {
        this.entities = entities;
        this.audit = audit;
        this.spools = spools;
        this.clock = clock;
        this.metrics = metrics;
    }

    @Transactional(Transactional.TxType.MANDATORY)
    void settle(List<Settled> batch) {
        var deliveries = batch.stream().map(settled -> settled.item().delivery()).distinct().sorted().toList();
        var shredded = lock(deliveries);
        var sent = new ArrayList<SentRow>();
        for (var settled : batch) {
            boolean erased = shredded.contains(settled.item().delivery());
            for (var settlement : settled.settlements()) {
                settled.item().rows().stream().filter(row -> row.id().equals(settlement.row())).findFirst()
                    .ifPresent(row -> settle(ClaimedRow.of(settled.item(), row), erased ? settlement.erased() : settlement, sent));
            }
        }
        sent(sent);
        spools.dropIfDone(deliveries);
    }

    /** Ends a row that nothing can be made from, so that it doesn't stand in the way of others. */
    @Transactional(Transactional.TxType.MANDATORY)
    void setAside(OutboxReader.Broken broken) {
        var row = broken.row();
        Log.errorf("delivery %s: row %s of the outbox was set aside: %s", row.delivery(), row.id(), broken.why());
        lock(List.of(row.delivery()));
        failed(row, Settlement.Reply.ours(SET_ASIDE), "5.3.0");
        spools.dropIfDone(List.of(row.delivery()));
    }

    /**
     * One at a time for a delivery: two that settle its last rows at once would each see the other's still waiting, and keep the spool. Always in
     * the same order, so that two batches don't wait for each other.
     *
     * @return those whose files are shredded: what is said of them may quote a file's name, and would stay
     */
    private Set<UUID> lock(List<UUID> deliveries) {
        List<Tuple> locked = entities.createNativeQuery("select id, access from delivery where id in (:ids) order by id for update", Tuple.class)
            .setParameter("ids", deliveries).getResultList();
        return locked.stream().filter(row -> row.get("access").equals("SHREDDED")).map(row -> (UUID) row.get("id")).collect(Collectors.toSet());
    }

    private void settle(ClaimedRow row, Settlement settlement, List<SentRow> allSent) {
        switch (settlement) {
            case Settlement.Sent sent -> allSent.add(new SentRow(row, sent));
            case Settlement.Later later -> later(row, later);
            case Settlement.Unanswered unanswered -> unanswered(row, unanswered);
            case Settlement.Failed(_, var reply, var status) -> failed(row, reply, status);
        }
    }

    private record SentRow(ClaimedRow row, Settlement.Sent sent) {
    }

    /** What mostly happens, so all of it goes in three statements. */
    private void sent(List<SentRow> all) {
        var ended = ended(all);
        if (ended.isEmpty()) {
            return;
        }
        var recipients = ended.stream().map(SentRow::row).filter(row -> row.kind().isCopy()).map(ClaimedRow::recipient).filter(Objects::nonNull).toList();
        if (!recipients.isEmpty()) {
            entities.createNativeQuery("update recipient set relay = 'SENT', relayed_at = :now where id in (:ids)")
                .setParameter("now", clock.instant()).setParameter("ids", recipients).executeUpdate();
        }
        audit.record(ended.stream().map(one -> event(one.row(), one.row().kind().isCopy() ? AuditType.COPY_RELAYED : AuditType.NOTICE_RELAYED,
            one.sent().reply(), Map.of())).toList());
        ended.forEach(one -> count(one.row(), "sent"));
        ended.stream().filter(one -> !one.sent().dsnHandedOn())
            .forEach(one -> report(one.row(), new Report(Report.Action.RELAYED, one.sent().reply(), "2.0.0", null)));
    }

    /**
     * Those of the rows that wait, whoever has them now: a node that was silent for a while has lost its claim, not what it knows. Whoever sends such
     * a row at this moment finds it ended.
     */
    private List<SentRow> ended(List<SentRow> all) {
        if (all.isEmpty()) {
            return List.of();
        }
        Set<UUID> ended = entities.doReturningWork(connection -> {
            try (var update = connection.prepareStatement("""
                    update outbox o set state = 'SENT', last_reply = sent.reply, claimed_by = null, settled_at = ?::timestamptz
                    from unnest(?::uuid[], ?::text[]) as sent (id, reply)
                    where o.id = sent.id and o.state in ('DUE', 'CLAIMED', 'PAUSED') returning o.id""")) {
                update.setString(1, clock.instant().toString());
                update.setArray(2, connection.createArrayOf("uuid", all.stream().map(one -> one.row().id()).toArray()));
                update.setArray(3, connection.createArrayOf("text", all.stream().map(one -> one.sent().reply().text()).toArray()));
                var ids = new HashSet<UUID>();
                try (var rows = update.executeQuery()) {
                    while (rows.next()) {
                        ids.add(rows.getObject(1, UUID.class));
                    }
                }
                return ids;
            }
        });
        return all.stream().filter(one -> ended.contains(one.row().id())).toList();
    }

    private void later(ClaimedRow row, Settlement.Later later) {
        if (again(row, later.reply(), later.at(), false)) {
            record(row, AuditType.COPY_DEFERRED, later.reply(), Map.of("next", later.at()));
            count(row, "deferred");
            if (later.late() && firstWarning(row)) {
                report(row, new Report(Report.Action.DELAYED, later.reply(), "4.0.0", later.giveUpAt()));
            }
        }
    }

    private void unanswered(ClaimedRow row, Settlement.Unanswered unanswered) {
        var reply = unanswered.reply();
        if (unanswered.again() != null && again(row, reply, unanswered.again(), true)) {
            record(row, AuditType.COPY_DEFERRED, reply, Map.of("next", unanswered.again(), "unanswered", true));
            count(row, "unanswered");
        } else if (!unconfirmed(row, reply)) {
            remember(row);
        }
    }

    /** Another node has it now: that ours may have arrived counts for how its attempt ends. */
    private void remember(ClaimedRow row) {
        entities.createNativeQuery("update outbox set unconfirmed = true where id = :id and state in ('DUE', 'CLAIMED', 'PAUSED')")
            .setParameter("id", row.id()).executeUpdate();
    }

    private boolean unconfirmed(ClaimedRow row, Settlement.Reply reply) {
        boolean ended = end(row, "SENT", reply);
        if (ended) {
            mark(row, "UNCONFIRMED");
            record(row, AuditType.COPY_UNCONFIRMED, reply, Map.of());
            count(row, "unconfirmed");
            report(row, new Report(Report.Action.UNCONFIRMED, reply, "4.4.2", null));
        }
        return ended;
    }

    private void failed(ClaimedRow row, Settlement.Reply reply, String status) {
        if (row.kind().isCopy() && wasUnanswered(row)) {
            unconfirmed(row, reply);   // whoever is told to send it again may double it
        } else if (end(row, "FAILED", reply)) {
            mark(row, "FAILED");
            record(row, AuditType.COPY_FAILED, reply, Map.of("status", status));
            count(row, "failed");
            report(row, new Report(Report.Action.FAILED, reply, status, null));
        }
    }

    private boolean wasUnanswered(ClaimedRow row) {
        return entities.createNativeQuery("select 1 from outbox where id = :id and unconfirmed").setParameter("id", row.id()).getResultList().size() == 1;
    }

    /** The attempt counts too: a node that lost a row and claimed it anew has a second attempt, of which the first one can't speak. */
    private boolean end(ClaimedRow row, String state, Settlement.Reply reply) {
        return entities.createNativeQuery("""
                update outbox set state = :state, last_reply = :reply, claimed_by = null, settled_at = :now
                where id = :id and state = 'CLAIMED' and claimed_by = :claim and attempts = :attempt""")
            .setParameter("state", state)
            .setParameter("reply", reply.text())
            .setParameter("now", clock.instant())
            .setParameter("id", row.id())
            .setParameter("claim", row.claim())
            .setParameter("attempt", row.attempt())
            .executeUpdate() == 1;
    }

    /** @param unanswered whether for want of an answer, which is a reason once only */
    private boolean again(ClaimedRow row, Settlement.Reply reply, Instant at, boolean unanswered) {
        return entities.createNativeQuery("""
                update outbox set state = 'DUE', last_reply = :reply, claimed_by = null, due_at = :at, unconfirmed = unconfirmed or :unanswered
                where id = :id and state = 'CLAIMED' and claimed_by = :claim and attempts = :attempt and not (unconfirmed and :unanswered)""")
            .setParameter("reply", reply.text())
            .setParameter("at", at)
            .setParameter("unanswered", unanswered)
            .setParameter("id", row.id())
            .setParameter("claim", row.claim())
            .setParameter("attempt", row.attempt())
            .executeUpdate() == 1;
    }

    private boolean firstWarning(ClaimedRow row) {
        return entities.createNativeQuery("update outbox set warned_at = :now where id = :id and warned_at is null")
            .setParameter("now", clock.instant()).setParameter("id", row.id()).executeUpdate() == 1;
    }

    private void mark(ClaimedRow row, String relay) {
        if (row.kind().isCopy()) {
            entities.createNativeQuery("update recipient set relay = :relay, relayed_at = :now where id = :id")
                .setParameter("relay", relay).setParameter("now", clock.instant())
                .setParameter("id", row.recipient(), StandardBasicTypes.UUID).executeUpdate();
        }
    }

    private void record(ClaimedRow row, AuditType type, Settlement.Reply reply, Map<String, ?> more) {
        audit.record(List.of(event(row, type, reply, more)));
    }

    private AuditLog.NewEvent event(ClaimedRow row, AuditType type, Settlement.Reply reply, Map<String, ?> more) {
        var details = new TreeMap<String, Object>(more);
        details.put("attempt", row.attempt());
        details.put("kind", row.kind());
        details.put("code", reply.code());
        return audit.event(type, Actor.part("relay"), new AuditLog.About(row.delivery(), row.recipient(), null), details);
    }

    private void count(ClaimedRow row, String outcome) {
        metrics.counter("sekisho.relayed", "outcome", outcome, "route", row.route()).increment();
    }

    /** Tells the sender, if there is one who wants to hear it. About our own reports nobody reports (RFC 3461 §6.1). */
    private void report(ClaimedRow row, Report report) {
        if (!row.kind().isCopy() || row.recipient() == null || !row.senderKnown() || !report.action().isWanted(row.dsnNotify())) {
            return;
        }
        entities.createNativeQuery("""
                insert into outbox (id, delivery_id, recipient_id, kind, created_at, due_at, detail)
                values (:id, :delivery, :recipient, 'DSN', :now, :now, cast(:detail as jsonb))""")
            .setParameter("id", Ids.next())
            .setParameter("delivery", row.delivery())
            .setParameter("recipient", row.recipient())
            .setParameter("now", clock.instant())
            .setParameter("detail", report.toJson())
            .executeUpdate();
    }
}
