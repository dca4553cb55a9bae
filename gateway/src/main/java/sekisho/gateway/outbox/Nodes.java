package sekisho.gateway.outbox;

import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.UUID;
import org.hibernate.Session;

/**
 * Which nodes are alive. A node that has been silent for 15 s has lost its claims: they are due again. Only the database's clock counts,
 * so nodes whose own clocks differ don't take each other for dead.
 */
@ApplicationScoped
public class Nodes {

    private static final long SILENT_SECONDS = Duration.ofSeconds(15).toSeconds();

    private final UUID self = UUID.randomUUID();
    private final Session entities;

    Nodes(Session entities) {
        this.entities = entities;
    }

    /** The name under which this node claims. */
    public UUID self() {
        return self;
    }

    @Transactional
    void beat() {
        entities.createNativeQuery("insert into node (id, seen_at) values (:id, now()) on conflict (id) do update set seen_at = excluded.seen_at")
            .setParameter("id", self).executeUpdate();
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
