package sekisho.gateway.audit;

import io.quarkus.logging.Log;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tree as it was saved. Its edge is the one row of the log that the application may change, so it is believed only if it has as many
 * leaves as there are and gives the root that was signed over them; else it is made anew from the leaves.
 */
final class SavedTree {

    private SavedTree() {
    }

    /** @throws IllegalStateException when the leaves themselves don't give the root that was signed: nothing may be added to such a log */
    static MerkleTree load(Connection connection) throws SQLException {
        long leaves = leaves(connection);
        var signed = signedRoot(connection, leaves);
        var saved = saved(connection).filter(tree -> fits(tree, leaves, signed));
        if (saved.isPresent()) {
            return saved.get();
        }
        var tree = fromLeaves(connection);
        if (!fits(tree, leaves, signed)) {
            throw new IllegalStateException("the " + leaves + " events in the tree don't give a root that was signed; run ./sekisho audit verify");
        }
        Log.errorf("the saved edge of the audit log's tree was wrong and was made anew from its %d events; somebody changed audit_edge", leaves);
        return tree;
    }

    private static boolean fits(MerkleTree tree, long leaves, byte @Nullable [] signed) {
        return tree.size() == leaves && (leaves == 0 || Arrays.equals(tree.root(), signed));
    }

    private static long leaves(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("select coalesce(max(leaf_index) + 1, 0) from audit_leaf");
                var rows = statement.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static byte @Nullable [] signedRoot(Connection connection, long size) throws SQLException {
        try (var statement = connection.prepareStatement("select root from audit_checkpoint where size = ?")) {
            statement.setLong(1, size);
            try (var rows = statement.executeQuery()) {
                return rows.next() ? rows.getBytes(1) : null;
            }
        }
    }

    private static Optional<MerkleTree> saved(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("select size, hashes from audit_edge"); var rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(new MerkleTree(rows.getLong(1), rows.getBytes(2))) : Optional.empty();
        } catch (IllegalArgumentException noTree) {
            return Optional.empty();
        }
    }

    private static MerkleTree fromLeaves(Connection connection) throws SQLException {
        var tree = new MerkleTree();
        try (var statement = connection.prepareStatement("""
                select e.payload from audit_leaf l join audit_event e on e.id = l.event_id order by l.leaf_index""")) {
            statement.setFetchSize(2_000);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    tree.append(MerkleTree.leafHash(rows.getBytes(1)));
                }
            }
        }
        return tree;
    }
}
