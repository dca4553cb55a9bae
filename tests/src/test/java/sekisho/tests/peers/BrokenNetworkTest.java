package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.gateway.files.StoreVerifier;
import sekisho.storage.FaultyWire;
import sekisho.storage.FaultyWire.Fault;
import sekisho.storage.S3Settings;
import sekisho.storage.S3Store;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;

/** Mail comes in while the network to the S3 server or to PostgreSQL breaks at one request after the other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenNetworkTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final byte[] SMALL = Messages.octets(200_000, 1);
    private static final byte[] LARGE = Messages.octets((16 << 20) + 100_000, 2);

    private Installation installation;
    private S3Server s3;
    private FaultyWire toStore;
    private FaultyWire toDatabase;

    @BeforeAll
    void theHouseStandsBehindTwoWires() throws IOException {
        installation = Installation.alone(Policies.AT_ONCE);
        var folder = installation.stage().folder();
        s3 = S3Server.start(folder.resolve("s3"), "sealed");
        toStore = new FaultyWire(s3.port());
        var database = URI.create(installation.stage().database().substring("jdbc:".length()));
        toDatabase = new FaultyWire(database.getPort());
        Path secret = Files.writeString(folder.resolve("s3-secret"), S3Server.SECRET_KEY);
        installation.start("mail", Map.of("gateway.store.kind", "s3", "gateway.store.s3.endpoint", "http://127.0.0.1:" + toStore.port(),
            "gateway.store.s3.bucket", "sealed", "gateway.store.s3.access-key", S3Server.ACCESS_KEY, "gateway.store.s3.secret-key-file", secret.toString(),
            "gateway.database.url", installation.stage().database().replace(":" + database.getPort() + "/", ":" + toDatabase.port() + "/"),
            "gateway.store.orphan-sweep", "1h"));
    }

    @AfterEach
    void everyRowHasItsObjectAndEveryObjectItsRow() throws Exception {
        toStore.mend();
        toDatabase.mend();
        var secrets = new S3Settings(s3.endpoint(), "sealed", "us-east-1", S3Server.ACCESS_KEY, S3Server.SECRET_KEY, true);
        try (var store = new S3Store(secrets)) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                var faults = new ArrayList<StoreVerifier.Fault>();
                var owner = installation.stage().postgres().owner();
                try (var connection = DriverManager.getConnection(installation.stage().database(), owner.user(), owner.password())) {
                    new StoreVerifier(connection, store, StoreVerifier.Depth.LENGTHS, Instant.now().plusSeconds(60), faults::add).verify();
                }
                assertThat(faults).isEmpty();
            });
        }
    }

    @AfterAll
    void theHouseGoes() {
        toStore.close();
        toDatabase.close();
        installation.close();
        s3.close();
    }

    private String submits(String subject, byte[] content) {
        try {
            return installation.mailServer().submits(HANAKO, List.of(TARO), Messages.twoAttachments(subject, Messages.octets(10, 3), content));
        } catch (IOException failed) {
            throw new AssertionError("no answer to " + subject, failed);
        }
    }

    private void isTemporaryFor(FaultyWire wire, String trigger, Fault fault, byte[] content) {
        var subject = trigger + " " + fault;
        wire.order(trigger, fault, 20);
        await().atMost(PATIENCE).until(() -> {   // the hook may still think of the fault before
            assertThat(submits(subject, content)).as(subject).startsWith("451 4.3.0");
            return wire.met();
        });
        wire.mend();
    }

    private void goesOut(String subject) throws Exception {
        await().atMost(PATIENCE).until(() -> submits(subject, SMALL).startsWith("250 2.6.0"));
        installation.inbox().await(TARO, subject);
    }

    @Test
    void aBrokenNetworkToTheStoreIsTemporaryAndLeavesNothing() throws Exception {
        long before = installation.data().number("select count(*) from delivery");
        for (var fault : List.of(Fault.RESET, Fault.HALF_REQUEST, Fault.UNAVAILABLE, Fault.LOST_ANSWER, Fault.ENDED_ANSWER)) {
            isTemporaryFor(toStore, "PUT /sealed/f/", fault, SMALL);
        }
        assertThat(installation.data().number("select count(*) from delivery")).isEqualTo(before);
        for (var trigger : List.of("?uploads=", "partNumber=1", "partNumber=2")) {
            isTemporaryFor(toStore, trigger, Fault.LOST_ANSWER, LARGE);
        }
        assertThat(installation.data().number("select count(*) from delivery")).isEqualTo(before);
        goesOut("The store is back");
    }

    @Test
    void aBrokenNetworkToTheDatabaseIsTemporaryAndNothingIsHalfDone() throws Exception {
        for (var fault : List.of(Fault.HALF_REQUEST, Fault.LOST_ANSWER)) {
            toDatabase.breakAll();   // so that statements are sent as text, and not by the name of a prepared one
            isTemporaryFor(toDatabase, "insert into delivery", fault, SMALL);
        }
        toDatabase.breakAll();
        isTemporaryFor(toDatabase, "COMMIT", Fault.LOST_ANSWER, SMALL);
        goesOut("The database is back");
    }

    @Test
    void aDatabaseThatFallsSilentIsTemporaryOnceItsConnectionEnds() throws Exception {
        toDatabase.breakAll();
        await().atMost(PATIENCE).until(() -> {
            toDatabase.order("insert into delivery", Fault.STALL, 0);
            try (var client = Executors.newVirtualThreadPerTaskExecutor()) {
                var reply = client.submit(() -> submits("Into silence", SMALL));
                await().atMost(PATIENCE).until(() -> toDatabase.met() || reply.isDone());
                boolean met = toDatabase.met();
                toDatabase.breakAll();
                toDatabase.mend();
                assertThat(reply.get()).startsWith("451 4.3.0");
                return met;
            }
        });
        goesOut("The database speaks");
    }
}
