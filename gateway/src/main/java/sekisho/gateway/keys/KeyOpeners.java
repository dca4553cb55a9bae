package sekisho.gateway.keys;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Who has to be given each new version of a private half, as {@link KeyNodes} says it: a host that is off, too. */
public final class KeyOpeners {

    private final Connection connection;
    private final KeyVersions versions;

    /** @param connection which {@code versions} works on; stays open */
    public KeyOpeners(Connection connection, KeyVersions versions) {
        this.connection = connection;
        this.versions = versions;
    }

    /**
     * Who opens for a pair: a private file on a host, whichever process reads it there. It counts while it is silent, too.
     *
     * @param host    its name, visible ASCII; {@code unknown} when it was said by an older version
     * @param version the newest that it had
     */
    public record Opener(UUID node, String host, int version, Instant seenAt) {
    }

    /** Everyone who was heard of and isn't forgotten yet, see {@link KeyNodes}; by the host's name. */
    public List<Opener> all(KeyName name) throws SQLException {
        return versions.inTransaction(() -> {
            try (var statement = connection.prepareStatement(
                    "select node, coalesce(host, 'unknown') as host, version, seen_at from key_node where pair = ? and half = 'opens' order by host, seen_at")) {
                statement.setString(1, name.text());
                try (var rows = statement.executeQuery()) {
                    var openers = new ArrayList<Opener>();
                    while (rows.next()) {
                        openers.add(new Opener(rows.getObject("node", UUID.class), rows.getString("host"), rows.getInt("version"), rows.getTimestamp("seen_at").toInstant()));
                    }
                    return openers;
                }
            }
        });
    }

    /**
     * Forgets who opens on a host that is gone for good: it needs to be given no new version any more. Whoever is alive there, or comes back, is known again at once.
     *
     * @return how many were forgotten; of those who are alive none is
     */
    public int forget(KeyName name, String host) throws SQLException {
        return versions.inTransaction(() -> {
            try (var delete = connection.prepareStatement("delete from key_node where pair = ? and half = 'opens' and coalesce(host, 'unknown') = ?"
                    + " and seen_at < now() - make_interval(secs => " + KeyVersions.SILENT_SECONDS + ")")) {
                delete.setString(1, name.text());
                delete.setString(2, host);
                return delete.executeUpdate();
            }
        });
    }
}
