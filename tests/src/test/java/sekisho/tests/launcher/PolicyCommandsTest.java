package sekisho.tests.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.tests.Messages;
import sekisho.tests.ScriptedScanner;
import sekisho.tests.Smime;

/** A policy that is tried as an operator types it: in a process of its own, with what is installed there and nothing else. */
class PolicyCommandsTest {

    @TempDir
    private Path folder;

    private Launcher.Ended tries(byte[] message, String... more) throws Exception {
        var launcher = new Launcher(Files.createTempDirectory(folder, "try"), Map.of("SEKISHO_STATE", folder.resolve("state").toString()));
        var file = Files.write(folder.resolve("tried.eml"), message);
        return launcher.sekisho(Stream.concat(Stream.of("policy", "try", file.toString(), "--from", "hanako@example.co.jp", "--to",
            "taro@partner.example"), Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void theScannerIsAsked() throws Exception {
        try (var scanner = new ScriptedScanner()) {
            scanner.answers();
            var clean = tries(Smime.opaque("Signed", "plan.bin", Messages.octets(1000, 1)), "--scanner", scanner.address());
            assertThat(clean.out()).as(clean.err()).contains("plan.bin", "clean");
            assertThat(clean.status()).isZero();
            assertThat(clean.err()).as("what a library has to say").doesNotContain("ERROR", "WARN");
        }
        var away = tries(Smime.opaque("Signed", "plan.bin", Messages.octets(1000, 1)), "--scanner", "127.0.0.1:1");
        assertThat(away.out()).as(away.err()).contains("plan.bin", "unscanned");
    }
}
