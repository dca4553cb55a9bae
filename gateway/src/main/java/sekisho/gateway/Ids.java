package sekisho.gateway;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;

/** UUIDs of version 7 (RFC 9562 §5.7): ordered by time to the millisecond, so that new rows land at an index's right edge. */
public final class Ids {

    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {
    }

    public static UUID next() {
        long high = System.currentTimeMillis() << 16 | 0x7000 | RANDOM.nextInt(0x1000);
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
