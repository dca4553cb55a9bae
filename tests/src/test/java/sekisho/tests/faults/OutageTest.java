package sekisho.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.embedded.FreePorts;
import sekisho.embedded.PostgresServer;
import sekisho.embedded.ProductProcess;
import sekisho.tests.Installation;
import sekisho.tests.MailServer;
import sekisho.tests.Messages;
import sekisho.tests.Policies;

/** What the mail server and people see while the database, the object store or the identity provider is away, and afterwards. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutageTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final byte[] CONTENT = Messages.octets(200_000, 4);

    private final HttpClient client = HttpClient.newHttpClient();
    private Installation installation;
    private ProductProcess all;
    private PostgresServer postgres;

    @BeforeAll
    void theHouseStandsWithoutAnIdentityProvider() throws IOException {
        installation = Installation.withItsOwnPostgres(Policies.AT_ONCE);
        postgres = installation.stage().postgres();
        Path secret = Files.writeString(installation.stage().folder().resolve("client-secret"), "0123456789abcdef0123456789abcdef");
        all = installation.stage().launch("all", "all", Map.of(
            "quarkus.oidc.auth-server-url", "http://127.0.0.1:" + FreePorts.take() + "/realms/sekisho",
            "web.sign-in.client-secret-file", secret.toString(),
            "admin.sign-in.client-secret-file", secret.toString(),
            // so long that the sweep for orphans can't be what removes the objects of a refused message
            "gateway.store.orphan-age", "24h",
            "gateway.store.orphan-sweep", "1h"));
        await().atMost(PATIENCE).until(() -> health().contains("objectstore"));
    }

    @AfterEach
    void nothingIsLeftBehind() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(installation.orphans()).isEmpty();
            assertThat(installation.unfinishedUploads()).isZero();
            assertThat(installation.data().number("select count(*) from outbox where state in ('DUE', 'CLAIMED')")).isZero();
            assertThat(installation.data().number("select count(*) from audit_pending")).isZero();
        });
    }

    @AfterAll
    void theHouseGoes() {
        installation.close();
        postgres.close();
    }

    private String submits(String subject, byte[] message) {
        try {
            return installation.mailServer().submits(HANAKO, List.of(TARO), message);
        } catch (IOException failed) {
            throw new AssertionError("no answer to " + subject, failed);
        }
    }

    private String submits(String subject) {
        return submits(subject, Messages.twoAttachments(subject, Messages.octets(10, 3), CONTENT));
    }

    private HttpResponse<String> get(String address) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(address)).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private String health() {
        try {
            return get(all.managementUrl() + "/health/ready").body().replaceAll("\\s+", "");
        } catch (IOException _) {
            return "";
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private void readinessSays(String part, String status) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(health()).contains("{\"name\":\"" + part.replace(" ", "") + "\",\"status\":\"" + status + "\""));
    }

    private long objects() throws IOException {
        try (var files = Files.walk(installation.stage().objects())) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    /** Soon, not at once: the hook asks its database every few seconds. */
    private void mailIsAnsweredAtMail(String reply) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            try (var client = new MailServer.Connection(installation.stage().ports().smtp())) {
                client.says("EHLO mail.example.co.jp");
                assertThat(client.says("MAIL FROM:<" + HANAKO + ">")).startsWith(reply);
            }
        });
    }

    private void databaseGoes() {
        postgres.kill();
    }

    private void databaseComesBack() {
        int port = postgres.port();
        postgres = PostgresServer.startAt(installation.stage().folder().resolve("postgres"), port, installation.stage().folder().resolve("logs/postgres.log"), null);
    }

    @Test
    void withoutTheDatabaseMailWaitsAtItsServerAndPagesSaySo() throws Exception {
        mailIsAnsweredAtMail("250");
        assertThat(submits("Before the outage")).startsWith("250 2.6.0");
        var link = installation.stage().ports().webUrl() + "/d/" + installation.inbox().token(installation.inbox().await(TARO, "Before the outage"));
        assertThat(get(link).statusCode()).isEqualTo(200);
        long deliveries = installation.data().number("select count(*) from delivery");
        long objects = objects();

        try (var half = new MailServer.Connection(installation.stage().ports().smtp())) {
            for (var line : List.of("EHLO mail.example.co.jp", "MAIL FROM:<" + HANAKO + ">", "RCPT TO:<" + TARO + ">", "DATA")) {
                assertThat(half.says(line)).doesNotStartWith("4").doesNotStartWith("5");
            }
            databaseGoes();
            assertThat(half.data(Messages.twoAttachments("In the middle", CONTENT, CONTENT))).as("the dot after the database went").startsWith("451 4.3.0");
        }
        assertThat(objects()).as("at once, while the database is still away").isEqualTo(objects);
        mailIsAnsweredAtMail("451 4.3.0");   // so that no client sends a message that can't be kept
        for (int i = 0; i < 5; i++) {
            assertThat(submits("During the outage")).startsWith("451 4.3.0");
        }
        assertThat(objects()).as("a long outage doesn't fill the store").isEqualTo(objects);
        readinessSays("database", "DOWN");
        readinessSays("object store", "UP");
        var page = get(link);
        assertThat(page.statusCode()).isEqualTo(503);
        assertThat(page.headers().firstValue("Retry-After")).isPresent();
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(page.body()).doesNotContain("Exception", "sekisho.gateway", "jdbc");

        databaseComesBack();
        readinessSays("database", "UP");
        assertThat(installation.data().number("select count(*) from delivery")).as("rows of refused messages").isEqualTo(deliveries);
        assertThat(get(link).statusCode()).isEqualTo(200);
        mailIsAnsweredAtMail("250 2.1.0");
        assertThat(submits("After the outage")).startsWith("250 2.6.0");
        installation.inbox().await(TARO, "After the outage");
        assertThat(installation.inbox().count(TARO, "During the outage") + installation.inbox().count(TARO, "In the middle")).isZero();
    }

    @Test
    void aCopyThatWentOutWhileTheDatabaseWasAwayIsNotSentAgain() throws Exception {
        var arrived = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        installation.smartHostRefuses(_ -> {
            arrived.countDown();
            try {
                goOn.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return Optional.empty();
        });
        assertThat(submits("On its way")).startsWith("250 2.6.0");
        arrived.await();
        databaseGoes();
        goOn.countDown();
        installation.inbox().await(TARO, "On its way");
        databaseComesBack();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().texts(
            "select o.state from outbox o join delivery d on d.id = o.delivery_id where d.subject = 'On its way'")).containsExactly("SENT"));
        assertThat(installation.inbox().count(TARO, "On its way")).isEqualTo(1);
    }

    @Test
    void withoutTheObjectStoreNoAttachmentIsAccepted() throws Exception {
        Path objects = installation.stage().objects();
        Path away = objects.resolveSibling("objects-elsewhere");
        long deliveries = installation.data().number("select count(*) from delivery");
        try {
            Files.move(objects, away);
            assertThat(submits("No store")).startsWith("451 4.3.0");
            readinessSays("object store", "DOWN");
            readinessSays("database", "UP");
            Files.writeString(objects, "a file where the folder was");
            assertThat(submits("A file for a store")).startsWith("451 4.3.0");
            assertThat(installation.data().number("select count(*) from delivery")).as("rows of refused messages").isEqualTo(deliveries);
        } finally {
            Files.deleteIfExists(objects);
            Files.move(away, objects);
        }
        readinessSays("object store", "UP");
        mailIsAnsweredAtMail("250 2.1.0");   // the hook looks for itself
        assertThat(submits("The store is back")).startsWith("250 2.6.0");
        installation.inbox().await(TARO, "The store is back");
    }

    @Test
    void withoutTheIdentityProviderMailGoesOnAndNobodySignsIn() throws Exception {
        readinessSays("identity provider", "DOWN");
        readinessSays("database", "UP");
        assertThat(submits("Nobody can sign in")).startsWith("250 2.6.0");
        var token = installation.inbox().token(installation.inbox().await(TARO, "Nobody can sign in"));
        var pages = installation.stage().ports().webUrl();
        assertThat(get(pages + "/d/" + token).statusCode()).as("the landing page needs no sign-in").isEqualTo(200);
        for (var path : List.of("/d/" + token + "/files", "/sent", "/admin")) {
            var page = get(pages + path);
            assertThat(page.statusCode()).as(path).isEqualTo(503);
            assertThat(page.body()).as(path).doesNotContain(Messages.PLAIN_NAME, "Exception", TARO);
        }
    }
}
