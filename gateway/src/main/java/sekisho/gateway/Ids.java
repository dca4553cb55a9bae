package sekisho.gateway;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * UUIDs of version 7 (RFC 9562 §5.7): ordered by time, so that new rows land at an index's right edge. Those of one process are in the
 * order in which they were asked for: the 12 bits after the milliseconds count parts of one (§6.2, method 3), and never go back.
 */
public final class Ids {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int PARTS_BITS = 12;
    private static final long NANOS_OF_A_PART = 1_000_000 / (1 << PARTS_BITS) + 1;
    /** A clock that goes back further than this was wrong before, and is believed now. */
    private static final long LONGEST_LEAD = Duration.ofMinutes(1).toMillis() << PARTS_BITS;
    private static final AtomicLong LAST = new AtomicLong();

    private Ids() {
    }

    public static UUID next() {
        return next(Instant.now());
    }

    static UUID next(Instant now) {
        long clock = now.toEpochMilli() << PARTS_BITS | now.getNano() % 1_000_000 / NANOS_OF_A_PART;
        long time = LAST.updateAndGet(last -> last - clock > LONGEST_LEAD ? clock : Math.max(clock, last + 1));
        long high = time >>> PARTS_BITS << 16 | 0x7000 | time & (1 << PARTS_BITS) - 1;
        long low = RANDOM.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** How long ago {@link #next} gave this id, by this machine's clock. */
    public static Duration age(UUID id) {
        return Duration.ofMillis(System.currentTimeMillis() - (id.getMostSignificantBits() >>> 16));
    }

    /** The 16 octets of an id, most significant first. */
    public static byte[] octets(UUID id) {
        return java.nio.ByteBuffer.allocate(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).array();
    }
}
