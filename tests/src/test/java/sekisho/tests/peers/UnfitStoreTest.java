package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.embedded.FreePorts;
import sekisho.embedded.ProductProcess;
import sekisho.storage.ScriptedS3;
import sekisho.tests.Installation;
import sekisho.tests.Policies;

/** A start on a bucket that can't be used ends, says what it lacks, and has let nobody in. One on a store that says nothing waits for it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnfitStoreTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Installation installation;
    private S3Server s3;

    @BeforeAll
    void theHouseStands() throws IOException {
        installation = Installation.alone(Policies.AT_ONCE);
        s3 = S3Server.start(installation.stage().folder().resolve("s3"), "sealed");
    }

    @AfterAll
    void theHouseGoes() {
        installation.close();
        s3.close();
    }

    private ProductProcess launch(String name, int port, String bucket, String secret) throws IOException {
        Path file = Files.writeString(installation.stage().folder().resolve(name + "-secret"), secret);
        return installation.stage().launch("mail", name, Map.of("gateway.store.kind", "s3", "gateway.store.s3.endpoint", "http://127.0.0.1:" + port,
            "gateway.store.s3.bucket", bucket, "gateway.store.s3.access-key", S3Server.ACCESS_KEY, "gateway.store.s3.secret-key-file", file.toString()));
    }

    private boolean isListening() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), installation.stage().ports().smtp())) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    private void refusesToStart(ProductProcess product, String... why) throws IOException {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            assertThat(isListening()).as("mail is let in").isFalse();
            return !product.process().isAlive();
        });
        assertThat(product.process().awaitEnd(PATIENCE)).as("its status").isPositive();
        assertThat(Files.readString(product.log())).contains(why).contains("gateway.store.*").doesNotContain("Listening on");
    }

    @Test
    void aBucketThatIsNotThereStopsTheStart() throws IOException {
        refusesToStart(launch("no-bucket", s3.port(), "nowhere", S3Server.SECRET_KEY), "the object store has no bucket nowhere");
    }

    @Test
    void aSecretThatIsNotTheOneStopsTheStart() throws IOException {
        var product = launch("wrong-secret", s3.port(), "sealed", "another secret");
        refusesToStart(product, "refused our credentials for bucket sealed");
        assertThat(Files.readString(product.log())).doesNotContain("another secret", S3Server.SECRET_KEY);
    }

    @Test
    void aBucketThatLocksWhatIsPutIntoItStopsTheStart() throws IOException {
        try (var locking = new ScriptedS3()) {
            locking.then(200, """
                <ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode>
                <Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>""");
            refusesToStart(launch("locking", locking.port(), "sealed", S3Server.SECRET_KEY), "the object store can't be used, bucket sealed", "object lock");
            assertThat(locking.requests()).as("nothing was put into it").hasSize(1).allMatch(request -> request.startsWith("GET "));
        }
    }

    @Test
    void aStoreThatIsAwayIsWaitedFor() throws Exception {
        try (var product = launch("away", FreePorts.take(), "sealed", S3Server.SECRET_KEY); var client = HttpClient.newHttpClient()) {
            var asked = HttpRequest.newBuilder(URI.create(product.managementUrl() + "/health/ready")).build();
            await().atMost(PATIENCE).until(this::isListening);
            var said = await().atMost(PATIENCE).ignoreException(ConnectException.class).until(() -> client.send(asked, HttpResponse.BodyHandlers.ofString()), Objects::nonNull);
            assertThat(said.statusCode()).isEqualTo(503);
            assertThat(said.body().replaceAll("\\s+", "")).contains("{\"name\":\"objectstore\",\"status\":\"DOWN\"");
            assertThat(product.process().isAlive()).isTrue();
        }
    }
}
