package sekisho.gateway.audit;

import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.security.PrivateKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives events their place in the tree, one node at a time (a transaction-scoped advisory lock), each second. A queue table rather
 * than "id greater than the last": transactions commit out of order, and an event must never be passed over. Within a batch they stand
 * in the order in which they were queued, so that no event stands before what caused it.
 */
@Startup
@ApplicationScoped
public class Sequencer {

    private static final long LOCK = 0x73656b6973686fL;
    private static final int BATCH = 5_000;
    /** The database hashes a batch in one statement, for which it has no more than {@code socketTimeout}. One event may have 32 MiB. */
    private static final long BATCH_OCTETS = 64L << 20;

    private final AgroalDataSource database;
    private final Clock clock;
    private final AuditConfig config;
    private final AtomicLong size = new AtomicLong();
    private Optional<PrivateKey> key = Optional.empty();
    private volatile boolean failing;

    Sequencer(AgroalDataSource database, Clock clock, AuditConfig config, MeterRegistry metrics) {
        this.database = database;
        this.clock = clock;
        this.config = config;
        metrics.gauge("sekisho.audit.sequenced", size);
    }

    @PostConstruct
    void load() {
        key = config.checkpointKey().map(CheckpointKey::loadPrivate);
        if (key.isEmpty()) {
            Log.info("this node does not sequence the audit log: gateway.audit.checkpoint-key is not set");
        }
    }

    @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        if (key.isEmpty()) {
            return;
        }
        try {
            while (sequenceBatch().full()) {
                Log.debug("a full batch of audit events was sequenced, going on");
            }
            if (failing) {
                failing = false;
                Log.info("audit events get their place in the tree again");
            }
        } catch (SQLException | RuntimeException failed) {
            if (!failing) {   // once, not each second
                failing = true;
                Log.errorf("audit events wait for their place in the tree and go on being recorded: %s", failed.getMessage());
            }
        }
    }

    /** Sequences up to one batch and returns how much it took from the queue; 0 also when another node is at it. */
    public int sequence() throws SQLException {
        var taken = sequenceBatch();
        return taken.events().size() + taken.others();
    }

    private Taken sequenceBatch() throws SQLException {
        var signer = key.orElseThrow(() -> new IllegalStateException("no checkpoint key"));
        try (var connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                if (!lock(connection)) {
                    connection.rollback();
                    return Taken.NOTHING;
                }
                var taken = takePending(connection);
                var note = taken.events().isEmpty() ? Optional.<String>empty() : Optional.of(append(connection, taken.events(), signer));
                connection.commit();   // also when nothing of it was an event: else it stood before all others for ever
                note.ifPresent(this::appendToLog);
                if (taken.others() > 0) {
                    Log.errorf("%d ids that waited for a place in the tree are no events, or have their place: whoever wrote them to audit_pending was not the product",
                        taken.others());
                }
                return taken;
            } catch (SQLException | RuntimeException failed) {
                connection.rollback();
                throw failed;
            }
        }
    }

    /** By the hash of what is signed, whatever the event's row says it is. The database computes it: payloads may be large. */
    private record Pending(UUID event, byte[] leafHash) {
    }

    /**
     * @param others ids in the queue that are no events, or have their place already: every login that records events may write there
     * @param full   there may be more
     */
    private record Taken(List<Pending> events, int others, boolean full) {
        private static final Taken NOTHING = new Taken(List.of(), 0, false);
    }

    private static boolean lock(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("select pg_try_advisory_xact_lock(?)")) {
            statement.setLong(1, LOCK);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getBoolean(1);
            }
        }
    }

    private static Taken takePending(Connection connection) throws SQLException {
        var events = new ArrayList<Pending>();
        int others = 0;
        long octets = 0;
        try (var statement = connection.prepareStatement("""
                with taken as (
                    delete from audit_pending where event_id in (select event_id from (
                        select p.event_id, sum(octet_length(e.payload)) over (order by p.arrived rows between unbounded preceding and 1 preceding) as before
                        from (select event_id, arrived from audit_pending order by arrived limit ?) p left join audit_event e on e.id = p.event_id) next
                        where coalesce(before < ?, true))
                    returning event_id, arrived)
                select e.id, sha256('\\x00'::bytea || e.payload), octet_length(e.payload) from taken left join audit_event e on e.id = taken.event_id
                    and not exists (select from audit_leaf l where l.event_id = e.id) order by taken.arrived""")) {
            statement.setInt(1, BATCH);
            statement.setLong(2, BATCH_OCTETS);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    var event = rows.getObject(1, UUID.class);
                    if (event == null) {
                        others++;
                    } else {
                        events.add(new Pending(event, rows.getBytes(2)));
                        octets += rows.getLong(3);
                    }
                }
            }
        }
        return new Taken(events, others, events.size() + others == BATCH || octets >= BATCH_OCTETS);
    }

    /** @return the checkpoint over the tree with them */
    private String append(Connection connection, List<Pending> events, PrivateKey signer) throws SQLException {
        var tree = SavedTree.load(connection);
        insertLeaves(connection, tree, events);
        var note = CheckpointKey.sign(tree.size(), tree.root(), signer);
        save(connection, tree, note);
        size.set(tree.size());
        return note;
    }

    private static void insertLeaves(Connection connection, MerkleTree tree, List<Pending> events) throws SQLException {
        try (var statement = connection.prepareStatement("insert into audit_leaf (leaf_index, event_id) values (?, ?)")) {
            for (var event : events) {
                statement.setLong(1, tree.size());
                statement.setObject(2, event.event());
                statement.addBatch();
                tree.append(event.leafHash());
            }
            statement.executeBatch();
        }
    }

    private void save(Connection connection, MerkleTree tree, String note) throws SQLException {
        try (var statement = connection.prepareStatement("update audit_edge set size = ?, hashes = ?")) {
            statement.setLong(1, tree.size());
            statement.setBytes(2, tree.edge());
            statement.executeUpdate();
        }
        try (var statement = connection.prepareStatement("insert into audit_checkpoint (size, root, note, made_at) values (?, ?, ?, ?)")) {
            statement.setLong(1, tree.size());
            statement.setBytes(2, tree.root());
            statement.setString(3, note);
            statement.setTimestamp(4, Timestamp.from(clock.instant()));
            statement.executeUpdate();
        }
    }

    /** A copy outside the database shows when the newest part of the log was cut off. The database's own copy is already committed. */
    private void appendToLog(String note) {
        config.checkpointLog().ifPresent(file -> {
            try {
                CheckpointLog.append(file, note);
            } catch (IOException failed) {
                Log.errorf("a checkpoint could not be appended to gateway.audit.checkpoint-log: %s", failed.toString());
            }
        });
    }
}
