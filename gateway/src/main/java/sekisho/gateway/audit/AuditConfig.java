package sekisho.gateway.audit;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** Who orders and signs the log. */
@ConfigMapping(prefix = "gateway.audit")
public interface AuditConfig {

    /**
     * Private key (Ed25519) that signs checkpoints. A node that has one takes part in sequencing; at least one node needs it, and
     * any number may have it.
     */
    Optional<Path> checkpointKey();

    /** File to which every checkpoint is appended too, outside the database; keep copies elsewhere. */
    Optional<Path> checkpointLog();
}
