package sekisho.tests;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import sekisho.embedded.PostgresServer;

/** Looks into a database of the product from outside. A connection that was asked is kept for the next question: what waits for something asks often. */
public record PostgresData(String url, PostgresServer.Login login) {

    private static final Map<PostgresData, Connection> KEPT = new ConcurrentHashMap<>();
    private static final int SECONDS_TO_ANSWER = 5;

    /** Makes one thing of a row. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    public <T> List<T> rows(String query, RowReader<T> reader) {
        try {
            var connection = connection();
            try (var select = connection.prepareStatement(query); var rows = select.executeQuery()) {
                var all = new ArrayList<T>();
                while (rows.next()) {
                    all.add(reader.read(rows));
                }
                return all;
            } finally {
                keep(connection);
            }
        } catch (SQLException failed) {
            throw new IllegalStateException("cannot ask the database: " + failed.getMessage(), failed);
        }
    }

    /** Lets nobody change a table until it is closed; reading goes on. */
    public AutoCloseable holds(String table) throws SQLException {
        var connection = DriverManager.getConnection(url, login.user(), login.password());
        connection.setAutoCommit(false);
        try (var lock = connection.createStatement()) {
            lock.execute("lock table " + table + " in share mode");
        }
        return connection;
    }

    /** Changes what stands there, behind the product's back. */
    public void change(String statement) {
        try {
            var connection = connection();
            try (var change = connection.createStatement()) {
                change.execute(statement);
            } finally {
                keep(connection);
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(statement, failed);
        }
    }

    /** The first column of every row. */
    public List<String> texts(String query) {
        return rows(query, row -> row.getString(1));
    }

    /** The one number that the query asks for. */
    public long number(String query) {
        return rows(query, row -> row.getLong(1)).getFirst();
    }

    /** When nobody looks any more. */
    void forget() {
        try (var _ = KEPT.remove(this)) {    // nothing happens where none is kept
        } catch (SQLException failed) {
            throw new IllegalStateException("cannot leave the database", failed);
        }
    }

    private Connection connection() throws SQLException {
        var kept = KEPT.remove(this);
        if (kept != null && kept.isValid(SECONDS_TO_ANSWER)) {    // or the server was ended meanwhile
            return kept;
        }
        return DriverManager.getConnection(url, login.user(), login.password());
    }

    private void keep(Connection connection) throws SQLException {
        var another = KEPT.put(this, connection);    // of two who asked at once
        if (another != null) {
            another.close();
        }
    }
}
