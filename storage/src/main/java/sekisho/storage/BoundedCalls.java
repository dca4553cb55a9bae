package sekisho.storage;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Calls into a native library, which may never return and can't be interrupted. Each has a platform thread of its own, which is given up when its time
 * is over: whoever calls goes on, and virtual threads don't lose their carriers to it. So many may hang at one time, and no more.
 */
final class BoundedCalls {
    private final String what;
    private final Semaphore free;
    private final Consumer<Runnable> threads;

    /**
     * @param what is called, for messages
     * @param most at one time, those that hang included
     */
    BoundedCalls(String what, int most) {
        this(what, most, task -> Thread.ofPlatform().daemon().name("bounded-call").start(task));
    }

    /** As above. @param threads gives what it gets a thread of its own */
    BoundedCalls(String what, int most, Consumer<Runnable> threads) {
        this.what = what;
        this.free = new Semaphore(most, true);
        this.threads = threads;
    }

    /**
     * What the call returns or throws.
     *
     * @param patience how long may be waited for a turn and the call together
     * @throws StoreException it takes longer; what it does then is done by nobody's leave, or never
     */
    <T> T within(Duration patience, Callable<T> call) throws StoreException, SealBrokenException {
        long deadline = System.nanoTime() + patience.toNanos();
        var task = new FutureTask<>(call);
        try {
            if (!free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StoreException(what + " is busy, or hangs: no call of it could begin within " + patience.toSeconds() + " s");
            }
            begin(task);
            return task.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new StoreException(what + " has not answered within " + patience.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while " + what + " was asked", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case SealBrokenException broken -> throw broken;
                case StoreException failed -> throw failed;
                case RuntimeException fault -> throw fault;
                default -> throw new StoreException(what + " failed: " + e.getCause(), e.getCause());
            }
        }
    }

    /** Has a turn already, which ends with the task. */
    private void begin(Runnable task) throws StoreException {
        boolean begun = false;
        try {
            threads.accept(() -> {
                try {
                    task.run();
                } finally {
                    free.release();
                }
            });
            begun = true;
        } catch (OutOfMemoryError none) {
            throw new StoreException(what + " can't be asked: this process gets no further thread", none);
        } finally {
            if (!begun) {
                free.release();
            }
        }
    }
}
