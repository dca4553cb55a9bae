package sekisho.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Puts key files in place: written as {@code FILE.<uuid>.new}, synced, and then given their name. A process that is killed in between leaves the
 * {@code .new} file, with all that the whole one would hold; {@link #leftovers} finds it.
 */
final class KeyFilePut {
    private static final String UUID_OF_36 = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> READ_BY_ALL = PosixFilePermissions.fromString("rw-r--r--");

    private KeyFilePut() {
    }

    /** A private file that isn't there yet; its owner is who runs this. */
    static void newPrivate(Path file, String text) throws IOException {
        put(file, text, OWNER_ALONE, null);
    }

    /** As {@link #newPrivate}, a public file. */
    static void newPublic(Path file, String text) throws IOException {
        put(file, text, READ_BY_ALL, null);
    }

    /**
     * Replaces a private file, or the one that is prepared for it.
     *
     * @param like whose owner it gets: a service must still be able to read what root has replaced
     * @throws KeyFileException it can't be given to that owner; nothing was changed
     */
    static void privateLike(Path like, Path file, String text) throws IOException {
        put(file, text, OWNER_ALONE, like);
    }

    /** Replaces a public file. Everybody may read it, so its owner is kept where that is allowed and no matter elsewhere. */
    static void replacePublic(Path file, String text) throws IOException {
        put(file, text, READ_BY_ALL, file);
    }

    /**
     * Does all of {@link #privateLike} to a private file but putting it in place: as much is written beside it, and deleted.
     *
     * @throws KeyFileException as {@link #privateLike}
     */
    static void requireReplaceable(Path file) throws IOException {
        Path temporary = temporary(file);
        try {
            write(temporary, " ".repeat(Math.toIntExact(Files.size(file))), OWNER_ALONE, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static Path temporary(Path file) {
        return file.toAbsolutePath().resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".new");
    }

    private static void write(Path temporary, String text, Set<PosixFilePermission> mode, @Nullable Path like) throws IOException {
        FileAttribute<Set<PosixFilePermission>> untilItIsWhole = PosixFilePermissions.asFileAttribute(OWNER_ALONE);
        try (FileChannel channel = FileChannel.open(temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), untilItIsWhole)) {
            ByteBuffer octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
            Files.setPosixFilePermissions(temporary, mode);    // the umask doesn't decide
            if (like != null) {
                giveToOwnerOf(like, temporary, mode.equals(OWNER_ALONE));
            }
            channel.force(true);
        }
    }

    private static void put(Path file, String text, Set<PosixFilePermission> mode, @Nullable Path like) throws IOException {
        Path temporary = temporary(file);
        try {
            write(temporary, text, mode, like);
            if (like != null) {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.createLink(file, temporary);    // unlike a rename, fails when the name is taken
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
        Durable.syncFolder(temporary.getParent());
    }

    /** The group says nothing in either mode, so it may stay ours: who owns the file need not be a member of it. */
    private static void giveToOwnerOf(Path like, Path temporary, boolean necessary) throws IOException {
        PosixFileAttributes wanted;
        try {
            wanted = Files.readAttributes(like, PosixFileAttributes.class);
        } catch (NoSuchFileException _) {
            return;    // a public file that wasn't here
        }
        var view = Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
        var ours = view.readAttributes();
        if (!ours.group().equals(wanted.group())) {
            try {
                view.setGroup(wanted.group());
            } catch (IOException _) {
                // see above
            }
        }
        if (!ours.owner().equals(wanted.owner())) {
            try {
                view.setOwner(wanted.owner());
            } catch (IOException e) {
                if (necessary) {
                    throw new KeyFileException(like + " belongs to " + wanted.owner().getName() + ", who couldn't read the new one; run this as "
                            + wanted.owner().getName(), e);
                }
            }
        }
    }

    /** What a killed process has left of a file, or of the one that was prepared for it. */
    static List<Path> leftovers(Path file) throws IOException {
        var left = Pattern.compile(Pattern.quote(file.getFileName().toString()) + "(\\.next)?\\." + UUID_OF_36 + "\\.new");
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> beside = Files.newDirectoryStream(file.toAbsolutePath().getParent())) {
            for (Path each : beside) {
                if (left.matcher(each.getFileName().toString()).matches()) {
                    found.add(each);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        found.sort(null);
        return found;
    }

    /** Deletes them for good. Nobody else may be putting that file in place. */
    static void removeLeftovers(Path file) throws IOException {
        List<Path> found = leftovers(file);
        for (Path each : found) {
            Files.deleteIfExists(each);
        }
        if (!found.isEmpty()) {
            Durable.syncFolder(file.toAbsolutePath().getParent());
        }
    }
}
