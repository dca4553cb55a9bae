package sekisho.storage;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Octets at rest under an opaque key ({@code [a-z0-9/_-]}, 1 to 200 characters, a slash only between two others). An object is
 * written once, whole, and never changed.
 * What goes in is ciphertext; a store is not trusted with anything else. May be used by many threads.
 *
 * <p>Everywhere a {@link StoreException} is temporary unless its type says otherwise, and a key that breaks the rule is an
 * {@link IllegalArgumentException}.
 */
public interface ObjectStore extends AutoCloseable {
    /**
     * Begins an object. Nothing is visible under the key before {@link Upload#finish()}.
     *
     * @throws ObjectExistsException the key is taken (a store may notice only at {@code finish()})
     */
    Upload create(String key) throws StoreException;

    /**
     * Reads a range. The stream ends early where the object does; the caller closes it, and it throws {@link StoreException} when the
     * store breaks off.
     *
     * @throws ObjectMissingException there is no such object
     */
    InputStream read(String key, long offset, long length) throws StoreException;

    /** Deletes every version of an object for good. Success if there is none. */
    void delete(String key) throws StoreException;

    /** Names each finished object, in no order. Objects that come or go meanwhile may be missed. */
    void list(Consumer<StoredObject> each) throws StoreException;

    /**
     * Removes what a crash left of uploads that were begun longer ago than this. Choose more than the longest upload takes: one that is
     * still under way would fail, leaving nothing.
     */
    void sweepUnfinished(Duration olderThan) throws StoreException;

    /** Whether an object could be written now; cheap enough to ask every few seconds. The exception says what to do. */
    void check() throws StoreException;

    @Override
    void close();

    /** One object on its way into the store. For one thread at a time. */
    interface Upload extends AutoCloseable {
        /** Takes the object's octets; throws {@link StoreException}. Closing it does nothing. */
        OutputStream out();

        /**
         * Makes the object durable and visible, once.
         *
         * @throws ObjectExistsException another upload took the key; its object stays
         * @throws StoreException nothing is visible, unless the store's answer was lost: then the object may be there
         */
        void finish() throws StoreException;

        /** Without {@link #finish()}, leaves nothing behind; what can't be removed now, {@link #sweepUnfinished} finds. */
        @Override
        void close();
    }
}
