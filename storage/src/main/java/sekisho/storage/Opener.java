package sekisho.storage;

/** Opens sealed objects, whole or in ranges. May be used by many threads. */
public final class Opener {
    private final ObjectStore store;
    private final OpeningKey key;

    /** @param store stays the caller's to close */
    public Opener(ObjectStore store, OpeningKey key) {
        this.store = store;
        this.key = key;
    }

    /**
     * Unwraps the object's key and checks its header, without asking the store.
     *
     * @param place for which it was sealed
     * @throws KeyGoneException it is wrapped to a version of the key that isn't here
     * @throws StoreException what holds the private key doesn't answer now
     * @throws SealBrokenException it wasn't sealed to this key for this place, or a length in it can't be
     */
    public OpenObject open(Sealed sealed, Place place) throws StoreException, SealBrokenException {
        return OpenedObject.open(store, key, sealed, place);
    }

    /** An object that can be read, by several threads at a time. Holds the object's key until it is closed. */
    public interface OpenObject extends AutoCloseable {
        /** Length of the plaintext. */
        long plainOctets();

        /**
         * Reads a range of the plaintext; fetches only the segments that hold it, and gives out no octet before the tag of its
         * segment was verified. The caller closes the stream. While it is read, it throws {@link SealBrokenException} when the object
         * is not what was sealed, and {@link StoreException} when the store breaks off.
         *
         * @throws IndexOutOfBoundsException the range isn't inside of the plaintext
         * @throws ObjectMissingException the object is gone from the store
         */
        Plaintext read(long from, long length) throws StoreException;

        /** The same octets that {@link Sealer.SealedObject#derive} gave. */
        byte[] derive(String label, byte[] context, int octets);

        /** Forgets the object's key. Streams that were begun before read on. */
        @Override
        void close();
    }
}
