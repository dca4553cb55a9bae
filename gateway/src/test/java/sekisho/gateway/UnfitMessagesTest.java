package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.Unfit;
import sekisho.gateway.delivery.UnfitMessages;

/** Messages that are refused while they are read are in the log, and a flood of them doesn't fill it. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class UnfitMessagesTest {

    @Inject
    UnfitMessages unfit;
    @Inject
    AuditLog audit;
    @Inject
    MeterRegistry metrics;

    private int before;

    @BeforeEach
    void nothingWaits() {
        ((CompositeMeterRegistry) metrics).add(new SimpleMeterRegistry());    // here nobody collects them
        unfit.writeCounted(true);
        MovableClock.passes(Duration.ofMinutes(1));
        before = events().size();
    }

    private List<Map<String, String>> events() {
        return audit.page(Optional.empty(), 1000).stream().filter(e -> e.type() == AuditType.MESSAGES_REFUSED)
            .<Map<String, String>>map(AuditRecord::details).toList();
    }

    /** Newest first. */
    private List<Map<String, String>> news() {
        return events().subList(0, events().size() - before);
    }

    @Test
    void aFloodOfOneReasonIsAnEventAndThenOneForAllThatFollow() {
        unfit.refused(Unfit.LINE_ENDS);
        unfit.writeCounted(false);
        assertThat(news()).singleElement().satisfies(e -> assertThat(e).containsEntry("reason", "LINE_ENDS").containsEntry("times", "1"));
        for (int i = 0; i < 5_000; i++) {
            unfit.refused(Unfit.LINE_ENDS);
            if (i % 100 == 0) {
                unfit.writeCounted(false);
            }
        }
        assertThat(news()).hasSize(1);
        MovableClock.passes(Duration.ofSeconds(10));
        unfit.writeCounted(false);
        assertThat(news()).hasSize(2).first().satisfies(e -> assertThat(e).containsEntry("times", "5000"));
        assertThat(unfit.writeCounted(true)).as("nothing is counted twice").isZero();
    }

    @Test
    void eachReasonHasItsOwnEventAndItsOwnCount() {
        double loops = metrics.counter("sekisho.intake.unfit", "reason", "loop").count();
        unfit.refused(Unfit.LOOP);
        unfit.refused(Unfit.TOO_LARGE);
        unfit.refused(Unfit.LOOP);
        unfit.writeCounted(true);
        assertThat(news()).extracting(e -> e.get("reason") + " " + e.get("times")).containsExactlyInAnyOrder("LOOP 2", "TOO_LARGE 1");
        assertThat(metrics.counter("sekisho.intake.unfit", "reason", "loop").count() - loops).isEqualTo(2);
    }

    @Test
    void whatCantBeWrittenNowIsWrittenLater() {
        unfit.refused(Unfit.MALFORMED);
        TestServers.asOwner("alter table audit_event rename to audit_event_away");
        try {
            assertThatThrownBy(() -> unfit.writeCounted(true)).isInstanceOf(RuntimeException.class);
        } finally {
            TestServers.asOwner("alter table audit_event_away rename to audit_event");
        }
        unfit.refused(Unfit.MALFORMED);
        unfit.writeCounted(true);
        assertThat(news()).singleElement().satisfies(e -> assertThat(e).containsEntry("times", "2"));
    }
}
