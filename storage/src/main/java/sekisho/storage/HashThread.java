package sekisho.storage;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Hashes the segments of one large object on a thread beside the one that encrypts them: hashing takes more time than all else. Only as many
 * objects have one at a time as there are processors to spare, for where all are busy a second thread gains nothing.
 */
final class HashThread {

    private static final int BUFFERS = 4;
    /** All of them, the one that the object came with, and the end. */
    private static final int ROOM = BUFFERS + 2;
    private static final byte[] NO_MORE = new byte[0];
    private static final Semaphore TURNS = new Semaphore(Runtime.getRuntime().availableProcessors() / 2);

    private final MessageDigest digest;
    private final BlockingQueue<byte[]> full = new ArrayBlockingQueue<>(ROOM);
    private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(ROOM);
    private final List<byte[]> buffers = new ArrayList<>();
    private final Thread thread;

    private HashThread(MessageDigest digest, int segmentOctets) {
        this.digest = digest;
        for (int i = 0; i < BUFFERS; i++) {
            byte[] buffer = new byte[segmentOctets];
            buffers.add(buffer);
            free.add(buffer);
        }
        this.thread = Thread.ofVirtual().name("hash").start(this::run);
    }

    /** Goes on with the digest, which is nobody else's until {@link #end()}; null when there is no turn. */
    static @Nullable HashThread begin(MessageDigest digest, int segmentOctets) {
        return TURNS.tryAcquire() ? new HashThread(digest, segmentOctets) : null;
    }

    /** How many objects more may have one. */
    static int turns() {
        return TURNS.availablePermits();
    }

    private void run() {
        try {
            for (byte[] segment = full.take(); segment != NO_MORE; segment = full.take()) {
                digest.update(segment);
                free.add(segment);
            }
        } catch (InterruptedException _) {
            // nobody waits for the hash any more
        } finally {
            TURNS.release();
        }
    }

    /**
     * Gives a full segment to be hashed. Its octets must not be changed before it comes back from here.
     *
     * @return another buffer, whose octets are nobody's
     * @throws StoreException interrupted: the gateway is stopping
     */
    byte[] exchange(byte[] segment) throws StoreException {
        try {
            if (buffers.stream().noneMatch(buffer -> buffer == segment)) {
                buffers.add(segment);
            }
            full.add(segment);
            return free.take();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new StoreException("the gateway is stopping", stopping);
        }
    }

    /** Waits until all that was given is hashed; the digest is the caller's again. */
    void end() throws StoreException {
        try {
            full.add(NO_MORE);
            thread.join();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new StoreException("the gateway is stopping", stopping);
        }
    }

    /** Ends it, if it hasn't ended, and leaves no plaintext behind. */
    void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException stopping) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        buffers.forEach(buffer -> Arrays.fill(buffer, (byte) 0));
    }
}
