package sekisho.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Makes and rotates key pairs: {@code <name>.public}, which every sealing role may have, and {@code <name>.private}, mode 0600, which
 * only the opening role gets. Each file is written under another name, synced and then put in place, so a crash leaves the old file
 * or the new one. One run at a time; every failure is a {@link KeyFileException}.
 */
public final class KeyFiles {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    private KeyFiles() {
    }

    /** Makes a pair, version 1. Never overwrites: where one of the files exists, it fails and both stay as they are. */
    public static void generate(Path directory, String name) {
        HybridWrap.Pair pair = HybridWrap.generate(1);
        Path privateFile = file(directory, name, "private");
        try {
            refuseExisting(privateFile, file(directory, name, "public"));
            put(privateFile, KeyFileText.privateText(List.of(pair)), "rw-------", false);
            try {
                put(file(directory, name, "public"), KeyFileText.publicText(pair.half()), "rw-r--r--", false);
            } catch (IOException e) {
                Files.deleteIfExists(privateFile);    // nobody has seen its other half
                throw e;
            }
        } catch (FileAlreadyExistsException e) {
            throw new KeyFileException(e.getFile() + " exists already; a key is never overwritten, choose another name", e);
        } catch (IOException e) {
            throw unwritable(directory, e);
        }
    }

    /** {@link #rotate(Path, Path, int, Register)} that is written down nowhere. */
    public static void rotate(Path directory, String name) {
        rotate(file(directory, name, "private"), file(directory, name, "public"), 0, new Register() {
            @Override
            public boolean knows(SealingKey next) {
                return false;
            }

            @Override
            public void enter(SealingKey next) {
                // nobody asks
            }
        });
    }

    /** Where it is written down which numbers were given to versions. */
    public interface Register {
        /** Whether this very version was entered. */
        boolean knows(SealingKey next);

        /** Enters it. When this throws, it may have been entered or not. */
        void enter(SealingKey next);
    }

    /**
     * Adds a version to the private file, then puts it in the public file. Openers load the private file again before sealers get the
     * public one. Old versions still open until {@link #destroy}. A run that was broken off is finished by the next one, which then adds no
     * version of its own; one that had entered nothing yet is undone by it.
     *
     * <pre>
     * PRIVATE.next written → register.enter → PRIVATE put in place → PUBLIC put in place → PRIVATE.next deleted
     * </pre>
     *
     * @param above a number that was given before, perhaps to a version that isn't here; the new one is higher than it and all that are here
     * @return the version that seals now
     */
    public static SealingKey rotate(Path privateFile, Path publicFile, int above, Register register) {
        Path prepared = next(privateFile);
        PrivateFile current = PrivateFile.read(privateFile);
        try {
            PrivateFile next = unfinished(prepared, register);
            if (next == null) {
                int highest = current.versions().isEmpty() ? 0 : current.versions().last();
                next = current.generate(Math.max(above, highest) + 1);
                put(prepared, next.text(), "rw-------", true);
                register.enter(next.sealing(next.versions().last()));
            }
            int version = next.versions().last();
            if (!current.versions().contains(version)) {
                put(privateFile, current.plus(next).text(), "rw-------", true);
            }
            put(publicFile, next.publicText(version), "rw-r--r--", true);
            Files.delete(prepared);
            return next.sealing(version);
        } catch (IOException e) {
            throw unwritable(privateFile.toAbsolutePath().getParent(), e);
        }
    }

    /**
     * The public halves of all versions that a private file lists. Its back end, where it has one, isn't asked.
     *
     * @return by version; empty when it has none yet
     */
    public static SortedMap<Integer, SealingKey> listed(Path privateFile) {
        PrivateFile file = PrivateFile.read(privateFile);
        SortedMap<Integer, SealingKey> halves = new TreeMap<>();
        file.versions().forEach(version -> halves.put(version, file.sealing(version)));
        return halves;
    }

    /** The version that a rotation which was broken off has prepared beside that private file. */
    public static Optional<SealingKey> prepared(Path privateFile) {
        Path prepared = next(privateFile);
        return Files.notExists(prepared) ? Optional.empty() : Optional.of(listed(prepared)).map(halves -> halves.get(halves.lastKey()));
    }

    private static Path next(Path privateFile) {
        return privateFile.resolveSibling(privateFile.getFileName() + ".next");
    }

    private static @Nullable PrivateFile unfinished(Path prepared, Register register) throws IOException {
        if (Files.notExists(prepared)) {
            return null;
        }
        PrivateFile next = PrivateFile.read(prepared);
        int version = next.versions().last();
        if (register.knows(next.sealing(version))) {
            return next;
        }
        next.destroy(version);
        Files.delete(prepared);
        return null;
    }

    /** As {@link #destroy(Path, int)}. */
    public static void destroy(Path directory, String name, int version) {
        destroy(file(directory, name, "private"), version);
    }

    /**
     * Takes one version out of the private file and of its back end; what is still wrapped to it is lost for good, in every backup too (as long
     * as the file itself is in none). The newest version stays. Broken off, it is done again.
     */
    public static void destroy(Path privateFile, int version) {
        PrivateFile current = PrivateFile.read(privateFile);
        if (current.versions().isEmpty() || current.versions().last() == version || !current.versions().contains(version)) {
            throw new KeyFileException(privateFile + " has no older version " + version);
        }
        current.destroy(version);
        try {
            put(privateFile, current.without(version).text(), "rw-------", true);
        } catch (IOException e) {
            throw unwritable(privateFile.toAbsolutePath().getParent(), e);
        }
    }

    private static Path file(Path directory, String name, String half) {
        if (!NAME.matcher(name).matches()) {
            throw new KeyFileException("a key's name is 1 to 64 of a-z 0-9 -");
        }
        return directory.resolve(name + "." + half);
    }

    private static void refuseExisting(Path... files) throws FileAlreadyExistsException {
        for (Path file : files) {
            if (Files.exists(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
        }
    }

    private static void put(Path file, String text, String mode, boolean replace) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path temporary = folder.resolve(file.getFileName() + "." + UUID.randomUUID() + ".new");
        var permissions = PosixFilePermissions.fromString(mode);
        try {
            // readable by the owner alone until the text is in it
            var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            try (FileChannel channel = FileChannel.open(temporary,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
                ByteBuffer octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
                while (octets.hasRemaining()) {
                    channel.write(octets);
                }
                Files.setPosixFilePermissions(temporary, permissions);    // the umask doesn't decide
                channel.force(true);
            }
            if (replace) {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.createLink(file, temporary);    // unlike a rename, fails when the name is taken
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
        Durable.syncFolder(folder);
    }

    private static KeyFileException unwritable(Path directory, IOException cause) {
        return new KeyFileException("cannot write key files in " + directory + ": " + cause
                + "; make the folder and let only its owner write there", cause);
    }
}
