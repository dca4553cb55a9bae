package sekisho.gateway.audit;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Recomputes the whole tree from the events and holds it against every signed checkpoint, then holds the rows of deliveries and persons
 * against the events. Needs read access to the database and the
 * public key; trusts neither the stored hashes nor the tree's saved edge. Runs without the product.
 */
public final class AuditVerifier {

    /** Events; one may have 32 MiB. */
    static final int FETCHED_AT_ONCE = 20;
    /** Of what is small, of which there may be any number. */
    static final int ROWS_AT_ONCE = 2_000;
    private static final int MOST_FAULTS = 50;

    private final Connection connection;
    private final PublicKey key;
    private final List<String> faults = new ArrayList<>();
    private int told;   // of one sort: many of one hide no other
    private long more;

    /**
     * @param connection in a transaction that sees one state throughout (repeatable read), or on a database at rest; stays open. It
     *                   should be allowed to read only
     */
    public AuditVerifier(Connection connection, PublicKey key) {
        this.connection = connection;
        this.key = key;
    }

    /**
     * What was found.
     *
     * @param leaves  events in the tree
     * @param pending events that wait for their place; they are not yet proved
     * @param deliveries whose rows were held against their events
     * @param faults  empty when everything holds; of each sort at most 50 are told
     * @param more    how many faults there are besides
     */
    public record Report(long leaves, long checkpoints, long pending, long deliveries, List<String> faults, long more) {
        public boolean holds() {
            return faults.isEmpty();
        }
    }

    /**
     * @param kept checkpoints that were kept outside the database, as signed notes; they show what was cut off or rewritten since
     * @throws SQLException when the database can't be read; then nothing is said about the log
     */
    public Report verify(List<String> kept) throws SQLException {
        long leaves = recompute(roots(kept));
        told = 0;
        unplaced();
        var rows = new RowVerifier(connection, this::fault);
        told = 0;
        rows.persons();
        told = 0;
        long deliveries = rows.deliveries();
        told = 0;
        rows.unaccepted();
        return new Report(leaves, count("audit_checkpoint"), count("audit_pending"), deliveries, List.copyOf(faults), more);
    }

    /** The roots of these, by size of the tree. */
    private Map<Long, byte[]> roots(List<String> kept) {
        var roots = new HashMap<Long, byte[]>();
        for (var note : kept) {
            var checkpoint = read(note, "a kept checkpoint");
            if (checkpoint != null) {
                add(checkpoint.size(), checkpoint.root(), roots);
            }
        }
        return roots;
    }

    private void add(long size, byte[] root, Map<Long, byte[]> roots) {
        var known = roots.putIfAbsent(size, root);
        if (known != null && !Arrays.equals(known, root)) {
            fault("two checkpoints over " + size + " events were signed with different roots: the log was rewritten");
        }
    }

    /** The rows of checkpoints by their size, read along with the leaves: there is one for each second in which something happened. */
    private final class Rows {

        private final ResultSet rows;
        private boolean more;

        Rows(ResultSet rows) throws SQLException {
            this.rows = rows;
            this.more = rows.next();
        }

        /** Adds what was signed over up to so many events. */
        void addUpTo(long events, Map<Long, byte[]> roots) throws SQLException {
            while (more && rows.getLong(1) <= events) {
                add(events - 1, roots);
                more = rows.next();
            }
        }

        /** What was signed over more events than there are. */
        void tellRest(long leaves, Map<Long, byte[]> roots) throws SQLException {
            for (; more; more = rows.next()) {
                add(leaves, roots);
                if (roots.remove(rows.getLong(1)) != null) {
                    tellMissing(rows.getLong(1), leaves);
                }
            }
        }

        private void add(long passed, Map<Long, byte[]> roots) throws SQLException {
            long size = rows.getLong(1);
            var checkpoint = read(rows.getString(3), "checkpoint " + size);
            if (checkpoint != null) {
                if (checkpoint.size() != size || !Arrays.equals(checkpoint.root(), rows.getBytes(2))) {
                    fault("checkpoint " + size + ": its row was changed; the signed note says otherwise");
                }
                if (checkpoint.size() > passed || checkpoint.size() == size) {
                    AuditVerifier.this.add(checkpoint.size(), checkpoint.root(), roots);
                }
            }
        }
    }

