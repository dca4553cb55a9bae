package sekisho.mailhook.smtp;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Input buffers for the few sessions whose client, in clear, is faster than its reader. There are no more of them, however many sessions there are. */
final class LargerBuffers {

    private final int octets;
    private final AtomicInteger left;
    private final Queue<byte[]> free = new ConcurrentLinkedQueue<>();

    LargerBuffers(int most, int octets) {
        this.octets = octets;
        this.left = new AtomicInteger(most);
    }

    /** One to be given back; null when all are taken. */
    byte @Nullable [] take() {
        var buffer = free.poll();
        if (buffer != null) {
            return buffer;
        }
        return left.getAndUpdate(count -> Math.max(0, count - 1)) > 0 ? another() : null;
    }

    private byte[] another() {
        byte[] buffer = null;
        try {
            buffer = new byte[octets];
            return buffer;
        } finally {
            if (buffer == null) {   // no memory for it now
                left.incrementAndGet();
            }
        }
    }

    void giveBack(byte[] buffer) {
        free.add(buffer);
    }
}
