package sekisho.storage;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Buffers of one size, so many and no more. */
final class BufferPool {
    private final int octets;
    private final Duration patience;
    private final Semaphore free;
    private final ConcurrentLinkedDeque<byte[]> spare = new ConcurrentLinkedDeque<>();

    /** @param patience how long a caller waits for its turn before it is told to come back later */
    BufferPool(int count, int octets, Duration patience) {
        this.octets = octets;
        this.patience = patience;
        this.free = new Semaphore(count, true);
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
        byte[] buffer = spare.pollFirst();
        return buffer != null ? buffer : new byte[octets];
    }

    void giveBack(byte[] buffer) {
        spare.addFirst(buffer);
        free.release();
    }

    /** Instead of giving it back, after a failure: a request that is still under way must not send what the next object puts there. */
    void forget() {
        free.release();
    }
}
