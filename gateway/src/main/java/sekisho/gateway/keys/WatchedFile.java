package sekisho.gateway.keys;

import io.quarkus.logging.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sekisho.storage.KeyFileException;

/**
 * What a key file holds, while the file may be replaced. One that can't be used leaves the old content in force, is logged once, and is
 * tried again at each look, since what it waits for may be another file.
 *
 * @param <K> its content
 */
final class WatchedFile<K> {

    private final Path file;
    private final Function<Path, K> read;
    private final Consumer<K> check;
    private volatile K current;
    private Stamp taken;
    private volatile @Nullable Stamp refused;

    /**
     * @param read  throws {@link KeyFileException} when the file can't be used; the constructor passes that on
     * @param check is given new content before it is taken over, and throws {@link KeyFileException} against it
     */
    WatchedFile(Path file, Function<Path, K> read, Consumer<K> check) {
        this.file = file;
        this.read = read;
        this.check = check;
        this.taken = Stamp.of(file);
        this.current = read.apply(file);
    }

    /** Tells two contents of a file apart without reading it. Taken before it is read: what changes meanwhile is seen at the next look. */
    private record Stamp(@Nullable FileTime modified, long octets, @Nullable Object inode) {

        static Stamp of(Path file) {
            try {
                var attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            } catch (IOException absent) {
                return new Stamp(null, -1, null);
            }
        }
    }

    K get() {
        return current;
    }

    Path file() {
        return file;
    }

    /** Whether the file is another than what is in force, and could not be used when it was last looked at. */
    boolean isRefused() {
        return refused != null;
    }

    /** Takes the file over if it has changed and can be used. */
    synchronized void look() {
        var now = Stamp.of(file);
        if (now.equals(taken)) {
            refused = null;
            return;
        }
        try {
            var next = read.apply(file);
            check.accept(next);
            current = next;
            taken = now;
            refused = null;
            Log.infof("the key file %s was read again: %s", file, next);
        } catch (KeyFileException unusable) {
            if (!now.equals(refused)) {
                refused = now;
                Log.errorf("the key file %s was not taken over, %s stays in use: %s", file, current, unusable.getMessage());
            }
        }
    }
}
