package sekisho.pages;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Whether the identity provider answers: without it nobody new can sign in. Asks for its description (OpenID Connect Discovery 1.0 §4). */
@Readiness
@ApplicationScoped
class IdentityProviderReady implements HealthCheck {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final HttpRequest discovery;

    IdentityProviderReady(@ConfigProperty(name = "quarkus.oidc.auth-server-url") String issuer) {
        discovery = HttpRequest.newBuilder(URI.create(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration"))
            .timeout(PATIENCE).build();
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("identity provider");
        try {
            int status = client.send(discovery, HttpResponse.BodyHandlers.discarding()).statusCode();
            return status == 200 ? response.up().build() : response.down().withData("reason", "status " + status).build();
        } catch (IOException unreachable) {
            return response.down().withData("reason", "unreachable").build();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return response.down().withData("reason", "stopping").build();
        }
    }
}
