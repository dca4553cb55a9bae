package sekisho.gateway.keys;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.audit.AuditType;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.SealBrokenException;
import sekisho.storage.SealingKey;
import sekisho.storage.StoreException;
import sekisho.storage.WrappedKey;

/**
 * Wraps the keys of live files again, from older versions to a newer one, while the product runs: the rows change, the objects stay. Each batch
 * is written in one transaction with its audit event, so it can be broken off anywhere and begun again. Any number may run at once: rows that
 * another one has in hand are passed over. Keys are opened before, without any lock: a token or Transit may take minutes. Spools aren't rewrapped: they live no longer than their message waits.
 */
public final class Rewrap {

    /** Some thousandths of a second of writing; for so long a revocation of one of these files may wait. */
    public static final int BATCH = 100;
    private static final UUID FIRST = new UUID(0, 0);
    private static final UUID LAST = new UUID(-1, -1);
    /** Of one version, one after the other: then the rest of that version waits for the next run, and each of these may have taken seconds. */
    private static final int MOST_UNANSWERED = 3;

    private final Connection connection;
    private final KeyVersions versions;
    private final KeyName name;
    private final OpeningKey key;
    private final SealingKey target;
    private final int batch;
    /** Where the last batch ended; what was passed over there is for the next run. */
    private int version = Integer.MIN_VALUE;
    private UUID file = FIRST;
    private long rewrapped;
    /** How many keys were wrapped to the target in all, as of the last batch. */
    private long wraps;
    private long unreadable;
    private long unanswered;
    private int unansweredInARow;
    private @Nullable StoreException away;

    private Rewrap(Connection connection, KeyVersions versions, KeyName name, OpeningKey key, SealingKey target, int batch) {
        this.connection = connection;
        this.versions = versions;
        this.name = name;
        this.key = key;
        this.batch = batch;
        this.target = target;
    }

    /**
     * One that wraps to the newest version of the key that may be wrapped to: it isn't destroyed nor worn out, and the database has known it for
     * long enough that it was backed up. As long as files hang on an older version too, losing the new one loses little; afterwards, everything.
     *
     * @param connection which {@code versions} works on; stays open
     * @param name       {@code FILES} or {@code RECORDS}
     * @param key        the private half of that pair
     * @param after      how long the database must have known the version
     * @param batch      rows of one transaction, {@link #BATCH} where nothing speaks against it
     * @return empty when there is no such version yet
     */
    public static Optional<Rewrap> to(Connection connection, KeyVersions versions, KeyName name, OpeningKey key, Duration after, int batch) throws SQLException {
        for (int version : key.versions()) {
            versions.seen(name, version);
        }
        var old = versions.inTransaction(() -> {
            try (var select = connection.prepareStatement("""
                    select version from key_version where pair = ? and destroyed_at is null and wraps < ? and first_seen_at <= now() - make_interval(secs => ?)
                    order by version desc""")) {
                select.setString(1, name.text());
                select.setLong(2, KeyLimits.REFUSED_FROM);
                select.setLong(3, after.toSeconds());
                try (var rows = select.executeQuery()) {
                    var found = new ArrayList<Integer>();
                    while (rows.next()) {
                        found.add(rows.getInt(1));
                    }
                    return found;
                }
            }
        });
        return old.stream().filter(key.versions()::contains).findFirst().map(version -> new Rewrap(connection, versions, name, key, key.sealing(version), batch));
    }

    /** The version that is wrapped to. */
    public SealingKey target() {
        return target;
    }

    /**
     * What was done.
     *
     * @param rewrapped  rows that are wrapped to version {@code to} now
     * @param unreadable rows that this key doesn't open; they were left alone
     * @param left       rows that are wrapped to an older version still, unreadable ones and those that another one has in hand included
     */
    public record Report(int to, long rewrapped, long unreadable, long left) {
    }

    /**
     * Goes once through all that is wrapped to older versions, or until the one it wraps to is worn out: then the rest waits for a new one. When it throws,
     * what was done before is done.
     *
     * @throws UnansweredException everything was gone through, and what holds the private key didn't answer for some of it, which is for the next run
     */
    public Report run() throws SQLException {
        while (next() > 0) {
            // each is done for good
        }
        long left = versions.all(name).stream().filter(each -> each.number() < target.version()).mapToLong(KeyVersions.Version::live).sum();
        var report = new Report(target.version(), rewrapped, unreadable, left);
        if (away != null) {
            throw new UnansweredException(report, unanswered, away);
        }
        return report;
    }

    /** What holds the private key doesn't answer, or not for all. */
    public static final class UnansweredException extends SQLException {
        private static final long serialVersionUID = 1L;
        private final transient Report report;

        private UnansweredException(Report report, long unanswered, StoreException last) {
            super("what holds the private key didn't answer for " + unanswered + " keys that it was asked for, and " + report.left + " are left: " + last.getMessage(), last);
            this.report = report;
        }

        /** What was done all the same. */
        public Report report() {
            return report;
        }
    }

    private record Row(UUID id, UUID delivery, WrappedKey wrapped) {
    }

    private record Again(Row was, WrappedKey wrapped) {
    }

