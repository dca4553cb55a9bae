package sekisho.gateway.outbox;

import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.type.StandardBasicTypes;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes are alive. A node that has been silent for 15 s has lost its claims: they are due again. Only the database's clock counts,
 * so nodes whose own clocks differ don't take each other for dead; and only a node that has been heard itself for as long may say it of
 * others, for when the database comes back all have been silent, and what they sent meanwhile isn't written down yet.
 */
@ApplicationScoped
public class Nodes {

    private static final Duration SILENT = Duration.ofSeconds(15);
    private static final long SILENT_SECONDS = SILENT.toSeconds();
    /** A longer pause between two beats is one in which others may not have been heard either. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final UUID self = UUID.randomUUID();
    private final Session entities;
    private final Clock clock;
    private Instant heardSince = Instant.MAX;
    private Instant lastHeard = Instant.MIN;
    private volatile @Nullable String scanner;

    Nodes(Session entities, Clock clock) {
        this.entities = entities;
        this.clock = clock;
    }

    /** The name under which this node claims. */
    public UUID self() {
        return self;
    }

    /** Says with the next heartbeat what this node scans files with; empty text for nothing. */
    public void scansWith(String address) {
        scanner = address;
    }

    /** What the other nodes that are alive scan with, each once. */
    @Transactional
    public List<String> otherScanners() {
        return entities.createNativeQuery("""
                select distinct scanner from node where id <> :id and scanner is not null and seen_at > now() - make_interval(secs => :silent)""", String.class)
            .setParameter("id", self).setParameter("silent", SILENT_SECONDS).getResultList();
    }

    @Transactional
    public void beat() {
        entities.createNativeQuery("""
                insert into node (id, seen_at, scanner) values (:id, now(), :scanner)
                on conflict (id) do update set seen_at = excluded.seen_at, scanner = excluded.scanner""")
            .setParameter("id", self).setParameter("scanner", scanner, StandardBasicTypes.STRING).executeUpdate();
        heard();
    }

    private synchronized void heard() {
        var now = clock.instant();
        boolean again = heardSince.equals(Instant.MAX) || now.isBefore(lastHeard) || lastHeard.plus(LONGEST_PAUSE).isBefore(now);
        heardSince = again ? now : heardSince;
        lastHeard = now;
    }

    private synchronized void unheard() {
        heardSince = Instant.MAX;
    }

    private synchronized boolean hasBeenHeard() {
        return !heardSince.equals(Instant.MAX) && !heardSince.plus(SILENT).isAfter(lastHeard);
    }

    /**
     * Gives back what silent nodes had claimed; they may have died between any two steps.
     *
     * @return how many rows; 0 as long as this node's own heartbeat hasn't gone on for {@link #SILENT} without a pause
     */
    @Transactional
    public int reclaim() {
        if (!hasBeenHeard()) {
            return 0;
        }
        int rows = entities.createNativeQuery("""
                update outbox set state = 'DUE', claimed_by = null
                where state = 'CLAIMED' and claimed_by not in (select id from node where seen_at > now() - make_interval(secs => :silent))""")
            .setParameter("silent", SILENT_SECONDS).executeUpdate();
        entities.createNativeQuery("delete from node where seen_at < now() - make_interval(secs => :silent)")
            .setParameter("silent", 2 * SILENT_SECONDS).executeUpdate();
        return rows;
    }

    @Scheduled(every = "3s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            QuarkusTransaction.requiringNew().run(this::beat);   // says so when its commit fails
            int rows = QuarkusTransaction.requiringNew().call(this::reclaim);
            if (rows > 0) {
                Log.warnf("%d copies were claimed by a node that fell silent; they are due again", rows);
            }
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            unheard();
            Log.warnf("no heartbeat, the database is unavailable: %s", unavailable.getMessage());
        }
    }
}
