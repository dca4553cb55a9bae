package sekisho.web.upload;

import io.quarkus.logging.Log;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import sekisho.gateway.Ids;
import sekisho.gateway.delivery.NewDelivery.NewFile;
import sekisho.gateway.files.FileNames;
import sekisho.gateway.files.IncomingFile;
import sekisho.storage.StoreException;

/**
 * The files of one delivery that is not accepted yet, each sealed as it arrived. Unless they are {@link #keep kept}, {@link #close}
 * removes every one of them. For one thread at a time.
 */
final class ReceivedFiles implements AutoCloseable {

    private static final int CHUNK_OCTETS = 64 << 10;

    private final Taking taking;
    private final Removal removal;
    private final UUID delivery;
    private final FileNames names = new FileNames();
    private final List<NewFile> files = new ArrayList<>();
    private boolean kept;

    /**
     * @param delivery the id under which the files are sealed; they open for no other
     */
    ReceivedFiles(UUID delivery, Taking taking, Removal removal) {
        this.delivery = delivery;
        this.taking = taking;
        this.removal = removal;
    }

    /** Begins to take in one file of a delivery. */
    @FunctionalInterface
    interface Taking {
        IncomingFile begin(UUID delivery, UUID file) throws IOException;
    }

    /** Deletes a file's object. */
    @FunctionalInterface
    interface Removal {
        void delete(UUID file) throws StoreException;
    }

    UUID delivery() {
        return delivery;
    }

    /**
     * Seals one file. When this throws, nothing of it stays, and the files before it are as they were.
     *
     * @param name      as a stranger says it
     * @param plaintext is read to its end
     * @throws StoreException               the store failed
     * @throws WaitingFiles.NoRoomException there is no room for one more
     * @throws IOException                  {@code plaintext} failed
     */
    void receive(String name, String mediaType, InputStream plaintext) throws IOException {
        var id = Ids.next();
        try (var file = taking.begin(delivery, id)) {
            var chunk = new byte[CHUNK_OCTETS];
            for (int octets = plaintext.read(chunk); octets >= 0; octets = plaintext.read(chunk)) {
                file.write(chunk, 0, octets);
            }
            files.add(file(id, name, mediaType, file));
        }
    }

    private NewFile file(UUID id, String name, String mediaType, IncomingFile file) throws StoreException {
        var safe = FileNames.safe(name);
        try {
            var taken = file.finish(safe);
            return new NewFile(id, names.unique(safe), safe.equals(name) ? List.of() : List.of(name), mediaType, taken);
        } catch (StoreException unavailable) {
            remove(id);   // it may be durable already: looking into it is what failed
            throw unavailable;
        }
    }

    /** In the order in which they came. */
    List<NewFile> files() {
        return List.copyOf(files);
    }

    /** Rows name these files, or may name them. */
    void keep() {
        kept = true;
    }

    @Override
    public void close() {
        if (kept) {
            return;
        }
        files.forEach(file -> remove(file.id()));
        files.clear();
    }

    private void remove(UUID file) {
        try {
            removal.delete(file);
        } catch (StoreException unavailable) {
            Log.warnf("file %s of an upload that was not accepted stays for the sweep: %s", file, unavailable.getMessage());
        }
    }
}
