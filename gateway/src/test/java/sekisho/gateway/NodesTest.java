package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;
import sekisho.gateway.outbox.Nodes;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.scan.ScannerAgreement;

@QuarkusTest
@QuarkusTestResource(TestServers.class)
class NodesTest {

    @Inject
    Mail mail;
    @Inject
    Outbox outbox;
    @Inject
    Nodes nodes;
    @Inject
    ScannerAgreement agreement;
    @Inject
    Session entities;

    private void claimed() {
        mail.send("hanako@example.co.jp", List.of("a@quick.example"), "x".getBytes());
        assertThat(outbox.claim(1000, Mail.ONE_DESTINATION)).isNotEmpty();
    }

    private long claims() {
        return QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery(
            "select count(*) from outbox where state = 'CLAIMED' and claimed_by = :node", Long.class).setParameter("node", nodes.self()).getSingleResult());
    }

    @Test
    void aNodeWhoseClockIsFastDoesNotTakeOthersForDead() {
        claimed();
        long before = claims();
        MovableClock.passes(Duration.ofMinutes(2));
        assertThat(nodes.reclaim()).isZero();
        assertThat(claims()).isEqualTo(before);
    }

    @Test
    void nodesThatScanWithSomethingElseAreNamedWhileTheyLive() {
        assertThat(agreement.others()).as("a node without files has no say").isEmpty();
        agreement.takesPart();
        var ours = TestServers.clamd.address();
        for (var scanner : List.of("'" + ours + "'", "'clamd.example:3310'", "''", "null")) {
            TestServers.asOwner("insert into node (id, seen_at, scanner) values (gen_random_uuid(), now(), " + scanner + ")");
        }
        assertThat(agreement.others()).containsExactly("", "clamd.example:3310");
        TestServers.asOwner("update node set seen_at = now() - interval '16 s' where scanner <> '" + ours + "' or scanner is null");
        assertThat(agreement.others()).as("the dead have none either").isEmpty();
    }

    /** What this node has claimed is now another's, which has been silent. */
    private UUID silent() {
        claimed();
        var other = UUID.randomUUID();
        TestServers.asOwner("insert into node (id, seen_at) values ('" + other + "', now() - interval '16 s')");
        TestServers.asOwner("update outbox set claimed_by = '" + other + "' where claimed_by = '" + nodes.self() + "'");
        return other;
    }

    private void beatsFor(int seconds) {
        for (int i = 0; i < seconds; i += 3) {
            MovableClock.passes(Duration.ofSeconds(3));
            nodes.beat();
        }
    }

    @Test
    void aNodeThatFellSilentLosesItsClaims() {
        silent();
        nodes.beat();
        beatsFor(78);
        assertThat(nodes.reclaim()).isPositive();
        assertThat(claims()).isZero();
    }
}
