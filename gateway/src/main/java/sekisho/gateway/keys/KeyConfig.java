package sekisho.gateway.keys;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** The public halves, which can seal and never open. */
@ConfigMapping(prefix = "gateway.keys")
public interface KeyConfig {

    /**
     * Public key that files are sealed to; its private half belongs to {@code web} alone. Needed where files are taken in. Read again within
     * seconds of a change.
     */
    Optional<Path> files();

    /**
     * Public key that spools are sealed to; its private half belongs to {@code mail-hook} alone. Needed where messages are taken in. Read again
     * within seconds of a change.
     */
    Optional<Path> spool();
}
