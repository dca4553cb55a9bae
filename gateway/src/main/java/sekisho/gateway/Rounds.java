package sekisho.gateway;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Goes on where nobody would begin again: on a thread that lives as long as the process, and with what only one thread knows. An error of the JVM ends neither; what is
 * missing, heap or a thread, is there again a moment later. To end the process then is for the JVM's own options.
 */
public final class Rounds {

    private Rounds() {
    }

    /** One round. */
    @FunctionalInterface
    public interface Round {

        /**
         * @return whether another one follows
         * @throws Exception another one follows, after a pause; behind an interruption none does
         */
        boolean run() throws Exception;
    }

    /**
     * Round after round, until one was the last or the thread is interrupted.
     *
     * @param pause  behind one that failed
     * @param failed says so; may fail itself
     */
    public static void run(Round round, Duration pause, Consumer<Throwable> failed) {
        long nanos = pause.toNanos();
        boolean more = true;
        while (more) {
            try {
                more = round.run();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
                more = false;
            } catch (Exception | Error unusable) {
                say(failed, unusable);
                LockSupport.parkNanos(nanos);
            }
        }
    }

    /**
     * What {@code work} gives, or throws as an exception. With an error of the JVM it is done again, from its beginning.
     *
     * @param failed says so; may fail itself
     */
    public static <T> T untilThere(Supplier<T> work, Duration pause, Consumer<Throwable> failed) {
        long nanos = pause.toNanos();
        while (true) {
            try {
                return work.get();
            } catch (Error missing) {
                say(failed, missing);
                LockSupport.parkNanos(nanos);
            }
        }
    }

    private static void say(Consumer<Throwable> failed, Throwable what) {
        try {
            failed.accept(what);
        } catch (RuntimeException | Error _) {
            // nor is there memory for the words
        }
    }
}
