package sekisho.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An object on its way into a {@link DirectoryStore}. */
final class FileUpload implements ObjectStore.Upload {
    private final DirectoryStore store;
    private final String key;
    private final Path temporary;
    private final NewFile file;
    private final Path target;
    private final OutputStream out = new Octets();
    private boolean broken;
    private boolean finished;

    FileUpload(DirectoryStore store, String key, Path temporary, NewFile file, Path target) {
        this.store = store;
        this.key = key;
        this.temporary = temporary;
        this.file = file;
        this.target = target;
    }

    @Override
    public OutputStream out() {
        return out;
    }

    private final class Octets extends OutputStream {
        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws StoreException {
            if (broken || finished) {
                throw new StoreException("object " + key + " takes no more octets: it broke off, or was finished before");
            }
            try {
                file.write(octets, offset, length);
            } catch (IOException e) {
                broken = true;
                throw store.unwritable(e);
            }
        }
    }

    @Override
    public void finish() throws StoreException {
        if (broken || finished || !file.isOpen()) {
            throw new StoreException("object " + key + " can't be finished: it broke off, or was finished or closed before");
        }
        try {
            file.finish();
            store.prepareFolderOf(target);
            link();
            finished = true;
            Files.deleteIfExists(temporary);
            Durable.syncFolder(target.getParent());
        } catch (FileAlreadyExistsException _) {
            throw new ObjectExistsException(key);
        } catch (IOException e) {
            withdraw();
            store.forgetFolderOf(target);
            throw store.unwritable(e);
        }
    }

    /** Over NFS the first answer may be lost, and the name that is taken is then this object's own. */
    private void link() throws IOException {
        try {
            Files.createLink(target, temporary);
        } catch (FileAlreadyExistsException taken) {
            if (!Files.isSameFile(target, temporary)) {
                throw taken;
            }
        }
    }

    /** Given its name but perhaps not durably: the caller is told that it failed, so it must not be there. */
    private void withdraw() {
        if (finished) {
            try {
                Files.deleteIfExists(target);
            } catch (IOException _) {
                // stays as an object that nobody knows of; the caller's collection of such objects finds it
            }
        }
    }

    @Override
    public void close() {
        try {
            try {
                file.close();
            } finally {   // over NFS a full disk may be told of by closing alone
                Files.deleteIfExists(temporary);
            }
        } catch (IOException _) {
            // nobody waits for what was given up; if it is still there, the sweep finds it
        }
    }
}
