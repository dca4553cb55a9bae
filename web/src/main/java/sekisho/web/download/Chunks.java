package sekisho.web.download;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;

/**
 * Buffers outside of the heap, from which the network takes plaintext as it is, of three sizes. Every download has small ones; one whose
 * client keeps up gets larger ones while there are any, since each buffer costs two changes of thread, whatever its size. What comes back is
 * overwritten: the next one to use it may serve another file to another person.
 */
enum Chunks {
    /** One segment of a sealed object. */
    SMALL(1, Integer.MAX_VALUE),
    /** Of this process 16 MiB. */
    MEDIUM(4, 64),
    /** Of this process 16 MiB. */
    LARGE(16, 16);

    static final int SEGMENT_OCTETS = 65_504;

    private final int octets;
    private final int most;
    private final Semaphore free;
    private final ConcurrentLinkedQueue<ByteBuffer> spare = new ConcurrentLinkedQueue<>();

    Chunks(int segments, int most) {
        octets = segments * SEGMENT_OCTETS;
        this.most = most;
        free = new Semaphore(most);
    }

    /** A buffer of this size, cleared; a smaller one when there are no more. */
    ByteBuffer take() {
        return take(ByteBuffer::allocateDirect);
    }

    /** As above. @param allocate makes a buffer of so many octets */
    ByteBuffer take(IntFunction<ByteBuffer> allocate) {
        if (this != SMALL && !free.tryAcquire()) {
            return values()[ordinal() - 1].take(allocate);
        }
        var chunk = spare.poll();
        return chunk == null ? make(allocate) : chunk;
    }

    /** Memory that is short now may be there in a moment, so the turn isn't lost with it. */
    private ByteBuffer make(IntFunction<ByteBuffer> allocate) {
        boolean made = false;
        try {
            var chunk = allocate.apply(octets);
            made = true;
            return chunk;
        } finally {
            if (!made) {
                release();
            }
        }
    }

    /** How many buffers that aren't small somebody has. */
    static int lent() {
        return MEDIUM.most - MEDIUM.free.availablePermits() + LARGE.most - LARGE.free.availablePermits();
    }

    /** Whether nothing better than this buffer is to be had for somebody who is to have this size. */
    boolean suits(ByteBuffer chunk) {
        var had = of(chunk);
        for (var size = this; size.ordinal() > had.ordinal(); size = values()[size.ordinal() - 1]) {
            if (size.free.availablePermits() > 0) {
                return false;
            }
        }
        return had.ordinal() <= ordinal();
    }

    private static Chunks of(ByteBuffer chunk) {
        return chunk.capacity() == LARGE.octets ? LARGE : chunk.capacity() == MEDIUM.octets ? MEDIUM : SMALL;
    }

    /** Lets go of a buffer that the network may still hold: nobody uses it again. */
    static void drop(ByteBuffer chunk) {
        of(chunk).release();
    }

    /** Takes back what {@link #take} gave, once. */
    static void giveBack(ByteBuffer chunk) {
        chunk.clear();
        while (chunk.remaining() >= Long.BYTES) {
            chunk.putLong(0);
        }
        while (chunk.hasRemaining()) {
            chunk.put((byte) 0);
        }
        var size = of(chunk);
        size.spare.add(chunk.clear());
        size.release();
    }

    private void release() {
        if (this != SMALL) {
            free.release();
        }
    }
}
