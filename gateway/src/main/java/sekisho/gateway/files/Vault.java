package sekisho.gateway.files;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sekisho.storage.DirectoryStore;
import sekisho.storage.KeyFileException;
import sekisho.storage.ObjectStore;
import sekisho.storage.Opener;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.S3Settings;
import sekisho.storage.S3Store;
import sekisho.storage.Sealer;
import sekisho.storage.SealingKey;
import sekisho.storage.StoreException;

/** The object store, and sealing into it. Opening needs a private key, which only the adapter that holds it can name. */
@ApplicationScoped
public class Vault {

    /** A spool up to this many octets is kept in its delivery's row: small messages cost one fsync. */
    private static final int INLINE_SPOOL_OCTETS = 64 << 10;

    private final KeyConfig keys;
    private final ObjectStore store;
    private @Nullable Sealer files;
    private @Nullable Sealer spools;

    Vault(StoreConfig config, KeyConfig keys) {
        this.keys = keys;
        this.store = open(config);
    }

    void stop(@Observes ShutdownEvent stop) throws Exception {
        store.close();
    }

    private static ObjectStore open(StoreConfig config) {
        try {
            return switch (config.kind()) {
                case DIRECTORY -> new DirectoryStore(required(config.directory(), "gateway.store.directory"));
                case S3 -> {
                    var s3 = config.s3();
                    var secret = Files.readString(required(s3.secretKeyFile(), "gateway.store.s3.secret-key-file")).strip();
                    yield new S3Store(new S3Settings(required(s3.endpoint(), "gateway.store.s3.endpoint"),
                        required(s3.bucket(), "gateway.store.s3.bucket"), s3.region(),
                        required(s3.accessKey(), "gateway.store.s3.access-key"), secret, s3.pathStyle()));
                }
            };
        } catch (IOException unusable) {
            throw new IllegalStateException("cannot use the object store (gateway.store.*): " + unusable.getMessage(), unusable);
        }
    }

    private static <T> T required(Optional<T> value, String key) {
        return value.orElseThrow(() -> new IllegalStateException("the setting " + key + " is missing"));
    }

    /** The store itself; what it holds is ciphertext. */
    public ObjectStore store() {
        return store;
    }

    /** Begins to seal an attachment; {@code finish()} on the result makes it durable. */
    public Sealer.SealedObject sealFile(UUID delivery, UUID file) throws StoreException {
        return fileSealer().create(fileKey(file), new Place(delivery, file));
    }

    /** Deletes the object of an attachment, if there is one, for good. */
    public void deleteFile(UUID file) throws StoreException {
        store.delete(fileKey(file));
    }

    private static String fileKey(UUID file) {
        return "f/" + file;
    }

    /** Begins to seal the rest of a message; small ones end up in memory, for their row. */
    public Sealer.SealedObject sealSpool(UUID delivery) throws StoreException {
        return spoolSealer().createInline("s/" + delivery, new Place(delivery, delivery), INLINE_SPOOL_OCTETS);
    }

    /** Loads the sealing keys now, so that a missing one stops start-up. For adapters that take messages in. */
    public void requireSealing() {
        fileSealer();
        spoolSealer();
    }

    /**
     * What opens files.
     *
     * @param privateKey its public half, where it is set here too, is {@code gateway.keys.files}
     * @throws IllegalStateException when the key can't be used, or is of another pair; the message names the file
     */
    public Opener fileOpener(Path privateKey) {
        return new Opener(store, key(privateKey, keys.files(), "gateway.keys.files"));
    }

    /**
     * What opens spools.
     *
     * @param privateKey its public half, where it is set here too, is {@code gateway.keys.spool}
     * @throws IllegalStateException when the key can't be used, or is of another pair; the message names the file
     */
    public Opener spoolOpener(Path privateKey) {
        return new Opener(store, key(privateKey, keys.spool(), "gateway.keys.spool"));
    }

    /**
     * Spools are opened here too: from now on this process seals them for itself, which takes no public key and a hundredth of the work.
     *
     * @throws IllegalStateException when the key can't be used; the message names the file
     */
    public synchronized void sealSpoolsForMyself(Path privateKey) {
        spools = new Sealer(store, key(privateKey, keys.spool(), "gateway.keys.spool").own());
    }

    private static OpeningKey key(Path privateKey, Optional<Path> publicKey, String setting) {
        OpeningKey key;
        try {
            key = OpeningKey.load(privateKey);
        } catch (KeyFileException unusable) {
            throw new IllegalStateException("cannot use the private key " + privateKey + ": " + unusable.getMessage(), unusable);
        }
        if (publicKey.isPresent() && !key.opens(sealingKey(publicKey.get(), setting))) {
            throw new IllegalStateException("the private key " + privateKey + " doesn't open what " + publicKey.get() + " (" + setting
                + ") seals: they are of different pairs, or the public half is of a newer version");
        }
        return key;
    }

    private static SealingKey sealingKey(Path file, String setting) {
        try {
            return SealingKey.load(file);
        } catch (KeyFileException unusable) {
            throw new IllegalStateException("cannot use the public key " + file + " (" + setting + "): " + unusable.getMessage(), unusable);
        }
    }

    private synchronized Sealer fileSealer() {
        if (files == null) {
            files = sealer(keys.files(), "gateway.keys.files");
        }
        return files;
    }

    private synchronized Sealer spoolSealer() {
        if (spools == null) {
            spools = sealer(keys.spool(), "gateway.keys.spool");
        }
        return spools;
    }

    private Sealer sealer(Optional<Path> file, String setting) {
        return new Sealer(store, sealingKey(required(file, setting), setting));
    }
}
