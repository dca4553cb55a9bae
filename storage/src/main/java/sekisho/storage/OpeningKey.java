package sekisho.storage;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;

/** The private half of a key pair, in every version that is still kept. Only who serves content holds it. */
public interface OpeningKey {
    /**
     * Reads a {@code .private} file.
     *
     * @throws KeyFileException it is missing, malformed, or others than its owner may read it
     */
    static OpeningKey load(Path privateFile) {
        return KeyFileText.readPrivate(privateFile);
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
     * Seals what this holder alone shall open, to the newest version. For who seals and opens: the public half does the same for a hundred
     * times the work.
     */
    SealingKey own();

    /**
     * Unwraps an object's key. The caller wipes it after use.
     *
     * @throws SealBrokenException changed, of another place, or of a version that isn't here (any more)
     */
    byte[] unwrap(WrappedKey wrapped, Place place) throws SealBrokenException;

    /** Wraps the same object's key again, to a newer sealing key. The object stays as it is. */
    default WrappedKey rewrap(WrappedKey wrapped, Place place, SealingKey to) throws SealBrokenException {
        byte[] objectKey = unwrap(wrapped, place);
        try {
            return to.wrap(objectKey, place);
        } finally {
            java.util.Arrays.fill(objectKey, (byte) 0);
        }
    }
}
