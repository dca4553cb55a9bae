package sekisho.gateway.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether files with passwords and the like are read by more than those who need them. No reason not to start: a container's mount often gives everybody
 * the right to read, where nobody else is. Key files of ours are refused instead, by whoever reads them.
 */
public final class SecretFiles {

    private static final Pattern SETTINGS = Pattern.compile("[.-]((password|secret|secret-key)-file|certificate-key)$");

    private SecretFiles() {
    }

    /** The warning for a setting of ours; empty unless it names a secret that everybody on this machine may read. */
    static Optional<String> warning(String setting, String value) {
        try {
            return SETTINGS.matcher(setting).find() ? warning(setting, Path.of(value)) : Optional.empty();
        } catch (InvalidPathException notAFile) {
            return Optional.empty();   // whoever reads it says so
        }
    }

    /** As above. @param named how the operator names that file */
    public static Optional<String> warning(String named, Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)
                ? Optional.of("everybody on this machine may read the secret in %s (%s); run: chmod 600 %1$s".formatted(file, named)) : Optional.empty();
        } catch (IOException | UnsupportedOperationException unknown) {
            return Optional.empty();
        }
    }
}
