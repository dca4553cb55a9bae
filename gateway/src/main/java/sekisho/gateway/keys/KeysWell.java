package sekisho.gateway.keys;

import io.smallrye.health.api.Wellness;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Whether keys can be used. No reason to take a node out of service: while a back end is away, mail is taken in and pages tell what is wrong. */
@Wellness
@ApplicationScoped
class KeysWell implements HealthCheck {

    private final KeyChecks checks;

    KeysWell(KeyChecks checks) {
        this.checks = checks;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("keys");
        var troubles = checks.troubles();
        return troubles.isEmpty() ? response.up().build()
            : response.down().withData("reason", String.join("; ", troubles) + "; see docs/operations/keys.md").build();
    }
}
