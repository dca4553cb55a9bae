package sekisho.gateway.policy;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;

/** Where the policy is. */
@ConfigMapping(prefix = "gateway.policy")
public interface PolicyConfig {

    /** The policy file (YAML). Checked at start, and read again within 10 s of a change, once it has stayed for 5 s; a faulty one leaves the old in force. */
    Path file();
}
