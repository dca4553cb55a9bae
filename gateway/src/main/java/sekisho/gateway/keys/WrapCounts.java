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

/**
 * How many keys were wrapped to each version, in the whole installation. A node counts in memory and adds to the version's row every ten
 * seconds: a row that each acceptance would update would have them wait for one another. What a node counted in its last seconds is lost
 * with it, which doesn't matter against a limit of 2<sup>30</sup> (docs/decisions/0017).
 */
@ApplicationScoped
public class WrapCounts {

    private static final Duration WARN_AGAIN_AFTER = Duration.ofHours(1);

    private final Session entities;
    private final Clock clock;
    private final Map<Version, LongAdder> counted = new ConcurrentHashMap<>();
    private Instant warnedAt = Instant.MIN;

    WrapCounts(Session entities, Clock clock) {
        this.entities = entities;
        this.clock = clock;
    }

    private record Version(KeyName name, int number) {
    }

    void add(KeyName name, int version) {
        counted.computeIfAbsent(new Version(name, version), _ -> new LongAdder()).increment();
    }

    @Scheduled(every = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            writeDown();
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            Log.debugf("what was wrapped is added up later: %s", unavailable.getMessage());
        }
    }

    /** Adds what this node has counted since the last time; what can't be written down is kept. */
    public synchronized void writeDown() {
        counted.forEach((version, count) -> {
            long more = count.sumThenReset();
            if (more > 0) {
                boolean written = false;
                try {
                    warn(version, QuarkusTransaction.requiringNew().call(() -> add(version, more)));
                    written = true;
                } finally {
                    if (!written) {
                        count.add(more);
                    }
                }
            }
        });
    }

    private long add(Version version, long more) {
        return entities.createNativeQuery("""
                insert into key_version as k (pair, version, wraps, last_sealed_at) values (:pair, :version, :more, now())
                on conflict (pair, version) do update set wraps = k.wraps + excluded.wraps, last_sealed_at = excluded.last_sealed_at
                returning wraps""", Long.class)
            .setParameter("pair", version.name.text()).setParameter("version", version.number).setParameter("more", more).getSingleResult();
    }

    private void warn(Version version, long wraps) {
        var now = clock.instant();
        if (wraps >= KeyVersions.MOST_WRAPS && (warnedAt == Instant.MIN || !now.isBefore(warnedAt.plus(WARN_AGAIN_AFTER)))) {
            warnedAt = now;
            Log.warnf("version %d of the key %s has wrapped %d keys, which is its limit: rotate it now (docs/operations/keys.md)", version.number,
                version.name.text(), wraps);
        }
    }
}
