package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(90).toNanos());   // it may run over
    private final RateLimit limit = new RateLimit(60, now::get);

    private void passes(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private long taken(String key, int tries) {
        return IntStream.range(0, tries).filter(_ -> limit.take(key)).count();
    }

    @Test
    void afterAQuietMinuteAMinutesWorthMayComeAtOnceAndThenAsMuchAsTimePasses() {
        assertThat(taken("a", 100)).isEqualTo(60);
        passes(Duration.ofSeconds(1));
        assertThat(taken("a", 100)).isEqualTo(1);
        passes(Duration.ofSeconds(10));
        assertThat(taken("a", 100)).isEqualTo(10);
        passes(Duration.ofHours(5));
        assertThat(taken("a", 100)).isEqualTo(60);
    }

    @Test
    void whatIsGivenBackMayBeTakenAgain() {
        taken("a", 60);
        limit.giveBack("a");
        assertThat(taken("a", 5)).isEqualTo(1);
    }

    @Test
    void takingAndGivingBackIsNoWayToMoreThanTheLimit() {
        for (int i = 0; i < 1000; i++) {
            limit.take("a");
            limit.giveBack("a");
        }
        assertThat(taken("a", 100)).isEqualTo(60);
    }

    @Test
    void aClientThatIsLimitedLeavesAThousandOthersAlone() {
        IntStream.range(0, 1000).forEach(i -> taken("busy-" + i, 100));
        assertThat(IntStream.range(0, 1000).filter(i -> limit.take("quiet-" + i)).count()).isEqualTo(1000);
    }

    @Test
    void manyAtOnceGetNoMoreThanTheLimit() throws Exception {
        var together = new CountDownLatch(200);
        var taken = new AtomicInteger();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                clients.submit(() -> {
                    together.countDown();
                    together.await();
                    return limit.take("a") ? taken.incrementAndGet() : 0;
                });
            }
        }
        assertThat(taken).hasValue(60);
    }

    @Test
    void zeroIsNoLimit() {
        var none = new RateLimit(0, now::get);
        assertThat(IntStream.range(0, 1000).allMatch(_ -> none.take("a"))).isTrue();
    }
}
