package sekisho.gateway.health;

import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Whether the database answers and has the schema that this version needs. */
@Readiness
@ApplicationScoped
class DatabaseReady implements HealthCheck {

    /** The newest migration that this code was written for. */
    static final int SCHEMA = 81;

    private final AgroalDataSource database;

    DatabaseReady(AgroalDataSource database) {
        this.database = database;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("database");
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select max(cast(version as integer)) from flyway_schema_history where success")) {
            rows.next();
            int found = rows.getInt(1);
            return found >= SCHEMA ? response.up().build()
                : response.down().withData("reason", "schema " + found + ", needed " + SCHEMA + ": run ./sekisho migrate").build();
        } catch (SQLException unavailable) {
            return response.down().withData("reason", "unavailable").build();
        }
    }
}
