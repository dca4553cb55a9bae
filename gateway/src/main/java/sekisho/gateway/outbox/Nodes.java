package sekisho.gateway.outbox;

import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.type.StandardBasicTypes;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes are alive. A node that has been silent for 15 s has lost its claims: they are due again. Only the database's clock counts,
 * so nodes whose own clocks differ don't take each other for dead.
 */
@ApplicationScoped
public class Nodes {

    private static final long SILENT_SECONDS = Duration.ofSeconds(15).toSeconds();

    private final UUID self = UUID.randomUUID();
    private final Session entities;
    private volatile @Nullable String scanner;

    Nodes(Session entities) {
        this.entities = entities;
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
    void beat() {
        entities.createNativeQuery("""
                insert into node (id, seen_at, scanner) values (:id, now(), :scanner)
                on conflict (id) do update set seen_at = excluded.seen_at, scanner = excluded.scanner""")
            .setParameter("id", self).setParameter("scanner", scanner, StandardBasicTypes.STRING).executeUpdate();
    }

    /** Gives back what silent nodes had claimed; they may have died between any two steps. */
    @Transactional
    public int reclaim() {
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
            beat();
            int rows = reclaim();
            if (rows > 0) {
                Log.warnf("%d copies were claimed by a node that fell silent; they are due again", rows);
            }
        } catch (PersistenceException unavailable) {
            Log.warnf("no heartbeat, the database is unavailable: %s", unavailable.getMessage());
        }
    }
}
