package sekisho.storage;

import java.io.IOException;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/** Where ciphertext goes: into memory while it fits, else into the store. */
final class CiphertextSink {
    private final ObjectStore store;
    private final String key;
    private final int limitOctets;
    private byte[] kept = new byte[0];
    private int keptOctets;
    private ObjectStore.@Nullable Upload upload;

    CiphertextSink(ObjectStore store, String key, int limitOctets) throws StoreException {
        this.store = store;
        this.key = ObjectKeys.checked(key);
        this.limitOctets = limitOctets;
        if (limitOctets <= 0) {
            upload = store.create(key);    // a store that is down is noticed before the first octet
        }
    }

    /** Straight into the store. @param begun under this key */
    CiphertextSink(ObjectStore store, String key, ObjectStore.Upload begun) {
        this.store = store;
        this.key = key;
        this.limitOctets = 0;
        this.upload = begun;
    }

    ObjectStore store() {
        return store;
    }

    String key() {
        return key;
    }

    void write(byte[] octets, int length) throws IOException {
        ObjectStore.Upload stored = upload;
        if (stored == null && keptOctets + (long) length <= limitOctets) {
            if (keptOctets + length > kept.length) {
                kept = Arrays.copyOf(kept, (int) Math.clamp(2L * kept.length, keptOctets + length, limitOctets));
            }
            System.arraycopy(octets, 0, kept, keptOctets, length);
            keptOctets += length;
            return;
        }
        if (stored == null) {
            stored = store.createBeside(key);
            upload = stored;
            stored.out().write(kept, 0, keptOctets);
            kept = new byte[0];
        }
        stored.out().write(octets, 0, length);
    }

    /** @return the ciphertext, when it stayed in memory */
    byte @Nullable [] finish() throws StoreException {
        ObjectStore.Upload stored = upload;
        if (stored != null) {
            stored.finish();
            return null;
        }
        return kept.length == keptOctets ? kept : Arrays.copyOf(kept, keptOctets);
    }

    void close() {
        kept = new byte[0];
        ObjectStore.Upload stored = upload;
        if (stored != null) {
            stored.close();
        }
    }
}
