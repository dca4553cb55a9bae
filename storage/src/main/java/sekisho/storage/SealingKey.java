package sekisho.storage;

import java.nio.file.Path;

/** The public half of a key pair: it can wrap the key of an object and nothing else. What it wraps, its holder can't unwrap. */
public interface SealingKey {
    /**
     * Reads a {@code .public} file.
     *
     * @throws KeyFileException it is missing or malformed
     */
    static SealingKey load(Path publicFile) {
        return KeyFileText.readPublic(publicFile);
    }

    /** Counts up with each rotation; kept beside what was wrapped. */
    int version();

    /** Short and public: tells two key pairs apart in a log or a start-up report. */
    String fingerprint();

    /**
     * Wraps an object's key of 32 octets for its place. Asks nobody: the public half is all that it takes.
     *
     * @throws StoreException this version may not wrap any more, until it is rotated; temporary
     */
    WrappedKey wrap(byte[] objectKey, Place place) throws StoreException;
}
