package sekisho.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import sekisho.demo.Stage;
import sekisho.embedded.FileTree;

/** Where one installation of a test run keeps everything. What it leaves is its logs, among the artefacts of the run. */
final class RunFolder {

    private static final Path LOGS = Path.of(System.getProperty("sekisho.artefacts", "target/artefacts"), "logs");

    private RunFolder() {
    }

    static Path make() throws IOException {
        return Files.createTempDirectory("sekisho-tests");
    }

    /** For what all of a test run shares: closes it and leaves its folder when the JVM ends. */
    static void leaveAtTheEnd(Stage stage) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stage.close();
            leave(stage.folder());
        }));
    }

    /** Call when nothing runs in it any more. */
    static void leave(Path folder) {
        var logs = folder.resolve("logs");
        if (Files.isDirectory(logs)) {
            try (var files = Files.list(logs)) {
                var kept = Files.createDirectories(LOGS.resolve(folder.getFileName().toString()));
                for (Path file : files.toList()) {
                    Files.copy(file, kept.resolve(file.getFileName()));
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        FileTree.delete(folder);
    }
}
