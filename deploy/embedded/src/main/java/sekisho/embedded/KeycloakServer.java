package sekisho.embedded;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real Keycloak on loopback with the realm {@code sekisho}, in the database {@code keycloak} of a {@link PostgresServer}.
 *
 * <p>The realm is imported at the first start with a database and stays as it is then: later starts must name the same
 * ports and addresses. Client secrets and the password of Keycloak's own administrator are made once, in files of mode
 * 0600 below {@code secrets} of the folder.
 */
public final class KeycloakServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(5);

    private final Settings settings;
    private final LocalProcess process;

    private KeycloakServer(Settings settings, LocalProcess process) {
        this.settings = settings;
        this.process = process;
    }

    /**
     * How it is set up.
     *
     * @param folder its state; made when missing
     * @param port where browsers and the product reach it, on localhost
     * @param managementPort its health endpoint
     * @param mailPort where it hands over its mail, on localhost
     * @param webUrls the addresses that the recipients' and senders' pages are at, such as {@code http://localhost:8080};
     *     a sign-in may come back to {@code /sign-in} there and to nowhere else
     * @param adminUrls the same for the responders' console, {@code /admin/sign-in}
     * @param provesAddresses whether Keycloak itself lets nobody in whose address isn't proven. On in every installation;
     *     off only in a test which shows that the product refuses such a person too
     * @param log the file for its log
     * @param pidFolder see {@link LocalProcess.Start}
     */
    public record Settings(
            Path folder,
            int port,
            int managementPort,
            int mailPort,
            List<String> webUrls,
            List<String> adminUrls,
            boolean provesAddresses,
            Path log,
            @Nullable Path pidFolder) {
        public Settings {
            folder = folder.toAbsolutePath();
            webUrls = List.copyOf(webUrls);
            adminUrls = List.copyOf(adminUrls);
        }
    }

    /**
     * Starts it and waits until it answers: 17 s the first time, 5 s after.
     *
     * @throws ServerException when it can't; nothing runs then
     */
    public static KeycloakServer start(Settings settings, PostgresServer postgres) {
        Path home = settings.folder().resolve("home");
        makeHome(home);
        RealmFile.write(settings, home.resolve("data/import/sekisho-realm.json"));
        var process = LocalProcess.start(new LocalProcess.Start(
                "keycloak", command(settings, home, postgres), environment(settings, postgres), home, settings.log(), "TERM",
                settings.pidFolder()));
        var server = new KeycloakServer(settings, process);
        process.await(START_LIMIT, server::answers);
        return server;
    }

    /** The address in every token of this realm, and of its OIDC discovery. */
    public String issuer() {
        return url() + "/realms/sekisho";
    }

    public String url() {
        return "http://localhost:" + settings.port();
    }

    public int port() {
        return settings.port();
    }

    public int managementPort() {
        return settings.managementPort();
    }

    /** The file with the secret of the client {@code sekisho-web}. */
    public Path webSecretFile() {
        return webSecretFile(settings.folder());
    }

    /** The file with the secret of the client {@code sekisho-admin}. */
    public Path adminSecretFile() {
        return adminSecretFile(settings.folder());
    }

    /** The file with the secret of the client {@code sekisho-submission}. */
    public Path submissionSecretFile() {
        return submissionSecretFile(settings.folder());
    }

    /** The file with the password of Keycloak's own administrator, who is called {@code keycloak-admin}. */
    public Path consoleSecretFile() {
        return settings.folder().resolve("secrets/keycloak-admin");
    }

    public LocalProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }

    static Path webSecretFile(Path folder) {
        return folder.resolve("secrets/sekisho-web");
    }

    static Path adminSecretFile(Path folder) {
        return folder.resolve("secrets/sekisho-admin");
    }

    static Path submissionSecretFile(Path folder) {
        return folder.resolve("secrets/sekisho-submission");
    }

    /** A home of its own for each server: the program is shared and read-only, what it writes is not. */
    private static void makeHome(Path home) {
        try {
            Files.createDirectories(home.resolve("data/import"));
            Files.createDirectories(home.resolve("tmp"));
            Files.deleteIfExists(home.resolve("lib"));
            Files.createSymbolicLink(home.resolve("lib"), Tools.keycloak().resolve("lib")); // 180 MB, never written to
        } catch (IOException e) {
            throw new ServerException("cannot make the folder " + home, e);
        }
        for (String part : List.of("providers", "themes")) {
            FileTree.delete(home.resolve(part));
            FileTree.copy(Tools.keycloak().resolve(part), home.resolve(part));
        }
    }

    /** What kc.sh runs, without the shell in between: a signal to our child is a signal to Keycloak. */
    private static List<String> command(Settings settings, Path home, PostgresServer postgres) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xms64m", "-Xmx512m", "-XX:MetaspaceSize=96M", "-XX:MaxMetaspaceSize=256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError", "-Dfile.encoding=UTF-8",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                "--add-opens=java.base/java.security=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Duser.language=en", "-Duser.country=US",
                "-Dkc.home.dir=" + home,
                // in the machine's /tmp the first user's vertx-cache would shut out all others
                "-Djava.io.tmpdir=" + home.resolve("tmp"),
                "-Djboss.server.config.dir=" + Tools.keycloak().resolve("conf"),
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
                        + "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
                "-Dpicocli.disable.closures=true",
                "-cp", Tools.keycloak().resolve("lib/quarkus-run.jar").toString(),
                "io.quarkus.bootstrap.runner.QuarkusEntryPoint"));
        command.addAll(List.of(
                "start", "--optimized", "--import-realm",
                "--cache=local",
                "--http-enabled=true",
                "--http-host=127.0.0.1",
                "--http-port=" + settings.port(),
                "--http-management-port=" + settings.managementPort(),
                "--hostname=http://localhost:" + settings.port(),
                "--db-url=" + postgres.keycloakJdbcUrl(),
                "--db-username=" + postgres.keycloak().user(),
                "--db-pool-max-size=20",
                "--log-level=warn,org.keycloak.quarkus.runtime.KeycloakMain:info"));
        return command;
    }

    /** Passwords go through the environment, which other users of the machine can't see, as they can a command line. */
    private static Map<String, String> environment(Settings settings, PostgresServer postgres) {
        var environment = new HashMap<>(Map.of(
                "KC_DB_PASSWORD", postgres.keycloak().password(),
                "KC_BOOTSTRAP_ADMIN_USERNAME", "keycloak-admin",
                "KC_BOOTSTRAP_ADMIN_PASSWORD", SecretFile.readOrCreate(settings.folder().resolve("secrets/keycloak-admin"))));
        List.of("JAVA_OPTS", "JAVA_OPTS_APPEND", "JAVA_TOOL_OPTIONS").forEach(name -> environment.put(name, ""));
        return environment;
    }

    private boolean answers() {
        return httpStatus("http://127.0.0.1:" + settings.managementPort() + "/health/ready") == 200;
    }

    /** The status of a GET, or 0 while nobody answers. */
    static int httpStatus(String url) {
        try {
            var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
            connection.setConnectTimeout(2_000);
            connection.setReadTimeout(5_000);
            try {
                return connection.getResponseCode();
            } finally {
                connection.disconnect();
            }
        } catch (IOException _) {
            return 0;
        }
    }
}