    private void tellMissing(long size, long leaves) {
        fault("a checkpoint over " + size + " events was signed, but the tree has only " + leaves + ": events were removed from its end");
    }

    private CheckpointKey.@org.jspecify.annotations.Nullable Checkpoint read(String note, String what) {
        try {
            return CheckpointKey.read(note, key);
        } catch (GeneralSecurityException bad) {
            fault(what + ": " + bad.getMessage());
            return null;
        }
    }

    /** Walks leaves and checkpoints in order. @param roots that were kept */
    private long recompute(Map<Long, byte[]> roots) throws SQLException {
        var tree = new MerkleTree();
        long lastGood = 0;
        boolean broken = false;
        try (var statement = connection.prepareStatement("""
                select l.leaf_index, e.id, e.payload, e.leaf_hash, e.type, e.occurred_at, e.delivery_id
                from audit_leaf l left join audit_event e on e.id = l.event_id order by l.leaf_index"""); var signed = connection.createStatement()) {
            statement.setFetchSize(FETCHED_AT_ONCE);
            try (var rows = statement.executeQuery(); var signedRows = rows(signed, "select size, root, note from audit_checkpoint order by size")) {
                var checkpoints = new Rows(signedRows);
                while (rows.next()) {
                    var leaf = leaf(rows, tree.size());
                    tree.append(leaf);
                    checkpoints.addUpTo(tree.size(), roots);
                    var root = roots.remove(tree.size());
                    if (root != null && !broken) {
                        broken = !Arrays.equals(root, tree.root());
                        if (broken) {
                            fault("the events up to number " + tree.size() + " don't give the root that was signed: one of numbers "
                                + lastGood + " to " + (tree.size() - 1) + " was changed, removed, inserted or moved");
                        } else {
                            lastGood = tree.size();
                        }
                    }
                }
                checkpoints.tellRest(tree.size(), roots);
                roots.keySet().forEach(size -> tellMissing(size, tree.size()));
            }
        }
        if (!broken && lastGood < tree.size()) {
            fault("events " + lastGood + " to " + (tree.size() - 1) + " are in the tree, but no checkpoint signs them: they were inserted");
        }
        return tree.size();
    }

    private byte[] leaf(ResultSet rows, long expected) throws SQLException {
        long index = rows.getLong(1);
        if (index != expected) {
            fault("number " + expected + " is missing from the tree");
        }
        var payload = rows.getBytes(3);
        if (payload == null) {
            fault("event number " + index + " was removed");
            return new byte[32];
        }
        var hash = MerkleTree.leafHash(payload);
        if (!Arrays.equals(hash, rows.getBytes(4))) {
            fault("event number " + index + " (" + rows.getObject(2, UUID.class) + ") was changed");
        }
        AuditColumns.mismatch(payload, rows).ifPresent(column -> fault("event number " + index + ": its column " + column
            + " was changed; the payload says otherwise"));
        return hash;
    }

    /** Events that are neither in the tree nor waiting: somebody took them from the queue, or slipped them in. */
    private void unplaced() throws SQLException {
        try (var statement = connection.createStatement(); var rows = rows(statement, """
                select e.id from audit_event e where not exists (select 1 from audit_leaf l where l.event_id = e.id)
                and not exists (select 1 from audit_pending p where p.event_id = e.id) order by e.id""")) {
            while (rows.next()) {
                fault("event " + rows.getObject(1, UUID.class) + " is not in the tree and not waiting: it was inserted beside the log");
            }
        }
        try (var statement = connection.createStatement(); var rows = rows(statement, """
                select p.event_id from audit_pending p where not exists (select 1 from audit_event e where e.id = p.event_id)""")) {
            while (rows.next()) {
                fault("event " + rows.getObject(1, UUID.class) + " waits for its place, but was removed");
            }
        }
    }

    static ResultSet rows(Statement statement, String query) throws SQLException {
        statement.setFetchSize(ROWS_AT_ONCE);
        return statement.executeQuery(query);
    }

    private long count(String table) throws SQLException {
        try (var statement = connection.createStatement(); var rows = statement.executeQuery("select count(*) from " + table)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void fault(String text) {
        if (told < MOST_FAULTS) {
            told++;
            faults.add(text);
        } else {
            more++;
        }
    }
}
