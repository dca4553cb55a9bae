package sekisho.admin;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;

/** The key of the admin role. */
@ConfigMapping(prefix = "admin")
public interface RecordsConfig {

    /** File with the private key that opens names, types and hashes of files, and no content: {@code web} and {@code admin} have the same one. */
    Path recordsKey();
}
