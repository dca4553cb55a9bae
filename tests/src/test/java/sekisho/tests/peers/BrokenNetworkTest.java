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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
    /** The first of these begins an upload in parts, the next puts the parts together. */
    private static final String POSTS = "POST /sealed/f/";
    /** So that a statement, COMMIT among them, is sent as text each time, and not by the name of a prepared one. */
    private static final String WHOLE_STATEMENTS = "?prepareThreshold=0";
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
            "gateway.database.url", installation.stage().database().replace(":" + database.getPort() + "/", ":" + toDatabase.port() + "/") + WHOLE_STATEMENTS,
            "gateway.store.s3.silence", "5s", "gateway.store.orphan-sweep", "1h"));
    }

    private S3Store store() {
        return new S3Store(new S3Settings(s3.endpoint(), "sealed", "us-east-1", S3Server.ACCESS_KEY, S3Server.SECRET_KEY, true));
    }

    @AfterEach
    void everyRowHasItsObjectAndEveryObjectItsRowAndNoUploadStays() throws Exception {
        toStore.mend();
        toDatabase.mend();
        try (var store = store()) {
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
        isTemporary(wire, trigger + " " + fault, content, () -> wire.order(trigger, fault, 20));
    }

    private void isTemporary(FaultyWire wire, String subject, byte[] content, Runnable order) {
        order.run();
        untilMet(wire, subject, content);
        wire.mend();
    }

    private void untilMet(FaultyWire wire, String subject, byte[] content) {
        await().atMost(PATIENCE).until(() -> {   // the hook may still think of the fault before
            assertThat(submits(subject, content)).as(subject).startsWith("451 4.3.0");
            return wire.met();
        });
    }

    /** The connection on which a request fell silent ends before it is mended: what the store did so late would be nobody's until the sweep. */
    private void silenceIsTemporary(String subject, byte[] content, Runnable order) {
        order.run();
        untilMet(toStore, subject, content);
        toStore.breakAll();
        toStore.mend();
    }

    private long deliveries() {
        return installation.data().number("select count(*) from delivery");
    }

    @Test
    void aStoreThatAnswersFewOctetsAtATimeIsWaitedFor() throws Exception {
        for (var content : List.of(SMALL, LARGE)) {
            toStore.order("/sealed", Fault.SLOW, 3);
            assertThat(submits("Slowly " + content.length, content)).startsWith("250 2.6.0");
            assertThat(toStore.met()).isTrue();
            toStore.mend();
        }
    }

    private void goesOut(String subject) throws Exception {
        await().atMost(PATIENCE).until(() -> submits(subject, SMALL).startsWith("250 2.6.0"));
        installation.inbox().await(TARO, subject);
    }

    @Test
    void aBrokenNetworkToTheStoreIsTemporaryAndLeavesNothing() throws Exception {
        long before = deliveries();
        for (var fault : List.of(Fault.RESET, Fault.HALF_REQUEST, Fault.UNAVAILABLE, Fault.LOST_ANSWER, Fault.HALF_ANSWER, Fault.ENDED_ANSWER, Fault.TRICKLE)) {
            isTemporaryFor(toStore, "PUT /sealed/f/", fault, SMALL);
        }
        silenceIsTemporary("A silent store", SMALL, () -> toStore.order("PUT /sealed/f/", Fault.STALL, 0));
        assertThat(deliveries()).isEqualTo(before);
        goesOut("The store is back");
    }

    @Test
    void aBrokenNetworkAtEachRequestOfAFileInPartsIsTemporaryAndLeavesNothing() throws Exception {
        long before = deliveries();
        for (var fault : List.of(Fault.UNAVAILABLE, Fault.LOST_ANSWER)) {
            isTemporaryFor(toStore, "HEAD /sealed/f/", fault, LARGE);
        }
        for (var fault : List.of(Fault.RESET, Fault.UNAVAILABLE, Fault.LOST_ANSWER)) {
            isTemporary(toStore, "complete " + fault, LARGE, () -> toStore.orderBehindTheNext(POSTS, fault, 20));
        }
        isTemporaryFor(toStore, "partNumber=1", Fault.UNAVAILABLE, LARGE);
        isTemporaryFor(toStore, "partNumber=2", Fault.LOST_ANSWER, LARGE);
        isTemporary(toStore, "another length", LARGE, () -> toStore.orderBehindTheNext("HEAD /sealed/f/", Fault.SHORT_ANSWER, 0));
        silenceIsTemporary("Silence at the end", LARGE, () -> toStore.orderBehindTheNext(POSTS, Fault.STALL, 0));
        assertThat(deliveries()).isEqualTo(before);
        goesOut("Parts are put together again");
    }

    /** The store began an upload and couldn't say which: it is looked for by the file's key. */
    @Test
    void anUploadWhoseBeginningBrokeIsTemporaryAndLeavesNothing() throws Exception {
        long before = deliveries();
        for (var fault : List.of(Fault.RESET, Fault.UNAVAILABLE, Fault.LOST_ANSWER, Fault.ENDED_ANSWER)) {
            isTemporaryFor(toStore, "?uploads=", fault, LARGE);
        }
        assertThat(deliveries()).isEqualTo(before);
        goesOut("Uploads begin again");
    }

    @Test
    void aBrokenNetworkToTheDatabaseIsTemporaryAndNothingIsHalfDone() throws Exception {
        isTemporaryFor(toDatabase, "COMMIT", Fault.LOST_ANSWER, SMALL);
        goesOut("The database is back");
    }

    /** Each statement of an acceptance; a slow answer is one. */
    @ParameterizedTest
    @ValueSource(strings = {"delivery", "recipient", "file", "access_grant", "outbox", "audit_event"})
    void aBrokenNetworkAtEachRowOfAnAcceptanceLeavesNoOther(String table) throws Exception {
        long before = deliveries();
        for (var fault : List.of(Fault.RESET, Fault.HALF_REQUEST, Fault.LOST_ANSWER)) {
            isTemporaryFor(toDatabase, "insert into " + table + " ", fault, SMALL);
        }
        assertThat(deliveries()).isEqualTo(before);
        var subject = "Slowly into " + table;
        toDatabase.order("insert into " + table + " ", Fault.SLOW, 0);
        long taken = 0;
        while (!toDatabase.met()) {
            await().atMost(PATIENCE).until(() -> submits(subject, SMALL).startsWith("250 2.6.0"));
            taken++;
        }
        toDatabase.mend();
        assertThat(deliveries()).isEqualTo(before + taken);
        installation.inbox().await(TARO, subject);
    }

    /** Nobody ends the connection: the hook itself gives up ({@code socketTimeout}), before the mail server does, which waits a minute here. */
    @Test
    void aDatabaseThatFallsSilentIsTemporary() throws Exception {
        await().atMost(PATIENCE.multipliedBy(2)).until(() -> {
            toDatabase.order("insert into delivery", Fault.STALL, 0);
            var reply = submits("Into silence", SMALL);
            if (toDatabase.met()) {
                assertThat(reply).startsWith("451 4.3.0");
            }
            return toDatabase.met();
        });
        toDatabase.breakAll();
        toDatabase.mend();
        goesOut("The database speaks");
    }
}
