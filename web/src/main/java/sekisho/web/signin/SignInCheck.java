package sekisho.web.signin;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import sekisho.gateway.settings.FileSecrets;

/** Refuses to start with a client secret that somebody could guess: from it comes also the key that encrypts the session's cookie. */
@Startup
@ApplicationScoped
class SignInCheck {

    private static final int LEAST_CHARACTERS = 32;

    SignInCheck(SignInConfig config) {
        if (FileSecrets.read(config.clientSecretFile()).length() < LEAST_CHARACTERS) {
            throw new IllegalStateException("the secret in " + config.clientSecretFile() + " (web.sign-in.client-secret-file) has less than "
                + LEAST_CHARACTERS + " characters; let the identity provider make a longer one");
        }
    }
}
