package sekisho.gateway.files;

import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.keys.KeyName;
import sekisho.gateway.keys.KeyRing;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.RecordKey;
import sekisho.storage.SealBrokenException;
import sekisho.storage.StoreException;
import sekisho.storage.WrappedKey;

/** Opens what rows have sealed of files that live, for whoever shows it: with the private half of the pair {@code records}, which opens no content. */
@ApplicationScoped
public class FileRecords {

    private final KeyRing keys;
    private volatile @Nullable OpeningKey key;

    FileRecords(KeyRing keys) {
        this.keys = keys;
    }

    /**
     * From now on this process can open them.
     *
     * @param privateKey its public half, where it is set here too, is {@code gateway.keys.records}
     * @throws IllegalStateException when the key can't be used, or is of another pair; the message names the file
     */
    public OpeningKey openWith(Path privateKey) {
        var opening = keys.opening(KeyName.RECORDS, privateKey);
        key = opening;
        return opening;
    }

    /**
     * What a row has sealed.
     *
     * @param find    what a later scan found; null for nothing
     * @param wrapped null once the file is shredded
     */
    public record SealedRecord(Place place, byte[] record, byte @Nullable [] find, @Nullable WrappedKey wrapped) {
    }

    /** From a row's columns of {@code file}. */
    public static SealedRecord of(Tuple row) {
        var wrap = (byte[]) row.get("record_wrap");
        return new SealedRecord(new Place((UUID) row.get("delivery_id"), (UUID) row.get("id")), (byte[]) row.get("record"), (byte[]) row.get("find"),
            wrap == null ? null : new WrappedKey((String) row.get("record_wrap_algorithm"), (Integer) row.get("record_wrap_version"), wrap));
    }

    /**
     * Opens a record. Asks no database, and where the key is in a back end that may take a while: not to be done in a transaction.
     *
     * @return empty when the file is shredded, or the row isn't what was sealed: then nobody can tell its name
     * @throws IllegalStateException this process has no key for it; or what holds the key doesn't answer now, and {@link StoreException} is the cause
     */
    public Optional<FileRecord> open(SealedRecord sealed) {
        var opening = key;
        if (opening == null) {
            throw new IllegalStateException("this process has no private key of the pair records");
        }
        if (sealed.wrapped() == null) {
            return Optional.empty();
        }
        try {
            var recordKey = RecordKey.unwrap(opening, sealed.wrapped(), sealed.place());
            var record = FileRecord.open(recordKey, sealed.record());
            return Optional.of(sealed.find() == null ? record : record.found(FileRecord.openedFind(recordKey, sealed.find())));
        } catch (StoreException away) {
            throw new IllegalStateException("names of files can't be opened now: " + away.getMessage(), away);
        } catch (SealBrokenException broken) {
            Log.errorf("what is known of file %s can't be opened: %s; see ./sekisho keys status", sealed.place().object(), broken.getMessage());
            return Optional.empty();
        }
    }
}
