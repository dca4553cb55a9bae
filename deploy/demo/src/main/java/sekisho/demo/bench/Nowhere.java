package sekisho.demo.bench;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.function.Consumer;
import sekisho.storage.ObjectStore;
import sekisho.storage.StoredObject;
import sekisho.storage.Stray;

/** A store that forgets. */
final class Nowhere implements ObjectStore {
    @Override
    public Upload create(String key) {
        return new Upload() {
            @Override
            public OutputStream out() {
                return OutputStream.nullOutputStream();
            }

            @Override
            public void finish() {
                // nothing was kept
            }

            @Override
            public void close() {
                // nothing was kept
            }
        };
    }

    @Override
    public InputStream read(String key, long offset, long length) {
        return InputStream.nullInputStream();
    }

    @Override
    public void delete(String key) {
        // there is nothing
    }

    @Override
    public void list(Consumer<StoredObject> each) {
        // there is nothing
    }

    @Override
    public void strays(Consumer<Stray> each) {
        // there is nothing
    }

    @Override
    public void sweepUnfinished(Instant begunBefore) {
        // there is nothing
    }

    @Override
    public void check() {
        // it takes everything
    }

    @Override
    public void close() {
        // there is nothing
    }
}
