package sekisho.web.download;

import io.quarkus.runtime.configuration.MemorySize;
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

    /** A download whose client takes nothing for so long, or less than {@link #leastRate} on average, is cut; it can be resumed. */
    @WithDefault("2m")
    @DurationMin(seconds = 1)
    @DurationMax(hours = 1)
    Duration stallLimit();

    /** Octets a second that a client must take, on average over {@link #stallLimit}. Only time spent waiting for it counts. */
    @WithDefault("4K")
    MemorySize leastRate();

    /** Most downloads at once on this node; each costs some 300 KiB of memory. One more is told to come back in a moment. */
    @WithDefault("256")
    @Min(1)
    @Max(100_000)
    int atOnce();

    /** Most downloads at once of one person on this node, so that nobody can stop the others. One more is told to wait for the own ones. */
    @WithDefault("12")
    @Min(1)
    @Max(100_000)
    int perPerson();
}
