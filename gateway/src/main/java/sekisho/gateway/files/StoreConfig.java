package sekisho.gateway.files;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Where sealed objects are kept. */
@ConfigMapping(prefix = "gateway.store")
public interface StoreConfig {

    /** {@code directory} or {@code s3}. */
    @WithDefault("directory")
    Kind kind();

    /** Folder of the directory store. It must exist, be writable, and lie on a disk that honours fsync. */
    Optional<Path> directory();

    /** Any S3 store. */
    S3 s3();

    /** An object that no row names is removed when it is older than this. A message that takes longer than half of it to come in is answered 451, an upload refused as soon as it does. */
    @WithDefault("24h")
    Duration orphanAge();

    /**
     * How often the store is searched for such objects, and how long after the start first; when it is a day or less, also 10 minutes after the start, for
     * processes that don't live for long.
     */
    @WithDefault("6h")
    Duration orphanSweep();

    /**
     * When more objects than this, and more than a hundredth of the store, have no row, none of them is removed: the database may have been restored to
     * before they were written. Raise it to the number that the log names, once that many may go.
     */
    @WithDefault("20")
    @Min(0)
    @Max(1_000_000_000)
    long orphanMost();

    /** The two kinds of store. */
    enum Kind { DIRECTORY, S3 }

    /** How to reach an S3 store. */
    interface S3 {
        /** Base address, such as {@code https://s3.example.co.jp}. */
        Optional<URI> endpoint();

        /** Bucket; it must exist, and be used for nothing else. */
        Optional<String> bucket();

        /** Region that requests are signed for. */
        @WithDefault("us-east-1")
        String region();

        /** Access key. */
        Optional<String> accessKey();

        /** File that holds the secret key. */
        Optional<Path> secretKeyFile();

        /** Whether the bucket is named in the path rather than in the host. */
        @WithDefault("true")
        boolean pathStyle();

        /**
         * Most files of more than 1 MiB that this process stores at once; each takes 16 MiB of memory, and others wait. 16 times as many of more
         * than 64 KiB take 1 MiB each. As many messages whose text is as long as that take as much once more. So all together take 64 MiB of the
         * heap for each, 512 MiB by default; where that is more than half of the heap, the start says so.
         */
        @WithDefault("8")
        @Min(1)
        @Max(1000)
        int partBuffers();

        /** How long the store may say nothing before it counts as away: mail is answered 451, a download breaks off. */
        @WithDefault("60s")
        @DurationMin(seconds = 1)
        @DurationMax(seconds = 60)
        Duration silence();
    }
}
