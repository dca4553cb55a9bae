package sekisho.gateway.files;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** The malware scanner. Files are scanned where they are taken in, and again where they can be opened: set it for {@code mail} and {@code web} alike. */
@ConfigMapping(prefix = "gateway.scanner")
public interface ScannerConfig {

    /** Where ClamAV's clamd listens: {@code host:port}, or the absolute path of its socket. When not set, nothing is scanned. */
    Optional<String> address();

    /** How long connecting and one write may each take. Beyond it the file counts as not scanned, and policy decides. */
    @WithDefault("10s")
    @DurationMin(seconds = 1)
    @DurationMax(minutes = 10)
    Duration timeout();

    /** How long the verdict may take behind a file's last octet. The sender's mail server waits for so long. */
    @WithDefault("1m")
    @DurationMin(seconds = 1)
    @DurationMax(minutes = 10)
    Duration verdictTimeout();

    /** Most files at once from this process; clamd's {@code MaxThreads} and {@code MaxQueue} must allow for those of all processes. */
    @WithDefault("50")
    @Min(1)
    @Max(10_000)
    int connections();

    /** A copy that waits for its files to be scanned is given up after this time, and its sender told. */
    @WithDefault("1d")
    @DurationMin(minutes = 1)
    @DurationMax(days = 30)
    Duration patience();
}
