package sekisho.gateway.senders;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** Who may send. */
@ConfigMapping(prefix = "gateway.senders")
public interface SendersConfig {

    /**
     * Domains whose addresses may send: in a reverse-path of mail, where everything else is refused with 550 5.7.1, and in the portal. Required where mail or
     * uploads come in; set it alike in {@code mail} and {@code web}. Who is {@code inside} for the policy is another question.
     */
    Optional<List<String>> domains();
}
