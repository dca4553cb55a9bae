package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.storage.FaultyWire;
import sekisho.storage.FaultyWire.Fault;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.PortalForm;
import sekisho.tests.SealedFiles;
import sekisho.tests.Visitor;

/** The network to PostgreSQL breaks while copies are claimed, downloads begin, go on and end, a form is sent, and access is revoked. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenDatabaseTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");
    /** So that a statement, COMMIT among them, is sent as text each time, and not by the name of a prepared one. */
    private static final String WHOLE_STATEMENTS = "?prepareThreshold=0";
    private static final String REVOKES = "update delivery set access";
    private static final String SENDS = "insert into delivery";
    private static final String RESERVES = "update access_grant g set served";
    private static final String SETTLES = "update ticket set served = served";
    /** In whatever is asked. */
    private static final String ANYTHING = "";
    /** More than lies between here and a reader that takes nothing. */
    private static final byte[] VERY_LARGE = Messages.octets(24 << 20, 4);
    private static final int WELL_BEGUN_OCTETS = 1 << 20;
    private static final int OCTETS_AT_A_TIME = 500;
    /** More than is reserved at once. */
    private static final byte[] LARGE = Messages.octets((3 << 20) + 5, 2);
    private static final byte[] CONTENT = Messages.octets(200_000, 1);

    private Installation installation;
    private FaultyWire wire;
    private String node;

    @BeforeAll
    void theHouseStandsBehindAWire() {
        installation = Installation.inTheHouse("broken_database", Policies.AT_ONCE);
        var database = URI.create(installation.stage().database().substring("jdbc:".length()));
        wire = new FaultyWire(database.getPort());
        node = House.open().takePage();
        installation.startPages("all", "all", node, Map.of("mail-hook.link-base", node, "gateway.store.orphan-sweep", "1h",
            "gateway.journal.file", installation.stage().folder().resolve("journal").toString(),
            "gateway.database.url", installation.stage().database().replace(":" + database.getPort() + "/", ":" + wire.port() + "/") + WHOLE_STATEMENTS));
    }

    @AfterEach
    void theNetworkIsMended() {
        wire.mend();
    }

    @AfterAll
    void theHouseGoes() {
        wire.close();
        installation.close();
    }

    private void order(String trigger, Fault fault) {
        wire.order(trigger, fault, 20);
    }

    /** Where the transaction that has this statement in it is to end. */
    private void orderAtCommitOf(String statement, Fault fault) {
        wire.orderAfter(statement, "COMMIT", fault, 20);
    }

    /** What somebody does. */
    @FunctionalInterface
    private interface Attempt {
        void run() throws Exception;
    }

    /** Somebody tries until the fault was met: a connection that broke before may be in the way. */
    private void untilMet(Attempt attempt) {
        await().atMost(PATIENCE).until(() -> {
            attempt.run();
            return wire.met();
        });
        wire.mend();
    }

    private String submits(String subject) {
        return submits(subject, CONTENT);
    }

    private String submits(String subject, byte[] content) {
        try {
            return installation.mailServer().submits(HANAKO, List.of(TARO), Messages.twoAttachments(subject, Messages.octets(10, 3), content));
        } catch (IOException failed) {
            throw new AssertionError("no answer to " + subject, failed);
        }
    }

    /** @return the delivery's id */
    private String accepted(String subject) {
        return accepted(subject, CONTENT);
    }

    private String accepted(String subject, byte[] content) {
        var id = DELIVERY.matcher(await().atMost(PATIENCE).until(() -> submits(subject, content), reply -> reply.startsWith("250")));
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    private String token(String subject) throws Exception {
        return installation.inbox().token(installation.inbox().await(TARO, subject));
    }

    private long number(String sql) {
        return installation.data().number("select count(*) from " + sql);
    }

    private static String file(Visitor visitor, String token) throws Exception {
        var page = await().atMost(PATIENCE).until(() -> visitor.opens("/d/" + token + "/files"), opened -> opened.status() == 200);
        return FILE.matcher(page.html()).results().map(found -> found.group(1)).distinct().toList().getLast();
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "HALF_REQUEST", "LOST_ANSWER"})
    void aCopyThatIsBeingClaimedGoesOutOnce(Fault fault) throws Exception {
        var subject = "Claimed " + fault;
        order("jsonb_to_recordset", fault);
        accepted(subject);
        await().atMost(PATIENCE).until(wire::met);
        wire.mend();
        installation.inbox().await(TARO, subject);
        await().atMost(PATIENCE).until(() -> number("outbox where state in ('DUE', 'CLAIMED')") == 0);
        assertThat(installation.inbox().count(TARO, subject)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "HALF_REQUEST", "LOST_ANSWER"})
    void aTicketThatCouldNotBeMadeIsNoneAndCountsForNothing(Fault fault) throws Exception {
        var subject = "Ticket " + fault;
        var delivery = accepted(subject);
        var token = token(subject);
        try (var taro = new Visitor(node, "taro")) {
            var file = file(taro, token);
            order("insert into ticket", fault);
            untilMet(() -> asksForTicket(taro, token, file));
            assertThat(tickets(delivery)).isZero();
            orderAtCommitOf("insert into ticket", fault);
            untilMet(() -> asksForTicket(taro, token, file));
            assertThat(tickets(delivery)).as("made, at the most, where only the answer was lost").isLessThanOrEqualTo(fault == Fault.LOST_ANSWER ? 1 : 0);
            var ticket = await().atMost(PATIENCE).until(() -> taro.ticket(token, file), address -> !address.isEmpty());
            var whole = await().atMost(PATIENCE).until(() -> taro.gets(ticket, HttpResponse.BodyHandlers.ofByteArray()), answer -> answer.statusCode() == 200);
            assertThat(SealedFiles.sha256(whole.body())).isEqualTo(SealedFiles.sha256(CONTENT));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                number("access_grant where delivery_id = '" + delivery + "' and downloads = 1")).as("it counts once").isEqualTo(1));
            assertThat(tickets(delivery)).as("the same for all attempts").isEqualTo(1);
        }
    }

    /** Octets go out once they are written down as served. Where that breaks the body does, and a Range by the same ticket fetches what is missing. */
    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "HALF_REQUEST", "LOST_ANSWER", "SLOW"})
    void aDownloadThatBreaksAtItsReservationIsCompletedByRange(Fault fault) throws Exception {
        var subject = "Reserved " + fault;
        var id = DELIVERY.matcher(await().atMost(PATIENCE).until(() -> submits(subject, LARGE), reply -> reply.startsWith("250")));
        assertThat(id.find()).isTrue();
        var token = token(subject);
        try (var taro = new Visitor(node, "taro")) {
            var file = file(taro, token);
            var ticket = await().atMost(PATIENCE).until(() -> taro.ticket(token, file), address -> !address.isEmpty());
            wire.orderBehindTheNext(RESERVES, fault, 20);
            var received = new ByteArrayOutputStream();
            var answer = taro.gets(ticket, HttpResponse.BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            if (fault == Fault.SLOW) {
                answer.body().transferTo(received);
            } else {
                assertThatThrownBy(() -> answer.body().transferTo(received)).isInstanceOf(IOException.class);
            }
            assertThat(wire.met()).isTrue();
            wire.mend();
            if (fault != Fault.SLOW) {
                assertThat(received.size()).isLessThan(LARGE.length);
                received.write(await().atMost(PATIENCE).until(() -> taro.gets(ticket, HttpResponse.BodyHandlers.ofByteArray(), "Range", "bytes=" + received.size() + "-"),
                    rest -> rest.statusCode() == 206).body());
            }
            assertThat(SealedFiles.sha256(received.toByteArray())).isEqualTo(SealedFiles.sha256(LARGE));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(number("access_grant where delivery_id = '" + id.group(1) + "' and downloads = 1")).as("it counts once").isEqualTo(1));
        }
    }

    /** The file is out, whatever the database says then: it is in the log and counts, once, as soon as it can be written down. */
    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "HALF_REQUEST", "LOST_ANSWER", "SLOW"})
    void aCompleteDownloadThatCouldNotBeSettledAtOnceCountsOnce(Fault fault) throws Exception {
        var first = accepted("Settled " + fault);
        var second = accepted("Committed " + fault);
        try (var taro = new Visitor(node, "taro")) {
            downloads(taro, "Settled " + fault, () -> order(SETTLES, fault));
            await().atMost(PATIENCE).untilAsserted(() -> countsOnce(first));
            downloads(taro, "Committed " + fault, () -> orderAtCommitOf(SETTLES, fault));
            await().atMost(PATIENCE).untilAsserted(() -> countsOnce(second));
            countsOnce(first);
        }
    }

    private void downloads(Visitor visitor, String subject, Runnable order) throws Exception {
        var token = token(subject);
        var file = file(visitor, token);
        var ticket = await().atMost(PATIENCE).until(() -> visitor.ticket(token, file), address -> !address.isEmpty());
        order.run();
        var whole = visitor.gets(ticket, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(SealedFiles.sha256(whole.body())).isEqualTo(SealedFiles.sha256(CONTENT));
        await().atMost(PATIENCE).until(wire::met);
        wire.mend();
    }

    private void countsOnce(String delivery) {
        var of = " and delivery_id = '" + delivery + "'";
        assertThat(number("access_grant where downloads = 1 and served_octets = " + CONTENT.length + of)).isEqualTo(1);
        assertThat(number("ticket where closed_at is not null and running = 0" + of)).isEqualTo(1);
        assertThat(number("audit_event where type = 'DOWNLOAD_SERVED'" + of)).isEqualTo(1);
        assertThat(number("audit_event where type = 'DOWNLOAD_COMPLETED'" + of)).isEqualTo(1);
    }

    /**
     * Either it is seen that access has ended, or nothing can be seen, and then everything is cut: while the database is away, not only when it is back. A read
     * whose own question went unanswered ends without having been cut.
     */
    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "HALF_REQUEST", "STALL", "LOST_ANSWER", "SLOW"})
    void whatIsRevokedWhileTheDatabaseIsHardToReachEndsAndIsSettledOnce(Fault fault) throws Exception {
        var subject = "Watched " + fault;
        var delivery = accepted(subject, VERY_LARGE);
        var token = token(subject);
        try (var taro = new Visitor(node, "taro")) {
            var file = file(taro, token);
            var ticket = await().atMost(PATIENCE).until(() -> taro.ticket(token, file), address -> !address.isEmpty());
            try (var reader = new SlowReader(URI.create(ticket), taro.cookies(ticket))) {
                assertThat(reader.head()).startsWith("HTTP/1.1 200 ");
                await().atMost(PATIENCE).until(() -> reader.octets() > WELL_BEGUN_OCTETS);
                reader.goOn(OCTETS_AT_A_TIME);
                order(ANYTHING, fault);
                installation.data().change("update file set access = 'REVOKED' where delivery_id = '" + delivery + "'");
                reader.awaitEnd();
                assertThat(reader.gaveUp()).isFalse();
                assertThat(reader.octets()).isLessThan(VERY_LARGE.length);
            }
            wire.mend();
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(number("ticket where closed_at is null and running = 0 and delivery_id = '" + delivery + "'")).isEqualTo(1);
                assertThat(number("access_grant where served_octets between 1 and " + (VERY_LARGE.length - 1) + " and delivery_id = '" + delivery + "'")).isEqualTo(1);
            });
            assertThat(number("audit_event where type = 'DOWNLOAD_CUT' and delivery_id = '" + delivery + "'")).isLessThanOrEqualTo(1);
        }
    }

    private void asksForTicket(Visitor visitor, String token, String file) throws Exception {
        assertThat(visitor.posts("/d/" + token + "/files/" + file, Map.of(), node).statusCode()).as("nobody gets a ticket").isEqualTo(503);
    }

    private long tickets(String delivery) {
        return number("ticket where delivery_id = '" + delivery + "'");
    }

    /** A form that is sent again makes no second delivery, so whoever is told nothing for sure may try again. */
    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "HALF_REQUEST", "LOST_ANSWER"})
    void whatIsSentFromThePortalIsOneDeliveryOrNone(Fault fault) throws Exception {
        var subject = "Portal " + fault;
        try (var hanako = new Visitor(node, "hanako")) {
            var id = await().atMost(PATIENCE).until(() -> PortalForm.newId(hanako), each -> !each.isEmpty());
            var form = PortalForm.of(hanako, node);
            var body = PortalForm.body(id, TARO, subject, CONTENT);
            long before = number("delivery");
            order(SENDS, fault);
            untilMet(() -> assertThat(form.posts(body).statusCode()).as("it isn't said to be sent").isEqualTo(503));
            assertThat(number("delivery")).isEqualTo(before);
            assertThat(installation.orphans()).as("objects that no row names").isEmpty();
            assertThat(installation.unfinishedUploads()).isZero();
            orderAtCommitOf(SENDS, fault);
            untilMet(() -> assertThat(form.posts(body).statusCode()).as("it isn't said to be sent").isEqualTo(503));
            var delivery = await().atMost(PATIENCE).until(() -> PortalForm.delivery(form.posts(body)), sent -> !sent.isEmpty());
            installation.inbox().await(TARO, subject);
            await().atMost(PATIENCE).until(() -> number("outbox where state in ('DUE', 'CLAIMED')") == 0);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.orphans()).as("objects that no row names, once what was in doubt is settled").isEmpty());
            assertThat(installation.data().texts("select id from delivery order by id desc limit " + (number("delivery") - before))).containsExactly(delivery);
            assertThat(installation.inbox().count(TARO, subject)).isEqualTo(1);
        }
    }

    /** Who is signed in is the database's to say too: nobody is taken for signed out, nor told to be, while it is away. */
    @Test
    void whoIsSignedInStaysSoWhileTheDatabaseIsAway() throws Exception {
        var delivery = accepted("Signed in");
        var files = "/d/" + token("Signed in") + "/files";
        try (var responder = new Visitor(node, "responder"); var taro = new Visitor(node, "taro")) {
            file(taro, files.split("/")[2]);
            await().atMost(PATIENCE).until(() -> responder.opens("/admin/deliveries/" + delivery).status() == 200);
            wire.breakDown();
            for (var path : List.of(files, "/", "/sent", "/sign-in")) {
                assertThat(taro.gets(path, HttpResponse.BodyHandlers.ofString()).statusCode()).as(path).isEqualTo(503);
            }
            for (var path : List.of("/admin", "/admin/deliveries/" + delivery, "/admin/sign-in")) {
                assertThat(responder.gets(path, HttpResponse.BodyHandlers.ofString()).statusCode()).as(path).isEqualTo(503);
            }
            assertThat(taro.posts("/sign-out", Map.of(), node).statusCode()).as("a session that couldn't be ended").isEqualTo(503);
            assertThat(responder.posts("/admin/sign-out", Map.of(), node).statusCode()).isEqualTo(503);
            wire.mend();
            await().atMost(PATIENCE).until(() -> taro.gets(files, HttpResponse.BodyHandlers.ofString()).statusCode() == 200);
            await().atMost(PATIENCE).until(() -> responder.gets("/admin/deliveries/" + delivery, HttpResponse.BodyHandlers.ofString()).statusCode() == 200);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "HALF_REQUEST", "LOST_ANSWER"})
    void aRevocationIsRecordedOrDidNotHappen(Fault fault) throws Exception {
        var subject = "Revoked " + fault;
        var delivery = accepted(subject);
        var token = token(subject);
        var revoke = "/admin/deliveries/" + delivery + "/revoke";
        try (var responder = new Visitor(node, "responder"); var taro = new Visitor(node, "taro")) {
            file(taro, token);
            await().atMost(PATIENCE).until(() -> responder.opens("/admin/deliveries/" + delivery).status() == 200);
            order(REVOKES, fault);
            untilMet(() -> isNotSaidToBeDone(responder, revoke));
            assertThat(revoked(delivery)).isEqualTo(events(delivery)).isZero();
            orderAtCommitOf(REVOKES, fault);
            untilMet(() -> isNotSaidToBeDone(responder, revoke));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(revoked(delivery)).as("state and event come together").isEqualTo(events(delivery)));
            await().atMost(PATIENCE).until(() -> responder.posts(revoke, Map.of(), node).statusCode() == 303);
            assertThat(revoked(delivery)).isEqualTo(1);
            assertThat(events(delivery)).as("once").isEqualTo(1);
            await().atMost(PATIENCE).until(() -> taro.opens("/d/" + token + "/files").status() != 200);
        }
    }

    private void isNotSaidToBeDone(Visitor responder, String revoke) throws Exception {
        assertThat(responder.posts(revoke, Map.of(), node).statusCode()).as("it isn't said to be done").isEqualTo(503);
    }

    private long revoked(String delivery) {
        return number("delivery where access = 'REVOKED' and id = '" + delivery + "'");
    }

    private long events(String delivery) {
        return number("audit_event where type = 'ACCESS_REVOKED' and delivery_id = '" + delivery + "'");
    }
}
