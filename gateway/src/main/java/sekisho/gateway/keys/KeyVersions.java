package sekisho.gateway.keys;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditLog.About;
import sekisho.gateway.audit.AuditType;
import sekisho.storage.SealingKey;

/**
 * The versions of a key pair as the database knows them: what hangs on each, and what was decided about it. What is decided is written down
 * here, with its audit event, before key files are changed; a crash in between is made good by doing it again.
 */
public final class KeyVersions {

    /** As in migration V40: shared by whoever writes a wrapped key. */
    private static final long LOCK = 7309457184223751L;
    /** Held by whoever changes key files. */
    private static final long FILES_LOCK = LOCK + 1;
    private static final Duration ASKED_AGAIN = Duration.ofMillis(50);
    private static final int PATIENCE_SECONDS = 2;
    /** PostgreSQL's SQLSTATE of a lock that wasn't got in time. */
    static final String LOCK_NOT_AVAILABLE = "55P03";
    /** A node that has been silent for so long seals nothing: it can't reach the database. */
    static final long SILENT_SECONDS = 60;

    private final Connection connection;
    private final Clock clock;
    private final Actor actor;
    private final Map<String, String> by;

    /**
     * @param connection stays open; each call is a transaction of its own on it
     * @param actor      who changes something, as the audit log will say
     * @param by         details of that, for every event
     */
    public KeyVersions(Connection connection, Clock clock, Actor actor, Map<String, String> by) throws SQLException {
        connection.setAutoCommit(false);
        this.connection = connection;
        this.clock = clock;
        this.actor = actor;
        this.by = by;
    }

