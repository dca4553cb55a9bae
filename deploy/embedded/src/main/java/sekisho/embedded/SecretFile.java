package sekisho.embedded;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A random secret, made once per installation and kept in a file that only its owner can read. */
public final class SecretFile {
    private static final int OCTETS = 24;

    private SecretFile() {}

    /** The secret in {@code file}; makes file and secret when there is none yet. */
    public static String readOrCreate(Path file) {
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(file.getParent());
                var random = new byte[OCTETS];
                new SecureRandom().nextBytes(random);
                write(file, HexFormat.of().formatHex(random));
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new ServerException("cannot read or write the secret " + file, e);
        }
    }

    /** Writes {@code secret} into a new file of mode 0600. Rights come with the file, not after it. */
    private static void write(Path file, String secret) throws IOException {
        var rights = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            Files.createFile(file, rights);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(file + " was made by someone else just now", e);
        }
        Files.writeString(file, secret + "\n");
    }
}
