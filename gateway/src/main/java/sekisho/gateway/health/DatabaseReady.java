package sekisho.gateway.health;

import io.agroal.api.AgroalDataSource;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.Optional;
import org.eclipse.microprofile.health.Readiness;

/** Whether the database answers and has the schema that this version needs. */
@Startup(WatchedCheck.AFTER_STARTS)
@Readiness
@Singleton
class DatabaseReady extends WatchedCheck {

    /** The newest migration that this code was written for. */
    static final int SCHEMA = 83;

    private final AgroalDataSource database;

    DatabaseReady(AgroalDataSource database) {
        super("database", "unavailable");
        this.database = database;
    }

    @Override
    protected Optional<String> ask() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select max(cast(version as integer)) from flyway_schema_history where success")) {
            rows.next();
            int found = rows.getInt(1);
            return found >= SCHEMA ? Optional.empty() : Optional.of("schema " + found + ", needed " + SCHEMA + ": run ./sekisho migrate");
        }
    }
}
