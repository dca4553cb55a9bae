package sekisho.gateway.access;

import io.agroal.api.AgroalDataSource;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
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
    private static final long BLIND_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final AgroalDataSource database;
    private final Downloads downloads;
    private final Set<Download> running = ConcurrentHashMap.newKeySet();
    private final Object begins = new Object();
    private volatile boolean stopping;
    private volatile long checkedAt = System.nanoTime();

    DownloadWatch(AgroalDataSource database, Downloads downloads) {
        this.database = database;
        this.downloads = downloads;
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
        var download = new Download(downloads, this, ready, person, from, end, onCut);
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
        while (!stopping) {
            try (var connection = database.getConnection()) {
                try (var statement = connection.createStatement()) {
                    statement.execute("listen " + AccessChanges.CHANNEL);
                }
                var notifications = connection.unwrap(PGConnection.class);
                while (!stopping) {
                    check();
                    notifications.getNotifications(WAIT_MILLIS);
                }
            } catch (SQLException | RuntimeException unavailable) {
                if (!stopping) {
                    Log.warnf("running downloads can't be checked: %s", unavailable.getMessage());
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS));
                }
            }
        }
    }

    private void check() {
        var asked = List.copyOf(running);
        if (!asked.isEmpty()) {
            var open = new HashSet<>(downloads.stillOpen(asked.stream().map(Download::ticket).distinct().toList()));
            asked.stream().filter(download -> !open.contains(download.ticket())).forEach(Download::cut);
        }
        checkedAt = System.nanoTime();
    }

    /** A thread of its own: a database that is frozen or cut off answers nothing, so whoever asks it hangs rather than fails. */
    private void watchTheWatch() {
        while (!stopping) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS));
            cutIfBlind();
        }
    }

    private void cutIfBlind() {
        if (System.nanoTime() - checkedAt > BLIND_LIMIT_NANOS) {
            running.forEach(Download::cut);
        }
    }
}
