package sekisho.gateway.keys;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** The public halves, which can seal and never open; and how long old versions are kept. */
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

    /**
     * Public key that names, types and hashes of files are sealed to; its private half belongs to {@code web} and {@code admin}, and opens no
     * content. Needed where files are taken in. Read again within seconds of a change.
     */
    Optional<Path> records();

    /**
     * For how long nothing must have needed an old version of a key before the process that has its private half destroys it. As old as the
     * oldest backup of the database that you would restore.
     */
    @WithDefault(KeyLimits.SHRED_HORIZON)
    @DurationMin(seconds = 1)
    @DurationMax(days = 3650)
    Duration shredHorizon();

    /**
     * At which age a key is given a new version by the process that has both halves, if no other host opens for that pair. Without it nobody does, and the
     * log and {@code ./sekisho keys status} tell of one that is older than a year. Back up private files within it: files that come in next need the new version.
     */
    Optional<@DurationMin(hours = 1) @DurationMax(days = 3650) Duration> rotateEvery();

    /** How often the process that has a private half looks for versions to destroy, and for one that is nearly worn out or too old. */
    @WithDefault("1h")
    @DurationMin(seconds = 1)
    @DurationMax(days = 1)
    Duration tendEvery();
}
