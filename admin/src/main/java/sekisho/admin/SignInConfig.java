package sekisho.admin;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;

/** How responders, auditors and administrators sign in; the rest of it is the runnable's. */
@ConfigMapping(prefix = "admin.sign-in")
public interface SignInConfig {

    /** File that holds the secret of the client {@code sekisho-admin} at the identity provider: 32 characters or more. */
    Path clientSecretFile();
}
