package sekisho.gateway.keys;

import java.time.Duration;

/**
 * How many keys one version wraps. 2<sup>30</sup> is far below what any part of it could bear (NIST SP 800-38D §8.3 allows 2<sup>32</sup>), and is
 * never passed: nodes count for themselves and add up every ten seconds, so each stops a margin before.
 */
public final class KeyLimits {

    /** No version ever wraps more. */
    public static final long MOST_WRAPS = 1L << 30;

    /** From here on it is to be rotated: three quarters, which leaves months. */
    public static final long ROTATE_FROM = MOST_WRAPS / 4 * 3;

    /** From here on whoever can rotates without being asked. */
    public static final long ROTATED_FROM = MOST_WRAPS - (1L << 26);

    /** From here on nothing is sealed with it. The rest is what 100 nodes wrap in ten seconds at 1,000 messages a second. */
    public static final long REFUSED_FROM = MOST_WRAPS - (1L << 20);

    /** Nobody counts on from here; as in migration V77. */
    static final long MOST_COUNTED = 1L << 60;

    /** A version that has sealed for longer is told of. What was shredded in that time opens from backups. */
    public static final Duration OLD = Duration.ofDays(365);

    /** Of {@code gateway.keys.shred-horizon}, where it isn't set. */
    public static final String SHRED_HORIZON = "7d";

    private KeyLimits() {
    }
}
