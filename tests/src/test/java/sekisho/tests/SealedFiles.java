package sekisho.tests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import sekisho.gateway.files.FileRecord;
import sekisho.storage.ObjectStore;
import sekisho.storage.Opener;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.RecordKey;
import sekisho.storage.Sealed;
import sekisho.storage.WrappedKey;

/** Opens the files of an installation from their rows and objects, with the private key that only {@code web} has there. */
public final class SealedFiles {

    private final Installation installation;
    private final Opener opener;
    private final OpeningKey records;

    /** @param store the installation's; stays the caller's to close */
    public SealedFiles(Installation installation, ObjectStore store) {
        this.installation = installation;
        this.opener = new Opener(store, OpeningKey.load(installation.stage().keys().resolve("files.private")));
        this.records = OpeningKey.load(installation.stage().keys().resolve("records.private"));
    }

    /**
     * A file's row, with its record opened; without one, as a shredded file is, name, type and hash are empty.
     *
     * @param position in the message, from 0
     * @param type     media type as declared
     * @param sha256 of the content, in hexadecimal, as the record has it
     * @param otherNames what else its sender called it, as written
     * @param recordWrap the record's key
     */
    public record FileRow(UUID id, UUID delivery, int position, String name, String type, String sha256, List<String> otherNames, Sealed sealed,
            WrappedKey recordWrap) {
    }

    /** Every file, in the order of deliveries and positions. */
    public List<FileRow> all() {
        return where("true");
    }

    private List<FileRow> where(String condition) {
        return installation.data().rows("select * from file where " + condition + " order by delivery_id, position", row -> {
            var wrapped = new WrappedKey(row.getString("wrap_algorithm"), row.getInt("wrap_version"), row.getBytes("wrap"));
            var sealed = new Sealed(row.getString("object_key"), null, row.getBytes("header"), row.getLong("size_octets"),
                row.getLong("cipher_octets"), new byte[0], wrapped);
            var place = new Place(row.getObject("delivery_id", UUID.class), row.getObject("id", UUID.class));
            var recordWrap = new WrappedKey(row.getString("record_wrap_algorithm"), row.getInt("record_wrap_version"), row.getBytes("record_wrap"));
            var record = record(place, recordWrap, row.getBytes("record"));
            return new FileRow(place.object(), place.delivery(), row.getInt("position"), record.name(), record.mediaType(), record.hash(), record.otherNames(), sealed,
                recordWrap);
        });
    }

    private FileRecord record(Place place, WrappedKey wrap, byte[] sealed) {
        if (wrap.bytes() == null) {
            return new FileRecord("", "", new byte[0], new byte[0], "", "", "", List.of());
        }
        try {
            return FileRecord.open(RecordKey.unwrap(records, wrap, place), sealed);
        } catch (IOException broken) {
            throw new AssertionError("the record of file " + place.object(), broken);
        }
    }

    /** The only file of that name. */
    public FileRow named(String name) {
        var found = all().stream().filter(file -> file.name().equals(name)).toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " files are called " + name);
        }
        return found.getFirst();
    }

    /** The files of one delivery, in the order of the message. */
    public List<FileRow> of(UUID delivery) {
        return where("delivery_id = '" + delivery + "'");
    }

    /** The content, for files that fit into memory. */
    public byte[] octets(FileRow file) throws IOException {
        try (var object = opener.open(file.sealed(), new Place(file.delivery(), file.id())); var in = object.read(0, object.plainOctets())) {
            return in.readAllBytes();
        }
    }

    /** SHA-256 of the content, in hexadecimal. */
    public String open(FileRow file) throws IOException {
        try (var object = opener.open(file.sealed(), new Place(file.delivery(), file.id())); var in = object.read(0, object.plainOctets())) {
            return sha256(in);
        }
    }

    /** In hexadecimal. */
    public static String sha256(byte[] octets) {
        return HexFormat.of().formatHex(digest().digest(octets));
    }

    private static String sha256(InputStream in) throws IOException {
        var digest = digest();
        new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
