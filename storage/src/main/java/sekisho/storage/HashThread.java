package sekisho.storage;

import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hashes the segments of one large object on a thread beside the one that encrypts them: hashing takes more time than all else. Only as many
 * objects have one at a time as there are processors to spare, for where all are busy a second thread gains nothing.
 *
 * <p>Whoever has to wait is woken when there are {@value #BATCH} segments for it, not for each: waking a thread costs up to half as much as hashing
 * a segment.
 */
final class HashThread {

    private static final int BATCH = 8;
    /** Beside the one that the object came with. So many that not both can wait. */
    private static final int BUFFERS = 2 * BATCH;
    private static final Semaphore TURNS = new Semaphore(Runtime.getRuntime().availableProcessors() / 2);

    private final MessageDigest digest;
    private final Lock lock = new ReentrantLock();
    private final Condition enoughFull = lock.newCondition();
    private final Condition enoughFree = lock.newCondition();
    private final Deque<byte[]> full = new ArrayDeque<>();
    private final Deque<byte[]> free = new ArrayDeque<>();
    private final List<byte[]> buffers = new ArrayList<>();
    private final Thread thread;
    private boolean ended;
    private @Nullable Error broken;

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
        if (!TURNS.tryAcquire()) {
            return null;
        }
        try {
            return new HashThread(digest, segmentOctets);
        } catch (RuntimeException | Error noMemory) {
            TURNS.release();
            throw noMemory;
        }
    }

    /** How many objects more may have one. */
    static int turns() {
        return TURNS.availablePermits();
    }

    private void run() {
        try {
            for (byte[] segment = next(null); segment != null; segment = next(segment)) {
                digest.update(segment);
            }
        } catch (InterruptedException _) {
            // nobody waits for the hash any more
        } catch (Error noHash) {
            broken(noHash);
        } finally {
            TURNS.release();
        }
    }

    /** Whoever waits goes on and is told: what was given is not hashed. */
    private void broken(Error why) {
        lock.lock();
        try {
            broken = why;
            enoughFree.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void requireWhole() {
        if (broken != null) {
            throw broken;
        }
    }

    /** @param hashed the one before */
    private byte @Nullable [] next(byte @Nullable [] hashed) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (hashed != null) {
                free.add(hashed);
                if (free.size() == BATCH) {
                    enoughFree.signal();
                }
            }
            if (full.isEmpty()) {
                while (full.size() < BATCH && !ended) {
                    enoughFull.await();
                }
            }
            return full.poll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives a full segment to be hashed. Its octets must not be changed before it comes back from here.
     *
     * @return another buffer, whose octets are nobody's
     * @throws StoreException interrupted: the gateway is stopping
     * @throws Error          of the JVM, on the other thread: what was given is not hashed
     */
    byte[] exchange(byte[] segment) throws StoreException {
        try {
            lock.lockInterruptibly();
            try {
                if (buffers.stream().noneMatch(buffer -> buffer == segment)) {
                    buffers.add(segment);
                }
                full.add(segment);
                if (full.size() == BATCH) {
                    enoughFull.signal();
                }
                if (free.isEmpty()) {
                    while (free.size() < BATCH && broken == null) {
                        enoughFree.await();
                    }
                }
                requireWhole();
                return free.remove();
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new StoreException("the gateway is stopping", stopping);
        }
    }

    /** Waits until all that was given is hashed; the digest is the caller's again. */
    void end() throws StoreException {
        lock.lock();
        try {
            ended = true;
            enoughFull.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new StoreException("the gateway is stopping", stopping);
        }
        lock.lock();
        try {
            requireWhole();
        } finally {
            lock.unlock();
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
