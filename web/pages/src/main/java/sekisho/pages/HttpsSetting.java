package sekisho.pages;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.SecretKeysHandler;
import io.smallrye.config.SecretKeysHandlerFactory;
import java.util.Locale;

/**
 * Lets a setting of the framework follow from an address: {@code ${https::${pages.public-origin}}} is {@code true} when browsers reach
 * us over https, so that cookies can't be left insecure by forgetting a second setting.
 */
public final class HttpsSetting implements SecretKeysHandlerFactory {

    @Override
    public String getName() {
        return "https";
    }

    @Override
    public SecretKeysHandler getSecretKeysHandler(ConfigSourceContext context) {
        return new SecretKeysHandler() {
            @Override
            public String decode(String address) {
                return Boolean.toString(address.strip().toLowerCase(Locale.ROOT).startsWith("https://"));
            }

            @Override
            public String getName() {
                return "https";
            }
        };
    }
}
