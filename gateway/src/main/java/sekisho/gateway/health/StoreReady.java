package sekisho.gateway.health;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import sekisho.gateway.files.Vault;
import sekisho.storage.StoreException;

/** Whether the object store can be written to now. */
@Readiness
@ApplicationScoped
class StoreReady implements HealthCheck {

    private final Vault vault;

    StoreReady(Vault vault) {
        this.vault = vault;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("object store");
        try {
            vault.store().check();
            return response.up().build();
        } catch (StoreException unavailable) {
            return response.down().withData("reason", "unavailable").build();
        }
    }
}
