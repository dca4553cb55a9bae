package sekisho.gateway.files;

import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Tuple;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import sekisho.storage.StoreException;

/**
 * The objects of intakes that were not accepted. They go at once, so that an outage doesn't fill the store. Where a commit broke off and
 * nobody knows what became of it, they stay until the database says so. Those of accepted messages that nobody needs go behind the answer.
 * Kept in memory: what a crash forgets, {@link Orphans} finds.
 */
@ApplicationScoped
public class Leftovers {

    /** Those beyond it are left to {@link Orphans}. More can't be in doubt than commit at one time; these are outages of the store. */
    private static final int MOST = 10_000;
    /** Deliveries whose objects are deleted at one time: a store that takes its time must keep up with what comes in. */
    private static final int AT_ONCE = 16;
    private static final Duration LAST_LOOK = Duration.ofSeconds(5);
    /** And behind the doors: what comes in last is looked at, too. */
    private static final int BEFORE_THE_VAULT = 100;

    private final Session entities;
    private final Vault vault;
    private final ConcurrentLinkedDeque<Leftover> waiting = new ConcurrentLinkedDeque<>();

    Leftovers(Session entities, Vault vault) {
        this.entities = entities;
        this.vault = vault;
    }

    /** @param transaction that may have committed the delivery; null when it's sure that none did */
    private record Leftover(UUID delivery, @Nullable String transaction, List<String> keys) {
    }

    /** Deletes objects that no row names or will name; later, when the store is unavailable. */
    public void remove(UUID delivery, Collection<String> keys) {
        var leftover = new Leftover(delivery, null, List.copyOf(keys));
        if (!removed(leftover)) {
            later(leftover);
        }
    }

    /** As {@link #remove}, but nobody waits for it: the store may be slow. */
    public void removeSoon(UUID delivery, Collection<String> keys) {
        later(new Leftover(delivery, null, List.copyOf(keys)));
    }

    /**
     * Deletes the objects as soon as it is certain that the delivery was not committed.
     *
     * @param transaction that was to commit it, as {@link #transaction} gave it
     */
    public void inDoubt(UUID delivery, String transaction, Collection<String> keys) {
        Log.warnf("delivery %s: the commit broke off; its %d objects stay until the outcome is known", delivery, keys.size());
        later(new Leftover(delivery, transaction, List.copyOf(keys)));
    }

    /** The id of the transaction that is running here; one is assigned if need be. */
    public String transaction() {
        return entities.doReturningWork(connection -> {
            try (var select = connection.prepareStatement("select cast(pg_current_xact_id() as text)"); var row = select.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        });
    }

    private void later(Leftover leftover) {
        waiting.add(leftover);
        if (waiting.size() > MOST) {
            waiting.poll();
        }
    }

    /** What waits still would be left to the sweep, which leaves many alone. A store that is away doesn't keep the process from its end. */
    void stop(@Observes @Priority(BEFORE_THE_VAULT) ShutdownEvent event) throws InterruptedException {
        Thread.ofVirtual().name("leftovers").start(this::tick).join(LAST_LOOK);
    }

    @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            settle();
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            Log.warnf("objects of %d deliveries stay for now, the database is unavailable: %s", waiting.size(), unavailable.getMessage());
        }
    }

    /**
     * Looks once at all that waits.
     *
     * @return how many deliveries' objects still wait
     */
    public int settle() {
        var free = new Semaphore(AT_ONCE);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var leftover : List.copyOf(waiting)) {
                switch (outcome(leftover)) {
                    case COMMITTED -> waiting.remove(leftover);
                    case NOT_COMMITTED -> {
                        free.acquireUninterruptibly();
                        threads.execute(() -> removeNow(leftover, free));
                    }
                    case OPEN -> { }
                }
            }
        }
        return waiting.size();
    }

    private void removeNow(Leftover leftover, Semaphore free) {
        try {
            if (removed(leftover)) {
                waiting.remove(leftover);
            }
        } finally {
            free.release();
        }
    }

    private enum Outcome { COMMITTED, NOT_COMMITTED, OPEN }

    /**
     * One snapshot answers both questions, so nothing can commit between them: a transaction that it has seen end without leaving the row
     * never will. It may still run when the client is long gone, since the server ends it only when it notices. An id from before a crash
     * of the database may be free again and taken by somebody; then that one is waited for, which does no harm.
     */
    private Outcome outcome(Leftover leftover) {
        if (leftover.transaction() == null) {
            return Outcome.NOT_COMMITTED;
        }
        Tuple seen = QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery("""
                select exists (select 1 from delivery where id = :delivery) as there,
                    pg_visible_in_snapshot(cast(:transaction as xid8), pg_current_snapshot()) as ended""", Tuple.class)
            .setParameter("delivery", leftover.delivery()).setParameter("transaction", leftover.transaction()).getSingleResult());
        if ((Boolean) seen.get("there")) {
            return Outcome.COMMITTED;
        }
        return (Boolean) seen.get("ended") ? Outcome.NOT_COMMITTED : Outcome.OPEN;
    }

    private boolean removed(Leftover leftover) {
        try {
            for (var key : leftover.keys()) {
                vault.store().delete(key);
            }
            return true;
        } catch (StoreException unavailable) {
            Log.warnf("objects that nobody needs, of delivery %s, stay for now: %s", leftover.delivery(), unavailable.getMessage());
            return false;
        }
    }
}
