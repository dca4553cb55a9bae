package sekisho.mailhook.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {
    private static final Instant FIRST = Instant.parse("2026-11-22T00:00:00Z");

    @Test
    void pausesDoubleUpToTheLongest() {
        List<Long> pauses = new ArrayList<>();
        for (int attempts = 1; attempts <= 7; attempts++) {
            pauses.add(Duration.between(FIRST, RetrySchedule.DEFAULT.next(attempts, FIRST, FIRST).orElseThrow()).toSeconds());
        }
        assertThat(pauses).containsExactly(300L, 600L, 1200L, 2400L, 4000L, 4000L, 4000L);
        assertThat(RetrySchedule.DEFAULT.next(Integer.MAX_VALUE, FIRST, FIRST)).contains(FIRST.plusSeconds(4000));
    }

    @Test
    void theLastAttemptIsAtTheEndOfTheLifeAndNoneAfterIt() {
        Instant end = FIRST.plus(Duration.ofDays(5));
        assertThat(RetrySchedule.DEFAULT.next(100, FIRST, end.minusSeconds(10))).contains(end);
        assertThat(RetrySchedule.DEFAULT.next(100, FIRST, end)).isEmpty();
        assertThat(RetrySchedule.DEFAULT.next(1, FIRST, end.plusSeconds(1))).isEmpty();
    }

    @Test
    void aDeadDestinationIsLookedAtAsOftenAsAMessageIsTriedAtFirst() {
        assertThat(RetrySchedule.DEFAULT.longestSilence(Duration.ofMinutes(1))).isEqualTo(Duration.ofMinutes(5));
        assertThat(RetrySchedule.DEFAULT.longestSilence(Duration.ofMinutes(10))).as("no shorter than the first pause").isEqualTo(Duration.ofMinutes(10));
        assertThat(RetrySchedule.DEFAULT.longestSilence(Duration.ofHours(2))).isEqualTo(Duration.ofSeconds(4000));
    }
}
