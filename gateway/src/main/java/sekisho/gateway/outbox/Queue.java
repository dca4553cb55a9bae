package sekisho.gateway.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Ids;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditLog.About;
import sekisho.gateway.audit.AuditType;

/**
 * The outbox in an operator's hands, beside the running product: each change is one guarded update, so that a node that claims or settles the
 * same row at the same time either comes before or finds it changed. Each change is in the audit log with who made it.
 */
public final class Queue {

    private static final String WAITING = "o.state in ('DUE', 'CLAIMED', 'PAUSED')";
    private static final Settlement.Reply REMOVED = Settlement.Reply.ours("550 5.7.1 removed from the queue by an operator");

    private final Connection connection;
    private final Clock clock;
    private final String by;

    /**
     * @param connection stays open; each call is a transaction of its own on it
     * @param by         who changes something, as the audit log will say
     */
    public Queue(Connection connection, Clock clock, String by) throws SQLException {
        connection.setAutoCommit(false);
        this.connection = connection;
        this.clock = clock;
        this.by = by;
    }

    /**
     * A destination that something waits for.
     *
     * @param name           empty for what no node has looked at yet
     * @param suspendedUntil until when nothing is tried, with the last reason
     */
    public record Destination(String name, long rows, long paused, Instant oldest, Optional<Instant> suspendedUntil, Optional<String> reply) {
    }

    /**
     * A row that waits.
     *
     * @param state   {@code DUE}, {@code CLAIMED} (being sent just now) or {@code PAUSED}
     * @param address whom it goes to
     */
    public record Row(UUID id, UUID delivery, String destination, String state, String kind, String address, int attempts, Instant createdAt, Instant dueAt,
            Optional<String> lastReply, boolean unconfirmed, Optional<Instant> warnedAt) {
    }

    /** What waits, by destination, those first that wait longest. */
    public List<Destination> destinations() throws SQLException {
        return read("""
            select coalesce(o.destination, '') as name, count(*) as rows, count(*) filter (where o.state = 'PAUSED') as paused,
                min(o.created_at) as oldest, max(s.suspended_until) as until, max(s.last_reply) as reply
            from outbox o left join outbox_destination s on s.name = o.destination where %s group by 1 order by oldest""".formatted(WAITING),
            row -> new Destination(row.getString("name"), row.getLong("rows"), row.getLong("paused"), instant(row, "oldest").orElseThrow(),
                instant(row, "until").filter(clock.instant()::isBefore), Optional.ofNullable(row.getString("reply"))));
    }

    /** The rows of a destination, or of all domains of a route; the oldest first. */
    public List<Row> rows(String destination, int limit) throws SQLException {
        return rows("coalesce(o.destination, '') = ? or o.destination like ? || '/%'", limit, destination, destination);
    }

    /** A row that waits; empty when none has that id. */
    public Optional<Row> row(UUID id) throws SQLException {
        return rows("o.id = ?", 1, id).stream().findFirst();
    }

    private List<Row> rows(String which, int limit, Object... values) throws SQLException {
        return read("""
            select o.id, o.delivery_id, coalesce(o.destination, '') as destination, o.state, o.kind, o.attempts, o.created_at, o.due_at, o.last_reply,
                o.unconfirmed, o.warned_at, case when o.kind in ('LINKED', 'ORIGINAL') then r.address_given else d.sender_as_given end as address
            from outbox o join delivery d on d.id = o.delivery_id left join recipient r on r.id = o.recipient_id
            where %s and (%s) order by o.created_at, o.id limit %d""".formatted(WAITING, which, limit),
            row -> new Row(id(row, "id"), id(row, "delivery_id"), row.getString("destination"), row.getString("state"), row.getString("kind"),
                row.getString("address"), row.getInt("attempts"), instant(row, "created_at").orElseThrow(), instant(row, "due_at").orElseThrow(),
                Optional.ofNullable(row.getString("last_reply")), row.getBoolean("unconfirmed"), instant(row, "warned_at")), values);
    }

    /**
     * Makes rows due now, and ends the suspension of their destinations.
     *
     * @param destination or route; empty for all
     * @return how many rows; those in an operator's hold and those being sent are left alone
     */
    public int flush(Optional<String> destination) throws SQLException {
        return change(() -> {
            var name = destination.orElse(null);
            int rows = update("""
                update outbox set due_at = ? where state = 'DUE' and due_at > ?
                    and (cast(? as text) is null or destination = ? or destination like ? || '/%')""", now(), now(), name, name, name);
            update("delete from outbox_destination where cast(? as text) is null or name = ? or name like ? || '/%'", name, name, name);
            record(AuditType.QUEUE_FLUSHED, About.NOTHING, Map.of("rows", rows, "route", destination.map(Routing::route).orElse("all")));
            return rows;
        });
    }

