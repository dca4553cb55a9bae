package sekisho.gateway.files;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.Session;
import sekisho.storage.StoreException;
import sekisho.storage.StorePartException;
import sekisho.storage.StoredObject;

/**
 * Removes objects that no row names: what an intake left behind when it was killed between sealing and committing. Their keys were
 * never stored, so they are noise already. Only objects older than {@code gateway.store.orphan-age} are looked at, so a running intake
 * is never raced: one that has taken half as long isn't accepted any more. An object whose removal is recorded is here again after a store was
 * restored, and goes again.
 *
 * <p>A database that was restored from a backup names nothing that was accepted since, and then most of what no row names is no noise. So when it is
 * more than a small part of the store, nothing of it goes until an operator says so ({@code gateway.store.orphan-most}). Those of a crash are no exception:
 * by their age they can't be told from those of a restored database, once that has accepted something new (docs/decisions/0033).
 */
@ApplicationScoped
public class Orphans {

    private static final int BATCH = 500;
    /** Of a store whose files live for four weeks, what was accepted in seven hours. */
    private static final int HUNDREDTH = 100;
    /** Who sets more wants none for now. */
    private static final Duration LONGEST_SWEPT_EARLY = Duration.ofDays(1);

    private final Session entities;
    private final Vault vault;
    private final StoreConfig config;
    private final Removals removals;
    private volatile long kept;
    private volatile boolean begun;

    Orphans(Session entities, Vault vault, StoreConfig config, Clock clock, MeterRegistry metrics) {
        this.entities = entities;
        this.vault = vault;
        this.config = config;
        this.removals = new Removals(vault, entities, clock);
        metrics.gauge("sekisho.orphans.kept", this, Orphans::kept);
    }

    /** Once, where a process may be stopped before its first {@link #tick}. Not for who restores a database. */
    @Scheduled(every = "10m", delayed = "10m", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void early() {
        if (!begun && config.orphanSweep().compareTo(LONGEST_SWEPT_EARLY) <= 0) {
            tick();
        }
    }

    /** First so long after the start: who restores a database sets a long time, and nothing must go before. */
    @Scheduled(every = "${gateway.store.orphan-sweep:6h}", delayed = "${gateway.store.orphan-sweep:6h}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        begun = true;
        try {
            int removed = sweep();
            if (removed > 0) {
                Log.infof("%d objects without a row were removed from the store", removed);
            }
        } catch (StoreException | PersistenceException | QuarkusTransactionException unavailable) {
            Log.warnf("the store was not swept to its end: %s", unavailable.getMessage());
        }
    }

    /** How many objects without a row the last sweep left alone since they are too many; 0 when it did its work. */
    public long kept() {
        return kept;
    }

    /**
     * Looks through the whole store once. Keeps in memory the keys of what is to go.
     *
     * @return how many objects were removed
     * @throws StoreException the store is unavailable, nothing can be deleted, not every unfinished upload, or what is in a part of the store; some may have been
     *     removed
     */
    public int sweep() throws StoreException {
        var before = now().minus(config.orphanAge());
        try {
            return sweepObjects(before);
        } finally {
            vault.store().sweepUnfinished(before);   // last: one of them that can't be removed keeps no object
        }
    }

    private int sweepObjects(Instant before) throws StoreException {
        var look = new Look(before);
        try {
            vault.store().list(look::at);
        } catch (StorePartException part) {    // keeps nothing elsewhere
            removeOf(look);
            throw part;
        }
        return removeOf(look);
    }

    private int removeOf(Look look) throws StoreException {
        look.ask();
        kept = isTooMany(look.unnamed.size(), look.objects, config.orphanMost()) ? look.unnamed.size() : 0;
        if (kept > 0) {
            Log.errorf("%d of %d objects in the store have no row, and none of them was removed: was the database restored from before they were written?"
                + " See docs/operations/stores.md; once they may go, set gateway.store.orphan-most=%d", kept, look.objects, kept);
            return remove(look.goneOnce);
        }
        look.goneOnce.addAll(look.unnamed);
        return remove(look.goneOnce);
    }

    /** The database's: one node whose clock is ahead would remove what others just seal. */
    private Instant now() {
        return QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery("select now()", Instant.class).getSingleResult());
    }

    static boolean isTooMany(long unnamed, long objects, long most) {
        return unnamed > most && unnamed > objects / HUNDREDTH;
    }

    /** Goes through the store as it is listed. */
    private final class Look {

        private final Instant before;
        private final List<String> batch = new ArrayList<>();
        private final List<String> unnamed = new ArrayList<>();
        private final List<String> goneOnce = new ArrayList<>();
        private long objects;

        Look(Instant before) {
            this.before = before;
        }

        void at(StoredObject object) {
            objects++;
            if (object.modifiedAt().isBefore(before)) {
                batch.add(object.key());
                if (batch.size() == BATCH) {
                    ask();
                }
            }
        }

        void ask() {
            var named = named(batch);
            for (var key : batch) {
                switch (named.getOrDefault(key, Named.NOT)) {
                    case LIVE -> { }
                    case GONE -> goneOnce.add(key);
                    case NOT -> unnamed.add(key);
                }
            }
            batch.clear();
        }
    }

    /** What could not be deleted before comes last, so that it keeps nothing waiting. */
    private int remove(List<String> keys) throws StoreException {
        var pass = removals.pass();
        var inOrder = keys.stream().sorted(Comparator.comparing(removals::isStubborn)).toList();
        int removed = 0;
        for (int i = 0; i < inOrder.size(); i += BATCH) {
            var batch = inOrder.subList(i, Math.min(inOrder.size(), i + BATCH));
            var named = named(batch);   // as it is now
            for (var key : batch) {
                if (named.get(key) != Named.LIVE && pass.removed(key, "the object " + key + ", which no row needs,", () -> { })) {
                    removed++;
                }
            }
        }
        return removed;
    }

    /** What the database says of an object. */
    private enum Named { LIVE, GONE, NOT }

    private Map<String, Named> named(List<String> keys) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        return QuarkusTransaction.requiringNew().call(() -> {
            var named = new HashMap<String, Named>();
            for (var row : entities.createNativeQuery("""
                    select object_key as key, object_gone_at is null as live from file where object_key in (:keys)
                    union all select spool_key, true from delivery where spool_key in (:keys)""", Tuple.class)
                .setParameter("keys", keys).getResultList()) {
                named.put((String) row.get("key"), (Boolean) row.get("live") ? Named.LIVE : Named.GONE);
            }
            return named;
        });
    }
}
