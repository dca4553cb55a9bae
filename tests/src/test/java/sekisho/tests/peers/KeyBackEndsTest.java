package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import sekisho.embedded.ProductProcess;
import sekisho.storage.SoftToken;
import sekisho.storage.TransitServer;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.Visitor;
import sekisho.tools.CommandException;
import sekisho.tools.Keys;

/** The whole product with the private half of the key of files in a token, or in a Transit engine (our own, recorded from its documentation). */
class KeyBackEndsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");
    private static final byte[] CONTENT = Messages.octets(300_000, 6);

    private final String node = House.open().takePage();
    private ProductProcess web;

    @FunctionalInterface
    private interface Description {
        void write(Path privateFile, String name) throws Exception;
    }

    /** Files are sealed to a pair that only the back end can use, from the first on. */
    private Installation installed(String database, Description description) throws Exception {
        var installation = Installation.inTheHouse(database, Policies.AT_ONCE);
        Path keys = installation.stage().keys();
        Files.delete(keys.resolve("files.private"));
        Files.delete(keys.resolve("files.public"));
        description.write(keys.resolve("files.private"), database);
        assertThat(keys(installation, "rotate")).startsWith("0 files has version 1 now");
        installation.start("mail", Map.of());
        web = installation.startPages("web", "web", node, Map.of("web.rewrap.every", "1s", "web.rewrap.after", "0s"));
        return installation;
    }

    private static String keys(Installation installation, String command, String... more) throws CommandException {
        var arguments = new ArrayList<>(List.of(command, installation.stage().keys().toString(), "files"));
        arguments.addAll(List.of(more));
        var postgres = installation.stage().postgres();
        arguments.addAll(List.of("--url", installation.stage().database(), "--user", postgres.app().user(), "--password-file",
            postgres.passwordFile(postgres.app()).toString()));
        var bytes = new ByteArrayOutputStream();
        int status = new Keys().run(arguments, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return status + " " + bytes.toString(StandardCharsets.UTF_8);
    }

    /** While it is sealed every request is answered so. */
    private static void seal(TransitServer engine) {
        for (int i = 0; i < 1000; i++) {
            engine.instead.add(TransitServer.Instead.SEALED);
        }
    }

    private String health() throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var asked = HttpRequest.newBuilder(URI.create(web.managementUrl() + "/health/well")).build();
            return client.send(asked, HttpResponse.BodyHandlers.ofString()).body().replaceAll("\\s+", "");
        }
    }

    /** A message comes in, its link is opened, its file downloaded; then all again after a rotation, the first file too. */
    private void fileGoesThrough(Installation installation, String algorithm, @Nullable TransitServer engine) throws Exception {
        String first = submitted(installation, "Sealed to a back end");
        assertThat(installation.data().texts("select distinct wrap_algorithm from file where wrap is not null")).containsExactly(algorithm);
        try (var taro = new Visitor(node, "taro")) {
            var files = FILE.matcher(taro.opens("/d/" + first + "/files").html()).results().map(found -> found.group(1)).distinct().toList();
            assertThat(taro.gets(taro.ticket(first, files.getFirst()), HttpResponse.BodyHandlers.ofByteArray()).body()).isEqualTo(CONTENT);
            if (engine != null) {
                assertThat(health()).contains("{\"name\":\"keys\",\"status\":\"UP\"");
                seal(engine);
                assertThat(taro.gets(taro.ticket(first, files.getLast()), HttpResponse.BodyHandlers.ofString()).statusCode()).as("while it is away").isEqualTo(503);
                submitted(installation, "Taken while it was away");
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(health()).contains("{\"name\":\"keys\",\"status\":\"DOWN\"", "filescan'topennow"));
                assertThat(web.isReady()).as("pages say what is wrong, so visitors are still sent here").isTrue();
                engine.instead.clear();
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(health()).contains("{\"name\":\"keys\",\"status\":\"UP\""));
                engine.ready();
            }
            assertThat(keys(installation, "rotate")).startsWith("0 files has version 2 now");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().number("select count(*) from file where wrap is not null and wrap_version = 1")).isZero());
            assertThat(taro.gets(taro.ticket(first, files.getLast()), HttpResponse.BodyHandlers.ofByteArray()).body()).as("wrapped anew").isEqualTo(new byte[] {1, 2, 3});
            String second = submitted(installation, "After the rotation");
            assertThat(FILE.matcher(taro.opens("/d/" + second + "/files").html()).results()).isNotEmpty();
        }
    }

    private String submitted(Installation installation, String subject) throws Exception {
        assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), Messages.twoAttachments(subject, CONTENT, new byte[] {1, 2, 3}))).startsWith("250 2.6.0");
        return installation.inbox().token(installation.inbox().await(TARO, subject));
    }

    @Test
    void inAToken() throws Exception {
        var folder = Files.createTempDirectory("sekisho-token");
        try (var installation = installed("token", (file, name) -> SoftToken.make(folder).describe(file, name))) {
            fileGoesThrough(installation, "P-256+HKDF-SHA384+A256GCM", null);
        }
    }

    @Test
    void inATransitEngine() throws Exception {
        try (var engine = new TransitServer(); var installation = installed("transit", engine::describe)) {
            fileGoesThrough(installation, "RSA-OAEP-256+HKDF-SHA384+A256GCM", engine);
            assertThat(engine.asked).anyMatch(each -> each.startsWith("POST /v1/transit/decrypt/"));
        }
    }
}
