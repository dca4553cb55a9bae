package sekisho.tests.store;

import java.time.Instant;
import sekisho.storage.ObjectStore;
import sekisho.storage.ObjectStoreContract;
import sekisho.storage.Stray;

/** The contract holds a store to it that was written in another package and module. */
class MemoryStoreTest extends ObjectStoreContract {

    private MemoryStore memory;

    @Override
    protected ObjectStore emptyStore() {
        memory = new MemoryStore();
        return memory;
    }

    @Override
    protected int unfinishedUploads() {
        return memory.unfinished.size();
    }

    @Override
    protected String putForeign(byte[] content) {
        memory.foreign.put("Not ours", new Stray(Stray.Kind.FOREIGN, "Not ours", Instant.now()));
        return "Not ours";
    }

    @Override
    protected void takeAway() {
        memory.away = true;
    }

    @Override
    protected void bringBack() {
        memory.away = false;
    }
}
