package sekisho.storage;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** An {@link OpeningKey} of X25519 and ML-KEM-768 pairs, by version. */
final class HybridOpeningKey implements OpeningKey {
    private final SortedMap<Integer, HybridWrap.Pair> pairs;
    /** Of {@link OwnWrap}, by version. */
    private final SortedMap<Integer, byte[]> ownSecrets = new TreeMap<>();
    private final SortedMap<Integer, SealingKey> own = new TreeMap<>();

    HybridOpeningKey(SortedMap<Integer, HybridWrap.Pair> pairs) {
        this.pairs = new TreeMap<>(pairs);
        this.pairs.forEach((version, pair) -> ownSecrets.put(version, derive(pair, OwnWrap.LABEL, OwnWrap.SECRET_OCTETS)));
        ownSecrets.forEach((version, secret) -> own.put(version, new OwnSealingKey(version, secret, sealing(version).fingerprint())));
    }

    SortedMap<Integer, HybridWrap.Pair> pairs() {
        return Collections.unmodifiableSortedMap(pairs);
    }

    @Override
    public SortedSet<Integer> versions() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(pairs.keySet()));
    }

    @Override
    public SealingKey sealing(int version) {
        HybridWrap.Pair pair = pairs.get(version);
        if (pair == null) {
            throw new IllegalArgumentException("there is no key version " + version + ", only " + pairs.keySet());
        }
        return new HybridSealingKey(pair.half());
    }

    @Override
    public boolean opens(SealingKey key) {
        Place place = new Place(new UUID(0, 0), new UUID(0, 0));
        byte[] probe = new byte[HybridWrap.OBJECT_KEY_OCTETS];
        try {
            return MessageDigest.isEqual(unwrap(key.wrap(probe, place), place), probe);
        } catch (SealBrokenException | StoreException e) {
            return false;
        }
    }

    /** From the X25519 half alone: it has one encoding for all time, the other's depends on the JDK. */
    @Override
    public List<byte[]> derive(String label, int octets) {
        List<byte[]> secrets = new ArrayList<>();
        for (HybridWrap.Pair pair : pairs.values()) {
            secrets.addFirst(derive(pair, label, octets));
        }
        return secrets;
    }

    private static byte[] derive(HybridWrap.Pair pair, String label, int octets) {
        byte[] scalar = HybridWrap.scalar(pair.x25519());
        try {
            return Derivation.fromPrivate(scalar, label, octets);
        } finally {
            Arrays.fill(scalar, (byte) 0);
        }
    }

    @Override
    public SealingKey own(int version) {
        SealingKey key = own.get(version);
        if (key == null) {
            throw new IllegalArgumentException("there is no key version " + version + ", only " + own.keySet());
        }
        return key;
    }

    @Override
    public void check() {
        // its halves are in memory
    }

    @Override
    public byte[] unwrap(WrappedKey wrapped, Place place) throws SealBrokenException {
        HybridWrap.Pair pair = pairs.get(wrapped.version());
        if (pair == null) {
            throw new KeyGoneException("the object's key is wrapped to key version " + wrapped.version()
                    + ", and the private key file has only " + pairs.keySet());
        }
        try {
            return switch (wrapped.algorithm()) {
                case HybridWrap.ALGORITHM -> HybridWrap.unwrap(pair, wrapped.bytes(), place);
                case OwnWrap.ALGORITHM -> OwnWrap.unwrap(ownSecrets.get(wrapped.version()), wrapped.version(), wrapped.bytes(), place);
                default -> throw new SealBrokenException("the object's key is wrapped in a way that is unknown here");
            };
        } catch (GeneralSecurityException e) {
            throw new SealBrokenException("the wrapped key is not what was wrapped to this key pair for this place", e);
        }
    }

    @Override
    public String toString() {
        return "OpeningKey[versions " + pairs.keySet() + "]";
    }
}
