package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.embedded.PostgresServer;

class MigrateTest {

    @TempDir
    static Path folder;

    static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start(folder);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void aNewDatabaseIsMigratedOnceAndASecondRunDoesNothing() throws Exception {
        var owner = ownerOf(postgres.createDatabase("fresh"));
        assertThat(Migrate.migrate(owner, Migrate.APP_ROLE)).isPositive();
        assertThat(Migrate.migrate(owner, Migrate.APP_ROLE)).isZero();
    }

    @Test
    void theProgramsRoleReadsTheHistoryAndDeliveriesAndCannotTouchWhatTheAuditLogHolds() throws Exception {
        var url = postgres.createDatabase("rights");
        Migrate.migrate(ownerOf(url), Migrate.APP_ROLE);
        for (var sql : List.of("select version from flyway_schema_history", "select id from delivery", "select payload from audit_event")) {
            execute(url, sql);
        }
        for (var sql : List.of("delete from audit_event", "update audit_event set type = 'x'", "truncate audit_event", "delete from audit_leaf",
                "update audit_leaf set leaf_index = 1", "delete from audit_checkpoint", "update audit_checkpoint set size = 1",
                "delete from delivery", "create table mine (a int)", "alter table delivery add column a int",
                "delete from flyway_schema_history", "update flyway_schema_history set success = false", "delete from audit_edge", "delete from key_version", "update key_version set version = 9",
                "alter table file disable trigger file_key", "drop trigger spool_key on delivery")) {
            assertThatThrownBy(() -> execute(url, sql)).as(sql)
                .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    @Test
    void aDatabaseWhoseFilesHaveNamesInClearIsRefusedAndStaysAsItWas() throws Exception {
        var url = postgres.createDatabase("in_clear");
        var owner = ownerOf(url);
        Flyway.configure().dataSource(url, owner.user(), owner.password()).placeholders(Map.of("app", Migrate.APP_ROLE)).target("60").load().migrate();
        try (var connection = DriverManager.getConnection(url, owner.user(), owner.password()); var statement = connection.createStatement()) {
            statement.execute("""
                insert into delivery (id, source, sender, sender_as_given, subject, message_id, size_octets, accepted_at, policy_version, notice, spool_kind)
                    values (gen_random_uuid(), 'MAIL', '', '', '', '', 1, now(), '1', false, 'GONE');
                insert into file (id, delivery_id, position, name, media_type, size_octets, sha256, object_key, header, cipher_octets, wrap_algorithm, wrap_version)
                    select gen_random_uuid(), id, 0, 'merger.xlsx', 'x/y', 1, '', 'f/x', '', 1, '', 1 from delivery""");
            assertThatThrownBy(() -> Migrate.migrate(owner, Migrate.APP_ROLE)).isInstanceOf(CommandException.class)
                .hasMessageContaining("names and hashes lie in clear").hasMessageContaining("begin with an empty database");
            try (var rows = statement.executeQuery("select name from file")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("merger.xlsx");
            }
        }
    }

    @Test
    void theCommandTakesThePasswordFromAFile() throws Exception {
        var url = postgres.createDatabase("commanded");
        var result = run("migrate", "--url", url, "--user", "sekisho_owner", "--password-file", folder.resolve("secrets/sekisho_owner").toString());
        assertThat(result.status()).isZero();
        assertThat(result.text()).startsWith("migrated the database by ");
    }

    @Test
    void aWrongCallOrDatabaseIsOneClearLineAndStatusTwo(@TempDir Path other) throws Exception {
        assertThat(run().text()).contains("./sekisho migrate --url");
        assertThat(run("migrate", "--url", "jdbc:postgresql://127.0.0.1/x").text()).contains("--user is missing");
        assertThat(run("migrate", "--password", "x").text()).contains("no option --password");
        assertThat(run("migrate", "--url").text()).contains("needs a value");
        var secret = Files.writeString(other.resolve("secret"), "guess-me-not\n");
        var wrong = run("migrate", "--url", postgres.jdbcUrl(), "--user", "sekisho_owner", "--password-file", secret.toString());
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.text()).contains("password authentication failed").doesNotContain("guess-me-not");
        var role = run("migrate", "--url", postgres.jdbcUrl(), "--user", "sekisho_owner", "--password-file", secret.toString(),
            "--app-role", "x; drop table delivery");
        assertThat(role.status()).isEqualTo(2);
        assertThat(role.text()).contains("a role's name is");
    }

    private record Result(int status, String text) {
    }

    private static Result run(String... arguments) {
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = Main.run(List.of(arguments), stream, stream);
        return new Result(status, bytes.toString(StandardCharsets.UTF_8));
    }

    private static DatabaseLogin ownerOf(String url) {
        return new DatabaseLogin(url, postgres.owner().user(), postgres.owner().password());
    }

    private static void execute(String url, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url, postgres.app().user(), postgres.app().password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
