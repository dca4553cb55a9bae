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
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.embedded.FileTree;
import sekisho.embedded.FreePorts;
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

    private void nobodyListens() {
        ports.forEach((name, port) -> assertThatExceptionOfType(ConnectException.class).as(name)
            .isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port)).close()));
    }

    @Test
    void theDemoStartsSendsItsMessageSaysWhatToTryAndStops() throws Exception {
        assertThat(sekisho("status").out()).contains("all        not running");
        var demo = sekisho("demo");
        assertThat(demo.err()).contains("sending a message with two attachments", "ready");
        assertThat(demo.status()).isZero();
        assertThat(demo.out()).contains("http://localhost:" + ports.get("SEKISHO_WEB_PORT"), "http://localhost:" + ports.get("SEKISHO_MAILBOX_PORT"),
            "hanako", "taro", "jiro", "responder");
        assertThat(get("SEKISHO_WEB_PORT", "/")).contains("href=\"/sent\"");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(get("SEKISHO_MAILBOX_PORT", "/")).as("the notice to the sender").contains("hanako@example.co.jp"));
        assertThat(sekisho("status").out().lines()).hasSize(4).allMatch(line -> line.contains(" running, process "));
        var again = sekisho("demo");
        assertThat(again.status()).isZero();
        assertThat(again.out()).contains("the demo is running already");
        var verified = sekisho("audit", "verify");
        assertThat(verified.status()).as(verified.out() + verified.err()).isZero();
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
