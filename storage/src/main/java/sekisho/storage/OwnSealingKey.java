package sekisho.storage;

/**
 * A {@link SealingKey} for the holder of the private key: what it wraps only that holder can unwrap, and only that holder can wrap so.
 *
 * @param secret      of {@link OwnWrap}; never shown
 * @param fingerprint that of the pair's public half
 */
record OwnSealingKey(int version, byte[] secret, String fingerprint) implements SealingKey {
    @Override
    public WrappedKey wrap(byte[] objectKey, Place place) {
        return new WrappedKey(OwnWrap.ALGORITHM, version, OwnWrap.wrap(secret, version, objectKey, place));
    }

    @Override
    public String toString() {
        return "OwnSealingKey[version " + version + ", " + fingerprint + "]";
    }
}
