package sekisho.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.storage.KeyFiles;

class KeyPlaceTest {

    /** A disk of its own on every Linux, in memory. */
    private static final Path OTHER_DISK = Path.of("/dev/shm");

    @TempDir
    private Path folder;

    private Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private static Path key(Path folder) {
        KeyFiles.generate(folder, "files");
        return folder.resolve("files.private");
    }

    @Test
    void oneInsideTheOtherIsWarnedOf() throws Exception {
        assertThat(KeyPlace.warning(key(folder("all")), folder("all/objects"))).get().asString().contains("one inside the other");
        assertThat(KeyPlace.warning(key(folder("objects/keys")), folder("objects"))).get().asString().contains("one inside the other");
        var link = Files.createSymbolicLink(folder.resolve("link"), folder("objects/keys"));
        assertThat(KeyPlace.warning(link.resolve("files.private"), folder("objects"))).get().asString().contains("one inside the other");
    }

    @Test
    void oneDiskIsWarnedOfAndTwoAreNot() throws Exception {
        var key = key(folder("keys"));
        assertThat(KeyPlace.warning(key, folder("objects"))).get().asString().contains("on one disk").contains(key.toRealPath().toString());
        var elsewhere = Files.createTempDirectory(OTHER_DISK, "objects");
        try {
            assertThat(KeyPlace.warning(key, elsewhere)).isEmpty();
        } finally {
            Files.delete(elsewhere);
        }
    }

    @Test
    void whatDoesNotOpenAloneIsNotWarnedOf() throws Exception {
        var passphrase = Files.createFile(folder.resolve("passphrase"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passphrase, "f81d4fae7dec11d0a76500a0c91e6bf6\n");
        KeyFiles.generate(folder("keys"), "files", Optional.of(passphrase));
        assertThat(KeyPlace.warning(folder("keys").resolve("files.private"), folder("keys/objects"))).isEmpty();
    }
}
