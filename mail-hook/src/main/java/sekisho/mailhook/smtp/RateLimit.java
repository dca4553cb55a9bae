package sekisho.mailhook.smtp;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Counts by key in constant memory (1 MiB), however many keys there are. Each key has a place in each of four rows, and a place holds the
 * time at which all that was counted there will be paid off (a leaky bucket). A key has had too much only if all its places say so. Keys that
 * share places with busy ones may get less, and nobody can choose whose they share, since places follow from a secret of this process.
 */
public final class RateLimit {
    private static final int ROWS = 4;
    private static final int PLACES = 1 << 15;
    private static final long MINUTE = 60_000_000_000L;

    private final int perMinute;
    private final LongSupplier nanoTime;
    private final long[][] paidOff;
    private final SecretKeySpec secret;

    /** @param perMinute 0 for no limit */
    public RateLimit(int perMinute) {
        this(perMinute, System::nanoTime);
    }

    RateLimit(int perMinute, LongSupplier nanoTime) {
        this.perMinute = perMinute;
        this.nanoTime = nanoTime;
        this.paidOff = new long[ROWS][perMinute == 0 ? 0 : PLACES];
        byte[] octets = new byte[32];
        new SecureRandom().nextBytes(octets);
        this.secret = new SecretKeySpec(octets, "HmacSHA256");
        long now = nanoTime.getAsLong();
        Arrays.stream(paidOff).forEach(row -> Arrays.fill(row, now));
    }

    /** Counts one more, unless that were too many; then nothing is counted. */
    public boolean take(String key) {
        if (perMinute == 0) {
            return true;
        }
        int[] places = places(key);
        long cost = MINUTE / perMinute;
        synchronized (paidOff) {
            long now = nanoTime.getAsLong();
            long owed = Long.MAX_VALUE;
            for (int row = 0; row < ROWS; row++) {
                owed = Math.min(owed, Math.max(0, paidOff[row][places[row]] - now));
            }
            if (owed + cost > cost * perMinute) {
                return false;
            }
            for (int row = 0; row < ROWS; row++) {
                paidOff[row][places[row]] = now + Math.max(0, paidOff[row][places[row]] - now) + cost;
            }
            return true;
        }
    }

    /** Takes back what {@link #take} has counted: it was none of those that are limited. */
    public void giveBack(String key) {
        if (perMinute == 0) {
            return;
        }
        int[] places = places(key);
        synchronized (paidOff) {
            for (int row = 0; row < ROWS; row++) {
                paidOff[row][places[row]] -= MINUTE / perMinute;
            }
        }
    }

    private int[] places(String key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            byte[] hash = mac.doFinal(key.getBytes(StandardCharsets.UTF_8));
            int[] places = new int[ROWS];
            for (int row = 0; row < ROWS; row++) {
                places[row] = ((hash[2 * row] & 0xff) << 8 | hash[2 * row + 1] & 0xff) & PLACES - 1;
            }
            return places;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
