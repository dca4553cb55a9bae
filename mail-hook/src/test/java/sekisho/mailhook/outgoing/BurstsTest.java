package sekisho.mailhook.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Relaying waits for messages that are just being received, as long as the processors are busy, and never for long. */
class BurstsTest {

    private long nanos;
    private double load = 1;
    private int looks;
    private int receiving = 4;
    private final Bursts bursts = new Bursts(() -> receiving, () -> {
        looks++;
        return load;
    }, 2, () -> nanos);

    private Duration later() {
        nanos += Duration.ofMillis(100).toNanos();
        return bursts.putOff();
    }

    @Test
    void manyMessagesOnABusyMachineGoFirst() {
        assertThat(later()).isEqualTo(Bursts.PUT_OFF).isPositive();
    }

    /** However many there are. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 64})
    void aProcessorThatIsIdleRelays(int processors) {
        receiving = 1_000;
        var of = new Bursts(() -> receiving, () -> load, processors, () -> nanos);
        load = 1 - 0.5 / processors;
        nanos += Duration.ofSeconds(1).toNanos();
        assertThat(of.putOff()).isZero();
        load = 1 - 0.3 / processors;
        nanos += Duration.ofSeconds(1).toNanos();
        assertThat(of.putOff()).isPositive();
    }

    @Test
    void fewMessagesDoNotKeepAProcessorBusy() {
        receiving = 3;
        assertThat(later()).isZero();
    }

    @Test
    void aSystemThatDoesNotSayIsNotBusy() {
        for (double unknown : new double[] {-1, Double.NaN}) {
            load = unknown;
            assertThat(later()).isZero();
        }
    }

    @Test
    void oneLookIsLongEnoughToTell() {
        later();
        for (int i = 0; i < 4; i++) {
            nanos += Duration.ofMillis(10).toNanos();
            assertThat(bursts.putOff()).isPositive();
        }
        assertThat(looks).isEqualTo(1);
        receiving = 0;
        assertThat(bursts.putOff()).as("the burst is over").isZero();
    }
}
