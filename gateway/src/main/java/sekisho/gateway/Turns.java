package sekisho.gateway;

import jakarta.annotation.Priority;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import jakarta.inject.Inject;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionManager;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import sekisho.gateway.settings.DatabaseConfig;

/**
 * Shares the database's connections out. The pool itself keeps no order, and refuses whoever has waited for some seconds: a thousand who come at
 * one moment would be refused by chance, and with them the sender who wants to revoke. So each kind of crowd has a queue, which lets a part of
 * the connections' number in at one time, first come, first served; the rest is left to everything else. A turn is taken before the transaction
 * begins and given back behind its end, so whoever waits holds no connection.
 */
@InTurn
@Interceptor
@Priority(Interceptor.Priority.PLATFORM_BEFORE)   // before the transaction
public class Turns {

    /** Beyond it something else is wrong than many who want a turn. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Who waits with each other. */
    public enum Queue {
        /** Beginning, going on with and ending downloads. */
        DOWNLOADS(3),
        /** Finding the person behind a session, and making tickets. */
        PEOPLE(5);

        private final int share;

        Queue(int share) {
            this.share = share;
        }

        /** How many of the pool's connections it takes at most: a third and a fifth. */
        int turns(int connections) {
            return Math.max(1, connections / share);
        }
    }

    private final TransactionManager transactions;
    private final Waiting waiting;

    @Inject
    Turns(TransactionManager transactions, Waiting waiting) {
        this.transactions = transactions;
        this.waiting = waiting;
    }

    /** The queues of this process. */
    @jakarta.inject.Singleton
    static final class Waiting {

        private final Map<Queue, Semaphore> free = new EnumMap<>(Queue.class);

        @Inject
        Waiting(DatabaseConfig config) {
            this(config.connections());
        }

        Waiting(int connections) {
            for (var queue : Queue.values()) {
                free.put(queue, new Semaphore(queue.turns(connections), true));
            }
        }

        Semaphore of(Queue queue) {
            return free.get(queue);
        }
    }

    /**
     * What is called from inside of a transaction has its connection already.
     *
     * @throws PersistenceException with a temporary cause, when there was no turn within a minute
     */
    @AroundInvoke
    Object call(InvocationContext call) throws Exception {
        if (transactions.getStatus() != Status.STATUS_NO_TRANSACTION) {
            return call.proceed();
        }
        var free = waiting.of(call.getInterceptorBinding(InTurn.class).value());
        take(free);
        try {
            return call.proceed();
        } finally {
            free.release();
        }
    }

    private static void take(Semaphore free) {
        try {
            if (!free.tryAcquire(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                throw noTurn("no turn at the database within " + PATIENCE + "; it is slow, or gateway.database.connections is small");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw noTurn("interrupted while waiting for a turn at the database");
        }
    }

    private static PersistenceException noTurn(String why) {
        return new PersistenceException(why, new SQLTransientConnectionException(why));
    }
}
