package sekisho.pages;

import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.Readiness;
import sekisho.gateway.health.WatchedCheck;

/** Whether the identity provider answers: without it nobody new can sign in. Asks for its description (OpenID Connect Discovery 1.0 §4). */
@Startup(WatchedCheck.AFTER_STARTS)
@Readiness
@Singleton
class IdentityProviderReady extends WatchedCheck {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int OK = 200;

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final HttpRequest discovery;

    IdentityProviderReady(@ConfigProperty(name = "quarkus.oidc.auth-server-url") String issuer) {
        super("identity provider", "unreachable");
        discovery = HttpRequest.newBuilder(URI.create(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration")).build();
    }

    /** The request's own timeout would end with the head of the answer: with a body that never comes to its end it would be waited for forever. */
    @Override
    protected Optional<String> ask() throws Exception {
        var answer = client.sendAsync(discovery, HttpResponse.BodyHandlers.discarding());
        try {
            int status = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).statusCode();
            return status == OK ? Optional.empty() : Optional.of("status " + status);
        } finally {
            answer.cancel(true);
        }
    }
}
