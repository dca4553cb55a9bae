package sekisho.gateway.keys;

import io.agroal.api.AgroalDataSource;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import sekisho.gateway.audit.Actor;
import sekisho.storage.KeyFileException;
import sekisho.storage.StoreException;

/**
 * What is done to key files by itself, in every process that holds a private half: old versions are destroyed, and a version that is nearly
 * worn out is replaced where nobody else would have to be given the new file.
 */
@ApplicationScoped
public class KeyTending {

    private final AgroalDataSource database;
    private final Clock clock;
    private final KeyConfig config;
    private final KeyRing keys;
    private final KeyNodes nodes;

    KeyTending(AgroalDataSource database, Clock clock, KeyConfig config, KeyRing keys, KeyNodes nodes) {
        this.database = database;
        this.clock = clock;
        this.config = config;
        this.keys = keys;
        this.nodes = nodes;
    }

    @Scheduled(every = "${gateway.keys.tend-every:1h}", delayed = "20s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        tend();
    }

    /** Does it now. What can't be done is logged, and done the next time. */
    public synchronized void tend() {
        for (var held : keys.held()) {
            try {
                tend(held);
            } catch (SQLException | PersistenceException | QuarkusTransactionException unavailable) {
                Log.warnf("the key %s is tended later, the database is unavailable: %s", held.name().text(), unavailable.getMessage());
            } catch (StoreException away) {
                Log.errorf("what the key %s opens can't be opened now: %s", held.name().text(), away.getMessage());
            } catch (KeyFileException unusable) {
                Log.errorf("the key %s could not be tended: %s", held.name().text(), unusable.getMessage());
            }
        }
        keys.look();
    }

    private void tend(KeyRing.Held held) throws SQLException, StoreException {
        held.key().check();
        try (var connection = database.getConnection()) {
            var versions = new KeyVersions(connection, clock, Actor.part("keys"), Map.of());
            if (!versions.alone()) {
                return;   // another host, or an operator, is at it
            }
            try {
                rotateWhenDue(held, versions);
                for (int version : new OldVersions(connection, versions, config.shredHorizon()).destroy(held.name(), held.file())) {
                    Log.infof("version %d of the key %s was destroyed: nothing has needed it for %s", version, held.name().text(), config.shredHorizon());
                }
            } finally {
                versions.together();
            }
        }
    }

    private void rotateWhenDue(KeyRing.Held held, KeyVersions versions) throws SQLException {
        var sealing = keys.sealingVersions().get(held.name());
        var publicFile = keys.publicFile(held.name());
        if (sealing == null || publicFile.isEmpty()) {
            return;
        }
        boolean due = versions.all(held.name()).stream().anyMatch(version -> version.number() == sealing && version.wraps() >= KeyLimits.ROTATED_FROM);
        if (!due) {
            return;
        }
        int others = nodes.otherOpeners(held.name());
        if (others > 0) {
            Log.errorf("version %d of the key %s is nearly worn out; it isn't rotated by itself, since %d other nodes have to be given %s: run ./sekisho keys rotate",
                sealing, held.name().text(), others, held.file());
            return;
        }
        var made = new Rotation(versions, held.name(), held.file(), publicFile.get()).run(Set.of());
        Log.warnf("the key %s was nearly worn out and has version %d now, fingerprint %s; back up %s, and copy %s to every host that seals",
            held.name().text(), made.version(), made.fingerprint(), held.file(), publicFile.get());
    }
}
