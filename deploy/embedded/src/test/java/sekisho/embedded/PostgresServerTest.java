package sekisho.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
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
    void whatWasCommittedSurvivesAKill() throws SQLException {
        execute(postgres.owner(), "create table goods (name text)", "insert into goods values ('関所')");

        postgres.kill();
        assertThat(postgres.process().isAlive()).isFalse();
        postgres = PostgresServer.start(folder);

        try (var connection = postgres.connect(postgres.owner());
                var rows = connection.createStatement().executeQuery("select name from goods")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("関所");
        }
    }

    /** Else each connection of each process that is started would stretch a password that nobody can guess. */
    @Test
    void noPasswordIsStretched() throws SQLException {
        try (var connection = postgres.connect(postgres.superuser());
                var rows = connection.createStatement().executeQuery("select rolpassword from pg_authid where rolpassword is not null")) {
            var passwords = new ArrayList<String>();
            while (rows.next()) {
                passwords.add(rows.getString(1));
            }
            assertThat(passwords).hasSizeGreaterThan(3).allMatch(password -> password.startsWith("SCRAM-SHA-256$1:"));
        }
    }

    @Test
    void aStoppedServerLeavesNoProcessAndNoPort(@TempDir Path other) throws Exception {
        var second = PostgresServer.start(other);
        var backends = second.process();
        second.close();
        assertThat(backends.isAlive()).isFalse();
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", second.port()));
            assertThat(socket.isBound()).isTrue();
        }
    }

    @Test
    void afterARestartOfTheMachineAnothersProcessWithTheOldNumberIsNoObstacle(@TempDir Path other) throws Exception {
        var before = PostgresServer.start(other);
        before.kill();
        Path lock = other.resolve("data/postmaster.pid");
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try {
            var lines = Files.readAllLines(lock);
            lines.set(0, Long.toString(stranger.pid()));
            Files.write(lock, lines);
            PostgresServer.start(other).close();
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void twoServersNeverShareAFolder(@TempDir Path other) throws Exception {
        try (var first = PostgresServer.start(other)) {
            assertThatThrownBy(() -> PostgresServer.start(other))
                    .isInstanceOf(ServerException.class)
                    .hasMessageContaining("postmaster.pid");
            assertThat(first.process().isAlive()).isTrue();
            assertThat(first.connect(first.app()).isValid(5)).isTrue();
        }
    }

    @Test
    void theProgramsRoleCanNeitherCreateTablesNorReadThoseItWasNotGranted() throws SQLException {
        execute(postgres.owner(), "create table secret_goods (name text)");
        for (String sql : List.of("create table mine (a int)", "create temporary table mine (a int)", "select * from secret_goods",
                "create schema mine", "create role friend")) {
            assertThatThrownBy(() -> execute(postgres.app(), sql))
                    .as(sql)
                    .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    @Test
    void noRoleReachesTheDatabaseOfTheOther() {
        assertThatThrownBy(() -> DriverManager.getConnection(postgres.keycloakJdbcUrl(), postgres.app().user(), postgres.app().password()))
                .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        assertThatThrownBy(() -> postgres.connect(postgres.keycloak()))
                .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }

    @Test
    void aWrongPasswordIsRefused() {
        assertThatThrownBy(() -> postgres.connect(new PostgresServer.Login("sekisho_app", "guess")))
                .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    }

    @Test
    void passwordsAreInFilesThatOnlyTheirOwnerReads() throws Exception {
        try (var secrets = Files.list(folder.resolve("secrets"))) {
            assertThat(secrets.toList()).hasSize(5).allSatisfy(file ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------"));
        }
        assertThat(postgres.owner().toString()).doesNotContain(postgres.owner().password());
    }

    @Test
    void aPortInUseIsSaidPlainlyAndNothingKeepsRunning(@TempDir Path other) {
        assertThatThrownBy(() -> PostgresServer.startAt(other, postgres.port(), other.resolve("log"), null))
                .isInstanceOf(ServerException.class)
                .hasMessageContaining("Address already in use");
    }

    private void execute(PostgresServer.Login login, String... statements) throws SQLException {
        try (var connection = postgres.connect(login);
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
