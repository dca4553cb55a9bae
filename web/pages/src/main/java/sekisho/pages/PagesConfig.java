package sekisho.pages;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.ZoneId;

/** How browsers reach us, and how we show times. */
@ConfigMapping(prefix = "pages")
public interface PagesConfig {

    /**
     * Scheme, host and port under which browsers reach the pages, such as {@code https://files.example.co.jp}. Requests that change
     * something must come from pages of this origin; with https, cookies are {@code Secure} and browsers are told to stay with https.
     */
    URI publicOrigin();

    /** Address of the identity provider as browsers see it; only its origin counts. Forms may lead there. */
    @WithDefault("${quarkus.oidc.auth-server-url}")
    URI identityProvider();

    /** The zone in which times are shown. */
    @WithDefault("Asia/Tokyo")
    ZoneId timeZone();
}
