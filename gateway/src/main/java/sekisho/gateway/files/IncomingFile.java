package sekisho.gateway.files;

import java.io.IOException;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.policy.Examined;
import sekisho.storage.Place;
import sekisho.storage.RecordKey;
import sekisho.storage.Sealed;
import sekisho.storage.Sealer;
import sekisho.storage.SealingKey;
import sekisho.storage.StoreException;
import sekisho.storage.WrappedKey;

/**
 * One file on its way in: hashed, encrypted, sniffed and scanned as it streams by; at its end it is durable, and then it is looked into
 * through the key that is still in memory. For one thread at a time.
 */
public final class IncomingFile implements AutoCloseable {

    private final Place place;
    private final Sealer.SealedObject object;
    private final SealingKey records;
    private final Examination examination;
    private final boolean inspect;
    private final Consumer<Examined> told;
    private @Nullable Sealed sealed;
    private boolean stored;

    IncomingFile(Place place, Sealer.SealedObject object, SealingKey records, Examination examination, boolean inspect, Consumer<Examined> told) {
        this.place = place;
        this.object = object;
        this.records = records;
        this.examination = examination;
        this.inspect = inspect;
        this.told = told;
    }

    /** Takes a file into an object that is just being sealed. For who has a store and keys of their own. */
    public static IncomingFile of(Place place, Sealer.SealedObject object, SealingKey records, Examiner examiner, boolean inspect) {
        return new IncomingFile(place, object, records, examiner.begin(new Batch()), inspect, _ -> { });
    }

    /**
     * A file that lies in the store, and what it is.
     *
     * @param recordKey seals what is known of it, once its name is
     */
    public record Taken(Sealed sealed, Examined examined, RecordKey recordKey, WrappedKey recordWrap) {
    }

    public UUID id() {
        return place.object();
    }

    /** The next octets. Trouble with the scanner is no trouble here: it is told at the end. */
    public void write(byte[] octets, int offset, int length) throws StoreException {
        try {
            object.out().write(octets, offset, length);
        } catch (StoreException unavailable) {
            throw unavailable;
        } catch (IOException other) {
            throw new StoreException("cannot seal the file: " + other.getMessage(), other);
        }
        examination.write(octets, offset, length);
    }

    /**
     * No more octets come, and what becomes of it is told later, by {@link #finish} or {@link #look}: keeps neither the scanner nor memory of the store
     * waiting until then. So it lies in the store already.
     *
     * @throws StoreException the store failed; see {@link #isStored}
     */
    public void ended() throws StoreException {
        examination.ended();
        store();
    }

    /** Once only, however often it is asked for. */
    private Sealed store() throws StoreException {
        var done = sealed;
        if (done == null) {
            stored = true;
            done = object.finish();
            sealed = done;
        }
        return done;
    }

    /**
     * Says what it is, of a part that is no file and stays in the message. It isn't to be kept: it lies in the store only when it
     * {@link #ended} before, or had to be read again.
     *
     * @param name   as its sender calls it
     * @param asFile whether policy may ask for what is in it as it does of a file
     * @throws BusyException  too many files of others are being looked into
     * @throws StoreException the store failed; see {@link #isStored}
     */
    public Examined look(String name, boolean asFile) throws StoreException {
        Examiner.OctetsSource again = () -> {
            store();
            return new SealedOctets(object.reopen());
        };
        var examined = examined(name, inspect && asFile, again);
        told.accept(examined);
        return examined;
    }

    /** Whether its object may be there, for the caller to remove. */
    public boolean isStored() {
        return stored;
    }

    private Examined examined(String name, boolean inside, Examiner.OctetsSource again) throws StoreException {
        try {
            return inside ? examination.finish(name, again) : examination.finish(again);
        } catch (StoreException unavailable) {
            throw unavailable;
        } catch (IOException other) {
            throw new StoreException("cannot read back the file: " + other.getMessage(), other);
        }
    }

    /**
     * Makes the file durable and says what it is.
     *
     * @param name as its sender calls it
     * @throws BusyException  too many files of others are being looked into; the object is there and is to be removed
     * @throws StoreException the store failed; the object may be there and is to be removed
     */
    public Taken finish(String name) throws StoreException {
        var durable = store();
        var examined = examined(name, inspect, () -> new SealedOctets(object.reopen()));
        told.accept(examined);
        var recordKey = RecordKey.of(object, place);
        return new Taken(durable, examined, recordKey, recordKey.wrappedTo(records));
    }

    /** Without {@link #finish}, leaves nothing behind. */
    @Override
    public void close() {
        examination.close();
        object.close();
    }
}
