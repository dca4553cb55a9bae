package sekisho.tests;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import sekisho.embedded.PostgresServer;

/** Looks into a database of the product from outside, with a connection of its own for each question. */
public record PostgresData(String url, PostgresServer.Login login) {

    /** Makes one thing of a row. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    public <T> List<T> rows(String query, RowReader<T> reader) {
        try (Connection connection = DriverManager.getConnection(url, login.user(), login.password());
                var select = connection.prepareStatement(query); var rows = select.executeQuery()) {
            var all = new ArrayList<T>();
            while (rows.next()) {
                all.add(reader.read(rows));
            }
            return all;
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
        try (Connection connection = DriverManager.getConnection(url, login.user(), login.password()); var change = connection.createStatement()) {
            change.execute(statement);
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
}
