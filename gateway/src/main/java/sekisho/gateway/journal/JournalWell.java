package sekisho.gateway.journal;

import io.smallrye.health.api.Wellness;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Whether there is a journal, and can be written. No reason to take a node out of service: what it does is right, only a restored backup wouldn't know. */
@Wellness
@ApplicationScoped
class JournalWell implements HealthCheck {

    private final Journal journal;

    JournalWell(Journal journal) {
        this.journal = journal;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("journal of revocations").withData("kept", journal.kept()).withData("moved", journal.moved());
        return journal.trouble().isEmpty() ? response.up().build() : response.down().withData("reason", "can't be written").build();
    }
}
