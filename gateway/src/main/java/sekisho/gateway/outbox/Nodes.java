package sekisho.gateway.outbox;

import io.agroal.api.AgroalDataSource;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes are alive. A node that has been silent for 15 s has lost its claims: they are due again. Only the database's clock counts,
 * so nodes whose own clocks differ don't take each other for dead; and only a node that has been heard itself for as long may say it of
 * others, for when the database comes back all have been silent, and what they sent meanwhile isn't written down yet. Some come back later
 * than others: a read from a server that went without a word ends after {@code socketTimeout}, and the next connection may be as dead. So a
 * node that missed a heartbeat, of whatever cause, waits for two of these and the 15 s.
 */
@ApplicationScoped
public class Nodes {

    private static final Duration SILENT = Duration.ofSeconds(15);
    private static final long SILENT_SECONDS = SILENT.toSeconds();
    private static final Duration OFTEN = Duration.ofSeconds(3);
    /** A longer pause between two beats is one in which others may not have been heard either. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** For one write, so that all that are tried fit into {@link #SILENT}: a node that lives isn't silent for want of one connection. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    /** The pool throws idle connections away beside us, so the second may be as dead as the first. */
    private static final int TRIES = 3;

    private final UUID self = UUID.randomUUID();
    private final Session entities;
    private final AgroalDataSource database;
    private final Clock clock;
    private final Duration othersComeBackWithin;
    private final Lock beating = new ReentrantLock();
    private Instant heardSince = Instant.MAX;
    private Instant lastHeard = Instant.MIN;
    /** How long it must have been heard to speak of others. */
    private Duration proof = SILENT;
    private volatile @Nullable String scanner;

    Nodes(Session entities, AgroalDataSource database, Clock clock,
            @ConfigProperty(name = "quarkus.datasource.jdbc.additional-jdbc-properties.socketTimeout", defaultValue = "30") int socketTimeoutSeconds) {
        this.entities = entities;
        this.database = database;
        this.clock = clock;
        this.othersComeBackWithin = SILENT.plusSeconds(2L * socketTimeoutSeconds);
    }

    /** The name under which this node claims. */
    public UUID self() {
        return self;
    }

    /** Says with the next heartbeat what this node scans files with; empty text for nothing. */
    public void scansWith(String address) {
        scanner = address;
    }

    /** What the other nodes that are alive scan with, each once. */
    @Transactional
    public List<String> otherScanners() {
        return entities.createNativeQuery("""
                select distinct scanner from node where id <> :id and scanner is not null and seen_at between now() - make_interval(secs => :silent) and now() + interval '1 minute'""", String.class)
            .setParameter("id", self).setParameter("silent", SILENT_SECONDS).getResultList();
    }

    /**
     * Says that this node is alive; when this returns, it is committed. Not part of a transaction: a longer one would keep the node's row, and one
     * whose connection is dead would keep it from all later heartbeats.
     *
     * <p>A connection without an answer for 3 s leads nowhere any more, and those that lie idle beside it may be no better: they are thrown
     * away, and others are tried, twice.
     *
     * @throws IllegalStateException the database doesn't answer; others may take this node's claims once that has lasted for 15 s
     */
    public void beat() {
        beating.lock();
        try {
            for (int left = TRIES - 1; ; left--) {
                var began = clock.instant();   // the database's time of it is not earlier
                try {
                    write();
                    heard(began);
                    return;
                } catch (SQLException dead) {
                    if (left == 0) {
                        unheard();
                        throw new IllegalStateException("the database takes no heartbeat: " + dead.getMessage(), dead);
                    }
                    database.flush(AgroalDataSource.FlushMode.IDLE);
                }
            }
        } finally {
            beating.unlock();
        }
    }

    /** Before something is claimed: whoever isn't known to live would lose it at once. Mostly the last heartbeat was just now. */
    void beatWhenDue() {
        beating.lock();
        try {
            if (!heardWithin(OFTEN)) {
                beat();
            }
        } finally {
            beating.unlock();
        }
    }

    private void write() throws SQLException {
        try (var connection = database.getConnection()) {
            int usual = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
            try (var insert = connection.prepareStatement("""
                    insert into node (id, seen_at, scanner) values (?, now(), ?)
                    on conflict (id) do update set seen_at = excluded.seen_at, scanner = excluded.scanner""")) {
                insert.setObject(1, self);
                insert.setString(2, scanner);
                insert.executeUpdate();
            } finally {
                waitAsUsual(connection, usual);
            }
        }
    }

    private static void waitAsUsual(Connection connection, int timeoutMillis) {
        try {
            connection.setNetworkTimeout(Runnable::run, timeoutMillis);
        } catch (SQLException broken) {
            Log.debugf("this connection isn't used again: %s", broken.getMessage());
        }
    }

    private synchronized void heard(Instant at) {
        boolean first = lastHeard.equals(Instant.MIN) && proof.equals(SILENT);
        boolean again = heardSince.equals(Instant.MAX) || at.isBefore(lastHeard) || lastHeard.plus(LONGEST_PAUSE).isBefore(at);
        if (again && !first) {
            proof = othersComeBackWithin;
        }
        heardSince = again ? at : heardSince;
        lastHeard = at;
    }

    private synchronized void unheard() {
        heardSince = Instant.MAX;
        proof = othersComeBackWithin;
    }

    private synchronized boolean hasBeenHeard() {
        return !heardSince.equals(Instant.MAX) && !heardSince.plus(proof).isAfter(lastHeard);
    }

    private synchronized boolean heardWithin(Duration time) {
        var now = clock.instant();
        return !now.isBefore(lastHeard) && now.isBefore(lastHeard.plus(time));
    }

    /** Whether this node was heard within 15 s, as far as its own clock knows: else another one may have taken its claims. */
    boolean isHeard() {
        return heardWithin(SILENT);
    }

    /**
     * Gives back what silent nodes had claimed; they may have died between any two steps.
     *
     * @return how many rows; 0 as long as this node's own heartbeat hasn't gone on without a pause for {@link #SILENT}, or for longer since it
     *     missed one. Nor when its last one is of some time ago: then all may have stood still, with their host
     */
    public int reclaim() {
        if (!hasBeenHeard()) {
            return 0;
        }
        return QuarkusTransaction.requiringNew().call(() -> {
            int rows = entities.createNativeQuery("""
                    update outbox set state = 'DUE', claimed_by = null
                    where state = 'CLAIMED' and claimed_by not in (select id from node where seen_at between now() - make_interval(secs => :silent) and now() + interval '1 minute')
                        and exists (select 1 from node where id = :self and seen_at > now() - make_interval(secs => :pause))""")
                .setParameter("silent", SILENT_SECONDS).setParameter("self", self).setParameter("pause", LONGEST_PAUSE.toSeconds()).executeUpdate();
            entities.createNativeQuery("delete from node where seen_at < now() - make_interval(secs => :silent) or seen_at > now() + interval '1 minute'")
                .setParameter("silent", 2 * SILENT_SECONDS).executeUpdate();
            return rows;
        });
    }

    @Scheduled(every = "3s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            beat();
        } catch (RuntimeException unavailable) {
            Log.warn(unavailable.getMessage());
        }
    }

    /** Apart from the heartbeat: it may wait for a connection that is dead. */
    @Scheduled(every = "3s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void look() {
        try {
            int rows = reclaim();
            if (rows > 0) {
                Log.warnf("%d copies were claimed by a node that fell silent; they are due again", rows);
            }
        } catch (RuntimeException unavailable) {
            Log.warnf("silent nodes were not looked for, the database is unavailable: %s", unavailable.getMessage());
        }
    }
}
