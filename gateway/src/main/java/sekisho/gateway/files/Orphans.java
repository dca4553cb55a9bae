package sekisho.gateway.files;

import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.hibernate.Session;
import sekisho.storage.StoreException;

/**
 * Removes objects that no row names: what an intake left behind when it was killed between sealing and committing. Their keys were
 * never stored, so they are noise already. Only objects older than {@code gateway.store.orphan-age} are looked at, so a running intake
 * is never raced: one that has taken half as long isn't accepted any more. An object whose removal is recorded is here again after a store was
 * restored, and goes again.
 */
@ApplicationScoped
public class Orphans {

    private static final int BATCH = 500;

    private final Session entities;
    private final Vault vault;
    private final StoreConfig config;
    private final Clock clock;

    Orphans(Session entities, Vault vault, StoreConfig config, Clock clock) {
        this.entities = entities;
        this.vault = vault;
        this.config = config;
        this.clock = clock;
    }

    @Scheduled(every = "${gateway.store.orphan-sweep:6h}", delayed = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            int removed = sweep();
            if (removed > 0) {
                Log.infof("%d objects without a row were removed from the store", removed);
            }
        } catch (StoreException | PersistenceException unavailable) {
            Log.warnf("the store was not swept: %s", unavailable.getMessage());
        }
    }

    /** Looks through the whole store once and returns how many objects were removed. */
    public int sweep() throws StoreException {
        var before = clock.instant().minus(config.orphanAge());
        vault.store().sweepUnfinished(config.orphanAge());
        var old = new ArrayList<String>();
        vault.store().list(object -> {
            if (object.modifiedAt().isBefore(before)) {
                old.add(object.key());
            }
        });
        int removed = 0;
        for (int i = 0; i < old.size(); i += BATCH) {
            var batch = old.subList(i, Math.min(old.size(), i + BATCH));
            var named = QuarkusTransaction.requiringNew().call(() -> named(batch));
            for (var key : batch) {
                if (!named.contains(key)) {
                    vault.store().delete(key);
                    removed++;
                }
            }
        }
        return removed;
    }

    private HashSet<String> named(List<String> keys) {
        return new HashSet<>(entities.createNativeQuery("""
                select object_key from file where object_key in (:keys) and object_gone_at is null
                union all select spool_key from delivery where spool_key in (:keys)""", String.class)
            .setParameter("keys", keys).getResultList());
    }
}
