package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class PutOffTest {

    private final PutOff<Integer> putOff = new PutOff<>(Clock.fixed(Instant.parse("2026-11-30T00:00:00Z"), ZoneOffset.UTC), Duration.ofSeconds(1), Duration.ofMinutes(5));

    @Test
    void whatFailsWaitsAndWhatIsDoneDoesNot() {
        putOff.failed(1);
        putOff.failed(2);
        putOff.done(2);
        assertThat(putOff.waiting()).containsExactly(1);
        assertThat(putOff.waits(1)).isTrue();
        assertThat(putOff.waits(2)).isFalse();
    }

    /** Whoever makes many fail frees none but the oldest. */
    @Test
    void whenThereAreTooManyWhatFailedLongestAgoIsForgotten() {
        for (int i = 0; i < 10_000; i++) {
            putOff.failed(i);
        }
        putOff.failed(0);
        putOff.failed(10_000);
        assertThat(putOff.waits(0)).as("failed again since").isTrue();
        assertThat(putOff.waits(1)).isFalse();
        assertThat(putOff.waiting()).hasSize(10_000).contains(2, 9_999, 10_000);
    }
}
