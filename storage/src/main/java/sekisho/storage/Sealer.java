package sekisho.storage;

import java.io.OutputStream;

/**
 * Seals objects: encrypts them on their way into the store under a key of their own, which is wrapped at once to the sealing key. What
 * holds only a sealer can't read back what it sealed, but for the one object it has in hand. May be used by many threads.
 *
 * <pre>
 * try (SealedObject object = sealer.create(key, place)) {
 *     plaintext.transferTo(object.out());
 *     keep(object.finish());    // only this commits; close() without it leaves nothing behind
 * }
 * </pre>
 */
public final class Sealer {
    static final String OBJECT_LABEL = "sekisho/object/v1";

    private final ObjectStore store;
    private final SealingKey key;

    /** @param store stays the caller's to close */
    public Sealer(ObjectStore store, SealingKey key) {
        this.store = store;
        this.key = key;
    }

    /**
     * Seals into the store.
     *
     * @param key of the object in the store, used once
     * @param place is needed again to open it
     */
    public SealedObject create(String key, Place place) throws StoreException {
        return new SealingObject(new CiphertextSink(store, key, 0), this.key, place);
    }

    /**
     * Seals into the store as {@link #create} does, for a caller who seals meanwhile what is inside this one.
     *
     * @param depth see {@link ObjectStore#createAround}
     */
    public SealedObject createAround(String key, Place place, int depth) throws StoreException {
        return new SealingObject(new CiphertextSink(store, key, store.createAround(key, depth)), this.key, place);
    }

    /**
     * Keeps the ciphertext in memory while it has no more than this many octets (74 + 32 for each 65,504 of plaintext are overhead),
     * so that the caller can keep it in a row; what grows longer goes to the store. Memory grows only with what was written. It may be under way while
     * the caller seals others by {@link #create}, and is finished last.
     */
    public SealedObject createInline(String key, Place place, int limitOctets) throws StoreException {
        return new SealingObject(new CiphertextSink(store, key, limitOctets), this.key, place);
    }

    /** An object while it is being sealed. For one thread at a time. */
    public interface SealedObject extends AutoCloseable {
        /**
         * Takes the plaintext, in pieces of any size; hashes and encrypts it as it goes by. Throws {@link StoreException}, after which
         * the object can't be finished. Closing it does nothing.
         */
        OutputStream out();

        /**
         * Makes the object durable, once. When this throws, nothing needs to be kept; an object that is there all the same has no
         * key.
         */
        Sealed finish() throws StoreException;

        /**
         * Octets that only who can open this object can derive again; until {@link #close()}.
         *
         * @param label what for
         * @param context for example, which of several
         * @param octets how many, up to 12,240
         */
        byte[] derive(String label, byte[] context, int octets);

        /**
         * Opens what was just sealed, between {@link #finish()} and {@link #close()}: the object's key is still here, and unwrapped nowhere
         * else. For who must look into an object before deciding whether to keep it. Reads the store, so the octets are those that were
         * made durable. {@link #close()} closes it too.
         *
         * @throws IllegalStateException not finished, or closed
         */
        Opener.OpenObject reopen();

        /** Without {@link #finish()}, leaves nothing behind. */
        @Override
        void close();
    }
}
