package sekisho.gateway.keys;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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

    /** How many keys one version wraps before it is to be rotated. Far below what any part of it could bear. */
    public static final long MOST_WRAPS = 1L << 30;

    /** As in migration V40: shared by whoever writes a wrapped key. */
    private static final long LOCK = 7309457184223751L;
    /** Held by whoever changes key files. */
    private static final long FILES_LOCK = LOCK + 1;

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
     * @param lastSealedAt when a node last said that it seals with it
     * @param destroyedAt  from then on nothing may be wrapped to it
     */
    public record Version(int number, long live, long wraps, Optional<Instant> lastSealedAt, Optional<Instant> destroyedAt) {

        /** Whether it has wrapped as much as it may. */
        public boolean isWornOut() {
            return wraps >= MOST_WRAPS;
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
    }

    /**
     * Keeps other programs from changing key files until the connection is closed: two at one time could undo each other's work.
     *
     * @return false when another one is at it
     */
    public boolean alone() throws SQLException {
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

    /** Every version of which the database knows, the oldest first. */
    public List<Version> all(KeyName name) throws SQLException {
        return inTransaction(() -> {
            try (var statement = connection.prepareStatement("""
                    select coalesce(k.version, l.version) as version, coalesce(l.live, 0) as live, greatest(k.wraps, l.live, 0) as wraps, k.last_sealed_at,
                        k.destroyed_at
                    from (select * from key_version where pair = ?) k full join (%s group by 1) l on l.version = k.version order by 1"""
                    .formatted(live(name, "wrapped as version, count(*) as live")))) {
                statement.setString(1, name.text());
                try (var rows = statement.executeQuery()) {
                    var versions = new ArrayList<Version>();
                    while (rows.next()) {
                        versions.add(new Version(rows.getInt("version"), rows.getLong("live"), rows.getLong("wraps"),
                            Optional.ofNullable(rows.getTimestamp("last_sealed_at")).map(Timestamp::toInstant),
                            Optional.ofNullable(rows.getTimestamp("destroyed_at")).map(Timestamp::toInstant)));
                    }
                    return versions;
                }
            }
        });
    }

    /** @param columns may name {@code wrapped}, the version */
    private static String live(KeyName name, String columns) {
        return switch (name) {
            case FILES -> "select " + columns.replace("wrapped", "wrap_version") + " from file where wrap is not null";
            case SPOOL -> "select " + columns.replace("wrapped", "spool_wrap_version") + " from delivery where spool_wrap is not null";
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
            try (var insert = connection.prepareStatement("insert into key_version (pair, version) values (?, ?) on conflict do nothing")) {
                insert.setString(1, name.text());
                insert.setInt(2, next.version());
                if (insert.executeUpdate() == 0) {
                    return false;
                }
            }
            record(AuditType.KEY_ROTATED, Map.of("pair", name.text(), "version", next.version(), "fingerprint", next.fingerprint()));
            return true;
        });
    }

    /**
     * Decides that a version is destroyed, unless a row hangs on it. From then on the database refuses rows that are wrapped to it, so a node
     * that still seals with it can't accept anything.
     */
    public Destruction destroy(KeyName name, SealingKey version) throws SQLException {
        return inTransaction(() -> {
            // alone: who has written a row and not yet committed is waited for
            try (var lock = connection.prepareStatement("select pg_advisory_xact_lock(?)")) {
                lock.setLong(1, LOCK);
                lock.execute();
            }
            long live = countLive(name, version.version());
            if (live > 0) {
                return new Destruction.InUse(live);
            }
            try (var mark = connection.prepareStatement("""
                    insert into key_version as k (pair, version, destroyed_at) values (?, ?, ?)
                    on conflict (pair, version) do update set destroyed_at = coalesce(k.destroyed_at, excluded.destroyed_at)""")) {
                mark.setString(1, name.text());
                mark.setInt(2, version.version());
                mark.setTimestamp(3, Timestamp.from(clock.instant()));
                mark.executeUpdate();
            }
            record(AuditType.KEY_DESTROYED, Map.of("pair", name.text(), "version", version.version(), "fingerprint", version.fingerprint()));
            return new Destruction.Marked();
        });
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
