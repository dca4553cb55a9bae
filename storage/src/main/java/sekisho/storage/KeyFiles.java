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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;

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

    /** {@link #rotate(Path, String, int, Consumer)} that tells nobody before. */
    public static void rotate(Path directory, String name) {
        rotate(directory, name, 0, _ -> { });
    }

    /**
     * Adds a version to the private file, then puts it in the public file. Openers load the private file again before sealers get the
     * public one. Old versions still open until {@link #destroy}. A crash in between leaves a pair that works, whose public half is
     * still the old one; rotating again adds another version.
     *
     * @param above  a number that was given before, perhaps to a version that isn't here; the new one is higher than it and all that are here
     * @param before is given the new public half before anything is written; when it throws, nothing is
     */
    public static void rotate(Path directory, String name, int above, Consumer<SealingKey> before) {
        Path privateFile = file(directory, name, "private");
        List<HybridWrap.Pair> pairs = new ArrayList<>(KeyFileText.readPrivate(privateFile).pairs().values());
        HybridWrap.Pair next = HybridWrap.generate(Math.max(above, pairs.getLast().half().version()) + 1);
        before.accept(new HybridSealingKey(next.half()));
        pairs.add(next);
        try {
            put(privateFile, KeyFileText.privateText(pairs), "rw-------", true);
            put(file(directory, name, "public"), KeyFileText.publicText(next.half()), "rw-r--r--", true);
        } catch (IOException e) {
            throw unwritable(directory, e);
        }
    }

    /**
     * Takes one version out of the private file; what is still wrapped to it is lost for good, in every backup too (as long as the
     * file itself is in none). The newest version stays.
     */
    public static void destroy(Path directory, String name, int version) {
        Path privateFile = file(directory, name, "private");
        SortedMap<Integer, HybridWrap.Pair> pairs = new TreeMap<>(KeyFileText.readPrivate(privateFile).pairs());
        if (pairs.lastKey() == version || pairs.remove(version) == null) {
            throw new KeyFileException(privateFile + " has no older version " + version);
        }
        try {
            put(privateFile, KeyFileText.privateText(pairs.values()), "rw-------", true);
        } catch (IOException e) {
            throw unwritable(directory, e);
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
