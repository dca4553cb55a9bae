package sekisho.storage;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;

/** The private half of a key pair, in every version that is still kept. Only who serves content holds it. */
public interface OpeningKey {
    /**
     * Reads a {@code .private} file, and asks the back end that it names.
     *
     * @throws KeyFileException it is missing, malformed, others than its owner may read it, or its back end can't be used; or it has no version
     */
    static OpeningKey load(Path privateFile) {
        return PrivateFile.read(privateFile).open();
    }

    /** The versions that can be unwrapped. */
    SortedSet<Integer> versions();

    /**
     * The public half of a version that is kept: what it wraps, this opens.
     *
     * @throws IllegalArgumentException that version isn't here
     */
    SealingKey sealing(int version);

    /** Whether this opens what that key seals; asked at start, since otherwise only the first download would tell. */
    boolean opens(SealingKey key);

    /**
     * Secrets of whoever holds this key, one for each version, the newest first: for marking what only they can have marked. They open nothing
     * that is sealed, and tell nothing of the key.
     *
     * @param label what for; another label gives others
     */
    List<byte[]> derive(String label, int octets);

    /**
     * Seals what this holder alone shall open. For who seals and opens: the public half does the same for a hundred times the work.
     *
     * @throws IllegalArgumentException that version isn't here
     */
    SealingKey own(int version);

    /**
     * Asks the back end whether it opens now.
     *
     * @throws StoreException it doesn't answer, or not as it should; temporary
     */
    void check() throws StoreException;

    /**
     * Unwraps an object's key. The caller wipes it after use.
     *
     * @throws KeyGoneException of a version that isn't here (any more)
     * @throws SealBrokenException changed, or of another place
     * @throws StoreException what holds the private half doesn't answer now
     */
    byte[] unwrap(WrappedKey wrapped, Place place) throws SealBrokenException, StoreException;

    /** Wraps the same object's key again, to a newer sealing key. The object stays as it is. */
    default WrappedKey rewrap(WrappedKey wrapped, Place place, SealingKey to) throws SealBrokenException, StoreException {
        byte[] objectKey = unwrap(wrapped, place);
        try {
            return to.wrap(objectKey, place);
        } finally {
            java.util.Arrays.fill(objectKey, (byte) 0);
        }
    }
}
