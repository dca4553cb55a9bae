package sekisho.gateway.keys;

import java.util.function.Supplier;
import sekisho.storage.Place;
import sekisho.storage.SealingKey;
import sekisho.storage.WrappedKey;

/** A sealing key whose file may be replaced; what it wraps is counted. */
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
    public WrappedKey wrap(byte[] objectKey, Place place) {
        var wrapped = key.get().wrap(objectKey, place);
        counts.add(name, wrapped.version());
        return wrapped;
    }

    @Override
    public String toString() {
        return key.get().toString();
    }
}
