package sekisho.tests.mail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sekisho.embedded.Tools;

/** Where the cases are. */
final class CaseFolders {

    private CaseFolders() {
    }

    static Path root() {
        return Tools.repository().resolve("tests/src/test/resources/mail");
    }

    static List<Path> all() throws IOException {
        try (var folders = Files.list(root())) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }
}
