package sekisho.web.download;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;

/** The secrets of the web role. */
@ConfigMapping(prefix = "web")
public interface OpeningConfig {

    /** File with the private key that opens files. Nobody but the web role may read it; without it the web role doesn't start. */
    Path openingKey();

    /** File with the private key that opens names, types and hashes of files, and no content: {@code web} and {@code admin} have the same one. */
    Path recordsKey();
}
