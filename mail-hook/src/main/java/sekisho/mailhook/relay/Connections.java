package sekisho.mailhook.relay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one destination: in use, kept for the next message, or ending. Those in use and those that are ending are never more together than
 * {@link HopSettings#connections}; each sender makes room for the one that it uses by {@link #enter}. Used by many threads at once.
 */
final class Connections implements AutoCloseable {

    private final HopSettings settings;
    private final Room room;
    private final Deque<RelayConnection> kept = new ArrayDeque<>();
    private final Set<RelayConnection> used = ConcurrentHashMap.newKeySet();
    private final Set<RelayConnection> ending = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean aborted;

    Connections(HopSettings settings) {
        this.settings = settings;
        this.room = new Room(settings.connections());
        Thread.ofVirtual().name("relay-watch").start(this::watch);
    }

    /** Waits until there is room for one more. */
    void enter() throws InterruptedException {
        room.acquire();
    }

    /** Behind {@link #enter}, once. */
    void leave() {
        room.release();
    }

    /** @return whether {@link #abort} was called: nothing is begun any more */
    boolean aborted() {
        return aborted;
    }

    /** How many there are now, kept ones too. */
    int count() {
        synchronized (kept) {
            return used.size() + kept.size();
        }
    }

    /** @return the one that was used last, or null when none is kept */
    @Nullable RelayConnection takeKept() {
        synchronized (kept) {
            return kept.pollLast();
        }
    }

    /** From here on {@link #abort} breaks it off; known before that is looked at, so that none is overlooked. */
    void use(RelayConnection connection) {
        used.add(connection);
        if (aborted) {
            connection.drop();
        }
    }

    /** It could not be opened. */
    void forget(RelayConnection connection) {
        used.remove(connection);
    }

    /**
     * The end of {@link #use}.
     *
     * @param reusable whether it may be spoken to at all; else it is dropped
     * @param keep     whether it may carry another message
     */
    void giveBack(RelayConnection connection, boolean reusable, boolean keep) {
        used.remove(connection);
        if (!reusable) {
            connection.drop();
            return;
        }
        connection.becomesIdle();
        synchronized (kept) {
            if (keep && connection.messages() < settings.messagesPerConnection() && closed.getCount() > 0) {
                kept.addLast(connection);
                return;
            }
        }
        quit(connection);
    }

    /**
     * Beside whoever has a result to write down, or other connections to look after: a host may take its time to end TLS. For that long it counts the
     * connection among those that it allows.
     */
    private void quit(RelayConnection connection) {
        room.withdraw();
        ending.add(connection);
        if (aborted) {
            connection.drop();
        }
        Thread.ofVirtual().name("relay-quit").start(() -> {
            try {
                connection.quit();
            } finally {
                ending.remove(connection);
                room.release();
            }
        });
    }

    /** Ends connections that have been kept too long, and those whose next hop does not take what we write. */
    private void watch() {
        try {
            while (!closed.await(1, TimeUnit.SECONDS)) {
                long now = System.nanoTime();
                used.stream().filter(connection -> connection.isStuck(now)).forEach(RelayConnection::drop);
                List<RelayConnection> expired = new ArrayList<>();
                synchronized (kept) {
                    while (!kept.isEmpty() && now - kept.peekFirst().idleSince() > settings.keepIdle().toNanos()) {
                        expired.add(kept.pollFirst());
                    }
                }
                expired.forEach(this::quit);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Breaks off those in use, and those that are ending, for whose room somebody may wait. */
    void abort() {
        aborted = true;
        used.forEach(RelayConnection::drop);
        ending.forEach(RelayConnection::drop);
    }

    /** Ends the kept ones, and doesn't wait for that. */
    @Override
    public void close() {
        closed.countDown();
        for (RelayConnection connection = takeKept(); connection != null; connection = takeKept()) {
            quit(connection);
        }
    }

    /** For a connection each, be it in use or ending. */
    private static final class Room extends Semaphore {
        private static final long serialVersionUID = 1;

        Room(int connections) {
            super(connections, true);
        }

        /** Without waiting: there may be less than none then, until {@link #release}. */
        void withdraw() {
            reducePermits(1);
        }
    }
}
