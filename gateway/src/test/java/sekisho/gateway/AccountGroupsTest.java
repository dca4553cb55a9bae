package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sekisho.gateway.delivery.Deliveries;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.MessageFacts;

/** A group that the identity provider tells of an account decides for who has signed in, and for nobody else. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class AccountGroupsTest {

    @Inject
    Deliveries deliveries;

    private Duration holdFor(Set<String> groups) {
        var to = new NewDelivery.Addressee(Ids.next(), EmailAddress.parse("x@slow.example").orElseThrow(), null, null);
        var plan = deliveries.plan(Ids.next(), NewDelivery.Source.PORTAL, EmailAddress.parse("hanako@example.co.jp"), groups, List.of(to), null, null, false, null);
        return plan.policy().decide(new MessageFacts(plan.envelope(), MessageFacts.Content.TEXT, Set.of()), to.address()).hold();
    }

    @Test
    void theGroupsOfTheAccountReachThePolicy() {
        assertThat(holdFor(Set.of("/managers"))).isZero();
        assertThat(holdFor(Set.of("/others"))).isEqualTo(Duration.ofMinutes(5));
        assertThat(holdFor(Set.of())).isEqualTo(Duration.ofMinutes(5));
    }
}
