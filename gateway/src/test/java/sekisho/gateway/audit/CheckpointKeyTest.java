package sekisho.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.storage.KeyFileException;

class CheckpointKeyTest {

    @TempDir
    Path folder;

    @Test
    void aPrivateHalfThatOthersMayUseSignsNothing() throws Exception {
        CheckpointKey.generate(folder);
        var file = folder.resolve("audit.private");
        assertThat(CheckpointKey.loadPrivate(file).getAlgorithm()).isEqualTo("EdDSA");
        for (var mode : List.of("rw-r--r--", "rw-r-----", "rw--w----")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertThatThrownBy(() -> CheckpointKey.loadPrivate(file)).as(mode).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("gateway.audit.checkpoint-key").hasMessageContaining("chmod 600 " + file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        assertThat(CheckpointKey.loadPrivate(file).getAlgorithm()).isEqualTo("EdDSA");
    }

    @Test
    void bothHalvesAreOnTheDiskOnceTheyAreMadeAndNeverOverwritten() throws Exception {
        var dump = folder.resolve("flushed.jfr");
        var keys = Files.createDirectory(folder.resolve("keys"));
        try (var recording = new Recording()) {
            recording.enable("jdk.FileForce").withoutThreshold().withoutStackTrace();
            recording.start();
            CheckpointKey.generate(keys);
            recording.stop();
            recording.dump(dump);
        }
        var flushed = RecordingFile.readAllEvents(dump).stream().map(event -> event.getString("path")).filter(path -> path.startsWith(keys.toString())).toList();
        assertThat(flushed).anyMatch(path -> path.contains("audit.private")).anyMatch(path -> path.contains("audit.public")).contains(keys.toString());
        var before = Files.readString(keys.resolve("audit.private"));
        Files.delete(keys.resolve("audit.public"));
        assertThatThrownBy(() -> CheckpointKey.generate(keys)).isInstanceOf(KeyFileException.class).hasMessageContaining("never overwritten");
        assertThat(keys.resolve("audit.private")).hasContent(before);
        assertThat(keys.resolve("audit.public")).doesNotExist();
    }
}
