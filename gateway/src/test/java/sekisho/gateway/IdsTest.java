package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IdsTest {

    private static long time(UUID id) {
        return id.getMostSignificantBits() >>> 16;
    }

    @Test
    void thoseOfOneMillisecondAreInTheOrderInWhichTheyWereAskedFor() {
        var ids = IntStream.range(0, 10_000).mapToObj(_ -> Ids.next().toString()).toList();
        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void noneIsGivenTwiceToManyAtOnce() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            var all = threads.invokeAll(IntStream.range(0, 4).<java.util.concurrent.Callable<java.util.List<UUID>>>mapToObj(
                _ -> () -> IntStream.range(0, 5_000).mapToObj(_ -> Ids.next()).toList()).toList());
            var heads = new java.util.HashSet<Long>();
            for (var some : all) {
                assertThat(some.get()).extracting(UUID::getMostSignificantBits).isSorted().allMatch(heads::add);
            }
        }
    }

    @Test
    void theyAreOfVersion7AndTellTheirTime() {
        var now = Instant.now();
        var id = Ids.next(now);
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(time(id) - now.toEpochMilli()).as("milliseconds that an id may lead").isBetween(0L, 60_000L);
    }

    @Test
    void aClockThatGoesBackALittleDoesNotTurnThemRoundAndOneThatWasWrongIsCorrected() {
        var now = Instant.now();
        var first = Ids.next(now);
        var second = Ids.next(now.minusSeconds(5));
        assertThat(second.toString()).isGreaterThan(first.toString());
        Ids.next(now.plus(Duration.ofDays(400)));
        assertThat(time(Ids.next(now))).isEqualTo(now.toEpochMilli());
    }
}
