package sekisho.gateway.files;

import io.agroal.api.AgroalDataSource;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.keys.KeyName;
import sekisho.gateway.keys.KeyPlace;
import sekisho.gateway.keys.KeyRing;
import sekisho.storage.DirectoryStore;
import sekisho.storage.Inventory;
import sekisho.storage.ObjectStore;
import sekisho.storage.Opener;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.S3Settings;
import sekisho.storage.S3Store;
import sekisho.storage.Sealer;
import sekisho.storage.SealingKey;
import sekisho.storage.StoreException;
import sekisho.storage.StoreUnfitException;

/** The object store, and sealing into it. Opening needs a private key, which only the adapter that holds it can name. */
@ApplicationScoped
public class Vault {

    /** A spool up to this many octets is kept in its delivery's row: small messages cost one fsync. */
    private static final int INLINE_SPOOL_OCTETS = 64 << 10;
    /** How long the store may take for its first answer before it is said what the start waits for. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final KeyRing keys;
    /** Of the directory store. */
    private final Optional<Path> directory;
    /** Whose private halves were looked at for where they lie. */
    private final Set<KeyName> placed = EnumSet.noneOf(KeyName.class);
    private final ObjectStore store;
    private @Nullable Sealer files;
    private @Nullable Sealer spools;

    Vault(StoreConfig config, KeyRing keys, AgroalDataSource database) {
        this.keys = keys;
        this.directory = config.kind() == StoreConfig.Kind.DIRECTORY ? config.directory() : Optional.empty();
        this.store = open(config, new RowInventory(database::getConnection));
    }

    /** @throws IllegalStateException the store answers and can't be used; one that doesn't answer is waited for */
    void start(@Observes StartupEvent start) {
        try (var _ = new Delay(PATIENCE, () -> Log.warnf("the object store%s has not answered yet, and the start waits for it; see to its mount or its network (gateway.store.*)",
            directory.map(place -> " in " + place).orElse("")))) {
            store.check();
        } catch (StoreUnfitException unfit) {
            throw new IllegalStateException(unfit.getMessage() + " (gateway.store.*)", unfit);
        } catch (StoreException unavailable) {
            Log.warnf("the object store can't be used yet: %s", unavailable.getMessage());
        }
    }

    /** Says something when what it stands around is not over by then: a file system whose server is gone answers nothing, not even an error. */
    static final class Delay implements AutoCloseable {
        private final CompletableFuture<Void> telling;

        Delay(Duration patience, Runnable tell) {
            telling = CompletableFuture.runAsync(tell, CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS));
        }

