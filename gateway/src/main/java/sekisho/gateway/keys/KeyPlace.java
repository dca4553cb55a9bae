package sekisho.gateway.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import sekisho.storage.KeyFiles;

/** Whether a private key lies where it would be lost, or copied, together with what it opens. */
public final class KeyPlace {

    private static final String SEE = " (docs/operations/keys.md)";

    private KeyPlace() {
    }

    /**
     * What is wrong with the place of a private file, once for each start and never more than a warning: where there is one disk there is no better place on it.
     * One that doesn't open alone is at home anywhere.
     *
     * @param objects the folder of the directory store
     */
    public static Optional<String> warning(Path privateFile, Path objects) {
        try {
            if (!KeyFiles.opensAlone(privateFile)) {
                return Optional.empty();
            }
            var key = privateFile.toRealPath();
            var store = objects.toRealPath();
            if (key.startsWith(store) || store.startsWith(key.getParent())) {
                return Optional.of("the private key %s and the objects in %s lie one inside the other: one copied folder, or one backup of it, opens everything; move the key"
                    .formatted(key, store) + SEE);
            }
            return Files.getFileStore(key).equals(Files.getFileStore(store))
                ? Optional.of("the private key %s is on one disk with the objects in %s: who gets that disk, or a copy of it, opens everything; move the key to another, or seal it by a passphrase"
                    .formatted(key, store) + SEE)
                : Optional.empty();
        } catch (IOException unknown) {
            return Optional.empty();   // whoever reads them says what is wrong
        }
    }
}
