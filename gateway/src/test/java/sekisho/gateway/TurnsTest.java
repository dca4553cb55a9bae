package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnsTest {

    /** The watch over running downloads has one for good; the rest is for pages, revocations and timers. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6, 7, 10, 20, 500})
    void theQueuesTogetherLeaveAThirdOfTheConnectionsToEverythingElse(int connections) {
        int taken = 1 + Arrays.stream(Turns.Queue.values()).mapToInt(queue -> queue.turns(connections)).sum();
        assertThat(taken).isGreaterThan(Turns.Queue.values().length).isLessThanOrEqualTo(connections - connections / 3);
    }
}
