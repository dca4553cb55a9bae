package sekisho.gateway.keys;

import io.agroal.api.AgroalDataSource;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import sekisho.gateway.audit.Actor;
import sekisho.storage.OpeningKey;

/** Rewraps inside the running product, for whoever holds the private half. */
@ApplicationScoped
public class Rewraps {

    private final AgroalDataSource database;
    private final Clock clock;

    Rewraps(AgroalDataSource database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Wraps what is wrapped to older versions to the newest that is old enough, and logs what came of it. Any number of nodes may run it at
     * once. While the database is unavailable it does nothing more; what was done until then is done.
     *
     * @param name  {@code FILES} or {@code RECORDS}
     * @param key   private half of that pair
     * @param after for how long a version must be known before it is wrapped to, so that it was backed up
     */
    public void run(KeyName name, OpeningKey key, Duration after) {
        try (var connection = database.getConnection()) {
            var versions = new KeyVersions(connection, clock, Actor.part("rewrap"), Map.of());
            var rewrap = Rewrap.to(connection, versions, name, key, after, Rewrap.BATCH);
            if (rewrap.isEmpty()) {
                return;
            }
            log(name, rewrap.get().run());
        } catch (Rewrap.UnansweredException away) {
            log(name, away.report());
            Log.errorf("%s: keys are wrapped again later: %s", name.text(), away.getMessage());
        } catch (SQLException unavailable) {
            Log.warnf("keys are wrapped again later: %s", unavailable.getMessage());
        }
    }

    private static void log(KeyName name, Rewrap.Report report) {
        if (report.rewrapped() > 0) {
            Log.infof("%s: the keys of %d files were wrapped again, to version %d; %d are left", name.text(), report.rewrapped(), report.to(), report.left());
        }
        if (report.unreadable() > 0) {
            Log.errorf("%s: the keys of %d files are of versions that the private key here doesn't have, or are broken; see ./sekisho keys status",
                name.text(), report.unreadable());
        }
    }
}
