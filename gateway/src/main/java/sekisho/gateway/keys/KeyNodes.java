package sekisho.gateway.keys;

import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.util.Comparator;
import java.util.UUID;
import org.hibernate.Session;

/**
 * Says in the database which versions this node seals and opens with, so that nobody destroys a version that a node still seals to. Learns in
 * turn how much all nodes have wrapped to it. Only the database's clock counts.
 */
@ApplicationScoped
public class KeyNodes {

    private static final long FORGOTTEN_SECONDS = Duration.ofDays(1).toSeconds();

    /** What this process seals with; another one beside it may have other public files. */
    private final UUID self = UUID.randomUUID();
    private final KeyHost host = KeyHost.here();
    private final Session entities;
    private final KeyRing keys;
    private final WrapCounts counts;

    KeyNodes(Session entities, KeyRing keys, WrapCounts counts) {
        this.entities = entities;
        this.keys = keys;
        this.counts = counts;
    }

    @Scheduled(every = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            beat();
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            Log.debugf("which keys are used here is said later: %s", unavailable.getMessage());
        }
    }

    /** Says it now. */
    public void beat() {
        QuarkusTransaction.requiringNew().run(() -> {
            keys.sealingVersions().forEach((name, version) -> {
                say(self, name, "seals", version);
                counts.learn(name, version, wraps(name, version));
            });
            // in one order, since processes that share files share their rows
            keys.held().stream().sorted(Comparator.comparing(KeyRing.Held::name)).forEach(held -> say(opener(held), held.name(), "opens", held.key().versions().last()));
            entities.createNativeQuery("delete from key_node where seen_at < now() - make_interval(secs => :silent) or seen_at > now() + interval '1 minute'")
                .setParameter("silent", FORGOTTEN_SECONDS).executeUpdate();
        });
    }

    /** Who opens with a private file of this process, the same after a restart. */
    UUID opener(KeyRing.Held held) {
        return host.opener(held.file());
    }

    private void say(UUID node, KeyName name, String half, int version) {
        entities.createNativeQuery("""
                insert into key_node (node, pair, half, version, seen_at) values (:node, :pair, :half, :version, now())
                on conflict (node, pair, half) do update set version = excluded.version, seen_at = excluded.seen_at""")
            .setParameter("node", node).setParameter("pair", name.text()).setParameter("half", half).setParameter("version", version).executeUpdate();
    }

    private long wraps(KeyName name, int version) {
        return entities.createNativeQuery("select coalesce(max(wraps), 0) from key_version where pair = :pair and version = :version", Long.class)
            .setParameter("pair", name.text()).setParameter("version", version).getSingleResult();
    }

    /** How many others that are alive open what is sealed for a pair, each with a file of its own. */
    int otherOpeners(KeyRing.Held held) {
        return QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery("""
                select count(*) from key_node where pair = :pair and half = 'opens' and node <> :node
                    and seen_at between now() - make_interval(secs => :silent) and now() + interval '1 minute'""", Long.class)
            .setParameter("pair", held.name().text()).setParameter("node", opener(held)).setParameter("silent", KeyVersions.SILENT_SECONDS).getSingleResult().intValue());
    }
}
