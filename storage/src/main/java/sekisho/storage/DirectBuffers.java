package sekisho.storage;

import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * Buffers outside the heap from which files are written directly, lent for the moment of one write. There are at most {@value #MOST}: who
 * finds none waits until a write has ended.
 */
final class DirectBuffers {
    /** Octets of each: as much as is written at once. */
    static final int OCTETS = 64 << 10;
    /** Their start lies at a multiple of this, the largest block with which files are written directly. */
    static final int ALIGNMENT = 4096;
    private static final int MOST = 32;
    private static final Semaphore FREE = new Semaphore(MOST);
    private static final ArrayBlockingQueue<ByteBuffer> SPARE = new ArrayBlockingQueue<>(MOST);

    private DirectBuffers() {
    }

    static ByteBuffer take() throws InterruptedIOException {
        try {
            FREE.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException("the program is stopping").initCause(e);
        }
        ByteBuffer spare = SPARE.poll();
        return spare != null ? spare : ByteBuffer.allocateDirect(OCTETS + ALIGNMENT).alignedSlice(ALIGNMENT);
    }

    static void giveBack(ByteBuffer buffer) {
        SPARE.add(buffer);
        FREE.release();
    }
}
