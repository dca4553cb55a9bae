package sekisho.storage;

import java.nio.file.Path;
import java.util.SortedSet;

/**
 * What a private key file says: which versions there are, and where their private halves are kept. The file itself ({@link LocalFile}), or a
 * back end that it names ({@link BackEndFile}). Changing it changes no file; {@link KeyFiles} writes.
 */
sealed interface PrivateFile permits LocalFile, BackEndFile {

    /** @throws KeyFileException it is missing, malformed, or others than its owner may read it; or its passphrase can't be read, or isn't the one */
    static PrivateFile read(Path file) {
        KeyFileText.refuseWhatOthersRead(file);
        return switch (KeyFileText.title(file)) {
            case BackEndFileText.PRIVATE_TITLE -> BackEndFileText.readPrivate(file);
            case Passphrase.TITLE -> LocalFile.readSealed(file);
            default -> LocalFile.read(file);
        };
    }

    /** Whether whoever has a copy of the file, and nothing else, opens with it. @throws KeyFileException it can't be read */
    static boolean opensAlone(Path file) {
        return switch (KeyFileText.title(file)) {
            case BackEndFileText.PRIVATE_TITLE, Passphrase.TITLE -> false;
            default -> true;
        };
    }

    /** What stands in the file. */
    String text();

    SortedSet<Integer> versions();

    /** The public half of a version that is here. */
    SealingKey sealing(int version);

    /** What stands in the public file when this version seals. */
    String publicText(int version);

    /** @throws KeyFileException there is no version, or the back end can't be used */
    OpeningKey open();

    /**
     * Makes a version, in the back end where there is one.
     *
     * @return the same file with that version alone
     */
    PrivateFile generate(int version);

    /** With the versions of another file of the same back end besides. */
    PrivateFile plus(PrivateFile other);

    PrivateFile without(int version);

    /** @throws KeyFileException the private halves aren't in the file, so there is nothing to seal */
    PrivateFile sealedBy(Passphrase passphrase);

    /** Destroys a private half that isn't kept in the file itself. Does nothing when it is gone already. */
    void destroy(int version);
}
