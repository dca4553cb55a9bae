package sekisho.web.fair;

import java.time.Duration;

/**
 * Whether a client moves at all. Only time spent waiting for it counts, so our own slowness is never held against it; and each window
 * stands for itself, so that neither a fast beginning nor a drop now and then buys more time. For one thread.
 */
public final class Pace {

    private final long windowNanos;
    private final long leastOctets;
    private long waitedNanos;
    private long octets;

    /**
     * @param window             so long may be waited without anything
     * @param octetsEachSecond   and so much must move in it, on average
     */
    public Pace(Duration window, long octetsEachSecond) {
        windowNanos = window.toNanos();
        leastOctets = Math.max(1, (long) (octetsEachSecond * (windowNanos / 1e9)));
    }

    public Duration window() {
        return Duration.ofNanos(windowNanos);
    }

    /** So many octets came or went. */
    public void moved(long count) {
        octets += count;
    }

    /** The client was waited for. @return false when it is too slow to be waited for any longer */
    public boolean waited(long nanos) {
        waitedNanos += nanos;
        if (waitedNanos < windowNanos) {
            return true;
        }
        boolean enough = octets >= leastOctets;
        waitedNanos = 0;
        octets = 0;
        return enough;
    }
}
