package sekisho.storage;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A {@link SealingKey} of {@link EncapsulatedWrap}. */
record EncapsulatingKey(EncapsulatedWrap.Public half) implements SealingKey {
    @Override
    public int version() {
        return half.version();
    }

    @Override
    public String fingerprint() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256", "SUN").digest(half.key().getEncoded()), 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    @Override
    public WrappedKey wrap(byte[] objectKey, Place place) {
        return new WrappedKey(half.algorithm(), version(), EncapsulatedWrap.wrap(half, objectKey, place));
    }

    @Override
    public String toString() {
        return "SealingKey[version " + version() + ", " + fingerprint() + "]";
    }
}
