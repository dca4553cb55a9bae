package sekisho.gateway.scan;

import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.type.StandardBasicTypes;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.access.AccessChanges;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.audit.Commitment;
import sekisho.gateway.delivery.DeliveryRows;
import sekisho.gateway.files.ScannerConfig;
import sekisho.gateway.files.Shreds;
import sekisho.gateway.journal.Journal;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.Outbox.NewCopy;
import sekisho.gateway.outbox.Report;
import sekisho.gateway.outbox.Settlement;
import sekisho.gateway.outbox.Spools;

/**
 * What comes of a late verdict. Each takes the delivery's lock and changes only what is still in the state that it leaves, so that it
 * doesn't matter whether somebody cancelled, revoked or sent meanwhile, or whether another node was faster.
 */
@ApplicationScoped
class Verdicts {

    private static final Actor SCANNER = Actor.part("scanner");
    /** Whether recipient r waits for file f: for the message itself only who gets that. */
    private static final String WAITS =
        "(not f.whole or exists (select 1 from access_grant g where g.file_id = f.id and g.recipient_id = r.id))";

    private final Session entities;
    private final Outbox outbox;
    private final Spools spools;
    private final Shreds shreds;
    private final Journal journal;
    private final AuditLog audit;
    private final ScannerConfig config;
    private final Clock clock;

    Verdicts(Session entities, Outbox outbox, Spools spools, Shreds shreds, Journal journal, AuditLog audit, ScannerConfig config, Clock clock) {
        this.entities = entities;
        this.outbox = outbox;
        this.spools = spools;
        this.shreds = shreds;
        this.journal = journal;
        this.audit = audit;
        this.config = config;
        this.clock = clock;
    }

    /** Lets go what waited for this file, once it waits for no other. The timer releases it at its time, which may be now. */
    @Transactional(Transactional.TxType.MANDATORY)
    void clean(Rescans.Due due) {
        if (!settled(due, "CLEAN", null)) {
            return;
        }
        audit.record(AuditType.FILE_SCANNED, SCANNER, about(due), Map.of("scan", "CLEAN"));
        entities.createNativeQuery("update recipient r set until_scanned = false where r.delivery_id = :delivery and r.hold = 'HELD' and r.until_scanned"
                + " and not exists (select 1 from file f where f.delivery_id = :delivery and f.scan in ('UNSCANNED', 'INFECTED') and " + WAITS + ")")
            .setParameter("delivery", due.delivery()).executeUpdate();
        DeliveryRows.refreshTimes(due.delivery());
        boolean all = entities.createNativeQuery("select 1 from file where delivery_id = :delivery and scan in ('UNSCANNED', 'INFECTED')")
            .setParameter("delivery", due.delivery()).getResultList().isEmpty();
        if (all) {
            dropUnlinked(due.delivery());
        }
    }

