package sekisho.storage;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Buffers of one size, so many and no more. */
final class BufferPool {
    private final int octets;
    private final Duration patience;
    private final Semaphore free;
    /** Has room for all of them: with a full heap, too, a buffer comes back. */
    private final ArrayBlockingQueue<byte[]> spare;
    private final IntFunction<byte[]> allocate;

    /** @param patience how long a caller waits for its turn before it is told to come back later */
    BufferPool(int count, int octets, Duration patience) {
        this(count, octets, patience, byte[]::new);
    }

    /** As above. @param allocate makes a buffer of so many octets */
    BufferPool(int count, int octets, Duration patience, IntFunction<byte[]> allocate) {
        this.allocate = allocate;
        this.octets = octets;
        this.patience = patience;
        this.free = new Semaphore(count, true);
        this.spare = new ArrayBlockingQueue<>(count);
    }

    int octets() {
        return octets;
    }

    /** A buffer with any content; the caller gives it back. */
    byte[] take() throws StoreException {
        try {
            if (!free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StoreException("too many objects are being stored at once; come back later, or allow more part buffers");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for a buffer", e);
        }
        byte[] buffer = spare.poll();
        return buffer != null ? buffer : make();
    }

    /** A heap that is full now is another one in a moment, so the turn isn't lost with it. */
    private byte[] make() {
        boolean made = false;
        try {
            byte[] buffer = allocate.apply(octets);
            made = true;
            return buffer;
        } finally {
            if (!made) {
                free.release();
            }
        }
    }

    void giveBack(byte[] buffer) {
        spare.add(buffer);
        free.release();
    }

    /** Instead of giving it back, after a failure: a request that is still under way must not send what the next object puts there. */
    void forget() {
        free.release();
    }
}
