package sekisho.mailhook.relay;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Rounds;

/**
 * The connections of one destination: in use, kept for the next message, or ending. They are never more together than {@link HopSettings#connections}:
 * each sender makes room for the one that it uses by {@link #enter}, and kept ones give way to one that is to be opened. Used by many threads at once.
 */
final class Connections implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Connections.class.getName());
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

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
        return takeKept(_ -> true);
    }

    /** The same of those to one host. */
    @Nullable RelayConnection takeKept(Host host) {
        return takeKept(connection -> connection.host().equals(host));
    }

    private @Nullable RelayConnection takeKept(Predicate<RelayConnection> which) {
        RelayConnection taken = null;
        synchronized (kept) {
            for (var last = kept.descendingIterator(); taken == null && last.hasNext();) {
                var each = last.next();
                if (which.test(each)) {
                    last.remove();
                    used.add(each);
                    taken = each;
                }
            }
        }
        if (taken != null && aborted) {
            taken.drop();
        }
        return taken;
    }

    /**
     * Before it is opened. From here on {@link #abort} breaks it off; known before that is looked at, so that none is overlooked. Comes back when the kept
     * ones that had to give way to it have ended.
     */
    void use(RelayConnection connection) {
        var inTheWay = new ArrayList<RelayConnection>();
        synchronized (kept) {
            used.add(connection);
            while (used.size() + ending.size() + kept.size() > settings.connections() && !kept.isEmpty()) {
                inTheWay.add(kept.pollFirst());
            }
            ending.addAll(inTheWay);
        }
        inTheWay.forEach(this::end);
        if (aborted) {
            connection.drop();
        }
    }

    /** It could not be opened. */
    void forget(RelayConnection connection) {
        used.remove(connection);
        connection.drop();
    }

    /**
     * The end of {@link #use} and of {@link #takeKept()}.
     *
     * @param reusable whether it may be spoken to at all; else it is dropped
     * @param keep     whether it may carry another message
     */
    void giveBack(RelayConnection connection, boolean reusable, boolean keep) {
        if (!reusable) {
            forget(connection);
            return;
        }
        connection.becomesIdle();
        synchronized (kept) {
            used.remove(connection);
            if (keep && connection.messages() < settings.messagesPerConnection() && closed.getCount() > 0) {
                kept.addLast(connection);
                return;
            }
            ending.add(connection);
        }
        quit(connection);
    }

    /**
     * For one of {@link #ending}, beside whoever has a result to write down, or other connections to look after: a host may take its time to end TLS. For
     * that long it counts the connection among those that it allows.
     */
    private void quit(RelayConnection connection) {
        room.withdraw();
        Thread.ofVirtual().name("relay-quit").start(() -> {
            try {
                end(connection);
            } finally {
                room.release();
            }
        });
    }

    /** One of {@link #ending}. */
    private void end(RelayConnection connection) {
        if (aborted) {
            connection.drop();
        }
        try {
            connection.quit();
        } finally {
            ending.remove(connection);
        }
    }

    private void watch() {
        Rounds.run(() -> {
            boolean over = closed.await(1, TimeUnit.SECONDS);
            if (!over) {
                endOverdue(System.nanoTime());
            }
            return !over;
        }, AFTER_FAILURE, failed -> LOG.log(Level.WARNING, "connections to a next hop could not be looked after", failed));
    }

    /** Ends connections that have been kept too long, and those whose next hop does not take what we write, be it QUIT. */
    private void endOverdue(long now) {
        Stream.concat(used.stream(), ending.stream()).filter(connection -> connection.isStuck(now)).forEach(RelayConnection::drop);
        List<RelayConnection> expired = new ArrayList<>();
        synchronized (kept) {
            while (!kept.isEmpty() && now - kept.peekFirst().idleSince() > settings.keepIdle().toNanos()) {
                expired.add(kept.pollFirst());
            }
            ending.addAll(expired);
        }
        expired.forEach(this::quit);
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
        List<RelayConnection> last;
        synchronized (kept) {
            last = List.copyOf(kept);
            kept.clear();
            ending.addAll(last);
        }
        last.forEach(this::quit);
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
