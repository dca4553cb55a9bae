package sekisho.gateway.journal;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what is shut, outside of the database, before the transaction that shuts it commits: an entry may be of what was rolled back, but
 * nothing that was shut is missing. What was rolled back is taken back as soon as the database says that it was. Opening again is written down after its
 * commit. So whatever is lost in a crash, more stays shut, never less.
 *
 * <p>Nothing that shuts is ever hindered by the journal. When it can't be written, that is logged as an error and told in {@code /health/well} and as
 * a metric; what is missing is kept in memory and written as soon as it can be.
 */
@Startup(Journal.BEFORE_ALL)
@ApplicationScoped
public class Journal {

    /** Priority among what runs at start. */
    static final int BEFORE_ALL = 10;
    /** What can't be written is remembered; a disk that has been full for longer than this many revocations has been complained of for long. */
    private static final int MOST_WAITING = 100_000;

    private final Clock clock;
    private final @Nullable JournalFile file;
    private final Replay replay;
    private final TransactionSynchronizationRegistry transaction;
    private final Deque<Entry> waiting = new ArrayDeque<>();
    /** Written down in transactions that didn't commit, as far as their thread knows. */
    private final Queue<Entry> unsure = new LinkedBlockingQueue<>(MOST_WAITING);
    private @Nullable String trouble;
    private boolean dropped;
    private boolean warned;
    private int moved;

    Journal(JournalConfig config, Replay replay, TransactionSynchronizationRegistry transaction, Clock clock, MeterRegistry metrics) {
        this.replay = replay;
        this.transaction = transaction;
        this.clock = clock;
        metrics.gauge("sekisho.journal.waiting", this, Journal::waiting);
        if (config.file().isEmpty()) {
            file = null;
            Log.warn("gateway.journal.file is not set: what is shut through this process stands in the database alone, and opens again when that is restored from"
                + " a backup (docs/operations/shredding.md). A process of mail alone shuts nothing and needs none");
            return;
        }
        var path = config.file().get();
        try {
            file = JournalFile.open(path);
            var content = file.read();
            if (content.torn()) {
                Log.warnf("the journal %s ended in the middle of a line, which was cut off: it was being written when the process ended", path);
            }
            if (!content.broken().isEmpty()) {
                Log.errorf("lines %s of the journal %s can't be read: what they shut is not shut again in a restored database", content.broken(), path);
            }
            replay.run(content.entries());
        } catch (IOException unusable) {
            throw new IllegalStateException("setting gateway.journal.file: cannot use " + path + ": " + unusable.getMessage(), unusable);
        }
    }

    /** What was rolled back in the last seconds is taken back as long as there is a database: at the next start it would be done. */
    void stop(@Observes ShutdownEvent stop) throws IOException {
        if (file != null) {
            settle();
            tick();
            file.close();
        }
    }

    /**
     * Something is about to be shut. Call it last in the transaction.
     *
     * @param event id of its event in the audit log
     * @param as    {@code SENDER}, {@code RESPONDER} or {@code SCANNER}
     */
    public void revoked(UUID event, Target target, String as, String actor) {
        shut(entry(event, Entry.Kind.REVOKED, target, as, actor));
    }

    /** What was shut was opened again, and that is committed. */
    public void restored(UUID event, Target target, String as, String actor) {
        write(entry(event, Entry.Kind.RESTORED, target, as, actor));
    }

    /** A recipient's copy is about to be stopped. */
    public void cancelled(UUID event, UUID delivery, UUID recipient, String as, String actor) {
        shut(entry(event, Entry.Kind.CANCELLED, new Target(delivery, recipient, null), as, actor));
    }

    /** A delivery's keys are about to be destroyed. */
    public void shredded(UUID event, UUID delivery, String as, String actor) {
        shut(entry(event, Entry.Kind.SHREDDED, new Target(delivery, null, null), as, actor));
    }

    /** What is shut: a delivery, or what of it. */
    public record Target(UUID delivery, @Nullable UUID recipient, @Nullable UUID file) {
    }

