package sekisho.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;

/** Folders with all that is in them. */
public final class FileTree {
    private FileTree() {}

    /** Deletes {@code root} and what is below it; links are deleted, not followed. Does nothing when it isn't there. */
    public static void delete(Path root) {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new ServerException("cannot delete " + root, e);
        }
    }

    /** Copies {@code from} and what is below it to {@code to}, which isn't there yet; times are kept. */
    static void copy(Path from, Path to) {
        try (var paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new ServerException("cannot copy " + from + " to " + to, e);
        }
    }
}
