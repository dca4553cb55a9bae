package sekisho.gateway.files;

import java.io.IOException;
import java.util.UUID;
import java.util.function.Consumer;
import sekisho.gateway.policy.Examined;
import sekisho.storage.Sealed;
import sekisho.storage.Sealer;
import sekisho.storage.StoreException;

/**
 * One file on its way in: hashed, encrypted, sniffed and scanned as it streams by; at its end it is durable, and then it is looked into
 * through the key that is still in memory. For one thread at a time.
 */
public final class IncomingFile implements AutoCloseable {

    private final UUID id;
    private final Sealer.SealedObject object;
    private final Examination examination;
    private final boolean inspect;
    private final Consumer<Examined> done;

    IncomingFile(UUID id, Sealer.SealedObject object, Examination examination, boolean inspect, Consumer<Examined> done) {
        this.id = id;
        this.object = object;
        this.examination = examination;
        this.inspect = inspect;
        this.done = done;
    }

    /** Takes a file into an object that is just being sealed. For who has a store and keys of their own. */
    public static IncomingFile of(UUID id, Sealer.SealedObject object, Examiner examiner, boolean inspect) {
        return new IncomingFile(id, object, examiner.begin(), inspect, _ -> { });
    }

    /** A file that lies in the store, and what it is. */
    public record Taken(Sealed sealed, Examined examined) {
    }

    public UUID id() {
        return id;
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
     * Makes the file durable and says what it is.
     *
     * @param name as its sender calls it
     * @throws StoreException the store failed; the object may be there and is to be removed
     */
    public Taken finish(String name) throws StoreException {
        var sealed = object.finish();
        try {
            Examiner.OctetsSource again = () -> new SealedOctets(object.reopen());
            var examined = inspect ? examination.finish(name, again) : examination.finish(again);
            done.accept(examined);
            return new Taken(sealed, examined);
        } catch (StoreException unavailable) {
            throw unavailable;
        } catch (IOException other) {
            throw new StoreException("cannot read back the file: " + other.getMessage(), other);
        }
    }

    /** Without {@link #finish}, leaves nothing behind. */
    @Override
    public void close() {
        examination.close();
        object.close();
    }
}
