package sekisho.mailhook.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which hosts keep a sender for too long before they have read a word. */
class EnvelopePaceTest {

    private static final Duration COMMAND = Duration.ofMinutes(5);
    private long now = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();   // nanoTime may come over its end

    private void passes(Duration time) {
        now += time.toNanos();
    }

    @Test
    void oneAnswerMayTakeAsLongAsAnyCommand() {
        var pace = new EnvelopePace(COMMAND, 100, now);
        assertThat(pace.left(now)).isEqualTo(COMMAND);
        passes(Duration.ofMinutes(10));
        assertThat(pace.left(now)).as("of the time for a hundred, 16 minutes and 40 s are left").isEqualTo(COMMAND);
    }

    @Test
    void answersOfWhichEachIsInTimeAreTooSlowTogether() {
        var pace = new EnvelopePace(COMMAND, 3, now);
        passes(Duration.ofMinutes(9));
        assertThat(pace.left(now)).as("of 10 minutes and 10 s for each of three").isEqualTo(Duration.ofSeconds(90));
        passes(Duration.ofSeconds(90));
        assertThat(pace.left(now)).isZero();
        passes(Duration.ofHours(1));
        assertThat(pace.left(now)).isZero();
    }

    @Test
    void aHostThatTakesTenSecondsForEachRecipientIsNever() {
        var pace = new EnvelopePace(COMMAND, 100, now);
        for (int i = 0; i < 100; i++) {
            passes(Duration.ofSeconds(10));
            assertThat(pace.left(now)).isEqualTo(COMMAND);
        }
    }
}
