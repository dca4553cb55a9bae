package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.hold.Holds;

/** A verdict against what people and other nodes do in the same moment. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class ScanRacesTest extends Scanned {

    @Test
    void cancellingAgainstAVerdictNeverSendsWhatWasCancelled() throws Exception {
        var hanako = mail.person(HANAKO, "sender");
        try (var threads = Executors.newFixedThreadPool(2)) {
            var wrong = new ArrayList<String>();
            for (int i = 0; i < 60; i++) {
                var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of("a@quick.example"), GOOD);
                var start = new CyclicBarrier(2);
                var cancel = threads.submit(() -> {
                    start.await();
                    return holds.cancel(hanako, sent.delivery());
                });
                var scanned = threads.submit(() -> {
                    start.await();
                    int files = rescans.run(opener, 100);
                    holds.releaseDue(100);
                    return files;
                });
                boolean cancelled = cancel.get() instanceof Holds.Outcome.Done;
                scanned.get();
                if (cancelled == (hold(sent, "a@quick.example") == Hold.RELEASED)) {
                    wrong.add("round " + i + ": cancelled " + cancelled);
                }
            }
            assertThat(wrong).isEmpty();
        }
    }

    @Test
    void revokingAgainstAVerdictLeavesItShut() throws Exception {
        var responder = mail.person("r@example.co.jp", "responder");
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (int i = 0; i < 30; i++) {
                var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of("a@quick.example"), i % 2 == 0 ? GOOD : BAD);
                var target = new Revocations.Target(sent.delivery(), null, sent.files().getFirst());
                var start = new CyclicBarrier(2);
                var revoke = threads.submit(() -> {
                    start.await();
                    return revocations.revoke(responder, target);
                });
                var scan = threads.submit(() -> {
                    start.await();
                    return rescans.run(opener, 100);
                });
                revoke.get();
                scan.get();
                timePasses(Duration.ZERO);
                assertThat(view(sent).files().getFirst().revoked()).isTrue();
                assertThat(view(sent).files().getFirst().frozen()).isTrue();
                assertThat(mayDownload(sent, "a@quick.example", 0)).isFalse();
            }
        }
    }

    @Test
    void twoNodesThatScanTheSameFileSettleItOnce() throws Exception {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), BAD);
        due(sent);
        try (var threads = Executors.newFixedThreadPool(2)) {
            var one = threads.submit(() -> rescans.run(opener, 10));
            var other = threads.submit(() -> rescans.run(opener, 10));
            assertThat(one.get() + other.get()).as("and what the tests before left").isPositive();
        }
        assertThat(due(sent)).hasSize(1);
        assertThat(events(sent, AuditType.FILE_SCANNED)).hasSize(1);
    }
}
