package sekisho.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sekisho.gateway.LogLines;
import sekisho.gateway.MovableClock;
import sekisho.gateway.TestServers;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.files.Vault;

/** Another program has the key files, and doesn't let go: a command that hangs, or a host that lost power. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class KeyFilesTakenTest {

    @Inject
    AgroalDataSource database;
    @Inject
    Clock clock;
    @Inject
    Vault vault;
    @Inject
    KeyRing keys;
    @Inject
    KeyNodes nodes;

    @Test
    void itIsToldWhenTheyAreTakenAtTwoLooksInARowAndNotAtEachFromThenOn() throws SQLException {
        vault.fileOpener(TestServers.folder.resolve("files.private"));
        var tending = new KeyTending(database, clock, KeySettings.of(Optional.empty()), keys, nodes);
        try (var connection = TestServers.connectAsOwner(); var log = new LogLines(KeyTending.class)) {
            var other = new KeyVersions(connection, clock, Actor.part("operator"), Map.of());
            assertThat(other.alone()).isTrue();
            tending.tend();
            assertThat(told(log)).as("a command may run").isEmpty();
            tending.tend();
            assertThat(told(log)).hasSize(1);
            MovableClock.passes(Duration.ofMinutes(1));
            tending.tend();
            assertThat(told(log)).as("it was said just now").hasSize(1);
            MovableClock.passes(Duration.ofHours(1));
            tending.tend();
            assertThat(told(log)).hasSize(2);

            other.together();
            tending.tend();
            assertThat(other.alone()).isTrue();
            tending.tend();
            assertThat(told(log)).as("they had been let go").hasSize(2);
        }
    }

    private static List<String> told(LogLines log) {
        return log.beginningWith("the key files could not be tended at ");
    }
}
