package sekisho.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lets many threads that commit at one time share transactions: while one is being written, what arrives waits, and goes together in the next.
 * Nobody waits for company: a single item is written at once. The thread that brought the first of a batch writes it; there are no others.
 *
 * @param <T> what is written
 */
public final class GroupCommit<T> {

    private final int lanes;
    private final int most;
    private final long heaviest;
    private final ToLongFunction<T> weight;
    private final Consumer<List<T>> write;
    private final Consumer<RuntimeException> requireItsOwn;
    /** Takes one more or not at all, whatever memory there is. */
    private final Queue<Waiting<T>> queue = new ConcurrentLinkedQueue<>();
    private final Lock lock = new ReentrantLock();
    private int writing;

    /**
     * @param lanes how many transactions at one time
     * @param most  items of one transaction
     * @param write writes all of them in one transaction, or throws: then nothing was written, and each of several is tried by itself, so that one
     *              that can't be written doesn't take others with it. When it isn't known whether they were written it throws {@link InDoubtException};
     *              the others of a batch that is taken apart aren't tried any more then
     * @param requireItsOwn throws when a failure is nobody's own, the database being away: then all of the batch have failed, and all that wait behind
     *                      it. Each by itself would wait for a silent database as long as the first, the last one for hours
     */
    public GroupCommit(int lanes, int most, Consumer<List<T>> write, Consumer<RuntimeException> requireItsOwn) {
        this(lanes, most, Long.MAX_VALUE, _ -> 0, write, requireItsOwn);
    }

    /**
     * As above.
     *
     * @param heaviest what the items of one transaction may weigh together; one that is heavier by itself goes alone
     */
    public GroupCommit(int lanes, int most, long heaviest, ToLongFunction<T> weight, Consumer<List<T>> write, Consumer<RuntimeException> requireItsOwn) {
        this.lanes = lanes;
        this.most = most;
        this.heaviest = heaviest;
        this.weight = weight;
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
     * An item and the thread that waits for it. All that is needed in order to end its waiting is made before it begins: there may be no memory then, and
     * nobody else would go on.
     *
     * @param batch   what this thread is to write, when it is its turn
     * @param turn    whether it is; not when another wrote it
     * @param written what became of the item: why it wasn't, or null
     */
    private record Waiting<T>(T item, long weight, List<Waiting<T>> batch, CompletableFuture<Boolean> turn, CompletableFuture<@Nullable Throwable> written) {

        void ended(@Nullable Throwable why) {
            written.complete(why);
            turn.complete(false);
        }

        void rethrow() {
            switch (written.join()) {
                case null -> { }
                case RuntimeException why -> throw why;
                case Throwable error -> throw new CompletionException(error);
            }
        }
    }

    /** Returns when {@code item} is committed; throws what kept it from that, {@link CompletionException} around an error of the JVM. */
    public void commit(T item) {
        var mine = new Waiting<>(item, weight.applyAsLong(item), new ArrayList<Waiting<T>>(most), new CompletableFuture<Boolean>(),
            new CompletableFuture<@Nullable Throwable>());
        lock.lock();
        try {
            queue.add(mine);
            if (writing < lanes) {
                writing++;
                begin();
            }
        } finally {
            lock.unlock();
        }
        if (mine.turn().join()) {
            try {
                write(mine.batch());
            } catch (RuntimeException | Error broken) {
                end(mine.batch(), broken);   // nobody of it waits for ever; of who knows already it changes nothing
            } finally {
                handOver();
            }
        }
        mine.rethrow();
    }

    /** Under the lock. The next that waits gets as many of those behind it as fit. @return whether there is one */
    private boolean begin() {
        var next = queue.peek();
        if (next == null) {
            return false;
        }
        long together = 0;
        for (var one = next; one != null && next.batch().size() < most && (one == next || together + one.weight() <= heaviest); one = queue.peek()) {
            together += one.weight();
            next.batch().add(queue.poll());
        }
        next.turn().complete(true);
        return true;
    }

    /** The lane goes to the next that waits, with its batch; nobody writes for others twice. */
    private void handOver() {
        lock.lock();
        try {
            if (!begin()) {
                writing--;
            }
        } finally {
            lock.unlock();
        }
    }

    /** @return why nobody else is to be tried: the failure was nobody's own, or the database didn't answer to the commit */
    private @Nullable RuntimeException write(List<Waiting<T>> batch) {
        try {
            write.accept(batch.stream().map(Waiting::item).toList());
        } catch (RuntimeException | Error failed) {
            return switch (failed) {
                case InDoubtException inDoubt -> {
                    end(batch, inDoubt);
                    yield new IllegalStateException("not tried: the commit before it broke off", inDoubt);
                }
                case RuntimeException refused -> refused(batch, refused);
                default -> end(batch, failed);
            };
        }
        return end(batch, null);   // what goes wrong here is no failure of what was written
    }

    private static <T> @Nullable RuntimeException end(List<Waiting<T>> batch, @Nullable Throwable why) {
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).ended(why);
        }
        return null;
    }

    private @Nullable RuntimeException refused(List<Waiting<T>> batch, RuntimeException refused) {
        try {
            requireItsOwn.accept(refused);
        } catch (RuntimeException ofAll) {
            end(batch, refused);
            end(waiting(), refused);
            return refused;
        }
        return batch.size() == 1 ? end(batch, refused) : eachByItself(batch);
    }

    private @Nullable RuntimeException eachByItself(List<Waiting<T>> batch) {
        RuntimeException ofAll = null;
        for (int i = 0; i < batch.size() && ofAll == null; i++) {
            ofAll = write(List.of(batch.get(i)));
        }
        if (ofAll != null) {
            end(batch, ofAll);    // changes nothing for those who know already
        }
        return ofAll;
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
