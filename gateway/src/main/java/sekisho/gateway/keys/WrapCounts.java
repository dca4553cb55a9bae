package sekisho.gateway.keys;

import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.hibernate.Session;
import sekisho.storage.StoreException;

/**
 * How many keys were wrapped to each version, in the whole installation. A node counts in memory and adds to the version's row every ten
 * seconds: a row that each acceptance would update would have them wait for one another. What a node counted in its last seconds is lost
 * with it, which the margin before the limit bears ({@link KeyLimits}, docs/decisions/0017).
 */
@ApplicationScoped
public class WrapCounts {

    private static final Duration WARN_AGAIN_AFTER = Duration.ofHours(1);

    private final Session entities;
    private final Clock clock;
    private final Map<Version, Count> counted = new ConcurrentHashMap<>();

    WrapCounts(Session entities, Clock clock) {
        this.entities = entities;
        this.clock = clock;
    }

    private record Version(KeyName name, int number) {
    }

    private static final class Count {
        /** Not yet in the version's row. */
        private final LongAdder more = new LongAdder();
        /** All nodes' together, when it was last asked; 0 when it was never. */
        private volatile long all;
        private Instant warnedAt = Instant.MIN;
    }

    private Count count(KeyName name, int version) {
        return counted.computeIfAbsent(new Version(name, version), _ -> new Count());
    }

    void add(KeyName name, int version) {
        count(name, version).more.increment();
    }

    /** @throws StoreException the version has wrapped as much as it may: nothing more is sealed until this node has a newer one */
    void requireRoom(KeyName name, int version) throws StoreException {
        var count = count(name, version);
        if (count.all >= KeyLimits.REFUSED_FROM) {
            throw new StoreException("version " + version + " of the key " + name.text() + " has wrapped " + count.all
                + " keys and may wrap no more; run ./sekisho keys rotate (docs/operations/keys.md)");
        }
    }

    /** How many keys this version has wrapped in all, as far as this node knows. */
    long wraps(KeyName name, int version) {
        return count(name, version).all;
    }

    @Scheduled(every = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            writeDown();
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            Log.debugf("what was wrapped is added up later: %s", unavailable.getMessage());
        }
    }

    /**
     * Adds what this node has counted since the last time; what can't be written down is kept, and keeps no other version waiting.
     *
     * @throws RuntimeException some of it can't be written down now
     */
    public synchronized void writeDown() {
        RuntimeException failed = null;
        for (var each : counted.entrySet()) {
            try {
                writeDown(each.getKey(), each.getValue());
            } catch (RuntimeException one) {
                failed = one;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private void writeDown(Version version, Count count) {
        long more = count.more.sumThenReset();
        if (more == 0) {
            return;
        }
        boolean written = false;
        try {
            count.all = QuarkusTransaction.requiringNew().call(() -> add(version, more));
            written = true;
            warn(version, count);
        } finally {
            if (!written) {
                count.more.add(more);
            }
        }
    }

    /** Learns how much this version has wrapped in all, before it wraps here: a node that starts knows nothing. */
    void learn(KeyName name, int version, long wraps) {
        var count = count(name, version);
        count.all = Math.max(count.all, wraps);
    }

    private long add(Version version, long more) {
        return entities.createNativeQuery("""
                insert into key_version as k (pair, version, wraps, last_sealed_at) values (:pair, :version, :more, now())
                on conflict (pair, version) do update set wraps = least(least(k.wraps, :full) + excluded.wraps, :full), last_sealed_at = excluded.last_sealed_at
                returning wraps""", Long.class)
            .setParameter("pair", version.name.text()).setParameter("version", version.number).setParameter("more", more)
            .setParameter("full", KeyLimits.MOST_COUNTED).getSingleResult();
    }

    private void warn(Version version, Count count) {
        var now = clock.instant();
        if (count.all < KeyLimits.ROTATE_FROM || count.warnedAt != Instant.MIN && now.isBefore(count.warnedAt.plus(WARN_AGAIN_AFTER))) {
            return;
        }
        count.warnedAt = now;
        if (count.all < KeyLimits.REFUSED_FROM) {
            Log.warnf("version %d of the key %s has wrapped %d keys, of %d: rotate it, or mail will be refused (docs/operations/keys.md)", version.number,
                version.name.text(), count.all, KeyLimits.MOST_WRAPS);
        } else {
            Log.errorf("version %d of the key %s has wrapped %d keys, of %d: mail is refused by 451 until it is rotated (docs/operations/keys.md)",
                version.number, version.name.text(), count.all, KeyLimits.MOST_WRAPS);
        }
    }
}
