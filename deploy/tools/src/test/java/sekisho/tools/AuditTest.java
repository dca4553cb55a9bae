package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.embedded.PostgresServer;
import sekisho.gateway.audit.CheckpointLog;

/** What needs a running product to be in the log is shown by the end-to-end tests. */
class AuditTest {
    private static final String EVENT = "insert into audit_event values ('%s', now(), 'DELIVERY_REVOKED', null, '{}', sha256('\\x007b7d'))";

    @TempDir
    static Path folder;

    static PostgresServer postgres;

    @BeforeAll
    static void start() throws CommandException {
        postgres = PostgresServer.start(folder);
        Keys.generate(folder.resolve("keys"));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void anEmptyLogHolds() throws Exception {
        var result = verify(migrated("untouched"));
        assertThat(result.text()).startsWith("0 events in the log").contains("nothing changed, removed or inserted");
        assertThat(result.status()).isZero();
    }

    @Test
    void anEventSlippedInBesideTheLogIsFoundWithItsId() throws Exception {
        var url = migrated("slipped");
        execute(url, EVENT.formatted("00000000-0000-0000-0000-000000000001"));
        var result = verify(url);
        assertThat(result.text()).contains("WRONG: event 00000000-0000-0000-0000-000000000001", "is not what was signed");
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void anEventSlippedIntoTheTreeIsFoundBecauseNothingSignsIt() throws Exception {
        var url = migrated("unsigned");
        execute(url, EVENT.formatted("00000000-0000-0000-0000-000000000002"));
        execute(url, "insert into audit_leaf values (0, '00000000-0000-0000-0000-000000000002')");
        assertThat(verify(url).status()).isEqualTo(1);
    }

    @Test
    void anEventThatWaitsForItsPlaceIsNoFault() throws Exception {
        var url = migrated("waiting");
        execute(url, EVENT.formatted("00000000-0000-0000-0000-000000000003"));
        execute(url, "insert into audit_pending values ('00000000-0000-0000-0000-000000000003')");
        assertThat(verify(url).text()).contains("1 events not yet in the log");
        assertThat(verify(url).status()).isZero();
    }

    @Test
    void aKeptCheckpointThatNobodySignedIsFound(@TempDir Path other) throws Exception {
        var forged = Files.writeString(other.resolve("kept"), "sekisho/audit\n5\nAAAA\n\n— sekisho/audit AAAA\n\n");
        var result = verify(migrated("forged"), "--checkpoints", forged.toString());
        assertThat(result.text()).contains("WRONG: a kept checkpoint");
        assertThat(result.status()).isEqualTo(1);
    }

    /** Wherever: also within the three octets of the dash of its signature line. */
    @Test
    void aKeptCheckpointThatAPowerCutLeftWithinASignIsPassedOver(@TempDir Path other) throws Exception {
        var whole = "sekisho/audit\n5\nAAAA\n\n— sekisho/audit AAAA\n\n";
        var octets = whole.getBytes(StandardCharsets.UTF_8);
        for (int cut = 1; cut < octets.length - 2; cut++) {
            var file = Files.writeString(other.resolve("kept"), whole);
            Files.write(file, Arrays.copyOf(octets, cut), StandardOpenOption.APPEND);
            assertThat(Audit.checkpoints(file)).as("cut after %d", cut).isEqualTo(new CheckpointLog.Kept(List.of(whole), true));
        }
    }

    @Test
    void aKeptCheckpointThatAPowerCutLeftWithoutItsEndIsPassedOver(@TempDir Path other) throws Exception {
        var whole = "sekisho/audit\n5\nAAAA\n\n— sekisho/audit AAAA\n\n";
        var cut = Files.writeString(other.resolve("kept"), whole + "sekisho/audit\n6\nAA");
        assertThat(Audit.checkpoints(cut)).isEqualTo(new CheckpointLog.Kept(List.of(whole), true));
    }

    @Test
    void aDatabaseThatCannotBeReadIsStatusTwoAndNoVerdict() {
        var result = verify(postgres.jdbcUrl() + "_missing");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.text()).contains("cannot connect").doesNotContain("signed");
    }

    private record Result(int status, String text) {
    }

    private static Result verify(String url, String... more) {
        var arguments = new ArrayList<>(List.of("audit", "verify", "--url", url, "--user", "sekisho_app",
            "--password-file", folder.resolve("secrets/sekisho_app").toString(), "--public-key", folder.resolve("keys/audit.public").toString()));
        arguments.addAll(List.of(more));
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = Main.run(arguments, stream, stream);
        return new Result(status, bytes.toString(StandardCharsets.UTF_8));
    }

    private static String migrated(String name) throws CommandException {
        var url = postgres.createDatabase(name);
        Migrate.migrate(new DatabaseLogin(url, postgres.owner().user(), postgres.owner().password()), Migrate.APP_ROLE);
        return url;
    }

    private static void execute(String url, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url, postgres.owner().user(), postgres.owner().password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
