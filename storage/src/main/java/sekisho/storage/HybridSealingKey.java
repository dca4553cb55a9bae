package sekisho.storage;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * A {@link SealingKey} of X25519 and ML-KEM-768. What it wraps within {@link #LONGEST} shares one encapsulated secret: the arithmetic of it
 * takes ten times as long as all else of a wrap. So whoever can read this process's memory opens what it wrapped meanwhile, whose keys
 * it had in memory anyway, and no older wrap.
 */
final class HybridSealingKey implements SealingKey {
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int MOST_WRAPS = 1000;

    private final HybridWrap.Public half;
    private HybridWrap.@Nullable Encapsulated shared;
    private long sharedSince;
    private int sharedBy;

    HybridSealingKey(HybridWrap.Public half) {
        this.half = half;
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
        if (carrier == null || sharedBy == MOST_WRAPS || System.nanoTime() - sharedSince > LONGEST.toNanos()) {
            if (carrier != null) {
                carrier.forget();
            }
            carrier = HybridWrap.encapsulate(half);
            shared = carrier;
            sharedSince = System.nanoTime();
            sharedBy = 0;
        }
        sharedBy++;
        return new WrappedKey(HybridWrap.ALGORITHM, version(), carrier.wrap(objectKey, place));
    }

    @Override
    public String toString() {
        return "SealingKey[version " + version() + ", " + fingerprint() + "]";
    }
}
