package sekisho.storage;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

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
    private static final AtomicInteger MADE = new AtomicInteger();
    private static final ArrayBlockingQueue<ByteBuffer> SPARE = new ArrayBlockingQueue<>(MOST);

    private DirectBuffers() {
    }

    /** An empty one, or null when all are lent. */
    static @Nullable ByteBuffer take() {
        ByteBuffer spare = SPARE.poll();
        if (spare != null) {
            return spare.clear();
        }
        if (MADE.getAndUpdate(made -> Math.min(made + 1, MOST)) == MOST) {
            return null;
        }
        return ByteBuffer.allocateDirect(OCTETS + ALIGNMENT).alignedSlice(ALIGNMENT).limit(OCTETS).slice();
    }

    static void giveBack(ByteBuffer buffer) {
        SPARE.add(buffer);
    }
}
