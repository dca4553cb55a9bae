package sekisho.web.download;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * Buffers outside of the heap, from which the network takes plaintext as it is. Every download has small ones; one whose client keeps up
 * gets large ones while there are any, since each buffer costs two changes of thread, whatever its size. What comes back is overwritten: the
 * next one to use it may serve another file to another person.
 */
final class Chunks {

    /** One segment of a sealed object. */
    static final int SMALL_OCTETS = 65_504;
    static final int LARGE_OCTETS = 4 * SMALL_OCTETS;
    /** Of this process: 16 MiB. */
    private static final int MOST_LARGE = 64;

    private static final ConcurrentLinkedQueue<ByteBuffer> SMALL = new ConcurrentLinkedQueue<>();
    private static final ConcurrentLinkedQueue<ByteBuffer> LARGE = new ConcurrentLinkedQueue<>();
    private static final Semaphore FREE_LARGE = new Semaphore(MOST_LARGE);

    private Chunks() {
    }

    /** A buffer, cleared. */
    static ByteBuffer small() {
        return taken(SMALL, SMALL_OCTETS);
    }

    /** A large buffer, cleared; a small one when there are no more. */
    static ByteBuffer large() {
        return FREE_LARGE.tryAcquire() ? taken(LARGE, LARGE_OCTETS) : small();
    }

    private static ByteBuffer taken(ConcurrentLinkedQueue<ByteBuffer> spare, int octets) {
        var chunk = spare.poll();
        return chunk == null ? ByteBuffer.allocateDirect(octets) : chunk;
    }

    /** How many large buffers somebody has. */
    static int largeInUse() {
        return MOST_LARGE - FREE_LARGE.availablePermits();
    }

    static boolean isLarge(ByteBuffer chunk) {
        return chunk.capacity() == LARGE_OCTETS;
    }

    /** Lets go of a buffer that the network may still hold: nobody uses it again. */
    static void drop(ByteBuffer chunk) {
        if (isLarge(chunk)) {
            FREE_LARGE.release();
        }
    }

    /** Takes back what {@link #small} or {@link #large} gave, once. */
    static void giveBack(ByteBuffer chunk) {
        chunk.clear();
        while (chunk.remaining() >= Long.BYTES) {
            chunk.putLong(0);
        }
        while (chunk.hasRemaining()) {
            chunk.put((byte) 0);
        }
        chunk.clear();
        if (isLarge(chunk)) {
            LARGE.add(chunk);
            FREE_LARGE.release();
        } else {
            SMALL.add(chunk);
        }
    }
}
