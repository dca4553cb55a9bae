package sekisho.gateway.journal;

import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Tuple;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hibernate.Session;
import sekisho.gateway.access.AccessChanges;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryRows;
import sekisho.gateway.files.Shreds;
import sekisho.gateway.outbox.Spools;
import sekisho.gateway.outbox.UnsentCopies;

/**
 * Does again what a journal has and the database doesn't know: it was restored from a backup, or a commit broke off. Each is recorded under the id
 * of the event that is missing, so that it is done once, and what somebody opens afterwards stays open.
 */
@ApplicationScoped
class Replay {

    private static final int BATCH = 1000;
    /** Who may open again what this one has shut: whoever comes later takes it over (docs/decisions/0009). */
    private static final String RANK = "array_position(array['SENDER', 'RESPONDER', 'SCANNER'], cast(%s as text))";

    private final Session entities;
    private final AuditLog audit;
    private final Shreds shreds;
    private final Spools spools;
    private final UnsentCopies unsent;
    private final Clock clock;

    Replay(Session entities, AuditLog audit, Shreds shreds, Spools spools, UnsentCopies unsent, Clock clock) {
        this.entities = entities;
        this.audit = audit;
        this.shreds = shreds;
        this.spools = spools;
        this.unsent = unsent;
        this.clock = clock;
    }

    /**
     * @param entries in the order in which they were written
     * @throws IllegalStateException the database doesn't answer, or has another event under the id of one that is missing: then nothing must be served, since it
     *                               isn't known what is shut
     */
    void run(List<Entry> entries) {
        try {
            var standing = List.copyOf(Entry.standing(entries));
            int done = 0;
            for (int from = 0; from < standing.size(); from += BATCH) {
                done += replay(standing.subList(from, Math.min(standing.size(), from + BATCH)));
            }
            if (done > 0) {
                Log.warnf("%d entries of the journal were not in the database and were applied again: was it restored from a backup? The audit log has each",
                    done);
            }
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            throw new IllegalStateException("the journal of revocations can't be held against the database, so nothing may be served: "
                + unavailable.getMessage(), unavailable);
        }
    }

    private int replay(List<Entry> batch) {
        var known = QuarkusTransaction.requiringNew().call(() -> known(batch));
        int done = 0;
        for (var entry : batch) {
            if (!isKnown(entry, known)) {
                done += QuarkusTransaction.requiringNew().call(() -> apply(entry)) ? 1 : 0;
            }
        }
        return done;
    }

    /**
     * Whether something that was written down was committed: true also when the delivery is gone, since then nobody knows.
     *
     * @return empty as long as it can't be told: a transaction has the delivery's row, as the one that did it has until its end. Nobody waits for it,
     *     since that of a host that lost power may stay open for hours
     */
    Optional<Boolean> happened(Entry entry) {
        return QuarkusTransaction.requiringNew().call(() -> {
            if (count("select 1 from delivery where id = :id for update skip locked", entry.delivery()) == 1) {
                return Optional.of(known(List.of(entry)).getOrDefault(entry.event(), false));
            }
            return count("select 1 from delivery where id = :id", entry.delivery()) == 1 ? Optional.<Boolean>empty() : Optional.of(true);
        });
    }

    private int count(String query, UUID id) {
        return entities.createNativeQuery(query).setParameter("id", id).getResultList().size();
    }

    /** The events that the log has under the ids of these, and whether each is the one. */
    private Map<UUID, Boolean> known(List<Entry> entries) {
        List<Tuple> found = entities.createNativeQuery("select id, type, delivery_id from audit_event where id in (:ids)", Tuple.class)
            .setParameter("ids", entries.stream().map(Entry::event).toList()).getResultList();
        var rows = found.stream().collect(Collectors.toMap(row -> row.get("id"), Function.identity()));
        return entries.stream().filter(entry -> rows.containsKey(entry.event())).collect(Collectors.toMap(Entry::event,
            entry -> isOf(entry, rows.get(entry.event())), (one, other) -> one && other));
    }

    private static boolean isOf(Entry entry, Tuple event) {
        return type(entry).name().equals(event.get("type")) && entry.delivery().equals(event.get("delivery_id"));
    }

    private static AuditType type(Entry entry) {
        return switch (entry.kind()) {
            case REVOKED -> AuditType.ACCESS_REVOKED;
            case CANCELLED -> AuditType.RECIPIENT_CANCELLED;
            case SHREDDED -> AuditType.FILE_SHREDDED;
            case RESTORED, UNDONE -> throw new IllegalStateException("nothing is opened by a journal");
        };
    }

