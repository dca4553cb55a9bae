package sekisho.gateway.health;

import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import sekisho.gateway.files.Vault;
import sekisho.storage.StoreException;

/** Asks the parts that taking in a message needs, so that an adapter can turn a client away before it sends a message in vain. */
@ApplicationScoped
public class Backing {

    private static final int ANSWER_SECONDS = 3;
    private static final int TRIES = 3;

    private final AgroalDataSource database;
    private final Vault vault;

    Backing(AgroalDataSource database, Vault vault) {
        this.database = database;
        this.vault = vault;
    }

    /** @throws SQLException when the database doesn't answer; after a few seconds at the most, unless the network hangs */
    public void requireDatabase() throws SQLException {
        for (int i = 1; ; i++) {
            try (var connection = database.getConnection(); var statement = connection.createStatement()) {
                statement.setQueryTimeout(ANSWER_SECONDS);
                statement.execute("select 1");
                return;
            } catch (SQLException unavailable) {
                if (i == TRIES) {   // a restarted database leaves dead connections in the pool; each try throws one out
                    throw unavailable;
                }
            }
        }
    }

    /**
     * @return how many octets the object store has room for, as far as it knows
     * @throws StoreException when it can't be written to; {@code StoreFullException} when for want of room
     */
    public long requireStore() throws StoreException {
        vault.store().check();
        return vault.store().roomOctets();
    }
}
