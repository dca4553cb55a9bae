package sekisho.pages;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.SecretKeysHandler;
import io.smallrye.config.SecretKeysHandlerFactory;
import java.net.URI;

/**
 * Lets a setting of the framework begin with our origin: {@code ${origin::${pages.public-origin}}}. So where a sign-in comes back to
 * follows from what the operator set, and not from the field {@code Host}, which anybody may write what they like in.
 */
public final class OriginSetting implements SecretKeysHandlerFactory {

    @Override
    public String getName() {
        return "origin";
    }

    @Override
    public SecretKeysHandler getSecretKeysHandler(ConfigSourceContext context) {
        return new SecretKeysHandler() {
            @Override
            public String decode(String address) {
                return SameOrigin.origin(URI.create(address.strip()));
            }

            @Override
            public String getName() {
                return "origin";
            }
        };
    }
}
