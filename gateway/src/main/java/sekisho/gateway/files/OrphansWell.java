package sekisho.gateway.files;

import io.smallrye.health.api.Wellness;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Whether the store was swept. No reason to take a node out of service: somebody has to look, and say whether what has no row may go. */
@Wellness
@ApplicationScoped
class OrphansWell implements HealthCheck {

    private final Orphans orphans;

    OrphansWell(Orphans orphans) {
        this.orphans = orphans;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("objects without a row");
        return orphans.kept() == 0 ? response.up().build()
            : response.down().withData("reason", orphans.kept() + " objects have no row; see docs/operations/stores.md").build();
    }
}
