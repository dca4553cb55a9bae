package sekisho.storage;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A {@link SealingKey} of X25519 and ML-KEM-768. What it wraps within {@link #LONGEST} shares one encapsulated secret: the arithmetic of it
 * takes ten times as long as all else of a wrap. After that time the secret is overwritten, whether another wrap comes or not. So whoever can read this
 * process's memory opens what it wrapped in the last ten seconds, whose keys it had in memory anyway, and no older wrap.
 */
final class HybridSealingKey implements SealingKey {
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int MOST_WRAPS = 1000;

    private final HybridWrap.Public half;
    private final Duration longest;
    /** Guarded by this object, as are the next two. */
    HybridWrap.@Nullable Encapsulated shared;
    private long sharedSince;
    private int sharedBy;

    HybridSealingKey(HybridWrap.Public half) {
        this(half, LONGEST);
    }

    /** @param longest how long a secret is shared and kept; what tests choose shorter */
    HybridSealingKey(HybridWrap.Public half, Duration longest) {
        this.half = half;
        this.longest = longest;
    }

    @Override
    public int version() {
        return half.version();
    }

    @Override
    public String fingerprint() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256", "SUN");
            sha256.update(half.x25519().getEncoded());
            return HexFormat.of().formatHex(sha256.digest(half.mlKem().getEncoded()), 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    @Override
    public synchronized WrappedKey wrap(byte[] objectKey, Place place) {
        HybridWrap.Encapsulated carrier = shared;
        // the clock, too: whatever forgets may be late
        if (carrier == null || sharedBy == MOST_WRAPS || System.nanoTime() - sharedSince > longest.toNanos()) {
            carrier = share();
        }
        sharedBy++;
        return new WrappedKey(HybridWrap.ALGORITHM, version(), carrier.wrap(objectKey, place));
    }

    private HybridWrap.Encapsulated share() {
        forget(shared);
        HybridWrap.Encapsulated made = HybridWrap.encapsulate(half);
        shared = made;
        sharedSince = System.nanoTime();
        sharedBy = 0;
        CompletableFuture.delayedExecutor(longest.toNanos(), TimeUnit.NANOSECONDS).execute(() -> forget(made));
        return made;
    }

    /** Does nothing when another one has come in its place, which overwrote it. */
    private synchronized void forget(HybridWrap.@Nullable Encapsulated carrier) {
        if (carrier != null && carrier == shared) {
            carrier.forget();
            shared = null;
        }
    }

    @Override
    public String toString() {
        return "SealingKey[version " + version() + ", " + fingerprint() + "]";
    }
}
