package sekisho.gateway;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Lets many threads that commit at one time share transactions: while one is being written, what arrives waits, and goes together in the next.
 * Nobody waits for company: a single item is written at once. The thread that brought the first of a batch writes it; there are no others.
 *
 * @param <T> what is written
 */
public final class GroupCommit<T> {

    private final int lanes;
    private final int most;
    private final Consumer<List<T>> write;
    private final Consumer<RuntimeException> requireItsOwn;
    private final Deque<Waiting<T>> queue = new ArrayDeque<>();
    private final Lock lock = new ReentrantLock();
    private int writing;

    /**
     * @param lanes how many transactions at one time
     * @param most  items of one transaction
     * @param write writes all of them in one transaction, or throws: then nothing was written, and each of several is tried by itself, so that one
     *              that can't be written doesn't take others with it. When it isn't known whether they were written it throws {@link InDoubtException}
     * @param requireItsOwn throws when a failure is nobody's own, the database being away: then all of the batch have failed, and all that wait behind
     *                      it. Each by itself would wait for a silent database as long as the first, the last one for hours
     */
    public GroupCommit(int lanes, int most, Consumer<List<T>> write, Consumer<RuntimeException> requireItsOwn) {
        this.lanes = lanes;
        this.most = most;
        this.write = write;
        this.requireItsOwn = requireItsOwn;
    }

    /** The commit broke off: whether it happened only the database knows. */
    public static final class InDoubtException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final String transaction;

        /** @param transaction its id, as {@code pg_current_xact_id()} gives it */
        public InDoubtException(String transaction, Throwable cause) {
            super("the commit broke off, its outcome is unknown", cause);
            this.transaction = transaction;
        }

        public String transaction() {
            return transaction;
        }
    }

    /**
     * An item and the thread that waits for it.
     *
     * @param turn    the batch that this thread is to write; empty when another did
     * @param written what became of the item
     */
    private record Waiting<T>(T item, CompletableFuture<List<Waiting<T>>> turn, CompletableFuture<Void> written) {

        void succeeded() {
            written.complete(null);
            turn.complete(List.of());
        }

        void failed(Throwable why) {
            written.completeExceptionally(why);
            turn.complete(List.of());
        }

        void rethrow() {
            try {
                written.join();
            } catch (CompletionException failed) {
                throw failed.getCause() instanceof RuntimeException why ? why : failed;
            }
        }
    }

    /** Returns when {@code item} is committed; throws what kept it from that. */
    public void commit(T item) {
        var mine = new Waiting<>(item, new CompletableFuture<List<Waiting<T>>>(), new CompletableFuture<Void>());
        lock.lock();
        try {
            queue.add(mine);
            if (writing < lanes) {
                writing++;
                mine.turn().complete(take());
            }
        } finally {
            lock.unlock();
        }
        var batch = mine.turn().join();
        if (!batch.isEmpty()) {
            try {
                write(batch);
            } finally {
                handOver();
            }
        }
        mine.rethrow();
    }

    /** Under the lock. */
    private List<Waiting<T>> take() {
        var batch = new ArrayList<Waiting<T>>(Math.min(most, queue.size()));
        while (batch.size() < most && !queue.isEmpty()) {
            batch.add(queue.poll());
        }
        return batch;
    }

    /** The lane goes to the next that waits, with its batch; nobody writes for others twice. */
    private void handOver() {
        lock.lock();
        try {
            var next = take();
            if (next.isEmpty()) {
                writing--;
            } else {
                next.getFirst().turn().complete(next);
            }
        } finally {
            lock.unlock();
        }
    }

    private void write(List<Waiting<T>> batch) {
        try {
            write.accept(batch.stream().map(Waiting::item).toList());
        } catch (RuntimeException | Error failed) {
            switch (failed) {
                case InDoubtException inDoubt -> batch.forEach(one -> one.failed(inDoubt));
                case RuntimeException refused -> refused(batch, refused);
                default -> batch.forEach(one -> one.failed(failed));
            }
            return;
        }
        batch.forEach(Waiting::succeeded);   // what goes wrong here is no failure of what was written
    }

    private void refused(List<Waiting<T>> batch, RuntimeException refused) {
        try {
            requireItsOwn.accept(refused);
        } catch (RuntimeException ofAll) {
            batch.forEach(one -> one.failed(refused));
            waiting().forEach(one -> one.failed(refused));
            return;
        }
        if (batch.size() == 1) {
            batch.getFirst().failed(refused);
        } else {
            batch.forEach(one -> write(List.of(one)));
        }
    }

    /** Takes all that wait. */
    private List<Waiting<T>> waiting() {
        lock.lock();
        try {
            var all = List.copyOf(queue);
            queue.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }
}