    /**
     * Shuts the file for good, stops what waited for it, and tells the sender.
     *
     * @param sealedFind what the row keeps of {@code find}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void infected(Rescans.Due due, String find, byte[] sealedFind) {
        if (!settled(due, "INFECTED", sealedFind)) {
            return;
        }
        audit.record(AuditType.FILE_SCANNED, SCANNER, about(due), Map.of("scan", "INFECTED",
            "find", Commitment.ofSealed("find", due.file(), due.sealed().plainOctets(), sealedFind)));
        boolean shut = entities.createNativeQuery("update file set access = 'REVOKED', revoked_as = 'SCANNER' where id = :file and access <> 'SHREDDED'")
            .setParameter("file", due.file()).executeUpdate() == 1;
        if (shut) {
            var event = audit.record(AuditType.ACCESS_REVOKED, SCANNER, about(due), Map.of("as", "scanner"));
            AccessChanges.announce(entities, due.delivery());
            journal.revoked(event, new Journal.Target(due.delivery(), null, due.file()), "SCANNER", SCANNER.text());
        }
        stop(due, "true", named(shut, "550 5.7.1 malware found in an attachment: " + find));
        var released = entities.createNativeQuery("""
                select r.id from recipient r join access_grant g on g.recipient_id = r.id
                where g.file_id = :file and r.hold = 'RELEASED' order by r.id limit 1""", UUID.class)
            .setParameter("file", due.file()).getResultList();
        released.forEach(recipient -> tell(due, recipient, Report.Action.WITHDRAWN, named(shut, "550 5.7.1 " + find)));
        Log.warnf("delivery %s: the scanner found malware in file %s, which is shut now", due.delivery(), due.file());
    }

    /** Another attempt later, or the end of what waits when that has taken too long. */
    @Transactional(Transactional.TxType.MANDATORY)
    void unscanned(Rescans.Due due, Instant again, boolean tooLarge) {
        if (!DeliveryRows.lock(due.delivery())) {
            return;
        }
        var given = (Instant) entities.createNativeQuery("select accepted_at from delivery where id = :delivery", Instant.class)
            .setParameter("delivery", due.delivery()).getSingleResult();
        boolean over = !clock.instant().isBefore(given.plus(config.patience()));
        entities.createNativeQuery("update file set scan_due_at = cast(:again as timestamptz) where id = :file and scan = 'UNSCANNED'")
            .setParameter("again", over ? null : again, StandardBasicTypes.INSTANT).setParameter("file", due.file()).executeUpdate();
        if (over) {
            audit.record(AuditType.FILE_SCANNED, SCANNER, about(due), Map.of("scan", "UNSCANNED"));
            stop(due, WAITS, Settlement.Reply.ours(tooLarge ? "550 5.7.1 an attachment is too large to be scanned for malware"
                : "550 5.7.1 an attachment could not be scanned for malware in time"));
        }
    }

    /** @param shut false when the file was shredded while it was scanned: what was found in it is written nowhere */
    private static Settlement.Reply named(boolean shut, String reply) {
        return shut ? Settlement.Reply.ours(reply) : Settlement.Reply.ours(reply).erased();
    }

    private boolean settled(Rescans.Due due, String scan, byte @Nullable [] find) {
        return DeliveryRows.lock(due.delivery()) && entities.createNativeQuery("""
                update file set scan = :scan, find = :find, scan_due_at = null where id = :file and scan = 'UNSCANNED'""")
            .setParameter("scan", scan).setParameter("find", find, StandardBasicTypes.BINARY).setParameter("file", due.file()).executeUpdate() == 1;
    }

    /**
     * Cancels copies that still wait for the scanner, and tells the sender of each.
     *
     * @param which of recipient r, in regard to the file f
     */
    private void stop(Rescans.Due due, String which, Settlement.Reply reply) {
        var stopped = entities.createNativeQuery("""
                update recipient r set hold = 'CANCELLED', cancelled_at = :now from file f
                where f.id = :file and r.delivery_id = :delivery and r.hold = 'HELD' and r.until_scanned and %s returning r.id""".formatted(which), UUID.class)
            .setParameter("now", clock.instant()).setParameter("file", due.file()).setParameter("delivery", due.delivery()).getResultList();
        DeliveryRows.refreshTimes(due.delivery());
        for (var recipient : stopped) {
            audit.record(AuditType.RECIPIENT_CANCELLED, SCANNER, new AuditLog.About(due.delivery(), recipient, null), Map.of());
            tell(due, recipient, Report.Action.FAILED, reply);
        }
        spools.dropIfDone(List.of(due.delivery()));
    }

    private void tell(Rescans.Due due, UUID recipient, Report.Action action, Settlement.Reply reply) {
        List<Tuple> known = entities.createNativeQuery("""
                select r.dsn_notify from recipient r join delivery d on d.id = r.delivery_id where r.id = :recipient and d.sender <> ''""", Tuple.class)
            .setParameter("recipient", recipient).getResultList();
        if (known.stream().anyMatch(wish -> action.isWanted((String) wish.get("dsn_notify")))) {
            outbox.add(List.of(NewCopy.report(due.delivery(), recipient, new Report(action, reply, "5.7.1", null), clock.instant())));
        }
    }

    /** Files that were kept for the scanner alone, since nobody gets a link, have done their duty. */
    private void dropUnlinked(UUID delivery) {
        shreds.shredUnlinked(delivery, SCANNER);
    }

    private static AuditLog.About about(Rescans.Due due) {
        return new AuditLog.About(due.delivery(), null, due.file());
    }
}
