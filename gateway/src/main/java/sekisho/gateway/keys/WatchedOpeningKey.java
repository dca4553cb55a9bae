package sekisho.gateway.keys;

import java.util.List;
import java.util.SortedSet;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.SealBrokenException;
import sekisho.storage.SealingKey;
import sekisho.storage.StoreException;
import sekisho.storage.WrappedKey;

/** A private key whose file may be replaced; every call is answered by what the file holds now. */
record WatchedOpeningKey(WatchedFile<OpeningKey> file) implements OpeningKey {

    @Override
    public SortedSet<Integer> versions() {
        return file.get().versions();
    }

    @Override
    public SealingKey sealing(int version) {
        return file.get().sealing(version);
    }

    @Override
    public boolean opens(SealingKey key) {
        return file.get().opens(key);
    }

    @Override
    public List<byte[]> derive(String label, int octets) {
        return file.get().derive(label, octets);
    }

    @Override
    public SealingKey own(int version) {
        return file.get().own(version);
    }

    @Override
    public void check() throws StoreException {
        file.get().check();
    }

    /** Looks at the file first when the version isn't known: what a new version seals may come before the next look. */
    @Override
    public byte[] unwrap(WrappedKey wrapped, Place place) throws SealBrokenException, StoreException {
        if (!file.get().versions().contains(wrapped.version())) {
            file.look();
        }
        return file.get().unwrap(wrapped, place);
    }

    @Override
    public String toString() {
        return file.get().toString();
    }
}
