package sekisho.gateway.files;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

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

    /** An object that no row names is removed when it is older than this. Far longer than the longest intake takes. */
    @WithDefault("24h")
    Duration orphanAge();

    /** How often the store is searched for such objects. */
    @WithDefault("6h")
    Duration orphanSweep();

    /** The two kinds of store. */
    enum Kind { DIRECTORY, S3 }

    /** How to reach an S3 store. */
    interface S3 {
        /** Base address, such as {@code https://s3.example.co.jp}. */
        Optional<URI> endpoint();

        /** Bucket; it must exist, without versioning or object lock. */
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
    }
}
