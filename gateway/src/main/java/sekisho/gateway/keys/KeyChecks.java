package sekisho.gateway.keys;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sekisho.storage.OpeningKey;
import sekisho.storage.StoreException;

/**
 * Whether the keys of this process do their work. Back ends are asked each minute and the answer is kept: one that says nothing takes longer than
 * whoever asks for our health would wait.
 */
@ApplicationScoped
class KeyChecks {

    /** A round of questions takes less than a minute, unless a back end never comes back from one. */
    static final Duration SILENCE = Duration.ofMinutes(5);

    private final KeyRing keys;
    private final WrapCounts counts;
    private final Clock clock;
    private volatile Set<KeyName> shut = Set.of();
    private volatile Instant answeredAt;

    KeyChecks(KeyRing keys, WrapCounts counts, Clock clock) {
        this.keys = keys;
        this.counts = counts;
        this.clock = clock;
        this.answeredAt = clock.instant();
    }

    void register(@Observes StartupEvent start, MeterRegistry metrics) {
        for (var name : KeyName.values()) {
            metrics.gauge("sekisho.key.wraps.ratio", Tags.of("pair", name.text()), this, checks -> checks.worn(name));
        }
    }

    @Scheduled(every = "60s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void check() {
        check(keys.held());
    }

    void check(List<KeyRing.Held> all) {
        var found = EnumSet.noneOf(KeyName.class);
        for (var held : all) {
            var trouble = trouble(held.key());
            if (trouble.isPresent()) {
                found.add(held.name());
            }
            if (trouble.isPresent() != shut.contains(held.name())) {
                trouble.ifPresentOrElse(why -> Log.errorf("what the key %s opens can't be opened now: %s", held.name().text(), why),
                    () -> Log.infof("what the key %s opens can be opened again", held.name().text()));
            }
        }
        shut = found;
        answeredAt = clock.instant();
    }

    /** Of a fault without its words: a library's may quote what it was given, a secret too. */
    private static Optional<String> trouble(OpeningKey key) {
        try {
            key.check();
            return Optional.empty();
        } catch (StoreException away) {
            return Optional.of(String.valueOf(away.getMessage()));
        } catch (RuntimeException fault) {
            return Optional.of(Arrays.stream(fault.getStackTrace()).findFirst().map(at -> fault.getClass().getName() + " at " + at)
                .orElse(fault.getClass().getName()));
        }
    }

    /** How much of {@link KeyLimits#MOST_WRAPS} the version that seals here has wrapped; 0 where nothing is sealed for that pair. */
    private double worn(KeyName name) {
        var version = keys.sealingVersions().get(name);
        return version == null ? 0 : (double) counts.wraps(name, version) / KeyLimits.MOST_WRAPS;
    }

    /** What somebody has to look at; each begins with the name of a pair. */
    List<String> troubles() {
        var troubles = new ArrayList<String>();
        shut.forEach(name -> troubles.add(name.text() + " can't open now"));
        keys.refused().forEach(name -> troubles.add(name.text() + " has a file that was not taken over"));
        keys.sealingVersions().forEach((name, version) -> {
            if (counts.wraps(name, version) >= KeyLimits.ROTATE_FROM) {
                troubles.add(name.text() + " is worn out");
            }
        });
        if (clock.instant().isAfter(answeredAt.plus(SILENCE))) {
            keys.held().forEach(held -> troubles.add(held.name().text() + " was not asked for " + SILENCE.toMinutes() + " minutes"));
        }
        return troubles;
    }
}
