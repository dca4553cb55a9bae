package sekisho.web.upload;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** What the upload portal takes. */
@ConfigMapping(prefix = "web.upload")
public interface UploadConfig {

    /** Largest request, with all its files. {@code quarkus.http.limits.max-body-size} must be as large. */
    @WithDefault("1T")
    MemorySize maxOctets();

    /** Most files in one delivery; files times recipients are never more than 100,000. */
    @WithDefault("10000")
    @Min(1)
    @Max(10_000)
    int maxFiles();

    /** Most recipients of one delivery. */
    @WithDefault("100")
    @Min(1)
    @Max(10_000)
    int maxRecipients();

    /** An upload from which nothing arrives for so long, or less than {@link #leastRate} on average, is given up; nothing of it stays. */
    @WithDefault("1m")
    @DurationMin(seconds = 1)
    @DurationMax(hours = 1)
    Duration idleLimit();

    /** Octets a second that must arrive, on average over {@link #idleLimit}. Only time spent waiting for them counts. */
    @WithDefault("4K")
    MemorySize leastRate();

    /** Most uploads at once on this node; each costs some 500 KiB of memory, beside {@link #waitingFiles}. One more is told to try again later. */
    @WithDefault("64")
    @Min(1)
    @Max(10_000)
    int atOnce();

    /**
     * Most files on this node, of all uploads together, that came in and wait for the rest of their delivery; each costs up to 4 KiB of memory, whatever its
     * size. One person has at most {@link #maxFiles} of them. When they are used up, who sends one more is told to try again later.
     */
    @WithDefault("40000")
    @Min(1)
    @Max(10_000_000)
    int waitingFiles();

    /** Most uploads at once of one person on this node, so that nobody can stop the others. One more is told to wait for the own ones. */
    @WithDefault("6")
    @Min(1)
    @Max(10_000)
    int perPerson();
}
