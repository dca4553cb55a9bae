package sekisho.gateway.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RowsAtOnceTest {

    private final RowsAtOnce rows = new RowsAtOnce(10, 2);

    @Test
    void whatIsTooMuchTogetherWaitsItsTurnAndSmallOnesDoNot() throws InterruptedException {
        var made = new ConcurrentLinkedQueue<Integer>();
        var begun = new CountDownLatch(2);
        var go = new CountDownLatch(1);
        var first = IntStream.range(0, 2).mapToObj(_ -> Thread.ofVirtual().start(() -> rows.make(5, () -> {
            begun.countDown();
            awaitOpen(go);
            return made.add(5);
        }))).toList();
        begun.await();
        var next = Thread.ofVirtual().start(() -> rows.make(100, () -> made.add(100)));
        while (next.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        rows.make(2, () -> made.add(2));
        assertThat(made).containsExactly(2);
        go.countDown();
        for (var each : List.of(first.get(0), first.get(1), next)) {
            each.join();
        }
        assertThat(made).containsExactly(2, 5, 5, 100);
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void whatFailsGivesItsTurnBack() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> rows.make(10, () -> {
                throw new IllegalStateException("away");
            })).hasMessage("away");
        }
    }
}
