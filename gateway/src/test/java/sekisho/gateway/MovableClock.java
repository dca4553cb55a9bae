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

/** The clock of the tests: real time, moved on by hand. */
@ApplicationScoped
public class MovableClock {

    private static final AtomicReference<Duration> MOVED = new AtomicReference<>(Duration.ZERO);

    public static void passes(Duration time) {
        MOVED.accumulateAndGet(time, Duration::plus);
    }

    @Produces
    @Alternative
    @Priority(1)
    @ApplicationScoped
    Clock clock() {
        var real = Clock.tick(Clock.systemUTC(), Duration.ofNanos(1000));
        return new Clock() {
            @Override
            public Instant instant() {
                return real.instant().plus(MOVED.get());
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
