package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.access.Destruction;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.people.Person;

/** Metrics count what has happened, and nothing that was taken back by the database. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class CountsTest {

    private static final String TARO = "taro@partner.example";

    @Inject
    Mail mail;
    @Inject
    Holds holds;
    @Inject
    Revocations revocations;
    @Inject
    Destruction destruction;
    @Inject
    MeterRegistry metrics;

    private final MeterRegistry kept = new SimpleMeterRegistry();
    private Person sender;
    private Person responder;

    @BeforeEach
    void counts() {
        Metrics.addRegistry(kept);
        sender = mail.person("hanako@example.co.jp", "sender");
        responder = mail.person("responder@example.co.jp", "responder");
    }

    @AfterEach
    void countsNoMore() {
        Metrics.removeRegistry(kept);
        kept.close();
    }

    /** First in a transaction that is rolled back, then for good. */
    private <T> void countsOnlyWhenItStays(Counter counter, int more, T outcome, Supplier<T> work) {
        double before = counter.count();
        QuarkusTransaction.begin();
        try {
            assertThat(work.get()).isEqualTo(outcome);
        } finally {
            QuarkusTransaction.rollback();
        }
        assertThat(counter.count()).as("%s, taken back", counter.getId()).isEqualTo(before);
        assertThat(work.get()).isEqualTo(outcome);
        assertThat(counter.count()).as("%s", counter.getId()).isEqualTo(before + more);
    }

    @Test
    void whatIsRolledBackIsNotCounted() {
        var cancelled = mail.send("hanako@example.co.jp", List.of(TARO, "jiro@other.example"), "a".getBytes());
        countsOnlyWhenItStays(metrics.counter("sekisho.cancelled"), 1, new Holds.Outcome.Done(1),
            () -> holds.cancelFor(sender, cancelled.delivery(), cancelled.recipients().get(TARO)));
        var sent = mail.send("hanako@example.co.jp", List.of(TARO), "b".getBytes());
        countsOnlyWhenItStays(metrics.counter("sekisho.released", "by", "sender"), 1, new Holds.Outcome.Done(1), () -> holds.releaseNow(sender, sent.delivery()));
        var whole = new Revocations.Target(sent.delivery(), null, null);
        countsOnlyWhenItStays(metrics.counter("sekisho.revocations", "kind", "revoked"), 1, Revocations.Outcome.DONE, () -> revocations.revoke(sender, whole));
        countsOnlyWhenItStays(metrics.counter("sekisho.revocations", "kind", "restored"), 1, Revocations.Outcome.DONE, () -> revocations.restore(sender, whole));
        assertThat(revocations.revoke(responder, whole)).isEqualTo(Revocations.Outcome.DONE);
        countsOnlyWhenItStays(metrics.counter("sekisho.shredded"), sent.files().size(), Destruction.Outcome.DONE, () -> destruction.destroy(responder, sent.delivery()));
    }
}
