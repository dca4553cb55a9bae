package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(TestServers.class)
class DueDeliveriesTest {

    @Inject
    Mail mail;
    @Inject
    Session entities;
    @Inject
    Clock clock;

    @Test
    void oneThatIsMoreThanMemoryHoldsKeepsNoOtherWaiting() {
        var large = mail.send("hanako@example.co.jp", List.of("taro@slow.example"), "x".getBytes()).delivery();
        var other = mail.send("hanako@example.co.jp", List.of("taro@slow.example"), "x".getBytes()).delivery();
        MovableClock.passes(java.time.Duration.ofHours(1));
        var done = new ArrayList<UUID>();
        var due = new DueDeliveries("this", "next_release_at", "id in ('" + large + "', '" + other + "')", 1, entities, clock, delivery -> {
            if (delivery.equals(large)) {
                throw new OutOfMemoryError("as of an array of two thousand million octets");
            }
            done.add(delivery);
            entities.createNativeQuery("update delivery set next_release_at = null where id = :id").setParameter("id", delivery).executeUpdate();
            return 1;
        }, _ -> { });
        due.run(10);
        due.run(10);
        assertThat(done).containsExactly(other);
    }
}
