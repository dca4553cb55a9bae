package sekisho.tests.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.embedded.FileTree;
import sekisho.embedded.FreePorts;
import sekisho.embedded.Tools;
import sekisho.tests.launcher.Launcher.Ended;

/** What a newcomer types first, in a repository that was just built; what the launcher says of wrong settings its own test holds. */
class DemoStartTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final List<String> PORTS = List.of("SEKISHO_WEB_PORT", "SEKISHO_HEALTH_PORT", "SEKISHO_SMTP_PORT", "SEKISHO_KEYCLOAK_PORT",
        "SEKISHO_KEYCLOAK_MANAGEMENT_PORT", "SEKISHO_MAILBOX_PORT", "SEKISHO_MAILBOX_SMTP_PORT");

    @TempDir
    private Path folder;
    private Launcher launcher;
    private Path state;
    private final Map<String, String> ports = new TreeMap<>();

    @BeforeEach
    void aCloneThatIsBuilt() throws IOException {
        state = folder.resolve("state");
        PORTS.forEach(name -> ports.put(name, Integer.toString(FreePorts.take())));
        var environment = new HashMap<>(ports);
        environment.put("SEKISHO_STATE", state.toString());
        launcher = new Launcher(folder, environment);
    }

    @AfterEach
    void nothingRunsOn() throws Exception {
        if (Files.isDirectory(state)) {
            assertThat(sekisho("reset").status()).isZero();
            FileTree.delete(state);
        }
    }

    private Ended sekisho(String... arguments) throws Exception {
        return launcher.sekisho(arguments);
    }

    /** A shell that may mount, in a name space of its own, before it becomes the launcher. */
    private Ended demoAfter(Map<String, String> environment, String mounts) throws Exception {
        return launcher.run(environment, List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
            mounts + " && exec '" + launcher.script() + "' demo"));
    }

    private String get(String portSetting, String path) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + ports.get(portSetting) + path)).build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8)).body();
        }
    }

    private void saysOneLine(Ended demo, String... words) {
        assertThat(demo.status()).isEqualTo(1);
        assertThat(demo.out()).isEmpty();
        assertThat(demo.err().lines().filter(line -> !line.matches(" *\\d+s  .*"))).singleElement().asString().startsWith("sekisho: ").contains(words);
        assertThat(state.resolve("demo")).doesNotExist();
    }

    /**
     * {@code ./sekisho demo} of somebody who is not root and has a home where nothing is yet, whoever runs this test: in a name space of its own
     * the process is {@code nobody} without any capability, so that PostgreSQL runs as it is, and our files are that user's.
     */
    private Launcher.Running newcomersDemo() throws IOException {
        var home = Files.createDirectories(folder.resolve("home"));
        var environment = Map.of("JAVA_HOME", System.getProperty("java.home"), "HOME", home.toString(),
            "SEKISHO_TOOLS", Tools.postgres().getParent().toString());
        return launcher.start(environment, List.of("unshare", "--user", "--map-user=65534", "--map-group=65534", launcher.script().toString(), "demo"));
    }

    private long number(String query) throws Exception {
        var settings = new Properties();
        try (var in = Files.newBufferedReader(state.resolve("demo/all/config/application.properties"))) {
            settings.load(in);
        }
        var password = Files.readString(state.resolve("demo/postgres/secrets/sekisho_owner")).strip();
        try (var connection = DriverManager.getConnection(settings.getProperty("gateway.database.url"), "sekisho_owner", password);
                var rows = connection.createStatement().executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private List<Path> pidFiles() throws IOException {
        try (var files = Files.list(state.resolve("run"))) {
            return files.toList();
        }
    }

    private void nobodyListens() {
        ports.forEach((name, port) -> assertThatExceptionOfType(ConnectException.class).as(name)
            .isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port)).close()));
    }

    private void aFirstStartThatIsEndedInItsMiddleLeavesNothing() throws Exception {
        var first = newcomersDemo();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(first.err()).contains("starting Keycloak for the first time"));
        first.process().destroy();   // TERM
        var ended = first.end();
        assertThat(ended.status()).isEqualTo(143);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("sekisho: told to end").doesNotContain("did not start", "should not happen");
        nobodyListens();
        assertThat(pidFiles()).isEmpty();
        assertThat(state.resolve("demo/postgres/data/postmaster.pid")).doesNotExist();
    }

    /** First as somebody who isn't root, then as whoever runs this test. */
    @Test
    void theDemoStartsSendsItsMessageSaysWhatToTryAndStops() throws Exception {
        assertThat(sekisho("status").out()).contains("all        not running");
        aFirstStartThatIsEndedInItsMiddleLeavesNothing();
        var demo = newcomersDemo().end();
        assertThat(demo.status()).as(demo.err()).isZero();
        assertThat(demo.err()).contains("sending a message with two attachments", "ready").doesNotContain("with the data of last time");
        try (var home = Files.list(folder.resolve("home"))) {
            assertThat(home.map(Path::getFileName)).as("what it left in the newcomer's home").isEmpty();
        }
        assertThat(demo.out()).contains("http://localhost:" + ports.get("SEKISHO_WEB_PORT"), "http://localhost:" + ports.get("SEKISHO_MAILBOX_PORT"),
            "hanako", "taro", "jiro", "responder");
        assertThat(get("SEKISHO_WEB_PORT", "/")).contains("href=\"/sent\"");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(get("SEKISHO_MAILBOX_PORT", "/")).as("the notice to the sender").contains("hanako@example.co.jp"));
        var status = sekisho("status").out();
        assertThat(status.lines()).hasSize(4).allMatch(line -> line.contains(" running, process "));
        assertThat(status).contains("http://localhost:" + ports.get("SEKISHO_WEB_PORT") + "/admin, SMTP at 127.0.0.1:" + ports.get("SEKISHO_SMTP_PORT") + ", ",
            "http://127.0.0.1:" + ports.get("SEKISHO_HEALTH_PORT") + "/health", "http://localhost:" + ports.get("SEKISHO_KEYCLOAK_PORT") + "/\n",
            "http://localhost:" + ports.get("SEKISHO_MAILBOX_PORT") + "/, SMTP at 127.0.0.1:" + ports.get("SEKISHO_MAILBOX_SMTP_PORT") + "\n");
        assertThat(number("select count(*) from recipient r join delivery d on d.id = r.delivery_id where r.release_at - d.accepted_at = interval '2 minutes'"))
            .as("two recipients, two minutes to take it back").isEqualTo(2);
        assertThat(number("select count(*) from recipient")).isEqualTo(2);
        assertThat(number("select count(*) from file")).isEqualTo(2);
        assertThat(sekisho("logs").out().lines()).contains("all.log", "keycloak.log", "mailbox.log", "postgres.log");
        assertThat(sekisho("logs", "all").out()).contains("host-name=sekisho.example.co.jp");
        var followed = launcher.start(Map.of(), List.of(launcher.script().toString(), "logs", "postgres", "-f"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(followed.out()).contains("database system is ready"));
        followed.process().destroy();
        followed.end();
        var again = sekisho("demo");
        assertThat(again.status()).isZero();
        assertThat(again.out()).contains("the demo is running already");
        var verified = sekisho("audit", "verify");
        assertThat(verified.status()).as(verified.out() + verified.err()).isZero();

        Files.delete(state.resolve("run/ready"));   // as when it was killed before it had sent its message
        var later = sekisho("demo");
        assertThat(later.status()).as(later.err()).isZero();
        assertThat(later.err()).contains("stopping all", "ready, with the data of last time");
        assertThat(number("select count(*) from delivery")).as("the one from before, and another").isEqualTo(2);
        assertThat(number("select count(*) from file where access = 'OPEN'")).isEqualTo(4);

        assertThat(sekisho("stop").status()).isZero();
        nobodyListens();
        assertThat(sekisho("status").out().lines()).hasSize(4).allMatch(line -> line.endsWith(" not running"));
    }

    @Test
    void whereThereIsNoJdk25ItSaysWhatToInstall() throws Exception {
        saysOneLine(demoAfter(new HashMap<>(Map.of("PATH", "/usr/bin:/bin")), "mount -t tmpfs none /usr/lib/jvm"), "no JDK 25", "install one", "JAVA_HOME");
    }

    @Test
    void whereTheDiskIsFullItSaysHowMuchIsMissing() throws Exception {
        Files.createDirectory(state);
        saysOneLine(demoAfter(Map.of("JAVA_HOME", System.getProperty("java.home")), "mount -t tmpfs -o size=20m none '" + state + "'"),
            "MB free at", "1000 MB needed", "SEKISHO_STATE");
    }
}
