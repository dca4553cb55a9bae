package sekisho.gateway.health;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * A part of the readiness that is asked in the background: health is answered at once and names the part that is away, and a part that hangs doesn't
 * take a thread from the others with each prober that asks for it.
 */
public abstract class WatchedCheck implements HealthCheck {

    /** For {@code @Startup}: behind whatever stops the start for a part that can't be used, which asks it first. */
    public static final int AFTER_STARTS = 3000;

    private static final Duration EVERY = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String name;
    private final Watched<Optional<String>> part;

    /** @param away the reason to give when it doesn't answer, or with an exception */
    protected WatchedCheck(String name, String away) {
        this.name = name;
        this.part = new Watched<>(this::ask, Optional.of("not asked yet"), Optional.of(away), EVERY, PATIENCE);
    }

    /**
     * Asks the part, which may take its time.
     *
     * @return why it can't be used now; empty when it can
     * @throws Exception it is away
     */
    protected abstract Optional<String> ask() throws Exception;

    @PostConstruct
    protected void start() {
        part.start("ready: " + name);
    }

    @PreDestroy
    protected void stop() {
        part.close();
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named(name);
        return part.answer().map(reason -> response.down().withData("reason", reason)).orElseGet(response::up).build();
    }
}
