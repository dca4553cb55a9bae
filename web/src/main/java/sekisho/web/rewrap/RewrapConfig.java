package sekisho.web.rewrap;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** When keys of files are wrapped again. */
@ConfigMapping(prefix = "web.rewrap")
public interface RewrapConfig {

    /** How often this node looks for files whose keys are wrapped to an older version of the private key than they should be. */
    @WithDefault("1h")
    @DurationMin(seconds = 1)
    @DurationMax(days = 1)
    Duration every();

    /**
     * For how long a version of the private key must have been known before files are wrapped to it: as long as it may take until it is in your
     * backup and on every host.
     */
    @WithDefault("1d")
    @DurationMin(seconds = 0)
    @DurationMax(days = 365)
    Duration after();
}
