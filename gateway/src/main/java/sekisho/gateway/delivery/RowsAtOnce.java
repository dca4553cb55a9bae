package sekisho.gateway.delivery;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Bounds the rows of files times recipients that wait in memory to be committed, of all deliveries of this node: some 200 octets each. Small deliveries, which
 * connections bound, wait for nobody.
 */
final class RowsAtOnce {

    private final int most;
    private final int small;
    private final Semaphore free;

    /**
     * @param most  rows of all that aren't small; a delivery that has more is made when no other is
     * @param small up to so many rows nobody waits
     */
    RowsAtOnce(int most, int small) {
        this.most = most;
        this.small = small;
        this.free = new Semaphore(most, true);
    }

    /** Makes a delivery's rows and commits them, when it is its turn: in the order in which they came. */
    <T> T make(long rows, Supplier<T> work) {
        int taken = rows <= small ? 0 : (int) Math.min(most, rows);
        if (taken > 0) {   // whoever takes none would wait behind the others all the same
            free.acquireUninterruptibly(taken);
        }
        try {
            return work.get();
        } finally {
            free.release(taken);
        }
    }
}
