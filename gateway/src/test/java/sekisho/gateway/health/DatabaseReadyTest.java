package sekisho.gateway.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DatabaseReadyTest {

    @Test
    void theNewestMigrationIsTheOneThatIsWaitedFor() throws Exception {
        var folder = Path.of(DatabaseReady.class.getClassLoader().getResource("db/migration").toURI());
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.matches("V\\d+__.*\\.sql"))
                .mapToInt(name -> Integer.parseInt(name.substring(1, name.indexOf("__")))).max()).hasValue(DatabaseReady.SCHEMA);
        }
    }
}