    /**
     * Does one batch and returns how many rows it looked at; 0 at the end, and once what is wrapped to has wrapped as much as it may. No row is locked while
     * what holds the private key is asked. A row for which it doesn't answer is passed over, and after some in a row all of that version, so that neither
     * keeps the others: {@link #run} tells.
     */
    public int next() throws SQLException {
        if (wraps >= KeyLimits.REFUSED_FROM) {
            return 0;    // one batch of each node may pass it; KeyLimits leaves room for that
        }
        var rows = versions.inTransaction(this::read);
        var again = new ArrayList<Again>();
        for (var row : rows) {
            if (row.wrapped.version() != version) {
                unansweredInARow = 0;
            }
            version = row.wrapped.version();
            file = row.id;
            if (unansweredInARow < MOST_UNANSWERED) {
                wrapAgain(row).ifPresent(again::add);
            }
        }
        if (unansweredInARow >= MOST_UNANSWERED) {
            file = LAST;
        }
        if (!again.isEmpty()) {
            rewrapped += versions.inTransaction(() -> write(again));
        }
        return rows.size();
    }

    private Optional<Again> wrapAgain(Row row) {
        try {
            var again = new Again(row, key.rewrap(row.wrapped, new Place(row.delivery, row.id), target));
            unansweredInARow = 0;
            return Optional.of(again);
        } catch (StoreException silent) {
            away = silent;
            unanswered++;
            unansweredInARow++;
        } catch (SealBrokenException notOurs) {
            unreadable++;   // the operator is told how many; which key it was says the version
            unansweredInARow = 0;
        }
        return Optional.empty();
    }

    private String column() {
        return switch (name) {
            case FILES -> "wrap";
            case RECORDS -> "record_wrap";
            case SPOOL -> throw new IllegalStateException("spools aren't rewrapped");
        };
    }

    /** How many of which version: {@code 1:40 2:60}. */
    private static String text(SortedMap<Integer, Integer> done) {
        return done.entrySet().stream().map(each -> each.getKey() + ":" + each.getValue()).collect(Collectors.joining(" "));
    }

    private List<Row> read() throws SQLException {
        try (var select = connection.prepareStatement("""
                select id, delivery_id, %1$s_algorithm, %1$s_version, %1$s from file
                where %1$s is not null and %1$s_version < ? and (%1$s_version, id) > (?, ?)
                order by %1$s_version, id limit %2$d""".formatted(column(), batch))) {
            select.setInt(1, target.version());
            select.setInt(2, version);
            select.setObject(3, file);
            try (var found = select.executeQuery()) {
                var rows = new ArrayList<Row>();
                while (found.next()) {
                    rows.add(new Row(found.getObject("id", UUID.class), found.getObject("delivery_id", UUID.class),
                        new WrappedKey(found.getString(3), found.getInt(4), found.getBytes(5))));
                }
                return rows;
            }
        }
    }

    /**
     * Until now these versions had rows, whatever the last look at them said: their horizon begins at the next one. In ascending order, and before the
     * trigger of V70 asks for the target's row, which comes behind all of them: so no two that rewrap wait for each other.
     */
    private void needed(SortedSet<Integer> from) throws SQLException {
        try (var update = connection.prepareStatement("update key_version set idle_since = null where pair = ? and version = ? and idle_since is not null")) {
            for (int version : from) {
                update.setString(1, name.text());
                update.setInt(2, version);
                update.executeUpdate();
            }
        }
    }

    /**
     * Joins the transaction that is open. What was shredded or wrapped again since it was read isn't touched, nor is what somebody has in hand.
     *
     * @return how many rows were written
     */
    private int write(List<Again> rows) throws SQLException {
        var free = free(rows);
        var written = rows.stream().filter(row -> Arrays.equals(free.get(row.was.id), row.was.wrapped.bytes())).toList();
        if (written.isEmpty()) {
            return 0;
        }
        var from = new TreeMap<Integer, Integer>();
        written.forEach(row -> from.merge(row.was.wrapped.version(), 1, Integer::sum));
        needed(from.navigableKeySet());
        try (var update = connection.prepareStatement("update file set %1$s = ?, %1$s_algorithm = ?, %1$s_version = ? where id = ?".formatted(column()))) {
            for (var row : written) {
                update.setBytes(1, row.wrapped.bytes());
                update.setString(2, row.wrapped.algorithm());
                update.setInt(3, row.wrapped.version());
                update.setObject(4, row.was.id);
                update.addBatch();
            }
            update.executeBatch();
        }
        count(written.size());
        versions.record(AuditType.KEYS_REWRAPPED, Map.of("pair", name.text(), "to", target.version(), "rows", written.size(), "from", text(from)));
        return written.size();
    }

    /** Adds to what the target has wrapped. */
    private void count(int rows) throws SQLException {
        try (var count = connection.prepareStatement("""
                insert into key_version as k (pair, version, wraps) values (?, ?, ?)
                on conflict (pair, version) do update set wraps = least(least(k.wraps, %1$d) + excluded.wraps, %1$d) returning wraps""".formatted(KeyLimits.MOST_COUNTED))) {
            count.setString(1, name.text());
            count.setInt(2, target.version());
            count.setInt(3, rows);
            try (var all = count.executeQuery()) {
                all.next();
                wraps = all.getLong(1);
            }
        }
    }

    /** Locks as an update does, those that nobody has in hand: a download that begins, whose rows refer to the file, doesn't wait. */
    private Map<UUID, byte[]> free(List<Again> rows) throws SQLException {
        try (var lock = connection.prepareStatement("select id, %1$s from file where id = any(?) and %1$s is not null order by id for no key update skip locked"
                .formatted(column()))) {
            lock.setArray(1, connection.createArrayOf("uuid", rows.stream().map(row -> row.was.id).toArray()));
            try (var found = lock.executeQuery()) {
                var free = new HashMap<UUID, byte[]>();
                while (found.next()) {
                    free.put(found.getObject("id", UUID.class), found.getBytes(2));
                }
                return free;
            }
        }
    }
}