    /** Makes one row due now, and ends the suspension of its destination; false, and nothing has changed, when it isn't waiting for its time. */
    public boolean flush(UUID id) throws SQLException {
        return one(AuditType.QUEUE_FLUSHED, id, () -> {
            int rows = update("update outbox set due_at = least(due_at, ?) where id = ? and state = 'DUE'", now(), id);
            if (rows == 1) {
                update("delete from outbox_destination where name = (select destination from outbox where id = ?)", id);
            }
            return rows;
        });
    }

    /** Stops a row until {@link #resume}; false when it isn't waiting, but being sent, held already or settled. */
    public boolean hold(UUID id) throws SQLException {
        return one(AuditType.QUEUE_HELD, id, () -> update("update outbox set state = 'PAUSED' where id = ? and state = 'DUE'", id));
    }

    /** Lets a stopped row go on at its time; false when it isn't stopped. */
    public boolean resume(UUID id) throws SQLException {
        return one(AuditType.QUEUE_RESUMED, id, () -> update("update outbox set state = 'DUE' where id = ? and state = 'PAUSED'", id));
    }

    /**
     * Ends a row: it counts as failed, and what it would have sent is never sent. A copy that was sent once already, without an answer, counts as
     * unconfirmed: whoever is told to send it again may double it.
     *
     * @param report whether the sender is told, as far as they want to hear of failures
     * @return false when it isn't waiting: it is being sent, or settled
     */
    public boolean delete(UUID id, boolean report) throws SQLException {
        return change(() -> {
            var about = about(id);
            if (about == null) {
                return false;
            }
            // as the product does when it settles: one at a time for a delivery
            read("select 1 from delivery where id = ? for update", _ -> true, about.delivery);
            var ended = read("""
                update outbox set state = 'FAILED', last_reply = ?, claimed_by = null, settled_at = ? where id = ? and state in ('DUE', 'PAUSED')
                returning unconfirmed""", row -> row.getBoolean("unconfirmed"), REMOVED.text(), now(), id);
            if (ended.isEmpty()) {
                return false;
            }
            var end = ended.getFirst() ? Report.Action.UNCONFIRMED : Report.Action.FAILED;
            if (about.copy) {
                update("update recipient set relay = ?, relayed_at = ? where id = ?", end.name(), now(), about.recipient);
            }
            boolean told = report && about.copy && about.senderKnown && end.isWanted(about.dsnNotify);
            if (told) {
                update("""
                    insert into outbox (id, delivery_id, recipient_id, kind, created_at, due_at, detail) values (?, ?, ?, 'DSN', ?, ?, cast(? as jsonb))""",
                    Ids.next(), about.delivery, about.recipient, now(), now(), new Report(end, REMOVED, "5.7.1", null).toJson());
            }
            update(Spools.DROP.formatted("?"), about.delivery);
            record(AuditType.QUEUE_DELETED, new About(about.delivery, about.recipient, null), Map.of("kind", about.kind, "told", told));
            return true;
        });
    }

    private record AboutRow(UUID delivery, @Nullable UUID recipient, String kind, boolean copy, boolean senderKnown, @Nullable String dsnNotify) {
    }

    private @Nullable AboutRow about(UUID id) throws SQLException {
        var found = read("""
            select o.delivery_id, o.recipient_id, o.kind, o.kind in ('LINKED', 'ORIGINAL') as copy, d.sender <> '' as known, r.dsn_notify
            from outbox o join delivery d on d.id = o.delivery_id left join recipient r on r.id = o.recipient_id where o.id = ?""",
            row -> new AboutRow(id(row, "delivery_id"), row.getObject("recipient_id", UUID.class), row.getString("kind"), row.getBoolean("copy"),
                row.getBoolean("known"), row.getString("dsn_notify")), id);
        return found.isEmpty() ? null : found.getFirst();
    }

    private boolean one(AuditType type, UUID id, Work<Integer> update) throws SQLException {
        return change(() -> {
            var about = about(id);
            if (about == null || update.run() == 0) {
                return false;
            }
            record(type, new About(about.delivery, about.recipient, null), Map.of("kind", about.kind));
            return true;
        });
    }

    private void record(AuditType type, About about, Map<String, ?> details) throws SQLException {
        var all = new TreeMap<String, Object>(details);
        all.put("by", by);
        AuditLog.record(connection, clock.instant(), type, Actor.part("operator"), about, all);
    }

    private interface Work<T> {
        T run() throws SQLException;
    }

    private <T> T change(Work<T> work) throws SQLException {
        try {
            T result = work.run();
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException failed) {
            connection.rollback();
            throw failed;
        }
    }

    private interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }

    private <T> List<T> read(String sql, Reading<T> reading, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            set(statement, values);
            try (var rows = statement.executeQuery()) {
                var found = new ArrayList<T>();
                while (rows.next()) {
                    found.add(reading.of(rows));
                }
                return found;
            }
        }
    }

    private int update(String sql, @Nullable Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            set(statement, values);
            return statement.executeUpdate();
        }
    }

    private static void set(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    private Timestamp now() {
        return Timestamp.from(clock.instant());
    }

    private static UUID id(ResultSet row, String column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
    }
}
