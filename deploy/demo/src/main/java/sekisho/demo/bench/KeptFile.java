package sekisho.demo.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import sekisho.demo.Stage;
import sekisho.gateway.files.FileRecord;
import sekisho.storage.DirectoryStore;
import sekisho.storage.Opener;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.RecordKey;
import sekisho.storage.Sealed;
import sekisho.storage.WrappedKey;

/**
 * What became of a file that was taken in.
 *
 * @param recorded SHA-256 as the intake wrote it down
 * @param stored   SHA-256 of what the stored object holds, read back and opened
 */
record KeptFile(byte[] recorded, byte[] stored) {
    /** The only file of the stage; reads all of it. */
    static KeptFile only(Stage stage) throws IOException {
        try (var connection = stage.postgres().connect(stage.postgres().owner());
                var select = connection.prepareStatement("select * from file");
                var rows = select.executeQuery()) {
            if (!rows.next()) {
                throw new IOException("nothing was kept of the file");
            }
            var place = new Place(rows.getObject("delivery_id", UUID.class), rows.getObject("id", UUID.class));
            var record = RecordKey.unwrap(OpeningKey.load(stage.keys().resolve("records.private")), wrapped(rows, "record_"), place);
            var sealed = new Sealed(rows.getString("object_key"), null, rows.getBytes("header"), rows.getLong("size_octets"), rows.getLong("cipher_octets"),
                    new byte[0], wrapped(rows, ""));
            return new KeptFile(FileRecord.open(record, rows.getBytes("record")).sha256(), readBack(stage, sealed, place));
        } catch (SQLException e) {
            throw new IOException("cannot read what was kept of the file: " + e.getMessage(), e);
        }
    }

    private static WrappedKey wrapped(ResultSet row, String prefix) throws SQLException {
        return new WrappedKey(row.getString(prefix + "wrap_algorithm"), row.getInt(prefix + "wrap_version"), row.getBytes(prefix + "wrap"));
    }

    private static byte[] readBack(Stage stage, Sealed sealed, Place place) throws IOException {
        MessageDigest sha256 = LimitsBench.sha256();
        try (var store = new DirectoryStore(stage.objects());
                var object = new Opener(store, OpeningKey.load(stage.keys().resolve("files.private"))).open(sealed, place);
                var plaintext = object.read(0, object.plainOctets());
                var out = new DigestOutputStream(OutputStream.nullOutputStream(), sha256)) {
            plaintext.transferTo(out);
        }
        return sha256.digest();
    }
}
