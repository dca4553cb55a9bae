package sekisho.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A token of Debian's SoftHSM, which keeps it in files. Its library reads the environment of this process, so all tokens of a run are in one
 * folder, beside the file that {@code SOFTHSM2_CONF} names.
 */
public record SoftToken(String library, String slot, Path pinFile) {
    private static final Pattern SLOT = Pattern.compile("reassigned to slot ([0-9]+)");
    private static final String LIBRARY = "/usr/lib/softhsm/libsofthsm2.so";
    private static final String PIN = "46a1c7";

    /** Makes one, with a PIN file in {@code folder}. SoftHSM sees new tokens only while no library is loaded: one for all tests of a JVM. */
    public static SoftToken make(Path folder) throws IOException, InterruptedException {
        String settings = System.getenv("SOFTHSM2_CONF");
        if (settings == null || !Files.exists(Path.of(LIBRARY))) {
            throw new IllegalStateException("SoftHSM isn't there (Debian: softhsm2), or SOFTHSM2_CONF isn't set; run ./sekisho test");
        }
        Path tokens = Files.createDirectories(Path.of(settings).resolveSibling("softhsm-tokens"));
        Files.writeString(Path.of(settings), "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
        Process made = new ProcessBuilder("softhsm2-util", "--init-token", "--free", "--label", "sekisho-" + UUID.randomUUID().toString().substring(0, 8),
                "--so-pin", "87" + PIN, "--pin", PIN).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var slot = SLOT.matcher(said);
        if (made.waitFor() != 0 || !slot.find()) {
            throw new IOException("softhsm2-util made no token: " + said);
        }
        Path pin = Files.createFile(folder.resolve("token.pin"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(pin, PIN + "\n");
        return new SoftToken(LIBRARY, slot.group(1), pin);
    }

    /** Writes a private key file of that name without versions. */
    public void describe(Path file, String name) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, """
                sekisho-opening-key 2
                back-end pkcs11
                library %s
                slot %s
                pin-file %s
                name %s
                """.formatted(library, slot, pinFile, name));
    }
}
