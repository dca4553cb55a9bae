package sekisho.gateway;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The clock of the tests: real time, moved on by hand, and stopped where a test is about one and the same second. */
@ApplicationScoped
public class MovableClock {

    private static final AtomicReference<Duration> MOVED = new AtomicReference<>(Duration.ZERO);

    private static final Clock REAL = Clock.tick(Clock.systemUTC(), Duration.ofNanos(1000));
    private static final AtomicReference<@Nullable Instant> STANDING = new AtomicReference<>();

    /** From now on it moves by hand alone, until it {@link #runs()} again. */
    public static void stands() {
        STANDING.set(REAL.instant());
    }

    public static void runs() {
        STANDING.set(null);
    }

    public static void passes(Duration time) {
        MOVED.accumulateAndGet(time, Duration::plus);
    }

    @Produces
    @Alternative
    @Priority(1)
    @ApplicationScoped
    Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                var standing = STANDING.get();
                return (standing == null ? REAL.instant() : standing).plus(MOVED.get());
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }
}
