package sekisho.mailhook.outgoing;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Lets messages that are just being received go first, while there are many and the processors are busy: their client waits, and what it can't hand over its
 * own queue has to keep. What has been due for {@link #PUT_OFF} is relayed all the same, so that a burst that doesn't end is relayed as fast as it comes.
 *
 * <p>In a container with a share of the processors the JDK counts what was used in whole periods (100 ms mostly): a look that is shorter says that there is time, and nothing is
 * put off.
 */
final class Bursts {

    /** At most, and only while all processors are busy. */
    static final Duration PUT_OFF = Duration.ofSeconds(5);
    /** For each processor; fewer can't keep it busy, since most of the time of a message is waiting. */
    private static final int MANY = 2;
    /** So much of one processor may be idle while all of them count as busy. */
    private static final double IDLE = 0.4;
    /** A system counts a processor's time in ticks of up to 10 ms: in less than some of them it tells nothing. */
    private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

    private final IntSupplier receiving;
    private final DoubleSupplier load;
    private final int many;
    private final double enough;
    private final LongSupplier nanos;
    private long looked;
    private boolean busy;

    /**
     * @param receiving how many messages are just being received
     * @param load how busy all processors were since this process asked the last time, from 0 to 1; anything else: unknown
     * @param nanos a clock that only goes forward
     */
    Bursts(IntSupplier receiving, DoubleSupplier load, int processors, LongSupplier nanos) {
        this.receiving = receiving;
        this.load = load;
        this.many = MANY * processors;
        this.enough = 1 - IDLE / processors;
        this.nanos = nanos;
        this.looked = nanos.getAsLong();
    }

    /** How long a copy must have been due to be relayed now. */
    synchronized Duration putOff() {
        long now = nanos.getAsLong();
        if (now - looked >= LOOK_NANOS) {
            looked = now;
            busy = load.getAsDouble() >= enough;
        }
        return busy && receiving.getAsInt() >= many ? PUT_OFF : Duration.ZERO;
    }
}
