package sekisho.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL on loopback, with the databases and roles of an installation:
 *
 * <ul>
 *   <li>database {@code sekisho}, owned by {@code sekisho_owner}, who runs the migrations;
 *   <li>{@code sekisho_app}, who may connect to it and nothing more: each migration grants what the program needs;
 *   <li>{@code sekisho_mail}, who may nothing at first: the runnable {@code mail} by itself, when it was granted what that needs;
 *   <li>database {@code keycloak}, owned by {@code keycloak}.
 * </ul>
 *
 * <p>Everything lives below one folder, passwords in files of mode 0600 below {@code secrets}. What was committed
 * survives {@link #kill()}: {@code fsync} is on.
 */
public final class PostgresServer implements AutoCloseable {
    private static final String ADMIN = "postgres";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration INITDB_LIMIT = Duration.ofMinutes(2);
    private static final int PORT_TRIES = 5;
    /** Of SCRAM: stretching is for passwords that can be guessed, and these are random; each connection would pay for it. */
    private static final String ITERATIONS = "1";

    private final Path folder;
    private final int port;
    private final LocalProcess process;

    private PostgresServer(Path folder, int port, LocalProcess process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** A role and its password. */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[user=" + user + "]";
        }
    }

    /**
     * Starts the server in {@code folder} on a free port; makes everything there when the folder is new.
     *
     * @throws ServerException when it can't; nothing runs then
     */
    public static PostgresServer start(Path folder) {
        return start(folder, folder.resolve("postgres.log"), null);
    }

    /** Like {@link #start(Path)}, with a log elsewhere and, when {@code pidFolder} is given, a pid file there. */
    public static PostgresServer start(Path folder, Path log, @Nullable Path pidFolder) {
        ServerException last = null;
        for (int i = 0; i < PORT_TRIES; i++) {
            try {
                return startAt(folder, FreePorts.take(), log, pidFolder);
            } catch (ServerException e) {
                last = e; // perhaps somebody took the port in between; the log in the message says so
                if (e.getMessage() == null || !e.getMessage().contains("Address already in use")) {
                    throw e;
                }
            }
        }
        throw last == null ? new ServerException("no port tried") : last;
    }

    /** Like {@link #start(Path, Path, Path)}, on a port of the caller's choice. */
    public static PostgresServer startAt(Path folder, int port, Path log, @Nullable Path pidFolder) {
        Path home = folder.toAbsolutePath();
        try {
            Files.createDirectories(home);
            Files.createDirectories(log.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new ServerException("cannot make the folder " + home, e);
        }
        if (!Files.exists(home.resolve("data/PG_VERSION"))) {
            initialize(home, log);
        }
        forgetDeadServer(home.resolve("data"));
        var server = new PostgresServer(home, port, launch(home, port, log, pidFolder));
        server.process.await(START_LIMIT, server::answers);
        server.createRolesAndDatabases();
        return server;
    }

    public int port() {
        return port;
    }

    /** Of the database {@code sekisho}; without user and password. */
    public String jdbcUrl() {
        return jdbcUrl("sekisho");
    }

    /** Of the database {@code keycloak}; without user and password. */
    public String keycloakJdbcUrl() {
        return jdbcUrl("keycloak");
    }

    /** Who owns the tables and migrates them. */
    public Login owner() {
        return login("sekisho_owner");
    }

    /** Who the running product is. */
    public Login app() {
        return login("sekisho_app");
    }

    /** Who the runnable {@code mail} is where it runs as a process of its own. */
    public Login mail() {
        return login("sekisho_mail");
    }

    public Login keycloak() {
        return login("keycloak");
    }

    /** The file with the password of one of these. */
    public Path passwordFile(Login login) {
        return secret(folder, login.user());
    }

    /** The superuser, for tests that look from outside or change what no role of the product may. */
    public Login superuser() {
        return login(ADMIN);
    }

    /** A connection to the database {@code sekisho}; the caller closes it. */
    public Connection connect(Login login) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), login.user(), login.password());
    }

    /**
     * Creates an empty database like {@code sekisho}, for a test that wants one of its own.
     *
     * @param name lower-case letters, digits and underscores
     * @return its JDBC URL
     */
    public String createDatabase(String name) {
        return createDatabase(name, "template1");
    }

    /** As above, with all that is in another one. @param template its name; nobody may be connected to it */
    public String createDatabase(String name, String template) {
        if (!name.matches("[a-z][a-z0-9_]*")) {
            throw new IllegalArgumentException("a database name is lower-case letters, digits and underscores");
        }
        asAdmin(List.of(
                "create database " + name + " template " + template + " owner sekisho_owner",
                "revoke all on database " + name + " from public",
                "grant connect on database " + name + " to sekisho_app"));
        return jdbcUrl(name);
    }

    public LocalProcess process() {
        return process;
    }

    /** Kills the server and all its backends in an instant. Start it again with the same folder. */
    public void kill() {
        process.kill();
    }

    /** Stops the server; open transactions are rolled back. Its data stays. */
    @Override
    public void close() {
        process.close();
    }

    private String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private Login login(String role) {
        return new Login(role, SecretFile.readOrCreate(secret(folder, role)));
    }

    private static Path secret(Path folder, String role) {
        return folder.resolve("secrets").resolve(role);
    }

    private boolean answers() {
        try (var connection = DriverManager.getConnection(jdbcUrl(ADMIN), ADMIN, superuser().password())) {
            return connection.isValid(5);
        } catch (SQLException _) {
            return false;
        }
    }

    private static void initialize(Path folder, Path log) {
        SecretFile.readOrCreate(secret(folder, ADMIN));
        // A complete cluster is renamed into place: an interrupted first start leaves no half of one behind. No --no-sync:
        // the promise is that what was committed survives.
        Path work = folder.resolve("data.new");
        FileTree.delete(work);
        var command = asUser(List.of(
                Tools.postgres().resolve("bin/initdb").toString(),
                "--pgdata=" + work,
                "--username=" + ADMIN,
                "--pwfile=" + secret(folder, ADMIN),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--set", "scram_iterations=" + ITERATIONS));
        int status = LocalProcess.start(new LocalProcess.Start("initdb", command, environment(), folder, log, "TERM", null))
                .awaitEnd(INITDB_LIMIT);
        if (status != 0) {
            FileTree.delete(work);
            throw new ServerException("initdb failed; " + log + " says why" + (isRoot()
                    ? " (as root it needs user namespaces, 'unshare -U true'; without them start as an ordinary user)" : ""));
        }
        try {
            Files.move(work, folder.resolve("data"));
        } catch (IOException e) {
            throw new ServerException("cannot put the new database in its place", e);
        }
    }

    /**
     * Deletes the lock file of a server that died with the machine. PostgreSQL would take any process that has its number now
     * for itself. A server that does run, or a rest of one, has the folder as its working folder.
     */
    private static void forgetDeadServer(Path data) {
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            Path real = data.toRealPath();
            for (Path process : processes) {
                if (isWorkingFolder(process, real)) {
                    return;
                }
            }
            Files.deleteIfExists(data.resolve("postmaster.pid"));
        } catch (IOException e) {
            throw new ServerException("cannot see whether a server runs in " + data, e);
        }
    }

    private static boolean isWorkingFolder(Path process, Path folder) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(folder);
        } catch (IOException _) {
            return false; // it has ended, or is another user's, who can't have written here
        }
    }

    private static LocalProcess launch(Path folder, int port, Path log, @Nullable Path pidFolder) {
        var settings = Map.of(
                "port", Integer.toString(port),
                "listen_addresses", "127.0.0.1",
                "unix_socket_directories", "",
                "max_connections", "400",
                "timezone", "UTC",
                "log_timezone", "UTC",
                "scram_iterations", ITERATIONS,
                // DETAIL lines quote values of rows, which are addresses and names.
                "log_error_verbosity", "terse",
                "log_min_error_statement", "panic");
        var command = new ArrayList<>(List.of(Tools.postgres().resolve("bin/postgres").toString(), "-D", folder.resolve("data").toString()));
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        return LocalProcess.start(
                new LocalProcess.Start("postgres", asUser(command), environment(), folder, log, "INT", pidFolder));
    }

    private void createRolesAndDatabases() {
        var statements = new ArrayList<String>();
        try (var connection = DriverManager.getConnection(jdbcUrl(ADMIN), ADMIN, superuser().password())) {
            for (Login login : List.of(owner(), app(), mail(), keycloak())) {
                if (!exists(connection, "select 1 from pg_roles where rolname = ?", login.user())) {
                    statements.add("create role " + login.user() + " login password '" + login.password() + "'");
                }
            }
            if (!exists(connection, "select 1 from pg_database where datname = ?", "sekisho")) {
                statements.add("create database sekisho owner sekisho_owner");
                statements.add("revoke all on database sekisho from public");
                statements.add("grant connect on database sekisho to sekisho_app");
            }
            if (!exists(connection, "select 1 from pg_database where datname = ?", "keycloak")) {
                statements.add("create database keycloak owner keycloak");
                statements.add("revoke all on database keycloak from public");
            }
        } catch (SQLException e) {
            throw new ServerException("cannot look at the roles of the database", e);
        }
        asAdmin(statements);
    }

    private static boolean exists(Connection connection, String query, String name) throws SQLException {
        try (var select = connection.prepareStatement(query)) {
            select.setString(1, name);
            try (var rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    private void asAdmin(List<String> statements) {
        try (var connection = DriverManager.getConnection(jdbcUrl(ADMIN), ADMIN, superuser().password());
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new ServerException("cannot create roles and databases: SQL state " + e.getSQLState(), e);
        }
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own it is nobody, and the files are still its. */
    private static List<String> asUser(List<String> command) {
        if (!isRoot()) {
            return command;
        }
        var wrapped = new ArrayList<>(List.of("unshare", "-U"));
        wrapped.addAll(command);
        return wrapped;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static Map<String, String> environment() {
        return Map.of("LC_ALL", "C", "PGOPTIONS", "", "PGDATA", "", "PGPORT", "", "PGHOST", "");
    }
}
