package sekisho.gateway.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.hibernate.Session;
import sekisho.gateway.DatabaseFault;

/**
 * Settles each read that has ended, once: at once where the database can be asked, else as soon as it can. Where a commit broke off, the database
 * says what became of it before anything is tried again. Kept in memory: what a crash forgets stays as it was reserved, told too large.
 */
@Startup   // its metrics are there before anybody needs it, so that alarms can be set on them
@ApplicationScoped
class Settlements {

    /** More reads than that don't end in an outage: it begins none. */
    private static final int MOST = 10_000;
    /** Then it isn't the database that is in the way, but something in this one. */
    private static final int MOST_REFUSALS = 10;

    private final Downloads downloads;
    private final Session entities;
    private final MeterRegistry metrics;
    private final ConcurrentLinkedDeque<EndedRead> waiting = new ConcurrentLinkedDeque<>();

    Settlements(Downloads downloads, Session entities, MeterRegistry metrics) {
        this.downloads = downloads;
        this.entities = entities;
        this.metrics = metrics;
        metrics.counter("sekisho.download.octets");
        metrics.counter("sekisho.downloads", "outcome", "cut");
        metrics.counter("sekisho.downloads", "outcome", "completed");
    }

    /** Settles it now, or keeps it until it is. */
    void settle(EndedRead read) {
        try {
            if (settled(read)) {
                return;
            }
        } catch (RuntimeException unavailable) {
            Log.warnf("what was served under ticket %s is settled later: %s", read.ticket(), unavailable.getMessage());
        }
        waiting.add(read);
        if (waiting.size() > MOST) {
            waiting.poll();
        }
    }

    @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            List.copyOf(waiting).forEach(this::again);
        } catch (RuntimeException unavailable) {
            Log.warnf("%d reads wait to be settled, the database is unavailable: %s", waiting.size(), unavailable.getMessage());
        }
    }

    /** @throws RuntimeException the database is away, for the others too */
    private void again(EndedRead read) {
        try {
            if (settled(read)) {
                waiting.remove(read);
            }
        } catch (RuntimeException failed) {
            DatabaseFault.requireNone(failed, entities);
            if (read.refusedAgain() == MOST_REFUSALS) {
                Log.errorf(failed, "what was served under ticket %s can't be settled: what was reserved for it counts as served", read.ticket());
                waiting.remove(read);
            }
        }
    }

    private boolean settled(EndedRead read) {
        if (read.transaction() != null) {
            switch (fate(read.transaction())) {
                case "aborted" -> read.notSettled();
                case "in progress" -> {   // the server hasn't noticed yet that we are gone
                    return false;
                }
                default -> {
                    count(read);
                    return true;
                }
            }
        }
        downloads.settle(read);
        count(read);
        return true;
    }

    /** Of a transaction that the database has forgotten, after some hundred millions of others, nothing can be said: as if it had committed, too large. */
    private String fate(String transaction) {
        return QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery("select coalesce(pg_xact_status(cast(:id as xid8)), 'unknown')", String.class)
            .setParameter("id", transaction).getSingleResult());
    }

    private void count(EndedRead read) {
        metrics.counter("sekisho.download.octets").increment(read.to() - read.from());
        if (read.hasLostAccess()) {
            metrics.counter("sekisho.downloads", "outcome", "cut").increment();
        }
        if (read.isComplete()) {
            metrics.counter("sekisho.downloads", "outcome", "completed").increment();
        }
    }
}
