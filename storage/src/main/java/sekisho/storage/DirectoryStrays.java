package sekisho.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Goes through all folders of a {@link DirectoryStore} for what is no finished object. A folder that isn't ours is named and not gone into. */
final class DirectoryStrays {
    /** Made by the file system at its root; belongs there as long as fsck put nothing into it. */
    private static final String LOST_AND_FOUND = "lost+found";
    private static final Pattern TEMPORARY = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Path root;
    private final Path unfinished;
    private final Path objects;
    private final BiPredicate<Path, BasicFileAttributes> isObject;
    private final Consumer<Stray> each;

    DirectoryStrays(Path root, Path unfinished, Path objects, BiPredicate<Path, BasicFileAttributes> isObject, Consumer<Stray> each) {
        this.root = root;
        this.unfinished = unfinished;
        this.objects = objects;
        this.isObject = isObject;
        this.each = each;
    }

    void look(FolderWalk walk) throws StoreException {
        walk.in(root, (entry, attributes) -> {
            boolean ours = attributes.isDirectory() && (entry.equals(unfinished) || entry.equals(objects));
            if (!ours && !isEmptyLostAndFound(entry)) {
                tell(Stray.Kind.FOREIGN, entry, attributes);
            }
        });
        walk.in(unfinished, this::tellTemporary);
        walk.in(objects, folders((first, _) -> walk.in(first, folders((second, _) -> walk.in(second, (file, attributes) -> {
            if (!isObject.test(file, attributes)) {
                tell(Stray.Kind.FOREIGN, file, attributes);
            }
        }), this::tellForeign)), this::tellTemporary));
    }

    /** Visits the folders that fan out by one, all else by the other. */
    private static FolderWalk.Visitor folders(FolderWalk.Visitor visitor, FolderWalk.Visitor others) {
        return (entry, attributes) -> {
            boolean ours = attributes.isDirectory() && isOfTheFan(entry.getFileName().toString());
            (ours ? visitor : others).visit(entry, attributes);
        };
    }

    /** Where unfinished files are. */
    private void tellTemporary(Path entry, BasicFileAttributes attributes) {
        tell(isTemporary(entry, attributes) ? Stray.Kind.UNFINISHED : Stray.Kind.FOREIGN, entry, attributes);
    }

    private void tellForeign(Path entry, BasicFileAttributes attributes) {
        tell(Stray.Kind.FOREIGN, entry, attributes);
    }

    /** Whether what lies in a folder of unfinished files is one of ours. */
    static boolean isTemporary(Path entry, BasicFileAttributes attributes) {
        return attributes.isRegularFile() && TEMPORARY.matcher(entry.getFileName().toString()).matches();
    }

    private static boolean isOfTheFan(String name) {
        return name.matches("[0-9a-f]{2}") && Integer.parseInt(name, 16) < DirectoryStore.FAN_OUT;
    }

    /** Only the superuser may look into it; what it holds is then not ours to tell. */
    private static boolean isEmptyLostAndFound(Path entry) throws IOException {
        if (!entry.getFileName().toString().equals(LOST_AND_FOUND) || !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(entry)) {
            return !found.iterator().hasNext();
        } catch (AccessDeniedException _) {
            return true;
        }
    }

    private void tell(Stray.Kind kind, Path entry, BasicFileAttributes attributes) {
        each.accept(new Stray(kind, root.relativize(entry).toString(), attributes.lastModifiedTime().toInstant()));
    }
}
