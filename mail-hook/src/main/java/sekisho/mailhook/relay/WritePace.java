package sekisho.mailhook.relay;

import java.time.Duration;

/** How fast the next hop takes what we write: each block, and a text as a whole. One thread writes, another looks. Times are those of {@link System#nanoTime}. */
final class WritePace {

    /** Postfix's {@code smtp_min_data_rate}. */
    private static final long LEAST_OCTETS_PER_SECOND = 500;

    private boolean writing;
    private long since;
    private long spentNanos;
    private long octets;

    /** Begins to count anew: nobody is slow in this text who was so, or quick, in the one before. */
    synchronized void textBegins() {
        spentNanos = 0;
        octets = 0;
    }

    synchronized void writeBegins(long now) {
        writing = true;
        since = now;
    }

    synchronized void writeEnds(long now, int length) {
        writing = false;
        spentNanos += now - since;
        octets += length;
    }

    /**
     * Whether a write waits for longer than this, or all of the text have by more than this and what the least rate allows. Time in which nothing is
     * written doesn't count: that is ours.
     */
    synchronized boolean isTooSlow(long now, Duration longest) {
        long waiting = now - since;
        long allowed = longest.toNanos() + Duration.ofSeconds(1).multipliedBy(octets).dividedBy(LEAST_OCTETS_PER_SECOND).toNanos();
        return writing && (waiting > longest.toNanos() || spentNanos + waiting > allowed);
    }
}
