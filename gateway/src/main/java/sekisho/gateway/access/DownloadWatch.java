package sekisho.gateway.access;

import io.agroal.api.AgroalDataSource;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import sekisho.gateway.Rounds;
import sekisho.gateway.people.Person;

/**
 * Watches every running download of this node: looks again at once when any node announces a change, and each half second anyway. If
 * the database can't be asked for {@link #BLIND_LIMIT_NANOS}, everything is cut: what can't be checked stays shut.
 */
@ApplicationScoped
public class DownloadWatch {

    /** Most reads at once under one ticket: a download manager's worth. */
    private static final int READS_PER_TICKET = 6;
    private static final int WAIT_MILLIS = 500;
    private static final Duration WAIT = Duration.ofMillis(WAIT_MILLIS);
    private static final long BLIND_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(3);
    /** What was forgotten on the way answers nothing: another connection is there before all is cut. */
    private static final int PATIENCE_MILLIS = 2_000;

    private static final String STILL_OPEN = "select t.id from " + Downloads.JOINED
        + " join ticket t on t.grant_id = g.id where t.id = any(?) and t.closed_at is null and " + Downloads.ALL_OPEN.replace(":now", "?");

    private final AgroalDataSource database;
    private final Downloads downloads;
    private final Settlements settlements;
    private final Clock clock;
    private final Set<Download> running = ConcurrentHashMap.newKeySet();
    private final Object begins = new Object();
    private volatile boolean stopping;
    private volatile long checkedAt = System.nanoTime();

    DownloadWatch(AgroalDataSource database, Downloads downloads, Settlements settlements, Clock clock) {
        this.database = database;
        this.downloads = downloads;
        this.settlements = settlements;
        this.clock = clock;
    }

    void start(@Observes StartupEvent start) {
        Thread.ofPlatform().daemon().name("download-watch").start(this::watch);
        Thread.ofPlatform().daemon().name("download-blind").start(this::watchTheWatch);
    }

    void stop(@Observes ShutdownEvent stop) {
        stopping = true;
    }

    /**
     * Registers a read of octets [from, end).
     *
     * @param onCut breaks the connection; called from another thread, at most once
     * @return empty when too many reads run under this ticket already
     */
    public Optional<Download> begin(Downloads.Start.Ready ready, Person person, long from, long end, Runnable onCut) {
        var download = new Download(downloads, settlements, this, ready, person, from, end, onCut);
        synchronized (begins) {
            long sameTicket = running.stream().filter(d -> d.ticket().equals(ready.ticket())).count();
            if (sameTicket >= READS_PER_TICKET) {
                return Optional.empty();
            }
            running.add(download);
        }
        return Optional.of(download);
    }

    void forget(Download download) {
        running.remove(download);
    }

    private void watch() {
        Rounds.run(() -> {
            if (!stopping) {
                listen();
            }
            return !stopping;
        }, WAIT, unavailable -> {
            if (!stopping) {
                Log.warnf("running downloads can't be checked: %s", unavailable.getMessage());
            }
        });
    }

    /** Until the process stops, or the database fails. */
    private void listen() throws SQLException {
        try (var connection = database.getConnection(); var _ = impatient(connection)) {
            try (var statement = connection.createStatement()) {
                statement.execute("listen " + AccessChanges.CHANNEL);
            }
            var notifications = connection.unwrap(PGConnection.class);
            while (!stopping) {
                check(connection);
                notifications.getNotifications(WAIT_MILLIS);
            }
        }
    }

    /** Until it is closed. */
    private static Usual impatient(Connection connection) throws SQLException {
        int usual = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, PATIENCE_MILLIS);
        return () -> {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, usual);
            }
        };
    }

    private interface Usual extends AutoCloseable {
        @Override
        void close() throws SQLException;
    }

    /**
     * On the connection that listens: a crowd that wants the others can't keep it from looking. Something is asked also when nothing runs: a connection on which
     * nothing is said is forgotten on the way, and the first download would find out. Not for tickets then: a process that serves none may not see any.
     */
    private void check(Connection connection) throws SQLException {
        var asked = List.copyOf(running);
        if (asked.isEmpty()) {
            try (var statement = connection.createStatement()) {
                statement.execute("select 1");
            }
        } else {
            var open = stillOpen(connection, asked.stream().map(Download::ticket).distinct().toArray(UUID[]::new));
            asked.stream().filter(download -> !open.contains(download.ticket())).forEach(DownloadWatch::cut);
        }
        checkedAt = System.nanoTime();
    }

    /** Under which of these tickets reading may go on. */
    private Set<UUID> stillOpen(Connection connection, UUID[] tickets) throws SQLException {
        var open = new HashSet<UUID>();
        try (var select = connection.prepareStatement(STILL_OPEN)) {
            select.setArray(1, connection.createArrayOf("uuid", tickets));
            select.setObject(2, clock.instant().atOffset(ZoneOffset.UTC));
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    open.add(rows.getObject(1, UUID.class));
                }
            }
        }
        return open;
    }

    /** A thread of its own: a database that is frozen or cut off answers nothing, so whoever asks it hangs rather than fails. */
    private void watchTheWatch() {
        Rounds.run(() -> {
            LockSupport.parkNanos(WAIT.toNanos());
            cutIfBlind();
            return !stopping;
        }, WAIT, failed -> Log.warnf("whether running downloads are checked could not be seen: %s", failed.getMessage()));
    }

    private void cutIfBlind() {
        if (System.nanoTime() - checkedAt > BLIND_LIMIT_NANOS) {
            running.forEach(DownloadWatch::cut);
        }
    }

    /** One that fails keeps no other running, nor ends the thread that cuts. */
    private static void cut(Download download) {
        try {
            download.cut();
        } catch (RuntimeException | Error failed) {
            Log.errorf(failed, "a download's connection could not be broken; it gets no more of its file");
        }
    }
}
