package sekisho.mailhook.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much a destination is given to do. */
class DestinationsTest {

    @TempDir
    Path folder;
    private Destinations destinations;
    private final AtomicLong nanos = new AtomicLong();

    @BeforeEach
    void open() {
        destinations = open(100);
    }

    private Destinations open(int most) {
        return open(most, 1_000);
    }

    private Destinations open(int most, int known) {
        return new Destinations(new Routes(TestConfig.of(folder, Map.of("mail-hook.smart-host.host", "", "mail-hook.routes.world.domains", "*",
            "mail-hook.routes.world.via", "mx", "mail-hook.routes.world.keep-idle", "0s"))), most, known, nanos::incrementAndGet);
    }

    private static String at(int number) {
        return "world/d" + number + ".example";
    }

    private void answers(int number) {
        destinations.begin(at(number));
        destinations.reached(at(number));
        destinations.end(at(number));
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
        destinations.countSilent();
    }

    /** As the outbox does while there is more than enough to send. @return how many more are under way */
    private int fills(int from, int to) {
        int begun = 0;
        for (int last = -1; begun > last; ) {
            last = begun;
            for (int number = from; number < to; number++) {
                int room = destinations.isProven(at(number)) ? Integer.MAX_VALUE : destinations.unprovenRoom();
                for (int free = Math.min(destinations.free(at(number)), room); free > 0; free--) {
                    destinations.begin(at(number));
                    begun++;
                }
            }
        }
        return begun;
    }

    @Test
    void whatIsNotKnownGetsNothing() {
        assertThat(destinations.free("gone")).isZero();
        assertThat(destinations.free("gone/a.example")).isZero();
    }

    @Test
    void aNewDestinationGetsAFewOneThatAnswersAllAndOneThatDoesNotASingleOne() {
        assertThat(destinations.free(at(1))).isEqualTo(5);
        destinations.begin(at(1));
        destinations.begin(at(1));
        assertThat(destinations.free(at(1))).isEqualTo(3);
        assertThat(destinations.isProven(at(1))).isFalse();
        destinations.reached(at(1));
        destinations.end(at(1));
        assertThat(destinations.isProven(at(1))).isTrue();
        assertThat(destinations.isProven(at(9))).isFalse();
        assertThat(destinations.free(at(1))).isEqualTo(19);
        destinations.unreached(at(1));
        assertThat(destinations.free(at(1))).as("one is under way").isZero();
        destinations.end(at(1));
        assertThat(destinations.free(at(1))).isEqualTo(1);
        destinations.begin(at(1));
        destinations.reached(at(1));
        destinations.end(at(1));
        assertThat(destinations.free(at(1))).isEqualTo(20);
    }

    @Test
    void thoseThatSayNothingLeaveHalfToThoseThatAnswer() {
        destinations.begin(at(0));
        destinations.reached(at(0));
        int silent = 0;
        for (int number = 1; number < 100; number++) {
            for (int free = destinations.free(at(number)); free > 0; free--) {
                destinations.begin(at(number));
                silent++;
            }
        }
        assertThat(silent).isEqualTo(50);
        assertThat(destinations.unprovenRoom()).isZero();
        assertThat(destinations.free(at(200))).isZero();
        assertThat(destinations.free(at(0))).isEqualTo(19);
        for (int i = 0; i < 5; i++) {
            destinations.end(at(1));
        }
        assertThat(destinations.free(at(200))).as("room comes back").isEqualTo(5).isEqualTo(destinations.unprovenRoom());
        destinations.reached(at(2));
        assertThat(destinations.free(at(201))).as("also when one answers").isEqualTo(5);
        for (int i = 0; i < 5; i++) {
            destinations.end(at(2));
        }
        destinations.begin(at(201));
        destinations.end(at(201));
        assertThat(destinations.free(at(201))).isEqualTo(5);
    }

    /** However many connections its hosts may have: it may fall silent, and holds them all until then. */
    @Test
    void oneThatAnswersLeavesAQuarterToTheOthers() {
        for (int most : new int[] {20, 10, 3, 2}) {
            destinations = open(most);
            answers(1);
            int its = fills(1, 2);
            assertThat(its).as("of " + most).isEqualTo(Map.of(20, 15, 10, 7, 3, 2, 2, 1).get(most));
            assertThat(fills(2, 50)).as("all others together").isPositive().isLessThanOrEqualTo(most / 2);
        }
    }

    @Test
    void aFilledDestinationSaysOnceThatHalfOfItIsFreeAgain() {
        destinations.begin(at(1));
        destinations.reached(at(1));
        for (int i = 1; i < 20; i++) {
            destinations.begin(at(1));
        }
        for (int i = 1; i < 10; i++) {
            assertThat(destinations.end(at(1))).as(i + " of 20 free").isFalse();
        }
        assertThat(destinations.end(at(1))).as("half").isTrue();
        assertThat(destinations.end(at(1))).as("once").isFalse();
        for (int i = destinations.free(at(1)); i > 1; i--) {
            destinations.begin(at(1));
        }
        for (int i = 0; i < 19; i++) {
            assertThat(destinations.end(at(1))).as("it had room all the time").isFalse();
        }
    }

