package sekisho.web.fair;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final Pace pace = new Pace(Duration.ofMinutes(2), 4096);

    @Test
    void aTrickleBuysNoTime() {
        pace.moved(64 << 10);
        assertThat(pace.waited(MINUTE)).isTrue();
        pace.moved(64 << 10);
        assertThat(pace.waited(MINUTE)).as("128 KiB in two minutes").isFalse();
    }

    @Test
    void aFastBeginningBuysNoTimeLater() {
        pace.moved(1L << 40);
        assertThat(pace.waited(2 * MINUTE)).isTrue();
        assertThat(pace.waited(2 * MINUTE)).isFalse();
    }

    @Test
    void whoMovesSlowlyButSteadilyIsServed() {
        for (int minute = 0; minute < 100; minute++) {
            pace.moved(60 * 4096);
            assertThat(pace.waited(MINUTE)).isTrue();
        }
    }
}
