package sekisho.gateway.keys;

import java.util.function.Supplier;
import sekisho.storage.Place;
import sekisho.storage.SealingKey;
import sekisho.storage.StoreException;
import sekisho.storage.WrappedKey;

/** A sealing key whose file may be replaced; what it wraps is counted, and when the version is worn out it wraps no more. */
record CountedSealingKey(KeyName name, Supplier<SealingKey> key, WrapCounts counts) implements SealingKey {

    @Override
    public int version() {
        return key.get().version();
    }

    @Override
    public String fingerprint() {
        return key.get().fingerprint();
    }

    @Override
    public WrappedKey wrap(byte[] objectKey, Place place) throws StoreException {
        var taken = key.get();
        counts.requireRoom(name, taken.version());
        var wrapped = taken.wrap(objectKey, place);
        counts.add(name, wrapped.version());
        return wrapped;
    }

    @Override
    public String toString() {
        return key.get().toString();
    }
}