    private Entry entry(UUID event, Entry.Kind kind, Target target, String as, String actor) {
        return new Entry(event, clock.instant().toString(), kind, target.delivery(), target.recipient(), target.file(), as, actor);
    }

    private void shut(Entry entry) {
        if (file != null && transaction.getTransactionStatus() == Status.STATUS_ACTIVE) {
            transaction.registerInterposedSynchronization(new Synchronization() {
                @Override
                public void beforeCompletion() {
                    // written down below
                }

                @Override
                public void afterCompletion(int status) {
                    if (status != Status.STATUS_COMMITTED) {
                        unsure(entry);
                    }
                }
            });
        }
        write(entry);
    }

    /** Its transaction was rolled back, or broke off at its commit. What there is no room for stays written down as done. */
    void unsure(Entry entry) {
        unsure.offer(entry);
    }

    /**
     * Takes back what the database says didn't happen: it must not be done at a later start, when nobody wants it any more. Goes round once: what
     * can't be told yet, since a transaction has the delivery and doesn't end, doesn't keep the others from it.
     */
    @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void settle() {
        for (int left = unsure.size(); left > 0; left--) {
            var entry = unsure.poll();
            if (entry == null) {
                return;
            }
            try {
                var happened = replay.happened(entry);
                if (happened.isEmpty()) {
                    unsure(entry);
                } else if (!happened.get()) {
                    write(entry.undone(clock.instant().toString()));
                }
            } catch (PersistenceException | QuarkusTransactionException unavailable) {
                Log.debugf("what was rolled back is taken back in the journal later: %s", unavailable.getMessage());
                unsure(entry);
                return;
            }
        }
    }

    private synchronized void write(Entry entry) {
        if (file == null) {
            if (!warned) {
                warned = true;
                Log.warn("what was shut just now, and is from now on, stands in the database alone: if that is restored from a backup, it opens again."
                    + " Set gateway.journal.file (docs/operations/shredding.md)");
            }
            return;
        }
        waiting.add(entry);
        if (waiting.size() > MOST_WAITING) {
            waiting.poll();
            dropped = true;
        }
        writeWaiting();
    }

    @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    synchronized void tick() {
        writeWaiting();
    }

    private void writeWaiting() {
        if (file == null) {
            return;
        }
        try {
            tell(file.keepPlace());
            while (!waiting.isEmpty()) {
                file.append(waiting.peek());
                waiting.poll();
            }
            if (trouble != null) {
                if (dropped) {
                    Log.errorf("the journal can be written again, but of what was shut meanwhile it has the last %d only", MOST_WAITING);
                } else {
                    Log.warn("the journal can be written again, and nothing is missing in it");
                }
                trouble = null;
                dropped = false;
            }
        } catch (IOException failed) {
            if (trouble == null) {
                Log.errorf("THE JOURNAL CAN'T BE WRITTEN: %s. Revoking goes on; but as long as this lasts, a database restored from a backup would open again "
                    + "what is revoked now. Make room, or put gateway.journal.file where it can be written", failed.getMessage());
            }
            trouble = String.valueOf(failed.getMessage());
        }
    }

    private void tell(JournalFile.Place place) {
        switch (place) {
            case KEPT -> {
                return;
            }
            case WRITTEN_AGAIN -> Log.error("THE JOURNAL WAS MOVED, REMOVED OR REPLACED under this process. All that it had was written at its place again, and nothing is missing"
                + " in it; see to it that nobody touches gateway.journal.file, log rotation least of all (docs/operations/shredding.md)");
            case LOST -> Log.error("THE JOURNAL WAS REPLACED OR SHORTENED under this process, and what it had can't be read any more: should a database be restored from a backup, what was"
                + " shut since then opens again. Bring its old file back with the process stopped (docs/operations/shredding.md)");
        }
        moved++;
    }

    private synchronized int waiting() {
        return waiting.size();
    }

    /** Whether there is one. */
    boolean kept() {
        return file != null;
    }

    /** How often it was moved, removed, replaced or shortened since the start. */
    synchronized int moved() {
        return moved;
    }

    /** Why it can't be written now; empty when it can, or when there is none. */
    synchronized Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }
}
