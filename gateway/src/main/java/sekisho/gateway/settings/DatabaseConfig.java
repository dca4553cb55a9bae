package sekisho.gateway.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.util.Optional;

/** Where the database is, and who the product is there. A runnable's properties hand these on to its connection pool. */
@ConfigMapping(prefix = "gateway.database")
public interface DatabaseConfig {

    /** JDBC address of the database; its schema is made by {@code ./sekisho migrate}. Never holds the password. */
    @WithDefault("jdbc:postgresql://127.0.0.1:5432/sekisho")
    String url();

    /** The role that the product is; it owns no table. */
    @WithDefault("sekisho_app")
    String user();

    /** File that holds that role's password; without one the database must let the role in by other means. */
    Optional<Path> passwordFile();

    /**
     * Most connections at once of this process. A third of them serves downloads, a fifth finds out who somebody is; whoever comes while those
     * are taken waits.
     */
    @WithDefault("20")
    @Min(5)
    @Max(500)
    int connections();
}
