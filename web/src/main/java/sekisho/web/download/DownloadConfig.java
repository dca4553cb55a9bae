package sekisho.web.download;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** How downloads are served. */
@ConfigMapping(prefix = "web.download")
public interface DownloadConfig {

    /** A download whose client takes less than 64 KiB in so long is cut; it can be resumed. */
    @WithDefault("2m")
    @DurationMin(seconds = 1)
    @DurationMax(hours = 1)
    Duration stallLimit();

    /** Most downloads at once on this node; each costs some 300 KiB of memory. One more is told to come back in a moment. */
    @WithDefault("256")
    @Min(1)
    @Max(100_000)
    int atOnce();
}
