package sekisho.storage;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A store that counts what is read from another one. */
final class CountingStore implements ObjectStore {
    private final ObjectStore store;
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong read = new AtomicLong();

    CountingStore(ObjectStore store) {
        this.store = store;
    }

    /** Octets that were asked for since this was called last. */
    long asked() {
        return asked.getAndSet(0);
    }

    /** Octets that were given since this was called last. */
    long read() {
        return read.getAndSet(0);
    }

    @Override
    public InputStream read(String key, long offset, long length) throws StoreException {
        asked.addAndGet(length);
        return new FilterInputStream(store.read(key, offset, length)) {
            @Override
            public int read() throws IOException {
                int octet = in.read();
                read.addAndGet(octet < 0 ? 0 : 1);
                return octet;
            }

            @Override
            public int read(byte[] into, int at, int octets) throws IOException {
                int got = in.read(into, at, octets);
                read.addAndGet(Math.max(got, 0));
                return got;
            }
        };
    }

    @Override
    public Upload create(String key) throws StoreException {
        return store.create(key);
    }

    @Override
    public Upload createBeside(String key) throws StoreException {
        return store.createBeside(key);
    }

    @Override
    public Upload createAround(String key, int depth) throws StoreException {
        return store.createAround(key, depth);
    }

    @Override
    public void delete(String key) throws StoreException {
        store.delete(key);
    }

    @Override
    public void list(Consumer<StoredObject> each) throws StoreException {
        store.list(each);
    }

    @Override
    public void strays(Consumer<Stray> each) throws StoreException {
        store.strays(each);
    }

    @Override
    public void sweepUnfinished(Instant begunBefore) throws StoreException {
        store.sweepUnfinished(begunBefore);
    }

    @Override
    public void check() throws StoreException {
        store.check();
    }

    @Override
    public void close() {
        store.close();
    }
}
