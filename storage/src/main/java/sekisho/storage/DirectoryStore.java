package sekisho.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Objects as files below one folder, for one node or for several over a shared file system that knows hard links.
 *
 * <pre>
 * root/tmp/&lt;uuid&gt;            being written
 * root/objects/ab/cd/&lt;key&gt;   finished; "/" in the key is "," in the name; ab and cd are 00 to 3f, from the key's SHA-256
 * </pre>
 *
 * An object is written under {@code tmp}, synced, given its name, and the folder of that name is synced. The name is given by a hard
 * link and not by a rename, because a rename would silently replace an object of the same key.
 *
 * <p>A mount that is missing, or goes while the store is in use, makes every call fail until it is back: the empty folder below it is never taken for the
 * store ({@link #requireStore}).
 */
public final class DirectoryStore implements ObjectStore {
    static final int FAN_OUT = 64;
    /** Below this, {@link #check} fails: what is being received still has to fit. */
    private static final long RESERVE_OCTETS = 64L << 20;
    private static final FileAttribute<?> FOLDER_MODE = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> FILE_MODE = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private final Path root;
    private final Path unfinished;
    private final Path objects;
    private final Inventory inventory;
    private volatile @Nullable Found found;
    private final DirectoryProbe probe;
    /** Folders of the first level whose 64 folders are known to be there, and to be there after a power cut. */
    private final Map<Path, Boolean> prepared = new ConcurrentHashMap<>();
    private volatile int block = -1;

    /** A store of which nothing is known elsewhere: it may be empty. */
    public DirectoryStore(Path root) {
        this(root, () -> true);
    }

    /**
     * A store that holds what an inventory says. Where nothing was ever put in although there should be something, every call fails for now.
     *
     * @param root an existing folder; it is not created, since a mount that is missing would fill the disk below it
     */
    public DirectoryStore(Path root, Inventory inventory) {
        this.inventory = inventory;
        this.root = root.toAbsolutePath();
        this.unfinished = this.root.resolve("tmp");
        this.objects = this.root.resolve("objects");
        this.probe = new DirectoryProbe(this.root, unfinished, objects);
    }

    /**
     * Where the store was found.
     *
     * @param root    device and inode of its folder
     * @param objects inode of the folder {@code objects}
     */
    private record Found(Object root, Object objects) {
    }

    @Override
    public Upload create(String key) throws StoreException {
        Path target = fileOf(key);
        requireStore();
        if (Files.exists(target)) {
            throw new ObjectExistsException(key);
        }
        try {
            Path temporary = unfinished.resolve(UUID.randomUUID().toString());
            int directly = directBlock();
            return new FileUpload(this, key, temporary, new NewFile(temporary, openNew(temporary), directly), target);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private FileChannel openNew(Path temporary) throws IOException {
        try {
            return FileChannel.open(temporary, NEW, FILE_MODE);
        } catch (NoSuchFileException _) {
            requireStore();
            createFolder(unfinished);
            return FileChannel.open(temporary, NEW, FILE_MODE);
        }
    }

    /** For {@link NewFile}. Asked once: a folder's file system doesn't change under a running store but for a mount that came late. */
    private int directBlock() throws IOException {
        int known = block;
        if (known < 0) {
            long octets = Files.getFileStore(root).getBlockSize();
            known = octets > 0 && octets <= DirectBuffers.ALIGNMENT && Long.bitCount(octets) == 1 ? (int) octets : 0;
            block = known;
        }
        return known;
    }

    /** Makes the folder of a new object, and sees to it that it survives a power cut. */
    void prepareFolderOf(Path target) throws IOException {
        Path first = target.getParent().getParent();
        if (prepared.containsKey(first)) {
            return;
        }
        requireStore();    // again: what was there when the upload began may have been taken off its mount point
        if (createFolder(objects)) {
            found = null;    // to be found by the new one
        }
        createFolder(first);
        for (int i = 0; i < FAN_OUT; i++) {
            createFolder(first.resolve("%02x".formatted(i)));
        }
        // even where all were there: whoever made them may not have come to this point
        Durable.syncFolder(first);
        Durable.syncFolder(objects);
        Durable.syncFolder(root);
        prepared.put(first, true);
    }

    /** Looks again next time; the folders may have been removed, or something mounted on them. */
    void forgetFolderOf(Path target) {
        prepared.remove(target.getParent().getParent());
        probe.forget();
    }

    /** @return whether it wasn't there */
    private static boolean createFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, FOLDER_MODE);
            return true;
        } catch (FileAlreadyExistsException _) {
            if (!Files.isDirectory(folder)) {
                throw new NotDirectoryException(folder.toString());    // not as it came: of a name that exists already, callers believe that it is the object's
            }
            return false;
        }
    }

    @Override
    public InputStream read(String key, long offset, long length) throws StoreException {
        if (offset < 0 || length < 0) {
            throw new IndexOutOfBoundsException("a range has no negative offset or length");
        }
        try {
            return new FileRange(FileChannel.open(fileOf(key), StandardOpenOption.READ), offset, length);
        } catch (NoSuchFileException _) {
            requireStore();
            throw new ObjectMissingException(key);
        } catch (IOException e) {
            throw new StoreException("cannot read object " + key + " below " + root + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void delete(String key) throws StoreException {
        Path file = fileOf(key);
        requireStore();
        try {
            if (!Files.deleteIfExists(file)) {
                requireStore();    // again: "it isn't there" must not be said of a store that isn't there
            }
            syncWhereThereIs(file.getParent());    // also where it was gone: the call that took it away may have failed behind that
        } catch (StoreException e) {
            throw e;
        } catch (IOException e) {
            throw new StoreException("cannot delete object " + key + " below " + root + ": " + e.getMessage(), e);
        }
    }

    private static void syncWhereThereIs(Path folder) throws IOException {
        try {
            Durable.syncFolder(folder);
        } catch (NoSuchFileException _) {
            // no object was ever there
        }
    }

    @Override
    public void list(Consumer<StoredObject> each) throws StoreException {
        var walk = new FolderWalk(this::requireStore);
        for (int i = 0; i < FAN_OUT; i++) {
            for (int j = 0; j < FAN_OUT; j++) {
                walk.in(objects.resolve("%02x/%02x".formatted(i, j)), (file, attributes) -> {
                    if (isObject(file, attributes)) {
                        each.accept(new StoredObject(keyOf(file), attributes.size(), attributes.lastModifiedTime().toInstant()));
                    }
                });
            }
        }
        walk.end("cannot list all objects below " + root);
    }

    private static String keyOf(Path file) {
        return file.getFileName().toString().replace(',', '/');
    }

    private boolean isObject(Path file, BasicFileAttributes attributes) {
        String key = keyOf(file);
        return !attributes.isSymbolicLink() && ObjectKeys.isKey(key) && fileOf(key).equals(file);    // in another folder it wouldn't be found by its key
    }

    @Override
    public void strays(Consumer<Stray> each) throws StoreException {
        var walk = new FolderWalk(this::requireStore);
        new DirectoryStrays(root, unfinished, objects, this::isObject, each).look(walk);
        walk.end("cannot look through all folders below " + root);
    }

    @Override
    public void sweepUnfinished(Instant begunBefore) throws StoreException {
        var walk = new FolderWalk(this::requireStore);
        for (Path folder : List.of(unfinished, objects)) {    // in the latter one that was to try a name
            walk.in(folder, (file, attributes) -> {
                if (DirectoryStrays.isTemporary(file, attributes) && !attributes.lastModifiedTime().toInstant().isAfter(begunBefore)) {
                    Files.deleteIfExists(file);    // an immutable one, say, keeps no other
                }
            });
        }
        walk.end("cannot remove all old files in " + unfinished);
    }

    @Override
    public void check() throws StoreException {
        requireStore();
        try {
            long free = freeOctets();
            if (free < RESERVE_OCTETS) {
                throw new StoreFullException("only " + free + " octets are free below " + root + "; make room");
            }
            Path file = unfinished.resolve(UUID.randomUUID().toString());
            try (FileChannel _ = openNew(file)) {
                probe.requireNames(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (StoreException e) {
            throw e;
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    @Override
    public long roomOctets() throws StoreException {
        requireStore();
        try {
            return Math.max(0, freeOctets() - RESERVE_OCTETS);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private long freeOctets() throws IOException {
        return Files.getFileStore(root).getUsableSpace();
    }

    @Override
    public void close() {
        // nothing is held between calls
    }

    StoreException unwritable(IOException e) {
        if (e instanceof StoreException said) {
            return said;
        }
        if (!Files.isDirectory(root)) {
            return new StoreException("the object folder " + root + " doesn't exist; create or mount it", e);
        }
        if (isFull(e)) {
            return new StoreFullException("too little room below " + root + " (" + e.getMessage() + "); make room");
        }
        var apart = probe.apart(e);
        if (apart.isPresent()) {
            return apart.get();
        }
        return new StoreException("cannot write in the object folder " + root + ": " + e + "; see to its owner, its mode and its free space", e);
    }

    /** Room may be missing for octets, for names, or for us. */
    private boolean isFull(IOException e) {
        try {
            return SystemError.ENOSPC.isReasonOf(e) || SystemError.EDQUOT.isReasonOf(e) || freeOctets() < RESERVE_OCTETS;
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * That a folder is there says nothing: there is one below each mount, and it is empty. So the store is known again by the device and inode of its folder.
     * Mounted again it may have another device, and is known by the inode of {@code objects}; to a new process, by having that folder.
     */
    private void requireStore() throws StoreException {
        Object now = rootNow();
        Found known = found;
        if (known != null && known.root.equals(now)) {
            return;
        }
        Object inode = inodeOfObjects();
        if (known != null && !known.objects.equals(inode)) {
            throw new StoreException("the object folder " + root + " is not the one that was there before; mount what belongs there, or start anew"
                    + " if it was exchanged on purpose");
        }
        if (known == null && inode == null && !inventory.isEmpty()) {
            throw new StoreException("the object folder " + root + " has no folder \"" + objects.getFileName() + "\", and there are objects that should be"
                    + " in it; mount what belongs there, or make that folder if they are gone for good");
        }
        if (inode != null) {
            found = new Found(now, inode);
        }
    }

    private Object rootNow() throws StoreException {
        try {
            var attributes = Files.readAttributes(root, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                return attributes.fileKey();
            }
        } catch (NoSuchFileException _) {
            // as one that is no folder
        } catch (IOException e) {
            throw new StoreException("the object folder " + root + " can't be looked at: " + e.getMessage() + "; see to its mount", e);
        }
        throw new StoreException("the object folder " + root + " doesn't exist; create or mount it");
    }

    private @Nullable Object inodeOfObjects() throws StoreException {
        try {
            return Files.getAttribute(objects, "unix:ino");
        } catch (NoSuchFileException _) {
            return null;
        } catch (IOException e) {
            throw new StoreException("the folder " + objects + " can't be looked at: " + e.getMessage() + "; see to its mount", e);
        }
    }

    private Path fileOf(String key) {
        byte[] hash;
        try {
            hash = MessageDigest.getInstance("SHA-256", "SUN").digest(ObjectKeys.checked(key).getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException | java.security.NoSuchProviderException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
        return objects.resolve("%02x".formatted(hash[0] & FAN_OUT - 1)).resolve("%02x".formatted(hash[1] & FAN_OUT - 1))
                .resolve(key.replace('/', ','));
    }
}
