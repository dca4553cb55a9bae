package sekisho.gateway.keys;

import io.quarkus.logging.Log;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sekisho.storage.KeyFiles;
import sekisho.storage.SealingKey;

/**
 * Destroys versions that nobody needs any more, on the host whose private file they are in. One that the file lacks is decided as well: perhaps no file has
 * it any more, and a rotation asks for it until it is; another host's gets rid of it at its next look. A version is idle when a newer one is there, nothing
 * hangs on it and no node seals with it; when it has been idle for the horizon, no backup that is younger needs it. What needs a
 * version between two looks ends its idleness itself (migration V70, {@link Rewrap}). Only the database's clock counts. Each step is safe to
 * be the last: what was decided is carried out by the next run.
 */
final class OldVersions {

    private final Connection connection;
    private final KeyVersions versions;
    private final Duration horizon;

    /** @param connection which {@code versions} works on; stays open */
    OldVersions(Connection connection, KeyVersions versions, Duration horizon) {
        this.connection = connection;
        this.versions = versions;
        this.horizon = horizon;
    }

    /**
     * Destroys what is due. Nobody else may change key files meanwhile, see {@link KeyVersions#alone()}.
     *
     * @return the versions that were taken out of the file, and those that it didn't have and that are destroyed from now on
     * @throws sekisho.storage.KeyFileException the file or its back end can't be used, or the file not written; what was decided stays decided
     */
    List<Integer> destroy(KeyName name, Path privateFile) throws SQLException {
        var here = KeyFiles.listed(privateFile);
        if (here.isEmpty()) {
            return List.of();
        }
        int newest = here.lastKey();
        for (int version : here.keySet()) {
            versions.seen(name, version);
        }
        markIdle(name, newest);
        var done = new ArrayList<Integer>();
        var all = versions.all(name);
        KeyFiles.tidy(privateFile, number -> all.stream().anyMatch(version -> version.number() == number && version.destroyedAt().isPresent()));
        for (var version : all) {
            SealingKey half = here.get(version.number());
            if (half != null && version.number() < newest && isDecided(name, privateFile, version, half)) {
                KeyFiles.destroy(privateFile, version.number());
                done.add(version.number());
            }
        }
        for (var version : all) {
            if (!here.containsKey(version.number()) && version.number() < newest && versions.isIdle(name, version.number(), horizon)) {
                if (!isDecided(name, privateFile, version, null)) {
                    break;   // there may be many, and each would wait
                }
                done.add(version.number());
            }
        }
        return done;
    }

    /**
     * Asks the file, where the version is in it, and its back end before it decides: what is recorded as destroyed has to be. A version that somebody's open
     * transaction may be using waits for the next look, and keeps no other that is in the file from being destroyed.
     *
     * @param half null for a version that isn't in the file
     */
    private boolean isDecided(KeyName name, Path privateFile, KeyVersions.Version version, @Nullable SealingKey half) throws SQLException {
        if (version.destroyedAt().isEmpty() && !versions.isIdle(name, version.number(), horizon)) {
            return false;
        }
        if (half == null) {
            KeyFiles.requireNewest(privateFile);
        } else {
            KeyFiles.requireDestroying(privateFile);
        }
        try {
            return half != null && version.destroyedAt().isPresent() ? versions.destroy(name, half) instanceof KeyVersions.Destruction.Marked
                : versions.destroyIdle(name, version.number(), half == null ? null : half.fingerprint(), horizon);
        } catch (SQLException failed) {
            if (KeyVersions.LOCK_NOT_AVAILABLE.equals(failed.getSQLState())) {
                Log.warnf("version %d of the key %s is destroyed later: %s", version.number(), name.text(), failed.getMessage());
                return false;
            }
            throw failed;
        }
    }

    /**
     * Idleness begins where a newer version is, and ends by a need alone: a host that wasn't given the newer one yet knows of none. Takes the rows in ascending order, as
     * {@link Rewrap} does: so neither waits for the other in a circle.
     */
    private void markIdle(KeyName name, int newest) throws SQLException {
        versions.inTransaction(() -> {
            try (var update = connection.prepareStatement("""
                    with looked as (select k.version, exists (select from (%s) live where live.version = k.version)
                            or exists (select from %s and n.version = k.version) as needed
                        from key_version k where k.pair = ? and k.destroyed_at is null),
                    due as materialized (select k.version, looked.needed from key_version k join looked on looked.version = k.version
                        where k.pair = ? and looked.needed = (k.idle_since is not null) and (looked.needed or k.version < ?)
                        order by k.version for no key update of k)
                    update key_version k set idle_since = case when not due.needed then now() end from due where k.pair = ? and k.version = due.version"""
                    .formatted(KeyVersions.live(name, "wrapped as version"), KeyVersions.SEALERS))) {
                update.setString(1, name.text());
                update.setString(2, name.text());
                update.setString(3, name.text());
                update.setInt(4, newest);
                update.setString(5, name.text());
                return update.executeUpdate();
            }
        });
    }
}