    /**
     * A version.
     *
     * @param live         rows that are wrapped to it: files, or spools
     * @param wraps        how many keys were wrapped to it in all, about
     * @param sealers      how many nodes that are alive seal with it
     * @param firstSeenAt  when it was given, or first used
     * @param lastSealedAt when a node last sealed with it
     * @param idleSince    since when it is old, nothing hangs on it and no node seals with it; never from before the last row that was wrapped to it
     * @param destroyedAt  from then on nothing may be wrapped to it
     */
    public record Version(int number, long live, long wraps, int sealers, Optional<Instant> firstSeenAt, Optional<Instant> lastSealedAt,
            Optional<Instant> idleSince, Optional<Instant> destroyedAt) {

        /** One of which the database knows nothing. */
        public static Version unknown(int number) {
            return new Version(number, 0, 0, 0, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }

        /** Whether it was given here; else rows name it, and nobody knows it. */
        boolean isKnown() {
            return firstSeenAt.isPresent();
        }

        /** Whether it has wrapped so much that a new one is due. */
        public boolean isWornOut() {
            return wraps >= KeyLimits.ROTATE_FROM;
        }

        /** @param now by the database's clock; see {@link KeyVersions#now} */
        public boolean isOlderThan(Duration age, Instant now) {
            return firstSeenAt.filter(seen -> seen.plus(age).isBefore(now)).isPresent();
        }
    }

    /** What became of {@link #destroy}. */
    public sealed interface Destruction {

        /** No row is wrapped to it, and none will be: it can be taken out of the file. */
        record Marked() implements Destruction {
        }

        /** Nothing was changed. @param live how many rows are wrapped to it */
        record InUse(long live) implements Destruction {
        }

        /** Nothing was changed. @param nodes how many nodes that are alive would seal to it */
        record StillSealing(int nodes) implements Destruction {
        }
    }

    /**
     * Keeps other programs from changing key files until the connection is closed: two at one time could undo each other's work.
     *
     * @return false when another one is at it
     */
    public boolean alone() throws SQLException {
        return alone(Duration.ZERO);
    }

    /**
     * {@link #alone()}, for somebody who can wait: a part's own timer is at it for moments only.
     *
     * @param patience how long it may take
     */
    public boolean alone(Duration patience) throws SQLException {
        long began = System.nanoTime();
        while (!lockFiles()) {
            if (System.nanoTime() - began >= patience.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(ASKED_AGAIN.toNanos());
        }
        return true;
    }

    private boolean lockFiles() throws SQLException {
        return inTransaction(() -> {
            try (var lock = connection.prepareStatement("select pg_try_advisory_lock(?)")) {
                lock.setLong(1, FILES_LOCK);
                try (var rows = lock.executeQuery()) {
                    rows.next();
                    return rows.getBoolean(1);
                }
            }
        });
    }

    /** Ends {@link #alone()}, for connections that go back to a pool. */
    void together() throws SQLException {
        inTransaction(() -> {
            try (var lock = connection.prepareStatement("select pg_advisory_unlock(?)")) {
                lock.setLong(1, FILES_LOCK);
                return lock.execute();
            }
        });
    }

    /** Every version of which the database knows, the oldest first. */
    public List<Version> all(KeyName name) throws SQLException {
        return inTransaction(() -> {
            try (var statement = connection.prepareStatement("""
                    select coalesce(k.version, l.version) as version, coalesce(l.live, 0) as live, greatest(k.wraps, l.live, 0) as wraps,
                        (select count(*) from %s and n.version = coalesce(k.version, l.version)) as sealers,
                        k.first_seen_at, k.last_sealed_at, k.idle_since, k.destroyed_at
                    from (select * from key_version where pair = ?) k full join (select version, sum(live) as live
                        from (%s group by 1 union all select n.version, 0 from %s) used group by 1) l on l.version = k.version order by 1"""
                    .formatted(SEALERS, live(name, "wrapped as version, count(*) as live"), SEALERS))) {
                statement.setString(1, name.text());
                statement.setString(2, name.text());
                statement.setString(3, name.text());
                try (var rows = statement.executeQuery()) {
                    var versions = new ArrayList<Version>();
                    while (rows.next()) {
                        versions.add(new Version(rows.getInt("version"), rows.getLong("live"), rows.getLong("wraps"), rows.getInt("sealers"),
                            instant(rows, "first_seen_at"), instant(rows, "last_sealed_at"), instant(rows, "idle_since"), instant(rows, "destroyed_at")));
                    }
                    return versions;
                }
            }
        });
    }

    /** The database's clock, by which alone versions age. */
    public Instant now() throws SQLException {
        return inTransaction(() -> {
            try (var statement = connection.createStatement(); var rows = statement.executeQuery("select now()")) {
                rows.next();
                return rows.getTimestamp(1).toInstant();
            }
        });
    }

    private static Optional<Instant> instant(ResultSet rows, String column) throws SQLException {
        return Optional.ofNullable(rows.getTimestamp(column)).map(Timestamp::toInstant);
    }

    /** Nodes that are alive and seal for a pair, which is the first parameter. None of them is of the future. */
    static final String SEALERS = "key_node n where n.pair = ? and n.half = 'seals' and n.seen_at between now() - make_interval(secs => " + SILENT_SECONDS + ") and now() + interval '1 minute'";

    /** @param columns may name {@code wrapped}, the version */
    static String live(KeyName name, String columns) {
        return switch (name) {
            case FILES -> "select " + columns.replace("wrapped", "wrap_version") + " from file where wrap is not null";
            case SPOOL -> "select " + columns.replace("wrapped", "spool_wrap_version") + " from delivery where spool_wrap is not null";
            case RECORDS -> "select " + columns.replace("wrapped", "record_wrap_version") + " from file where record_wrap is not null";
        };
    }

    /**
     * Writes down that a version is about to be added. A number is never used twice, also when the files could not be written then.
     *
     * @param next its public half
     * @return false when its number is taken: another rotation came before; nothing was written down
     */
    public boolean rotated(KeyName name, SealingKey next) throws SQLException {
        return inTransaction(() -> {
            try (var insert = connection.prepareStatement("insert into key_version (pair, version, fingerprint) values (?, ?, ?) on conflict do nothing")) {
                insert.setString(1, name.text());
                insert.setInt(2, next.version());
                insert.setString(3, next.fingerprint());
                if (insert.executeUpdate() == 0) {
                    return false;
                }
            }
            record(AuditType.KEY_ROTATED, Map.of("pair", name.text(), "version", next.version(), "fingerprint", next.fingerprint()));
            return true;
        });
    }

    /** Whether this very version was written down by {@link #rotated} and not destroyed since. */
    public boolean knows(KeyName name, SealingKey version) throws SQLException {
        return inTransaction(() -> {
            try (var select = connection.prepareStatement(
                    "select from key_version where pair = ? and version = ? and fingerprint = ? and destroyed_at is null")) {
                select.setString(1, name.text());
                select.setInt(2, version.version());
                select.setString(3, version.fingerprint());
                try (var rows = select.executeQuery()) {
                    return rows.next();
                }
            }
        });
    }

    /** Writes down that a version is there, if it isn't known: from now on it has an age. */
    void seen(KeyName name, int version) throws SQLException {
        inTransaction(() -> {
            try (var insert = connection.prepareStatement("insert into key_version (pair, version) values (?, ?) on conflict do nothing")) {
                insert.setString(1, name.text());
                insert.setInt(2, version);
                return insert.executeUpdate();
            }
        });
    }

    /**
     * Decides that a version is destroyed, unless a row hangs on it or a node that is alive seals with it. Only the first time is it recorded. From then on the
     * database refuses rows that are wrapped to it, so a node that comes back and still seals with it can't accept anything.
     *
     * @throws SQLException also when somebody has written a wrapped key and doesn't end the transaction; nothing was changed
     */
    public Destruction destroy(KeyName name, SealingKey version) throws SQLException {
        return inTransaction(() -> {
            lockAlone();
            long live = countLive(name, version.version());
            if (live > 0) {
                return new Destruction.InUse(live);
            }
            int sealers = countSealers(name, version.version());
            if (sealers > 0) {
                return new Destruction.StillSealing(sealers);
            }
            mark(name, version.version(), version.fingerprint());
            return new Destruction.Marked();
        });
    }

    /**
     * As {@link #destroy}, but only when nothing has needed the version for the horizon. To be called when {@link #isIdle} says so, since it takes the lock for
     * which everybody who comes later waits.
     *
     * @param fingerprint null where the version itself isn't here
     * @return whether it was decided; else nothing was changed
     */
    boolean destroyIdle(KeyName name, int version, @Nullable String fingerprint, Duration horizon) throws SQLException {
        return inTransaction(() -> {
            lockAlone();
            if (countLive(name, version) > 0 || countSealers(name, version) > 0 || !hasBeenIdle(name, version, horizon)) {
                return false;
            }
            mark(name, version, fingerprint);
            return true;
        });
    }

    /**
     * Who has written a row and not yet committed is waited for, but not for long: whoever writes one from now on waits behind us. A transaction of a host
     * that lost power may stay open for hours.
     */
    private void lockAlone() throws SQLException {
        try (var patience = connection.createStatement(); var lock = connection.prepareStatement("select pg_advisory_xact_lock(?)")) {
            patience.execute("set local lock_timeout = '" + PATIENCE_SECONDS + "s'");
            lock.setLong(1, LOCK);
            lock.execute();
        } catch (SQLException failed) {
            if (LOCK_NOT_AVAILABLE.equals(failed.getSQLState())) {
                throw new SQLException("a transaction that writes wrapped keys hasn't ended within " + PATIENCE_SECONDS + " s, so nothing was changed; try again,"
                    + " and when it stays so, see docs/operations/keys.md for who holds it", LOCK_NOT_AVAILABLE, failed);
            }
            throw failed;
        }
    }

    /** Whether nothing has needed a version that isn't destroyed for the horizon, as far as is written down; what hangs on it isn't counted. */
    boolean isIdle(KeyName name, int version, Duration horizon) throws SQLException {
        return inTransaction(() -> hasBeenIdle(name, version, horizon));
    }

    /** A node says that it has sealed some seconds later; what it sealed may have come and gone between two looks. */
    private boolean hasBeenIdle(KeyName name, int version, Duration horizon) throws SQLException {
        try (var select = connection.prepareStatement("""
                select from key_version where pair = ? and version = ? and destroyed_at is null and idle_since <= now() - make_interval(secs => ?)
                    and (last_sealed_at is null or last_sealed_at <= now() - make_interval(secs => ?))""")) {
            select.setString(1, name.text());
            select.setInt(2, version);
            select.setLong(3, horizon.toSeconds());
            select.setLong(4, horizon.toSeconds());
            try (var rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** A decision is recorded once, however often it is tried to carry it out. Of a version that isn't here its fingerprint is what its rotation wrote down, if any. */
    private void mark(KeyName name, int version, @Nullable String fingerprint) throws SQLException {
        try (var mark = connection.prepareStatement("""
                insert into key_version as k (pair, version, destroyed_at) values (?, ?, ?)
                on conflict (pair, version) do update set destroyed_at = excluded.destroyed_at where k.destroyed_at is null returning coalesce(?, k.fingerprint)""")) {
            mark.setString(1, name.text());
            mark.setInt(2, version);
            mark.setTimestamp(3, Timestamp.from(clock.instant()));
            mark.setString(4, fingerprint);
            try (var marked = mark.executeQuery()) {
                if (marked.next()) {
                    var details = new TreeMap<String, Object>(Map.of("pair", name.text(), "version", version));
                    Optional.ofNullable(marked.getString(1)).ifPresent(known -> details.put("fingerprint", known));
                    record(AuditType.KEY_DESTROYED, details);
                }
            }
        }
    }

    private long countLive(KeyName name, int version) throws SQLException {
        try (var count = connection.prepareStatement("select count(*) from (%s) live where version = ?".formatted(live(name, "wrapped as version")))) {
            count.setInt(1, version);
            try (var rows = count.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private int countSealers(KeyName name, int version) throws SQLException {
        try (var count = connection.prepareStatement("select count(*) from " + SEALERS + " and n.version = ?")) {
            count.setString(1, name.text());
            count.setInt(2, version);
            try (var rows = count.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    /** Joins the transaction that is open. */
    void record(AuditType type, Map<String, ?> details) throws SQLException {
        var all = new TreeMap<String, Object>(details);
        all.putAll(by);
        AuditLog.record(connection, clock.instant(), type, actor, About.NOTHING, all);
    }

    /** What is done in one transaction. */
    interface Work<T> {
        T run() throws SQLException;
    }

    <T> T inTransaction(Work<T> work) throws SQLException {
        try {
            T result = work.run();
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException failed) {
            connection.rollback();
            throw failed;
        }
    }
}
