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
    /** For who opens: a host that was off for so long may come back, and would lack a version that it wasn't given. As in migration V82. */
    private static final long OPENER_FORGOTTEN_SECONDS = Duration.ofDays(30).toSeconds();

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
            entities.createNativeQuery("""
                    delete from key_node where seen_at > now() + interval '1 minute'
                        or seen_at < now() - make_interval(secs => case when half = 'opens' and host is not null then :opener else :other end)""")
                .setParameter("opener", OPENER_FORGOTTEN_SECONDS).setParameter("other", FORGOTTEN_SECONDS).executeUpdate();
        });
    }

    /** Who opens with a private file of this process, the same after a restart. */
    UUID opener(KeyRing.Held held) {
        return host.opener(held.file());
    }

    private void say(UUID node, KeyName name, String half, int version) {
        entities.createNativeQuery("""
                insert into key_node (node, pair, half, version, host, seen_at) values (:node, :pair, :half, :version, :host, now())
                on conflict (node, pair, half) do update set version = excluded.version, seen_at = excluded.seen_at""")
            .setParameter("node", node).setParameter("pair", name.text()).setParameter("half", half).setParameter("version", version)
            .setParameter("host", host.name()).executeUpdate();
    }

    private long wraps(KeyName name, int version) {
        return entities.createNativeQuery("select coalesce(max(wraps), 0) from key_version where pair = :pair and version = :version", Long.class)
            .setParameter("pair", name.text()).setParameter("version", version).getSingleResult();
    }
}
