package sekisho.storage;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;

/**
 * Buffers outside the heap in which what is written directly comes together, lent for as long as a file is open. There are at most
 * {@value #MOST}, so all of them take at most 16 MiB.
 */
final class DirectBuffers {
    /** Octets of each: as much as is written at once. */
    static final int OCTETS = 256 << 10;
    /** Their start lies at a multiple of this, the largest block with which files are written directly. */
    static final int ALIGNMENT = 4096;
    static final int MOST = 64;
    /** This process's. */
    static final DirectBuffers ALL = new DirectBuffers();

    private final AtomicInteger made = new AtomicInteger();
    private final ArrayBlockingQueue<ByteBuffer> spare = new ArrayBlockingQueue<>(MOST);

    /** An empty one, or null when all are lent, or there is no memory for one more now. */
    @Nullable ByteBuffer take() {
        return take(ByteBuffer::allocateDirect);
    }

    /** As above. @param allocate makes a buffer of so many octets */
    @Nullable ByteBuffer take(IntFunction<ByteBuffer> allocate) {
        ByteBuffer buffer = spare.poll();
        if (buffer != null) {
            return buffer.clear();
        }
        if (made.getAndUpdate(many -> Math.min(many + 1, MOST)) == MOST) {
            return null;
        }
        try {
            return allocate.apply(OCTETS + ALIGNMENT).alignedSlice(ALIGNMENT).limit(OCTETS).slice();
        } catch (OutOfMemoryError none) {
            made.decrementAndGet();
            return null;
        }
    }

    void giveBack(ByteBuffer buffer) {
        spare.add(buffer);
    }
}
