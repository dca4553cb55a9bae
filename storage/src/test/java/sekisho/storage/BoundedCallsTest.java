package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoundedCallsTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final BoundedCalls calls = new BoundedCalls("the library", 2);
    private final CountDownLatch hanging = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        hanging.countDown();
    }

    /** As native code does: deaf to interruption. */
    private String hangs() {
        while (hanging.getCount() > 0) {
            Thread.onSpinWait();
        }
        return "late";
    }

    private void isGivenUp() {
        assertThatThrownBy(() -> calls.within(SHORT, this::hangs)).isInstanceOfSatisfying(StoreException.class,
                e -> assertThat(e.temporary()).isTrue()).hasMessageContaining("the library");
    }

    @Test
    void aCallThatHangsIsGivenUpAndKeepsNoOther() throws Exception {
        isGivenUp();
        assertThat(calls.within(LONG, () -> "answer")).isEqualTo("answer");
    }

    @Test
    void noMoreHangThanMay() throws Exception {
        isGivenUp();
        isGivenUp();
        assertThatThrownBy(() -> calls.within(SHORT, () -> "answer")).isInstanceOf(StoreException.class).hasMessageContaining("hangs");
        hanging.countDown();
        assertThat(calls.within(LONG, () -> "answer")).as("once they have come back").isEqualTo("answer");
    }

    @Test
    void aThreadThatCannotBeHadTakesNoTurn() throws Exception {
        var refused = new AtomicInteger();
        var few = new BoundedCalls("the library", 1, task -> {
            if (refused.getAndIncrement() < 2) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            Thread.ofPlatform().daemon().start(task);
        });
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> few.within(SHORT, () -> "answer")).isInstanceOf(StoreException.class).hasMessageContaining("no further thread");
        }
        assertThat(few.within(LONG, () -> "answer")).isEqualTo("answer");
    }

    @Test
    void failuresAreThoseOfTheCall() {
        assertThatThrownBy(() -> calls.within(LONG, () -> {
            throw new KeyGoneException("gone");
        })).isInstanceOf(KeyGoneException.class);
        assertThatThrownBy(() -> calls.within(LONG, () -> {
            throw new BackEndFailedException(new StoreException("failed"));
        })).isInstanceOf(BackEndFailedException.class);
        assertThatThrownBy(() -> calls.within(LONG, () -> {
            throw new IllegalArgumentException("wrong");
        })).isInstanceOf(IllegalArgumentException.class);
    }
}
