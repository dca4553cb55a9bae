package sekisho.storage;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

import org.jspecify.annotations.Nullable;

/** Goes through folders of a {@link DirectoryStore}. One of them, or a file, that can't be looked at keeps no other; it is told at the end. For one thread. */
final class FolderWalk {
    private final Store store;
    private @Nullable IOException first;
    private int more;

    /** What is gone through. */
    @FunctionalInterface
    interface Store {
        /** @throws StoreException it isn't there */
        void require() throws StoreException;
    }

    @FunctionalInterface
    interface Visitor {
        /** @param attributes of what a symbolic link leads to, as a reader finds it; of the link itself when it leads nowhere */
        void visit(Path entry, BasicFileAttributes attributes) throws IOException;
    }

    /** Begins. */
    FolderWalk(Store store) throws StoreException {
        store.require();
        this.store = store;
    }

    /** Visits what is in a folder; a visitor may go into others. What it throws counts as an entry that can't be looked at. */
    void in(Path folder, Visitor visitor) throws StoreException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                visit(entry, visitor);
            }
        } catch (StoreException e) {
            throw e;
        } catch (NoSuchFileException _) {
            // not made yet: empty
        } catch (DirectoryIteratorException e) {
            failed(e.getCause());
        } catch (IOException e) {
            failed(e);
        }
    }

    private void visit(Path entry, Visitor visitor) throws StoreException {
        try {
            visitor.visit(entry, attributes(entry));
        } catch (StoreException e) {
            throw e;
        } catch (NoSuchFileException _) {
            // removed meanwhile
        } catch (IOException e) {
            failed(e);
        }
    }

    private static BasicFileAttributes attributes(Path entry) throws IOException {
        try {
            return Files.readAttributes(entry, BasicFileAttributes.class);
        } catch (NoSuchFileException _) {
            return Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private void failed(IOException e) throws StoreException {
        store.require();    // a server that is gone would let each of thousands of folders take its time to fail
        if (first == null) {
            first = e;
        } else {
            more++;
        }
    }

    /**
     * Ends.
     *
     * @param failed what could not be done to all, for a message
     * @throws StorePartException something could not be looked at
     * @throws StoreException the store went away meanwhile, so that what was not found may be there
     */
    void end(String failed) throws StoreException {
        store.require();
        if (first != null) {
            throw new StorePartException(failed + ": " + first + (more > 0 ? ", and " + more + " more" : ""), first);
        }
    }
}
