package sekisho.tests.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import sekisho.storage.ObjectExistsException;
import sekisho.storage.ObjectMissingException;
import sekisho.storage.ObjectStore;
import sekisho.storage.StoreException;
import sekisho.storage.StoredObject;
import sekisho.storage.Stray;

/** Objects in memory: another kind of store, written elsewhere with what storage shows to everybody. */
final class MemoryStore implements ObjectStore {

    private record Kept(byte[] content, Instant since) {
    }

    private final Map<String, Kept> objects = new ConcurrentHashMap<>();
    final Map<Upload, Stray> unfinished = new ConcurrentHashMap<>();
    final Map<String, Stray> foreign = new ConcurrentHashMap<>();
    volatile boolean away;

    private void requireHere() throws StoreException {
        if (away) {
            throw new StoreException("the memory is away");
        }
    }

    @Override
    public Upload create(String key) throws StoreException {
        ObjectStore.requireKey(key);
        requireHere();
        if (objects.containsKey(key)) {
            throw new ObjectExistsException(key);
        }
        var upload = new InMemory(key);
        unfinished.put(upload, new Stray(Stray.Kind.UNFINISHED, key, Instant.now()));
        return upload;
    }

    private final class InMemory implements Upload {
        private final String key;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private boolean broken;

        InMemory(String key) {
            this.key = key;
        }

        @Override
        public OutputStream out() {
            return new OutputStream() {
                @Override
                public void write(int octet) throws StoreException {
                    write(new byte[] {(byte) octet}, 0, 1);
                }

                @Override
                public void write(byte[] octets, int offset, int length) throws StoreException {
                    requireWhole();
                    content.write(octets, offset, length);
                }
            };
        }

        private void requireWhole() throws StoreException {
            broken |= away || !unfinished.containsKey(InMemory.this);
            if (broken) {
                throw new StoreException("object " + key + " broke off, or was finished before");
            }
        }

        @Override
        public void finish() throws StoreException {
            requireWhole();
            unfinished.remove(this);
            if (objects.putIfAbsent(key, new Kept(content.toByteArray(), Instant.now())) != null) {
                throw new ObjectExistsException(key);
            }
        }

        @Override
        public void close() {
            if (!away) {
                unfinished.remove(this);
            }
        }
    }

    @Override
    public InputStream read(String key, long offset, long length) throws StoreException {
        ObjectStore.requireKey(key);
        if (offset < 0 || length < 0) {
            throw new IndexOutOfBoundsException("a range has no negative offset or length");
        }
        requireHere();
        var kept = objects.get(key);
        if (kept == null) {
            throw new ObjectMissingException(key);
        }
        int from = (int) Math.min(offset, kept.content.length);
        return new ByteArrayInputStream(kept.content, from, (int) Math.min(length, kept.content.length - from));
    }

    @Override
    public void delete(String key) throws StoreException {
        ObjectStore.requireKey(key);
        requireHere();
        objects.remove(key);
    }

    @Override
    public void list(Consumer<StoredObject> each) throws StoreException {
        requireHere();
        objects.forEach((key, kept) -> each.accept(new StoredObject(key, kept.content.length, kept.since)));
    }

    @Override
    public void strays(Consumer<Stray> each) throws StoreException {
        requireHere();
        unfinished.values().forEach(each);
        foreign.values().forEach(each);
    }

    @Override
    public void sweepUnfinished(Instant begunBefore) throws StoreException {
        requireHere();
        unfinished.values().removeIf(stray -> !stray.since().isAfter(begunBefore));
    }

    @Override
    public void check() throws StoreException {
        requireHere();
    }

    @Override
    public void close() {
        // nothing is held
    }
}
