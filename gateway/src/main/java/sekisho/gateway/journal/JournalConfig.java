package sekisho.gateway.journal;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** Where this node writes down what is shut. */
@ConfigMapping(prefix = "gateway.journal")
public interface JournalConfig {

    /**
     * File, on a disk that is not restored together with the database, where this node writes down what is revoked, cancelled and destroyed through
     * it. At the next start, before the port opens, what the database doesn't know of it is done again. One for each process of {@code web} and
     * {@code admin}, never shared; made when it is missing. Without it the process warns at start,
     * {@code /health/well} shows {@code kept: false}, and a restored backup opens what was revoked since.
     */
    Optional<Path> file();
}
