package sekisho.storage;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A {@link SealingKey} of X25519 and ML-KEM-768. */
record HybridSealingKey(HybridWrap.Public half) implements SealingKey {
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
    public WrappedKey wrap(byte[] objectKey, Place place) {
        return new WrappedKey(HybridWrap.ALGORITHM, version(), HybridWrap.wrap(half, objectKey, place));
    }

    @Override
    public String toString() {
        return "SealingKey[version " + version() + ", " + fingerprint() + "]";
    }
}
