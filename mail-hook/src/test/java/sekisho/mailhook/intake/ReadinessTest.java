package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.storage.StoreException;
import sekisho.storage.StoreFullException;

class ReadinessTest {

    private static final Duration SOON = Duration.ofMillis(10);
    private static final Duration LONG = Duration.ofHours(1);

    private static void awaitCode(Readiness readiness, int code, String enhanced) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(readiness.refusal(-1)).hasValueSatisfying(reply -> {
            assertThat(reply.code()).isEqualTo(code);
            assertThat(reply.enhanced()).isEqualTo(enhanced);
        }));
    }

    private static void awaitReady(Readiness readiness) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(readiness.refusal(-1)).isEmpty());
    }

    @Test
    void aPartThatIsAwayIsSaidToBeAndSoIsItsReturn() {
        var trouble = new AtomicReference<Optional<StoreException>>(Optional.empty());
        try (var readiness = new Readiness(() -> { }, () -> {
            if (trouble.get().isPresent()) {
                throw trouble.get().get();
            }
            return Long.MAX_VALUE;
        }, 0, SOON, LONG).start()) {
            awaitReady(readiness);
            trouble.set(Optional.of(new StoreException("unreachable")));
            awaitCode(readiness, 451, "4.3.0");
            trouble.set(Optional.of(new StoreFullException("no room")));
            awaitCode(readiness, 452, "4.3.1");
            trouble.set(Optional.empty());
            awaitReady(readiness);
        }
    }

    @Test
    void aMessageLargerThanTheRoomWaitsAtItsServerAndASmallerOneDoesNot() {
        var room = new AtomicLong(1000);
        try (var readiness = new Readiness(() -> { }, room::get, 0, SOON, LONG).start()) {
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(readiness.refusal(1001).map(SmtpReply::oneLine))
                .hasValueSatisfying(line -> assertThat(line).startsWith("452 4.3.1")));
            assertThat(readiness.refusal(1000)).isEmpty();
            assertThat(readiness.refusal(-1)).as("it doesn't say how large it is").isEmpty();
            room.set(0);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(readiness.refusal(1)).isPresent());
            room.set(Long.MAX_VALUE);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(readiness.refusal(Long.MAX_VALUE)).isEmpty());
        }
    }

    @Test
    void belowTheLeastRoomNothingIsTakenHoweverSmallItIs() {
        var room = new AtomicLong(999);
        try (var readiness = new Readiness(() -> { }, room::get, 1000, SOON, LONG).start()) {
            awaitCode(readiness, 452, "4.3.1");
            assertThat(readiness.refusal(1)).isPresent();
            room.set(1000);
            awaitReady(readiness);
            assertThat(readiness.refusal(1001)).as("said to be larger than the room").isPresent();
        }
    }

    @Test
    void theLeastRoomIsOneAndAHalfOfTheLargestMessageOrWhatIsSet() {
        assertThat(ConfiguredLimits.minFree(HookSettings.of("limits.message", "300K").limits())).isEqualTo(450 << 10);
        assertThat(ConfiguredLimits.minFree(HookSettings.of().limits())).as("of 2 GiB one counts").isEqualTo(3L << 29);
        assertThat(ConfiguredLimits.minFree(HookSettings.of("limits.min-free", "8M").limits())).isEqualTo(8 << 20);
        assertThat(ConfiguredLimits.minFree(HookSettings.of("limits.min-free", "0").limits())).isZero();
    }

    @Test
    void aPartThatHangsIsAwayAndTheOtherIsStillAsked() {
        var hanging = new CountDownLatch(1);
        var asked = new CountDownLatch(3);
        try (var readiness = new Readiness(hanging::await, () -> {
            asked.countDown();
            return Long.MAX_VALUE;
        }, 0, SOON, Duration.ofMillis(100)).start()) {
            awaitCode(readiness, 451, "4.3.0");
            await().atMost(Duration.ofSeconds(60)).until(() -> asked.getCount() == 0);
            hanging.countDown();
            awaitReady(readiness);
        }
    }

    @Test
    void theAnswerNeverWaitsForAPart() {
        var hanging = new CountDownLatch(1);
        try (var readiness = new Readiness(hanging::await, () -> Long.MAX_VALUE, 0, SOON, LONG).start()) {
            assertThat(readiness.refusal(Long.MAX_VALUE)).as("nothing is known yet").isEmpty();
        }
        hanging.countDown();
    }

    @Test
    void whatIsSaidNamesNoReasonToTheClient() {
        try (var readiness = new Readiness(() -> {
            throw new IllegalStateException("password authentication failed for user sekisho");
        }, () -> Long.MAX_VALUE, 0, SOON, LONG).start()) {
            awaitCode(readiness, 451, "4.3.0");
            assertThat(readiness.refusal(-1).map(SmtpReply::oneLine)).hasValueSatisfying(line -> assertThat(line).doesNotContain("sekisho"));
        }
    }
}
