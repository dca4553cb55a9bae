package sekisho.gateway.files;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sekisho.storage.Place;
import sekisho.storage.Sealed;
import sekisho.storage.WrappedKey;

/** The rows that name objects, a batch at a time: each is read as it is then, and no transaction stays open meanwhile. */
final class SealedRows {

    /** What an object is to the product. */
    enum Sort { FILE, SPOOL }

    /** What the rows say of an object that no live row needs. */
    enum Named { LIVE, TO_BE_REMOVED, REMOVED }

    /**
     * A row whose object must be there and open.
     *
     * @param sealed null when the row lacks a column without which nothing opens
     * @param record what is known of a file, sealed; null for a spool
     */
    record LiveRow(Sort sort, UUID id, UUID delivery, @Nullable Sealed sealed, byte @Nullable [] record) {

        Place place() {
            return new Place(delivery, id);
        }

        @Override
        public String toString() {
            return sort == Sort.FILE ? "file " + id + " of delivery " + delivery : "spool of delivery " + delivery;
        }
    }

    private static final UUID FIRST = new UUID(0, 0);
    private static final int BATCH = 200;
    private static final String FILES = """
        select id, delivery_id, object_key as key, null::bytea as inline, header, size_octets as plain, cipher_octets as cipher, record,
            wrap_algorithm, wrap_version, wrap from file where wrap is not null and\s""";
    private static final String SPOOLS = """
        select id, id as delivery_id, spool_key as key, spool_inline as inline, spool_header as header, spool_plain_octets as plain,
            spool_cipher_octets as cipher, null::bytea as record, spool_wrap_algorithm as wrap_algorithm,
            spool_wrap_version as wrap_version, spool_wrap as wrap from delivery where spool_kind <> 'GONE' and\s""";

    private final Connection connection;

    SealedRows(Connection connection) {
        this.connection = connection;
    }

    /** @param after the last row of the batch before; empty for the first batch. Empty at the end */
    List<LiveRow> next(Sort sort, Optional<LiveRow> after) throws SQLException {
        try (var select = connection.prepareStatement(query(sort) + "id > ? order by id limit " + BATCH)) {
            select.setObject(1, after.map(LiveRow::id).orElse(FIRST));
            return rows(sort, select);
        }
    }

    /** The same row as it is now; empty when it needs its object no more. */
    Optional<LiveRow> again(LiveRow row) throws SQLException {
        try (var select = connection.prepareStatement(query(row.sort) + "id = ?")) {
            select.setObject(1, row.id);
            return rows(row.sort, select).stream().findFirst();
        }
    }

    private static String query(Sort sort) {
        return switch (sort) {
            case FILE -> FILES;
            case SPOOL -> SPOOLS;
        };
    }

    private static List<LiveRow> rows(Sort sort, PreparedStatement select) throws SQLException {
        try (var found = select.executeQuery()) {
            var rows = new ArrayList<LiveRow>();
            while (found.next()) {
                rows.add(new LiveRow(sort, found.getObject("id", UUID.class), found.getObject("delivery_id", UUID.class), sealed(found),
                    found.getBytes("record")));
            }
            return rows;
        }
    }

    private static @Nullable Sealed sealed(ResultSet row) throws SQLException {
        byte @Nullable [] inline = row.getBytes("inline");
        for (var column : List.of("header", "plain", "cipher", "wrap_algorithm", "wrap_version", "wrap", inline == null ? "key" : "inline")) {
            if (row.getObject(column) == null) {
                return null;
            }
        }
        return new Sealed(inline == null ? row.getString("key") : "inline", inline, row.getBytes("header"), row.getLong("plain"), row.getLong("cipher"),
            new byte[0], new WrappedKey(row.getString("wrap_algorithm"), row.getInt("wrap_version"), row.getBytes("wrap")));
    }

    /** What rows say of these objects now; a key that no row names is not in it. */
    Map<String, Named> named(Collection<String> keys) throws SQLException {
        var named = new HashMap<String, Named>();
        try (var select = connection.prepareStatement("""
                select object_key, case when wrap is not null then 'LIVE' when object_gone_at is null then 'TO_BE_REMOVED' else 'REMOVED' end
                from file where object_key = any (?)
                union all select spool_key, case spool_kind when 'GONE' then 'TO_BE_REMOVED' else 'LIVE' end
                from delivery where spool_key = any (?)""")) {
            var array = connection.createArrayOf("text", keys.toArray());
            select.setArray(1, array);
            select.setArray(2, array);
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    named.merge(rows.getString(1), Named.valueOf(rows.getString(2)), (one, other) -> one.compareTo(other) < 0 ? one : other);
                }
            }
        }
        return named;
    }
}
