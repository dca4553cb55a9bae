package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.gateway.audit.CheckpointKey;
import sekisho.storage.OpeningKey;
import sekisho.storage.SealingKey;

class KeysTest {

    @TempDir
    Path parent;

    @Test
    void everyPairIsMadeAndOnlyTheOwnerReadsThePrivateHalves() throws Exception {
        var folder = parent.resolve("keys");
        assertThat(run("keys", "generate", folder.toString())).startsWith("0 made in ");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))).isEqualTo("rwx------");
        for (var name : List.of("files.private", "spool.private", "records.private", "audit.private")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)))).as(name).isEqualTo("rw-------");
        }
        assertThat(CheckpointKey.loadPublic(folder.resolve("audit.public")).getAlgorithm()).isEqualTo("EdDSA");
    }

    @Test
    void aKeyIsNeverOverwrittenAndThenNoneIsMade() throws Exception {
        Files.writeString(parent.resolve("audit.public"), "precious");
        assertThat(run("keys", "generate", parent.toString())).startsWith("2 ").contains("never overwritten");
        assertThat(parent.resolve("audit.public")).hasContent("precious");
        assertThat(parent.resolve("files.private")).doesNotExist();
    }

    @Test
    void privateHalvesAreSealedByAPassphraseWhereOneIsGiven() throws Exception {
        var passphrase = Files.writeString(parent.resolve("passphrase"), "0123456789abcdef\n");
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-r--r--"));
        var folder = parent.resolve("keys");
        assertThat(run("keys", "generate", folder.toString(), "--passphrase-file", passphrase.toString())).startsWith("2 ").contains("chmod 600");
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
        assertThat(run("keys", "generate", folder.toString(), "--passphrase-file", passphrase.toString())).startsWith("0 ").contains(passphrase.toString());
        for (var name : List.of("files", "spool", "records")) {
            assertThat(folder.resolve(name + ".private")).content().startsWith("sekisho-opening-key 3\n");
            assertThat(OpeningKey.load(folder.resolve(name + ".private")).opens(SealingKey.load(folder.resolve(name + ".public")))).isTrue();
        }
        assertThat(run("keys", "status", folder.toString(), "--passphrase-file", passphrase.toString())).startsWith("2 ").contains("is for keys generate and rotate");
    }

    @Test
    void aWrongCallSaysHow() {
        assertThat(run("keys", "forge", "x")).startsWith("2 ").contains("keys generate DIR");
        assertThat(run("keys")).startsWith("2 ").contains("keys generate DIR");
    }

    private static String run(String... arguments) {
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = Main.run(List.of(arguments), stream, stream);
        return status + " " + bytes.toString(StandardCharsets.UTF_8);
    }
}
