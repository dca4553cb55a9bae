package sekisho.web.signin;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;

/** How recipients and senders sign in; the rest of it is the runnable's. */
@ConfigMapping(prefix = "web.sign-in")
public interface SignInConfig {

    /** File that holds the secret of the client {@code sekisho-web} at the identity provider: 32 characters or more. */
    Path clientSecretFile();
}
