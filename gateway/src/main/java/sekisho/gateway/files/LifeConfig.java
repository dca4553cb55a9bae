package sekisho.gateway.files;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long things live on after they have closed. */
@ConfigMapping(prefix = "gateway.life")
public interface LifeConfig {

    /** From expiry to the destruction of keys. In this time the sender can still be asked for more. */
    @WithDefault("14d")
    Duration grace();
}