    /** @throws IllegalStateException another event has its id: nobody but who would have this taken for known gives it that */
    private static boolean isKnown(Entry entry, Map<UUID, Boolean> known) {
        var is = known.get(entry.event());
        if (Boolean.FALSE.equals(is)) {
            throw new IllegalStateException("the audit log has another event under the id " + entry.event() + ", by which the journal of revocations knows what was shut in"
                + " delivery " + entry.delivery() + ": somebody put it there, and nothing may be served; see docs/operations/shredding.md");
        }
        return is != null;
    }

    /**
     * @return false when there was nothing to shut: the backup is older than the delivery, the copy has left, the keys are gone, or what was destroyed was
     * opened later, so that it hadn't been
     */
    private boolean apply(Entry entry) {
        if (!DeliveryRows.lock(entry.delivery()) || isKnown(entry, known(List.of(entry)))) {
            return false;    // the second, under the lock: another process may replay a copy of the file
        }
        var about = new AuditLog.About(entry.delivery(), entry.recipient(), entry.file());
        var details = Map.of("as", entry.as().toLowerCase(Locale.ROOT), "replayed", entry.at(), "actor", entry.actor());
        boolean changed = switch (entry.kind()) {
            case REVOKED -> {
                revoke(entry);
                record(entry, about, details);   // also when it was shut: what somebody opens afterwards stays open
                yield true;
            }
            case CANCELLED -> {
                if (cancel(entry)) {
                    record(entry, about, details);
                    yield true;
                }
                // a node whose own journal doesn't have this may have released it since the restore
                yield entry.recipient() != null && unsent.cancel(entry.delivery(), entry.recipient(), Actor.part("journal"), details);
            }
            case SHREDDED -> {
                if (openedAfter(entry)) {
                    yield false;
                }
                int files = shreds.shred(entry.delivery(), entry.event(), Actor.part("journal"), details);
                entities.createNativeQuery("""
                        update delivery set access = 'SHREDDED', revoked_as = coalesce(revoked_as, 'RESPONDER'), shredded_at = :now, shred_at = :now
                        where id = :delivery and access <> 'SHREDDED'""")
                    .setParameter("now", clock.instant()).setParameter("delivery", entry.delivery()).executeUpdate();
                yield files > 0;
            }
            case RESTORED, UNDONE -> throw new IllegalStateException("nothing is opened by a journal");
        };
        AccessChanges.announce(entities, entry.delivery());
        return changed;
    }

    /**
     * As a whole or in part, on another node, whose journal has it: then it hadn't been destroyed, that was rolled back. Destroying it now would take what
     * somebody opened.
     */
    private boolean openedAfter(Entry entry) {
        return !entities.createNativeQuery("select 1 from audit_event where delivery_id = :delivery and type = 'ACCESS_RESTORED' and id > :event limit 1")
            .setParameter("delivery", entry.delivery()).setParameter("event", entry.event()).getResultList().isEmpty();
    }

    private void record(Entry entry, AuditLog.About about, Map<String, String> details) {
        audit.record(List.of(audit.event(entry.event(), type(entry), Actor.part("journal"), about, details)));
    }

    /** What is shut stays so, and whoever ranks higher takes it over. */
    private void revoke(Entry entry) {
        String table = entry.recipient() == null ? entry.file() == null ? "delivery where id = :delivery" : "file where delivery_id = :delivery and id = :file"
            : entry.file() == null ? "recipient where delivery_id = :delivery and id = :recipient"
                : "access_grant where delivery_id = :delivery and recipient_id = :recipient and file_id = :file";
        String stamp = entry.recipient() == null && entry.file() == null ? ", revoked_at = now()" : "";
        var query = entities.createNativeQuery("update " + table.replace(" where ", " set access = 'REVOKED', revoked_as = :as" + stamp + " where ")
                + " and (access = 'OPEN' or access = 'REVOKED' and " + RANK.formatted("revoked_as") + " < " + RANK.formatted(":as") + ")")
            .setParameter("as", entry.as()).setParameter("delivery", entry.delivery());
        if (entry.recipient() != null) {
            query.setParameter("recipient", entry.recipient());
        }
        if (entry.file() != null) {
            query.setParameter("file", entry.file());
        }
        query.executeUpdate();
    }

    private boolean cancel(Entry entry) {
        int waited = entities.createNativeQuery("update recipient set hold = 'CANCELLED', cancelled_at = :now where delivery_id = :delivery and id = :recipient and hold = 'HELD'")
            .setParameter("now", clock.instant()).setParameter("delivery", entry.delivery()).setParameter("recipient", entry.recipient()).executeUpdate();
        DeliveryRows.refreshTimes(entry.delivery());
        spools.dropIfDone(List.of(entry.delivery()));
        return waited == 1;
    }
}
