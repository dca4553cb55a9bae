package sekisho.storage;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** An {@link OpeningKey} whose private halves stay in a {@link KeyBackEnd}. */
final class BackEndOpeningKey implements OpeningKey {
    private final BackEndFile file;
    private final KeyBackEnd backEnd;
    private final SortedMap<Integer, byte[]> seeds;
    private final SortedMap<Integer, SealingKey> own = new TreeMap<>();

    private BackEndOpeningKey(BackEndFile file, KeyBackEnd backEnd, SortedMap<Integer, byte[]> seeds) {
        this.file = file;
        this.backEnd = backEnd;
        this.seeds = seeds;
        seeds.forEach((version, seed) -> own.put(version, new OwnSealingKey(version,
                Derivation.fromPrivate(seed, OwnWrap.LABEL, OwnWrap.SECRET_OCTETS), file.sealing(version).fingerprint())));
    }

    /** Versions that the back end hasn't any more, since another host had them destroyed, are left out; but the newest has to be there. */
    static BackEndOpeningKey open(BackEndFile file) {
        KeyBackEnd backEnd = file.backEnd();
        SortedMap<Integer, byte[]> seeds = new TreeMap<>();
        for (var each : file.entries().entrySet()) {
            int version = each.getKey();
            try {
                seeds.put(version, EncapsulatedWrap.unwrap(each.getValue().half(), backEnd, each.getValue().label(), each.getValue().seed(), BackEndFile.SEED_PLACE));
            } catch (KeyGoneException e) {
                if (version == file.entries().lastKey()) {
                    throw new KeyFileException("the newest version of the key isn't in its back end: " + e.getMessage(), e);
                }
            } catch (SealBrokenException e) {
                throw new KeyFileException("the halves of version " + version + " of the key don't belong together", e);
            } catch (StoreException e) {
                throw new KeyFileException("the key's back end can't be used: " + e.getMessage(), e);
            }
        }
        return new BackEndOpeningKey(file, backEnd, seeds);
    }

    @Override
    public SortedSet<Integer> versions() {
        return new TreeSet<>(seeds.keySet());
    }

    @Override
    public SealingKey sealing(int version) {
        require(version);
        return file.sealing(version);
    }

    private void require(int version) {
        if (!seeds.containsKey(version)) {
            throw new IllegalArgumentException("there is no key version " + version + ", only " + seeds.keySet());
        }
    }

    /** By the public halves: each version was opened once when this was made, so the back end need not be asked again. */
    @Override
    public boolean opens(SealingKey key) {
        return key instanceof EncapsulatingKey(var half) && seeds.containsKey(half.version())
                && Arrays.equals(half.key().getEncoded(), file.entries().get(half.version()).half().key().getEncoded());
    }

    @Override
    public List<byte[]> derive(String label, int octets) {
        List<byte[]> secrets = new ArrayList<>();
        for (byte[] seed : seeds.values()) {
            secrets.addFirst(Derivation.fromPrivate(seed, label, octets));
        }
        return secrets;
    }

    @Override
    public SealingKey own(int version) {
        require(version);
        return own.get(version);
    }

    @Override
    public void check() throws StoreException {
        int newest = seeds.lastKey();
        BackEndFile.Entry entry = file.entries().get(newest);
        try {
            EncapsulatedWrap.unwrap(entry.half(), backEnd, entry.label(), entry.seed(), BackEndFile.SEED_PLACE);
        } catch (SealBrokenException e) {
            throw new StoreException("the key's back end doesn't open what is sealed to version " + newest + ": " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] unwrap(WrappedKey wrapped, Place place) throws SealBrokenException, StoreException {
        int version = wrapped.version();
        if (!seeds.containsKey(version)) {
            throw new KeyGoneException("the object's key is wrapped to key version " + version + ", and the key here has only " + seeds.keySet());
        }
        BackEndFile.Entry entry = file.entries().get(version);
        EncapsulatedWrap.Public half = entry.half();
        if (wrapped.algorithm().equals(half.algorithm())) {
            try {
                return EncapsulatedWrap.unwrap(half, backEnd, entry.label(), wrapped.bytes(), place);
            } catch (BackEndFailedException failed) {
                requireThatItOpens(entry, failed);
                throw new SealBrokenException("the key's back end opens what is sealed to version " + version + ", and not this", failed);
            }
        }
        if (!wrapped.algorithm().equals(OwnWrap.ALGORITHM)) {
            throw new SealBrokenException("the object's key is wrapped in a way that this key doesn't open");
        }
        try {
            return OwnWrap.unwrap(Derivation.fromPrivate(seeds.get(version), OwnWrap.LABEL, OwnWrap.SECRET_OCTETS), version, wrapped.bytes(), place);
        } catch (GeneralSecurityException e) {
            throw new SealBrokenException("the wrapped key is not what was wrapped to this key pair for this place", e);
        }
    }

    /** By what certainly is sealed to it. */
    private void requireThatItOpens(BackEndFile.Entry entry, BackEndFailedException failed) throws KeyGoneException, StoreException {
        try {
            EncapsulatedWrap.unwrap(entry.half(), backEnd, entry.label(), entry.seed(), BackEndFile.SEED_PLACE);
        } catch (KeyGoneException gone) {
            throw gone;
        } catch (SealBrokenException neither) {
            throw failed;
        }
    }

    @Override
    public String toString() {
        return "OpeningKey[" + file.settings().get("back-end") + ", versions " + seeds.keySet() + "]";
    }
}
