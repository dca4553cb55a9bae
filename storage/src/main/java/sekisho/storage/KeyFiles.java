package sekisho.storage;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;
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
        generate(directory, name, Optional.empty());
    }

    /**
     * As {@link #generate(Path, String)}.
     *
     * @param passphraseFile holds a passphrase, mode 0600, by which the private file is sealed from now on, after rotations too; its path is written into
     *                       the private file, and it is read there whenever the key is
     */
    public static void generate(Path directory, String name, Optional<Path> passphraseFile) {
        LocalFile made = LocalFile.of(HybridWrap.generate(1), passphraseFile.map(Passphrase::of).orElse(null));
        put(file(directory, name, "private"), made.text(), file(directory, name, "public"), made.publicText(1));
    }

    /** Puts a pair of another kind in place, as {@link #generate(Path, String)} does its own. Both texts are ASCII. */
    public static void put(Path privateFile, String privateText, Path publicFile, String publicText) {
        try {
            refuseExisting(privateFile, publicFile);
            KeyFilePut.newPrivate(privateFile, privateText);
            try {
                KeyFilePut.newPublic(publicFile, publicText);
            } catch (IOException e) {
                Files.deleteIfExists(privateFile);    // nobody has seen its other half
                throw e;
            }
        } catch (FileAlreadyExistsException e) {
            throw new KeyFileException(e.getFile() + " exists already; a key is never overwritten, choose another name", e);
        } catch (IOException e) {
            throw unwritable(privateFile.toAbsolutePath().getParent(), e);
        }
    }

    /** @throws KeyFileException others than its owner may use a private file, or it is missing */
    public static void refuseWhatOthersRead(Path privateFile) {
        KeyFileText.refuseWhatOthersRead(privateFile);
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
     * version of its own; one that had entered nothing yet is undone by it. The files keep their owner, whoever runs this.
     *
     * <pre>
     * PRIVATE.next written → register.enter → PRIVATE put in place → PUBLIC put in place → PRIVATE.next deleted
     * </pre>
     *
     * @param above a number that was given before, perhaps to a version that isn't here; the new one is higher than it and all that are here
     * @return the version that seals now
     * @throws KeyFileException a file can't be used or written, or the private one can't be left to its owner; nothing is lost
     */
    public static SealingKey rotate(Path privateFile, Path publicFile, int above, Register register) {
        return rotate(privateFile, publicFile, above, Optional.empty(), register);
    }

    /**
     * As {@link #rotate(Path, Path, int, Register)}.
     *
     * @param passphraseFile as in {@link #generate(Path, String, Optional)}: from now on it seals the private file, with all its versions, however that was
     *                       sealed before; copies of the old file open as they did. Empty: whatever sealed it, or nothing, does so still
     */
    public static SealingKey rotate(Path privateFile, Path publicFile, int above, Optional<Path> passphraseFile, Register register) {
        return rotateReal(real(privateFile), real(publicFile), above, passphraseFile.map(Passphrase::of), register);
    }

    private static SealingKey rotateReal(Path privateFile, Path publicFile, int above, Optional<Passphrase> passphrase, Register register) {
        Path prepared = next(privateFile);
        PrivateFile read = PrivateFile.read(privateFile);
        PrivateFile current = passphrase.map(read::sealedBy).orElse(read);
        try {
            KeyFilePut.removeLeftovers(privateFile);
            KeyFilePut.removeLeftovers(publicFile);
            PrivateFile next = unfinished(prepared, current, register);
            if (next == null) {
                int highest = current.versions().isEmpty() ? 0 : current.versions().last();
                if (Math.max(above, highest) == Integer.MAX_VALUE) {
                    throw new KeyFileException("nothing was changed: the numbers of versions have run out, the highest one is " + Integer.MAX_VALUE);
                }
                next = current.generate(Math.max(above, highest) + 1);
                KeyFilePut.privateLike(privateFile, prepared, next.text());
                register.enter(next.sealing(next.versions().last()));
            }
            int version = next.versions().last();
            if (!current.versions().contains(version) || passphrase.isPresent()) {
                KeyFilePut.privateLike(privateFile, privateFile, current.plus(next).text());
            }
            KeyFilePut.replacePublic(publicFile, next.publicText(version));
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

    /**
     * Whether whoever has a copy of a private file, and nothing else, opens with it: it names neither a passphrase nor a back end.
     *
     * @throws KeyFileException it can't be read
     */
    public static boolean opensAlone(Path privateFile) {
        return PrivateFile.opensAlone(privateFile);
    }

    /** The version that a rotation which was broken off has prepared beside that private file. */
    public static Optional<SealingKey> prepared(Path privateFile) {
        Path prepared = next(privateFile);
        return Files.notExists(prepared) ? Optional.empty() : Optional.of(listed(prepared)).map(halves -> halves.get(halves.lastKey()));
    }

    private static Path next(Path privateFile) {
        Path file = real(privateFile);
        return file.resolveSibling(file.getFileName() + ".next");
    }

    /** Behind a symbolic link: replacing the link would leave the old file, with all that is destroyed, where it is. */
    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException _) {
            return file;    // it isn't there yet, or whoever reads it says what is wrong
        }
    }

    private static @Nullable PrivateFile unfinished(Path prepared, PrivateFile current, Register register) throws IOException {
        if (Files.notExists(prepared)) {
            return null;
        }
        PrivateFile next = PrivateFile.read(prepared);
        int version = next.versions().last();
        if (register.knows(next.sealing(version))) {
            return next;
        }
        if (!current.versions().contains(version)) {
            next.destroy(version);
        } else if (current.versions().last() == version && current.sealing(version).fingerprint().equals(next.sealing(version).fingerprint())) {
            return next;    // it was entered, and the register has been put back to before that
        }
        Files.delete(prepared);
        return null;
    }

    /** As {@link #destroy(Path, int)}. */
    public static void destroy(Path directory, String name, int version) {
        destroy(file(directory, name, "private"), version);
    }

    /**
     * Takes one version out of the private file and of its back end; what is still wrapped to it is lost for good, in every backup too (as long
     * as the file itself is in none). The newest version stays. Broken off, it is done again. What killed commands have left beside the file goes
     * too.
     *
     * @throws KeyFileException there is no such older version, or the back end hasn't the newest: nothing was changed. Or the file can't be written
     */
    public static void destroy(Path privateFile, int version) {
        destroyReal(real(privateFile), version);
    }

    /**
     * Whether the back end, where there is one, has the newest version.
     * One that hasn't would say of every other that it is gone: a mount that was moved or disabled, another token behind the slot.
     *
     * @throws KeyFileException it hasn't, or can't be asked now; or there is no version at all
     */
    public static void requireNewest(Path privateFile) {
        PrivateFile.read(real(privateFile)).open();
    }

    /**
     * To be asked before a destruction is decided and recorded, since {@link #destroy} fails where this does: {@link #requireNewest}, and that the private
     * file can be replaced. Nobody else may change key files meanwhile. What is left is a back end that refuses to delete, which none can be asked for.
     *
     * @throws KeyFileException as {@link #requireNewest}; or the file can't be replaced
     */
    public static void requireDestroying(Path privateFile) {
        requireNewest(privateFile);
        try {
            KeyFilePut.requireReplaceable(real(privateFile));
        } catch (IOException e) {
            throw unwritable(real(privateFile).toAbsolutePath().getParent(), e);
        }
    }

    private static void destroyReal(Path privateFile, int version) {
        PrivateFile current = PrivateFile.read(privateFile);
        if (current.versions().isEmpty() || current.versions().last() == version || !current.versions().contains(version)) {
            throw new KeyFileException(privateFile + " has no older version " + version);
        }
        current.open();    // as requireNewest says
        try {
            KeyFilePut.removeLeftovers(privateFile);
            current.destroy(version);
            discardPrepared(privateFile, number -> number == version);
            KeyFilePut.privateLike(privateFile, privateFile, current.without(version).text());
        } catch (IOException e) {
            throw unwritable(privateFile.toAbsolutePath().getParent(), e);
        }
    }

    /**
     * Deletes what commands that were killed have left beside a private file: files that were not put in place, and a prepared version that is
     * destroyed. All of it may open what a backup holds.
     *
     * @param destroyed which versions are
     */
    public static void tidy(Path privateFile, IntPredicate destroyed) {
        Path file = real(privateFile);
        try {
            if (Files.isReadable(file.toAbsolutePath().getParent())) {    // else nobody here can tell; ./sekisho keys status does
                KeyFilePut.removeLeftovers(file);
            }
            discardPrepared(file, destroyed);
        } catch (IOException e) {
            throw unwritable(privateFile.toAbsolutePath().getParent(), e);
        }
    }

    /** What {@link #tidy} and {@link #rotate} would find beside a key file that was not put in place; empty unless a command was killed, or runs. */
    public static List<Path> leftovers(Path keyFile) {
        try {
            return KeyFilePut.leftovers(real(keyFile));
        } catch (IOException e) {
            throw new KeyFileException("cannot look beside " + keyFile + ": " + e, e);
        }
    }

    /** Also where the private file has lost the version, or never got it: it may have been copied from another host. */
    private static void discardPrepared(Path privateFile, IntPredicate destroyed) throws IOException {
        Path prepared = next(privateFile);
        if (Files.notExists(prepared)) {
            return;
        }
        PrivateFile next = PrivateFile.read(prepared);
        for (int version : next.versions()) {
            if (destroyed.test(version)) {
                requireNewest(privateFile);
                next.destroy(version);
                Files.delete(prepared);
                Durable.syncFolder(prepared.toAbsolutePath().getParent());
                return;    // there is but one in it
            }
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

    private static KeyFileException unwritable(Path directory, IOException cause) {
        return new KeyFileException("cannot write key files in " + directory + ": " + cause
                + "; make the folder and let only its owner write there", cause);
    }
}
