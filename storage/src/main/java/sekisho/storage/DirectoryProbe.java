package sekisho.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Tries whether an object of a {@link DirectoryStore} could get its name: by a hard link from the one folder into the other, where somebody lets us. */
final class DirectoryProbe {
    /** What link(2) says on file systems without hard links: FAT has none, and some network file systems. */
    private static final Set<SystemError> NO_LINKS = Set.of(SystemError.EPERM, SystemError.EOPNOTSUPP, SystemError.ENOSYS);

    private final Path root;
    private final Path unfinished;
    private final Path objects;
    private volatile boolean namesWork;

    DirectoryProbe(Path root, Path unfinished, Path objects) {
        this.root = root;
        this.unfinished = unfinished;
        this.objects = objects;
    }

    /**
     * Cheap, but for the first time.
     *
     * @param file an unfinished one
     * @throws StoreUnfitException no object ever gets a name here
     */
    void requireNames(Path file) throws IOException {
        if (!somebodyTakesObjects()) {
            throw new AccessDeniedException(objects.toString());
        }
        if (namesWork) {
            return;
        }
        boolean there = takes(objects);    // where it is missing it isn't made: below a mount that is missing it would be taken for the store
        Path second = (there ? objects : unfinished).resolve(UUID.randomUUID().toString());
        try {
            Files.createLink(second, file);
            namesWork = there;
        } catch (FileSystemException e) {
            if (NO_LINKS.stream().noneMatch(error -> error.isReasonOf(e))) {
                throw e;
            }
            throw new StoreUnfitException("the object folder " + root + " can't be used: its file system gives no file a second name (hard link: "
                    + e.getReason() + "); use ext4, XFS or NFS");
        } finally {
            Files.deleteIfExists(second);
        }
    }

    /** Tries again next time. */
    void forget() {
        namesWork = false;
    }

    /** That a file can't be given its name because of where the two folders are. */
    Optional<StoreException> apart(IOException e) {
        return SystemError.EXDEV.isReasonOf(e) ? Optional.of(new StoreUnfitException("the object folder " + root + " can't be used: \"" + unfinished.getFileName()
                + "\" and \"" + objects.getFileName() + "\" in it have to be on one file system, in one mount; mount " + root + " itself"))
                : Optional.empty();
    }

    /**
     * Folders that came back from a backup may be another's, while the one of unfinished files is ours. One in which an object could be put is enough: others
     * fail by themselves, and a message that was put off for one of them gets another.
     */
    private boolean somebodyTakesObjects() {
        for (int i = 0; i < DirectoryStore.FAN_OUT; i++) {
            Path folder = objects.resolve("%1$02x/%1$02x".formatted(i));
            while (!folder.equals(root) && !Files.exists(folder)) {
                folder = folder.getParent();
            }
            if (takes(folder)) {
                return true;
            }
        }
        return false;
    }

    private static boolean takes(Path folder) {
        return Files.isWritable(folder) && Files.isExecutable(folder);
    }
}
