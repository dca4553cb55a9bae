package sekisho.mailhook.outgoing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import sekisho.gateway.outbox.OutboxItem;

/** Sends what was claimed: each item on a thread of its own, so many at one time as there may be connections. */
final class Senders {

    private final Destinations destinations;
    private final int most;
    private final Executor threads;
    private final Semaphore free;
    private volatile boolean ending;

    /** @param most messages being sent at one time */
    Senders(Destinations destinations, int most, Executor threads) {
        this.destinations = destinations;
        this.most = most;
        this.threads = threads;
        this.free = new Semaphore(most);
    }

    /** What is done with a claimed item. */
    interface Work {
        /**
         * Makes an attempt.
         *
         * @return what is left to do when the destination can take the next one: settles it
         */
        Runnable attempt(OutboxItem item);

        /** Settles an item whose attempt didn't begin. */
        void putBack(OutboxItem item);

        /** An attempt has ended, and may have to be settled. @param again whether its destination, which was filled, has room again */
        void ended(boolean again);
    }

    /**
     * Waits until one more can be sent, and claims and begins as many as can. What doesn't begin is put back.
     *
     * @param claim gives at most as many items as it is told
     * @return how many were claimed
     */
    int fill(IntFunction<List<OutboxItem>> claim, Work work) {
        free.acquireUninterruptibly();
        int room = 1 + free.drainPermits();
        List<OutboxItem> items = List.of();
        int begun = 0;
        try {
            items = ending ? items : claim.apply(room);
            while (begun < items.size() && !ending) {
                begin(items.get(begun), work);
                begun++;
            }
            return items.size();
        } finally {
            try {
                items.subList(begun, items.size()).forEach(work::putBack);
            } finally {
                free.release(room - begun);
            }
        }
    }

    private void begin(OutboxItem item, Work work) {
        destinations.begin(item.destination());
        try {
            threads.execute(() -> run(item, work));
        } catch (RuntimeException | Error noThread) {
            destinations.end(item.destination());
            throw noThread;
        }
    }

    /** A destination doesn't wait for the database. The process does: so much is sent and not written down at the most, and the end waits for it. */
    private void run(OutboxItem item, Work work) {
        try {
            Runnable settle = () -> { };
            try {
                settle = work.attempt(item);
            } finally {
                try {
                    work.ended(destinations.end(item.destination()));
                } finally {
                    settle.run();
                }
            }
        } finally {
            free.release();
        }
    }

    /** From now on nothing begins. @return whether all that has begun came to its end within this time */
    boolean end(Duration atMost) {
        ending = true;
        try {
            return free.tryAcquire(most, atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
