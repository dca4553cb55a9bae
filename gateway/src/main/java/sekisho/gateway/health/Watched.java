package sekisho.gateway.health;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a part that this process needs answers, found out in the background again and again, so that whoever wants to know never waits, however many
 * they are. A part that hangs keeps one thread, its own, and counts as away when its patience is over.
 *
 * @param <A> what can be known of it
 */
public final class Watched<A> implements AutoCloseable {

    /** Asks the part. */
    @FunctionalInterface
    public interface Question<A> {
        /** @throws Exception it is away, whatever it is */
        A ask() throws Exception;
    }

    private final Question<A> question;
    private final A away;
    private final Duration every;
    private final long patienceNanos;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile A answer;
    private volatile long askedAt;
    private volatile boolean waiting;

    /**
     * @param unknown  the answer until there is one
     * @param away     the answer of a part that doesn't answer
     * @param every    how long after an answer it is asked again
     * @param patience when it has not answered for so long it is away
     */
    public Watched(Question<A> question, A unknown, A away, Duration every, Duration patience) {
        this.question = question;
        this.answer = unknown;
        this.away = away;
        this.every = every;
        this.patienceNanos = patience.toNanos();
    }

    /** Asks from now on. A file system that hangs takes a virtual thread's carrier with it, so this one has its own. */
    public Watched<A> start(String thread) {
        Thread.ofPlatform().daemon().name(thread).start(this::watch);
        return this;
    }

    private void watch() {
        try {
            do {
                ask();
            } while (!closed.await(every.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() {
        askedAt = System.nanoTime();
        waiting = true;
        try {
            answer = question.ask();
        } catch (Exception | Error unusable) {
            answer = away;
        } finally {
            waiting = false;
        }
    }

    /** What is known now; at once. */
    public A answer() {
        return waiting && System.nanoTime() - askedAt > patienceNanos ? away : answer;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