    @Test
    void aNewDestinationSaysSoWhenItAnswersAndOneThatFailsNever() {
        for (int i = 0; i < 5; i++) {
            destinations.begin(at(1));
            destinations.begin(at(2));
        }
        destinations.reached(at(1));
        destinations.unreached(at(2));
        assertThat(destinations.end(at(1))).as("it was given 5 and can take 20").isTrue();
        for (int i = 0; i < 5; i++) {
            assertThat(destinations.end(at(2))).as("it would be tried without a pause").isFalse();
        }
        destinations.begin(at(2));
        assertThat(destinations.end(at(2))).isFalse();
    }

    @Test
    void whatIsIdleIsForgottenAndWhatIsUnderWayNot() {
        destinations.begin(at(1));
        destinations.begin(at(2));
        destinations.end(at(2));
        destinations.forgetIdle();
        assertThat(destinations.free(at(1))).as("one is under way").isEqualTo(4);
        assertThat(destinations.free(at(2))).as("new again").isEqualTo(5);
        destinations.begin(at(3));
        destinations.unreached(at(3));
        destinations.end(at(3));
        destinations.forgetIdle();
        assertThat(destinations.free(at(3))).as("that it failed is remembered longer").isEqualTo(1);
        assertThat(destinations.connections("world")).isZero();
        destinations.close();
    }

    /** Its connections are closed by then: what is kept is that it has answered. */
    @Test
    void whoAnsweredAWhileAgoDoesNotWaitBehindThoseThatSayNothing() {
        destinations.begin(at(0));
        destinations.reached(at(0));
        destinations.end(at(0));
        destinations.forgetIdle();
        for (int number = 1; number < 100; number++) {
            for (int free = destinations.free(at(number)); free > 0; free--) {
                destinations.begin(at(number));
            }
        }
        assertThat(destinations.unprovenRoom()).isZero();
        assertThat(destinations.isProven(at(0))).isTrue();
        assertThat(destinations.free(at(0))).isEqualTo(20);
        destinations.begin(at(0));
        assertThat(destinations.get(at(0))).as("opened anew").isNotNull();
        assertThat(destinations.unprovenRoom()).as("it takes none of theirs").isZero();
        destinations.unreached(at(0));
        destinations.end(at(0));
        assertThat(destinations.isProven(at(0))).as("it fails now").isFalse();
        assertThat(destinations.free(at(0))).as("as all of those").isZero();
    }

    /** One each tells whether they still answer; what goes beyond it they share with all who say nothing. */
    @Test
    void thoseThatAnsweredOnceAndSayNothingNowLeaveRoomToThoseThatAnswer() {
        for (int number = 0; number < 25; number++) {
            answers(number);
        }
        passes(Duration.ofMinutes(2));
        assertThat(fills(0, 25)).isEqualTo(25 + 50);
        answers(30);
        assertThat(destinations.free(at(30))).isEqualTo(20);
        destinations.reached(at(1));
        destinations.end(at(1));
        assertThat(destinations.isProven(at(1))).isTrue();
        assertThat(destinations.free(at(1))).as("one that does answer").isGreaterThanOrEqualTo(15);
    }

    @Test
    void whoFallsSilentWithAllItsRoomTakenGivesNoMoreThanOne() {
        for (int number = 0; number < 5; number++) {
            answers(number);
        }
        assertThat(fills(0, 5)).as("they have just answered").isEqualTo(100);
        passes(Duration.ofSeconds(30));
        assertThat(destinations.unprovenRoom()).isEqualTo(50);
        passes(Duration.ofMinutes(1));
        assertThat(destinations.isProven(at(0))).isFalse();
        assertThat(destinations.unprovenRoom()).isZero();
        assertThat(destinations.free(at(40))).as("another of which nothing is known").isLessThanOrEqualTo(0);
        destinations.unreached(at(0));
        for (int i = 0; i < 20; i++) {
            destinations.end(at(0));
        }
        for (int number = 1; number < 5; number++) {
            destinations.reached(at(number));
        }
        assertThat(destinations.unprovenRoom()).as("nothing of theirs is left in it").isEqualTo(50);
    }

    @Test
    void whatFailsWhileMuchIsUnderWayToItCountsAsSilent() {
        answers(1);
        assertThat(fills(1, 2)).isEqualTo(20);
        destinations.unreached(at(1));
        assertThat(destinations.unprovenRoom()).isEqualTo(30);
        destinations.end(at(1));
        assertThat(destinations.unprovenRoom()).isEqualTo(31);
    }

    @Test
    void whoIsWrittenToOnceAnHourWaitsForNobody() {
        answers(1);
        fills(2, 90);
        assertThat(destinations.unprovenRoom()).isZero();
        passes(Duration.ofHours(1));
        assertThat(destinations.isProven(at(1))).isTrue();
        assertThat(destinations.free(at(1))).isEqualTo(1);
        destinations.begin(at(1));
        assertThat(destinations.isProven(at(1))).isFalse();
        destinations.reached(at(1));
        assertThat(destinations.end(at(1))).as("more is asked for at once").isTrue();
        assertThat(destinations.free(at(1))).isEqualTo(20);
        destinations.close();
    }

    @Test
    void ofMoreThanAnybodyWritesToTheLongestIdleAreForgotten() {
        destinations = open(100, 3);
        for (int number = 0; number < 5; number++) {
            destinations.begin(at(number));
            destinations.reached(at(number));
        }
        for (int number : new int[] {3, 0, 4, 1}) {
            destinations.end(at(number));
        }
        destinations.forgetIdle();
        assertThat(IntStream.range(0, 5).filter(number -> destinations.isProven(at(number)))).as("one under way, and those that ended last")
            .containsExactly(1, 2, 4);
    }
}
