package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class RoundsTest {

    private final List<Throwable> said = new ArrayList<>();

    private void say(Throwable failed) {
        said.add(failed);
        throw new InternalError("for the words");
    }

    @Test
    void whateverARoundThrowsTheNextOneComes() {
        Queue<Throwable> failures = new ArrayDeque<>(List.of(new InternalError(), new IOException(), new IllegalStateException(), new AssertionError()));
        var all = List.copyOf(failures);
        Rounds.run(() -> {
            switch (failures.poll()) {
                case null -> {
                    return false;
                }
                case Error error -> throw error;
                case Exception exception -> throw exception;
                case Throwable other -> throw new AssertionError(other);
            }
        }, Duration.ZERO, this::say);
        assertThat(said).isEqualTo(all);
    }

    @Test
    void anInterruptionEndsThem() {
        Rounds.run(() -> {
            throw new InterruptedException();
        }, Duration.ZERO, this::say);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(said).isEmpty();
    }

    @Test
    void whatIsNeededIsTriedUntilItIsThereAndAnExceptionIsNot() {
        Queue<Error> missing = new ArrayDeque<>(List.of(new InternalError(), new InternalError()));
        assertThat(Rounds.untilThere(() -> {
            if (!missing.isEmpty()) {
                throw missing.poll();
            }
            return "there";
        }, Duration.ZERO, this::say)).isEqualTo("there");
        assertThat(said).hasSize(2);
        assertThatThrownBy(() -> Rounds.untilThere(() -> {
            throw new IllegalStateException("away");
        }, Duration.ZERO, this::say)).hasMessage("away");
    }
}
