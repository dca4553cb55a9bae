package sekisho.gateway.delivery;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.DatabaseFault;
import sekisho.gateway.GroupCommit;
import sekisho.gateway.GroupCommit.InDoubtException;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.files.Leftovers;
import sekisho.gateway.outbox.Outbox;

/** Commits accepted deliveries; those that arrive at one time share a transaction, and in it one statement for each table. */
@ApplicationScoped
class Acceptance {

    /** One is written while the other waits for the disk. */
    private static final int TRANSACTIONS_AT_ONCE = 2;
    private static final int MOST_DELIVERIES = 64;
    /** Of those that share a transaction: a large one keeps the small ones waiting for as long as its own rows take, and no longer. */
    private static final int MOST_ROWS = 20_000;

    private final StatelessSession rows;
    private final Outbox outbox;
    private final AuditLog audit;
    private final Leftovers leftovers;
    private final GroupCommit<AcceptedRows> commits;

    Acceptance(StatelessSession rows, Session entities, Outbox outbox, AuditLog audit, Leftovers leftovers) {
        this.rows = rows;
        this.outbox = outbox;
        this.audit = audit;
        this.leftovers = leftovers;
        this.commits = new GroupCommit<>(TRANSACTIONS_AT_ONCE, MOST_DELIVERIES, MOST_ROWS, AcceptedRows::count, this::write,
            failed -> DatabaseFault.requireNone(failed, entities));
    }

    /**
     * Returns when the delivery is durable.
     *
     * @throws InDoubtException nobody knows whether it is
     * @throws RuntimeException it is not
     */
    void commit(AcceptedRows accepted) {
        commits.commit(accepted);
    }

    /** The delivery that was made of this. */
    Optional<UUID> madeOf(Once once) {
        return QuarkusTransaction.requiringNew().call(() -> rows.createNativeQuery("select id from delivery where once = :once", UUID.class)
            .setParameter("once", once.digest()).uniqueResultOptional());
    }

    private void write(List<AcceptedRows> batch) {
        var committing = new AtomicReference<@Nullable String>();
        try {
            QuarkusTransaction.requiringNew().run(() -> {
                rows.insertMultiple(batch.stream().map(AcceptedRows::delivery).toList());
                insert(batch, AcceptedRows::files);
                insert(batch, AcceptedRows::recipients);
                insert(batch, AcceptedRows::grants);
                outbox.add(all(batch, AcceptedRows::copies));
                audit.record(all(batch, AcceptedRows::events));
                committing.set(leftovers.transaction());   // nothing but the commit comes after this
            });
        } catch (RuntimeException | Error failed) {
            var transaction = committing.get();
            if (transaction == null) {
                throw failed;
            }
            throw new InDoubtException(transaction, failed);
        }
    }

    private void insert(List<AcceptedRows> batch, Function<AcceptedRows, List<?>> part) {
        var entities = all(batch, part);
        if (!entities.isEmpty()) {
            rows.insertMultiple(entities);
        }
    }

    private static <R> List<R> all(List<AcceptedRows> batch, Function<AcceptedRows, ? extends List<? extends R>> part) {
        return batch.stream().<R>flatMap(rows -> part.apply(rows).stream()).toList();
    }
}
