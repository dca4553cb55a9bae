package sekisho.gateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a job has failed at, so that it keeps no other waiting: it is put off for longer each time. Kept in memory; what is forgotten is tried again.
 *
 * @param <K> by what it is known
 */
public final class PutOff<K> {

    private static final int MOST_REMEMBERED = 10_000;

    private final Clock clock;
    private final Duration first;
    private final Duration longest;
    /** What failed last comes last. */
    private final Map<K, Pause> failed = new LinkedHashMap<>();

    /** @param first for so long at first; then twice as long each time, up to {@code longest} */
    public PutOff(Clock clock, Duration first, Duration longest) {
        this.clock = clock;
        this.first = first;
        this.longest = longest;
    }

    private record Pause(Instant until, Duration length) {
    }

    /** Whether it waits still. */
    public synchronized boolean waits(K what) {
        var pause = failed.get(what);
        return pause != null && clock.instant().isBefore(pause.until);
    }

    /** All that wait still. */
    public synchronized Set<K> waiting() {
        var now = clock.instant();
        return failed.entrySet().stream().filter(each -> now.isBefore(each.getValue().until)).map(Map.Entry::getKey).collect(Collectors.toSet());
    }

    /** Whether it has failed and not been done since. */
    public synchronized boolean hasFailed(K what) {
        return failed.containsKey(what);
    }

    /** It has failed. The one that failed longest ago is forgotten for it when there are too many. */
    public synchronized void failed(K what) {
        var before = failed.remove(what);
        if (failed.size() >= MOST_REMEMBERED) {
            failed.remove(failed.keySet().iterator().next());
        }
        var length = before == null ? first : before.length.multipliedBy(2);
        length = length.compareTo(longest) > 0 ? longest : length;
        failed.put(what, new Pause(clock.instant().plus(length), length));
    }

    /** It is done. */
    public synchronized void done(K what) {
        failed.remove(what);
    }
}