        @Override
        public void close() {
            telling.cancel(false);    // what has not begun never does
        }
    }

    void stop(@Observes ShutdownEvent stop) throws Exception {
        store.close();
    }

    private static ObjectStore open(StoreConfig config, Inventory inventory) {
        try {
            return switch (config.kind()) {
                case DIRECTORY -> new DirectoryStore(required(config.directory(), "gateway.store.directory"), inventory);
                case S3 -> {
                    var s3 = config.s3();
                    var secret = Files.readString(required(s3.secretKeyFile(), "gateway.store.s3.secret-key-file")).strip();
                    var settings = new S3Settings(required(s3.endpoint(), "gateway.store.s3.endpoint"),
                        required(s3.bucket(), "gateway.store.s3.bucket"), s3.region(),
                        required(s3.accessKey(), "gateway.store.s3.access-key"), secret, s3.pathStyle(), s3.partBuffers(), s3.silence());
                    tooLittleHeap(settings, Runtime.getRuntime().maxMemory()).ifPresent(warning -> Log.warn(warning));
                    yield new S3Store(settings);
                }
            };
        } catch (IOException | IllegalArgumentException unusable) {
            throw new IllegalStateException("cannot use the object store (gateway.store.*): " + unusable.getMessage(), unusable);
        }
    }

    /** All else of the process lives in the other half. An {@link OutOfMemoryError} under load is the last place in which to find out. */
    static Optional<String> tooLittleHeap(S3Settings settings, long heapOctets) {
        return settings.mostBufferOctets() <= heapOctets / 2 ? Optional.empty()
            : Optional.of("gateway.store.s3.part-buffers=%d may come to take %d MiB, more than half of the %d MiB that this process may have; set it lower, or -Xmx higher"
                .formatted(settings.partBuffers(), settings.mostBufferOctets() >> 20, heapOctets >> 20));
    }

    private static <T> T required(Optional<T> value, String key) {
        return value.orElseThrow(() -> new IllegalStateException("the setting " + key + " is missing"));
    }

    /** The most octets that the object of one file can have, which are a few more than the file's. */
    public long largestObjectOctets() {
        return store.largestOctets();
    }

    /** The store itself; what it holds is ciphertext. */
    public ObjectStore store() {
        return store;
    }

    /** Begins to seal an attachment; {@code finish()} on the result makes it durable. */
    public Sealer.SealedObject sealFile(UUID delivery, UUID file) throws StoreException {
        return fileSealer().create(fileKey(file), new Place(delivery, file));
    }

    /** As above, for an attachment in which others are found. @param depth see {@link sekisho.storage.ObjectStore#createAround} */
    Sealer.SealedObject sealFileAround(UUID delivery, UUID file, int depth) throws StoreException {
        return fileSealer().createAround(fileKey(file), new Place(delivery, file), depth);
    }

    /** What a file's record is sealed to. */
    SealingKey recordPair() {
        return keys.sealing(KeyName.RECORDS);
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
        return spoolSealer().createInline(spoolKey(delivery), new Place(delivery, delivery), INLINE_SPOOL_OCTETS);
    }

    /** Deletes the object of the rest of a message, if there is one, for good: also when finishing it failed, since the store's answer may have been lost. */
    public void deleteSpool(UUID delivery) throws StoreException {
        store.delete(spoolKey(delivery));
    }

    private static String spoolKey(UUID delivery) {
        return "s/" + delivery;
    }

    /** Loads the sealing keys now, so that a missing one stops start-up. For adapters that take messages in. */
    public void requireSealing() {
        fileSealer();
        spoolSealer();
        recordPair();
    }

    /**
     * What opens files.
     *
     * @param privateKey its public half, where it is set here too, is {@code gateway.keys.files}
     * @throws IllegalStateException when the key can't be used, or is of another pair; the message names the file
     */
    public Opener fileOpener(Path privateKey) {
        return new Opener(store, fileKey(privateKey));
    }

    /**
     * What opens spools.
     *
     * @param privateKey its public half, where it is set here too, is {@code gateway.keys.spool}
     * @throws IllegalStateException when the key can't be used, or is of another pair; the message names the file
     */
    public Opener spoolOpener(Path privateKey) {
        return new Opener(store, spoolKey(privateKey));
    }

    /** The private key of files itself, as in {@link #fileOpener}. */
    public OpeningKey fileKey(Path privateKey) {
        return opening(KeyName.FILES, privateKey);
    }

    /** The private key of spools itself, as in {@link #spoolOpener}; what is derived from it changes when its file does. */
    public OpeningKey spoolKey(Path privateKey) {
        return opening(KeyName.SPOOL, privateKey);
    }

    private synchronized OpeningKey opening(KeyName name, Path privateKey) {
        var key = keys.opening(name, privateKey);
        if (placed.add(name)) {
            directory.flatMap(objects -> KeyPlace.warning(privateKey, objects)).ifPresent(Log::warn);
        }
        return key;
    }

    /**
     * Spools are opened here too: from now on this process seals them for itself, which takes no public key and a hundredth of the work.
     *
     * @throws IllegalStateException when the key can't be used; the message names the file
     */
    public synchronized void sealSpoolsForMyself(Path privateKey) {
        spools = new Sealer(store, keys.own(KeyName.SPOOL, privateKey));
    }

    private synchronized Sealer fileSealer() {
        if (files == null) {
            files = new Sealer(store, keys.sealing(KeyName.FILES));
        }
        return files;
    }

    private synchronized Sealer spoolSealer() {
        if (spools == null) {
            spools = new Sealer(store, keys.sealing(KeyName.SPOOL));
        }
        return spools;
    }
}
