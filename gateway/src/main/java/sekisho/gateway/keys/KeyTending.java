package sekisho.gateway.keys;

import io.agroal.api.AgroalDataSource;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import sekisho.gateway.audit.Actor;
import sekisho.storage.KeyFileException;
import sekisho.storage.StoreException;

/**
 * What is done to key files by itself, in every process that holds a private half: old versions are destroyed, and a version that is nearly
 * worn out, or older than wanted, is replaced where nobody else would have to be given the new file.
 */
@ApplicationScoped
public class KeyTending {

    /** So long it isn't said again that another program has the key files, however often they are looked at. */
    private static final Duration SAID_AGAIN = Duration.ofMinutes(30);

    private final AgroalDataSource database;
    private final Clock clock;
    private final KeyConfig config;
    private final KeyRing keys;
    private final KeyNodes nodes;
    /** Pairs that could not be tended at the last look: since when, and when that is to be said. Not of one look: a command may run, or another node's timer. */
    private final Map<KeyName, Kept> kept = new EnumMap<>(KeyName.class);

    private record Kept(Instant since, Instant sayAt) {
    }

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
            }
        }
        keys.look();
    }

    private void tend(KeyRing.Held held) throws SQLException, StoreException {
        held.key().check();
        try (var connection = database.getConnection()) {
            var versions = new KeyVersions(connection, clock, Actor.part("keys"), Map.of());
            if (!versions.alone()) {
                kept(held.name());
                return;
            }
            kept.remove(held.name());
            try {
                unlessUnusable(held, () -> destroyOld(held, new OldVersions(connection, versions, config.shredHorizon())));
                unlessUnusable(held, () -> rotateWhenDue(held, versions, new KeyOpeners(connection, versions)));
            } finally {
                versions.together();
            }
        }
    }

    private interface Step {
        void run() throws SQLException;
    }

    /** What the files don't allow keeps nothing else from being done. */
    private static void unlessUnusable(KeyRing.Held held, Step step) throws SQLException {
        try {
            step.run();
        } catch (KeyFileException unusable) {
            Log.errorf("the key %s could not be tended: %s", held.name().text(), unusable.getMessage());
        }
    }

    private void destroyOld(KeyRing.Held held, OldVersions old) throws SQLException {
        for (int version : old.destroy(held.name(), held.file())) {
            Log.infof("version %d of the key %s was destroyed: nothing has needed it for %s", version, held.name().text(), config.shredHorizon());
        }
    }

    /** Another host, or an operator, is at it; or was, and hangs or is gone with its connection open. */
    private void kept(KeyName name) {
        var now = clock.instant();
        var before = kept.get(name);
        if (before == null) {
            kept.put(name, new Kept(now, now));
        } else if (!now.isBefore(before.sayAt)) {
            Log.warnf("the key %s could not be tended at %s, and not since: another program has the key files, or hung, or its host is gone. Until it lets go no version is destroyed,"
                + " and none is replaced by itself; docs/operations/keys.md says how to find it", name.text(), before.since);
            kept.put(name, new Kept(before.since, now.plus(SAID_AGAIN)));
        }
    }

    private void rotateWhenDue(KeyRing.Held held, KeyVersions versions, KeyOpeners openers) throws SQLException {
        int sealing = keys.sealingVersions().getOrDefault(held.name(), held.key().versions().last());
        var version = versions.all(held.name()).stream().filter(each -> each.number() == sealing).findFirst().orElse(KeyVersions.Version.unknown(sealing));
        var now = versions.now();
        var why = version.wraps() >= KeyLimits.ROTATED_FROM ? "nearly worn out"
            : config.rotateEvery().filter(age -> version.isOlderThan(age, now)).map(_ -> "older than gateway.keys.rotate-every").orElse(null);
        var publicFile = keys.publicFile(held.name());
        if (why == null || publicFile.isEmpty()) {
            if (version.isOlderThan(KeyLimits.OLD, now)) {
                Log.warnf("version %d of the key %s has sealed for more than %d days: what was shredded since then opens from backups; run ./sekisho keys rotate"
                    + " (docs/operations/shredding.md)", sealing, held.name().text(), KeyLimits.OLD.toDays());
            }
            return;
        }
        var self = nodes.opener(held);
        var others = openers.all(held.name()).stream().filter(opener -> !opener.node().equals(self)).toList();
        if (!others.isEmpty()) {
            Log.errorf("version %d of the key %s is %s; it isn't rotated by itself, since others have to be given %s: %s; run ./sekisho keys rotate, and keys forget for"
                + " a host that is gone for good", sealing, held.name().text(), why, held.file(),
                others.stream().map(opener -> opener.host() + " (last heard of " + opener.seenAt() + ")").collect(Collectors.joining(", ")));
            return;
        }
        var made = new Rotation(versions, held.name(), held.file(), publicFile.get()).run(Set.of());
        Log.warnf("the key %s was %s and has version %d now, fingerprint %s; back up %s, and copy %s to every host that seals",
            held.name().text(), why, made.version(), made.fingerprint(), held.file(), publicFile.get());
    }
}
