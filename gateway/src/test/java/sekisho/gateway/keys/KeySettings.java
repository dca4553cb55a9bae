package sekisho.gateway.keys;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings of a process, by hand; what isn't given is as by default. */
record KeySettings(Optional<Path> files, Optional<Path> spool, Optional<Path> records, Optional<Duration> rotateEvery) implements KeyConfig {

    /** Of one that seals spools, or nothing. */
    static KeySettings of(Optional<Path> spool) {
        return new KeySettings(Optional.empty(), spool, Optional.empty(), Optional.empty());
    }

    @Override
    public Duration shredHorizon() {
        return Duration.ofDays(7);
    }

    @Override
    public Duration tendEvery() {
        return Duration.ofHours(1);
    }
}
