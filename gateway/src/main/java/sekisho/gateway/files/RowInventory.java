package sekisho.gateway.files;

import java.sql.Connection;
import java.sql.SQLException;
import sekisho.storage.Inventory;
import sekisho.storage.StoreException;

/** What the database says of a store in which no object can be seen: whether there should be one. */
public final class RowInventory implements Inventory {

    private final Connections connections;

    /** Where the database is. */
    @FunctionalInterface
    public interface Connections {
        /** Opens a connection, which is closed after one question. */
        Connection open() throws SQLException;
    }

    public RowInventory(Connections connections) {
        this.connections = connections;
    }

    /** Whether no row names an object that should be in the store: one that is about to be removed, too, is not gone because it can't be seen. */
    @Override
    public boolean isEmpty() throws StoreException {
        try (var connection = connections.open(); var statement = connection.createStatement(); var rows = statement.executeQuery("""
                select not exists (select from file where object_gone_at is null)
                    and not exists (select from delivery where spool_key is not null)""")) {
            rows.next();
            return rows.getBoolean(1);
        } catch (SQLException unavailable) {
            throw new StoreException("the object store is empty, and the database can't be asked whether it should be: " + unavailable.getMessage(), unavailable);
        }
    }
}
