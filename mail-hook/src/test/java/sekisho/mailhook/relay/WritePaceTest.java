package sekisho.mailhook.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which hosts keep a sender for too long. */
class WritePaceTest {

    private static final Duration LONGEST = Duration.ofMinutes(3);
    private static final int BLOCK = 16 * 1024;
    private final WritePace pace = new WritePace();
    private long now = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();   // nanoTime may come over its end

    /** @return whether it was too slow before its end */
    private boolean writes(Duration each) {
        pace.writeBegins(now);
        now += each.toNanos();
        boolean slow = pace.isTooSlow(now, LONGEST);
        pace.writeEnds(now, BLOCK);
        return slow;
    }

    @Test
    void aBlockThatWaitsForLongerThanItMayIsTooSlow() {
        assertThat(writes(LONGEST)).isFalse();
        pace.textBegins();
        assertThat(writes(LONGEST.plusNanos(1))).isTrue();
    }

    @Test
    void blocksOfWhichEachIsInTimeAreTooSlowTogether() {
        assertThat(writes(Duration.ofSeconds(100))).isFalse();
        assertThat(writes(Duration.ofSeconds(100))).isFalse();
        assertThat(writes(Duration.ofSeconds(100))).as("16 KiB at 500 octets a second are 33 s").isTrue();
    }

    @Test
    void aSlowLineThatKeepsTheLeastRateIsNever() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(writes(Duration.ofSeconds(32))).isFalse();
        }
    }

    @Test
    void timeInWhichNothingIsWrittenIsNotTheHosts() {
        writes(Duration.ofSeconds(100));
        now += Duration.ofHours(1).toNanos();
        assertThat(pace.isTooSlow(now, LONGEST)).isFalse();
        assertThat(writes(Duration.ofSeconds(10))).isFalse();
    }

    @Test
    void eachTextCountsForItself() {
        writes(Duration.ofSeconds(170));
        pace.textBegins();
        assertThat(writes(Duration.ofSeconds(170))).isFalse();
    }
}
