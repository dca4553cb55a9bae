package sekisho.gateway.files;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the files of one message or one form share, so that none of them keeps others waiting for long: they are looked into one after the other and for
 * {@link #LOOKS} together, and a scanner that was silent for one isn't asked for the next.
 */
public final class Batch {

    /** Six times what one look may take. What isn't looked into by then is what can't be told. */
    static final Duration LOOKS = Duration.ofSeconds(60);

    private final AtomicBoolean silent = new AtomicBoolean();
    private final Semaphore turn = new Semaphore(1);
    private long left;
    private long waited;

    public Batch() {
        this(LOOKS);
    }

    /** @param looks how long its files are looked into, together */
    Batch(Duration looks) {
        this.left = looks.toNanos();
    }

    boolean scannerIsSilent() {
        return silent.get();
    }

    void scannerWasSilent() {
        silent.set(true);
    }

    /** Waits for the turn of one file among the others. The caller closes it. */
    Turn turn() throws InterruptedException {
        turn.acquire();
        return new Turn();
    }

    /** A look into one file; no other of the batch has one at the same time. */
    final class Turn implements AutoCloseable {

        private Turn() {
        }

        /** Takes one of the places for looks. @param patience for how long the files together wait for that */
        boolean takes(Semaphore places, Duration patience) throws InterruptedException {
            long begun = System.nanoTime();
            try {
                return places.tryAcquire(Math.max(0, patience.toNanos() - waited), TimeUnit.NANOSECONDS);
            } finally {
                waited += System.nanoTime() - begun;
            }
        }

        /**
         * Looks, for as long as the files together may still be looked into.
         *
         * @return {@code late} when that is over
         */
        <T> T look(T late, LimitedLook<T> look) throws IOException {
            if (left <= 0) {
                return late;
            }
            long begun = System.nanoTime();
            try {
                return look.within(Duration.ofNanos(left));
            } finally {
                left -= System.nanoTime() - begun;
            }
        }

        @Override
        public void close() {
            turn.release();
        }
    }

    /** Looks for no longer than it is told. */
    @FunctionalInterface
    interface LimitedLook<T> {
        T within(Duration most) throws IOException;
    }
}
