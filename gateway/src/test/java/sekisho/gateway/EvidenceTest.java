package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sekisho.gateway.access.Download;
import sekisho.gateway.access.DownloadWatch;
import sekisho.gateway.access.Downloads;
import sekisho.gateway.access.Links;
import sekisho.gateway.access.Refusals;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.access.ServedLog;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.audit.AuditVerifier;
import sekisho.gateway.audit.CheckpointKey;
import sekisho.gateway.audit.Evidence;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.InMail;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.people.People;
import sekisho.gateway.people.Person;

/** Nobody can make the sheet tell less than what happened: not by changing an address, a row, or by drowning it in events. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class EvidenceTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final String TARO = "taro@partner.example";
    private static final byte[] PDF = "0123456789".repeat(100).getBytes();

    @Inject
    Mail mail;
    @Inject
    Holds holds;
    @Inject
    Links links;
    @Inject
    Downloads downloads;
    @Inject
    DownloadWatch watch;
    @Inject
    DeliveryRecords records;
    @Inject
    AuditLog audit;
    @Inject
    People people;
    @Inject
    Refusals refusals;
    @Inject
    Revocations revocations;
    @Inject
    ServedLog servedLog;
    @Inject
    Clock clock;

    private Mail.Sent released() {
        var sent = mail.send(HANAKO, List.of(TARO), PDF);
        holds.releaseNow(hanako(), sent.delivery());
        return sent;
    }

    private Person hanako() {
        return mail.person(HANAKO, "sender");
    }

    private Person taro() {
        return mail.person(TARO);
    }

    private DeliveryView view(Mail.Sent sent) {
        return records.view(hanako(), sent.delivery()).orElseThrow();
    }

    private Downloads.Start.Ready ready(Mail.Sent sent) {
        var ticket = (Downloads.Ticketing.Ticket) downloads.ticket(sent.tokens().get(TARO), sent.files().getFirst(), taro());
        return (Downloads.Start.Ready) downloads.start(ticket.id(), taro());
    }

    private Download begin(Downloads.Start.Ready ready, int from, int to) {
        var download = watch.begin(ready, taro(), from, to, () -> { }).orElseThrow();
        assertThat(download.mayServe(to - from)).isTrue();
        return download;
    }

    private void reads(Downloads.Start.Ready ready, int from, int to) {
        try (var download = begin(ready, from, to)) {
            download.served(to - from);
        }
    }

    private List<AuditRecord> served(Mail.Sent sent) {
        return audit.ofDelivery(sent.delivery(), Optional.empty(), 10_000).stream().filter(e -> e.type() == AuditType.DOWNLOAD_SERVED).toList();
    }

    private long told(Mail.Sent sent) {
        return audit.evidence(sent.delivery()).got(sent.recipients().get(TARO), sent.files().getFirst()).orElseThrow().served().octets();
    }

    private static void asApp(String sql, UUID id) throws SQLException {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.app()); var statement = connection.prepareStatement(sql)) {
            statement.setObject(1, id);
            assertThat(statement.executeUpdate()).isPositive();
        }
    }

    private static List<String> faultsOf(UUID id) throws Exception {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.app())) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            var faults = new AuditVerifier(connection, CheckpointKey.loadPublic(TestServers.folder.resolve("audit.public"))).verify(List.of()).faults();
            return faults.stream().filter(fault -> fault.contains(id.toString())).toList();
        }
    }

    /** As whoever has taken web or admin over. */
    @Test
    void aLinkThatWasOpenedAgainWithoutAnEventIsNamed() throws Exception {
        for (var table : List.of("delivery", "recipient", "file", "access_grant")) {
            var sent = released();
            var recipient = table.equals("recipient") || table.equals("access_grant") ? sent.recipients().get(TARO) : null;
            var file = table.equals("file") || table.equals("access_grant") ? sent.files().getFirst() : null;
            var target = new Revocations.Target(sent.delivery(), recipient, file);
            revocations.revoke(hanako(), target);
            revocations.restore(hanako(), target);
            assertThat(faultsOf(sent.delivery())).as(table).isEmpty();
            revocations.revoke(hanako(), target);
            assertThat(faultsOf(sent.delivery())).as(table).isEmpty();
            var where = " where " + (table.equals("delivery") ? "id" : "delivery_id") + " = ?";
            asApp("update " + table + " set access = 'OPEN', revoked_as = null" + where, sent.delivery());
            assertThat(faultsOf(recipient == null ? file == null ? sent.delivery() : file : recipient)).as(table).singleElement().asString()
                .contains("the row says it is open, the log that access was revoked");
            asApp("update " + table + " set access = 'REVOKED', revoked_as = 'SENDER'" + where, sent.delivery());
        }
    }

    /** Who opened it runs on a node whose clock is behind, and neither has its place in the tree yet. Ids go by the clock of the machine. */
    @Test
    void whatWasOpenedAgainOnANodeWhoseClockIsBehindIsNotNamed() throws Exception {
        var sent = released();
        revocations.revoke(hanako(), new Revocations.Target(sent.delivery(), null, null));
        asApp("update delivery set access = 'OPEN', revoked_as = null where id = ?", sent.delivery());
        audit.recordAlone(List.of(audit.event(Ids.next(Instant.now().minus(Duration.ofMinutes(2))), AuditType.ACCESS_RESTORED, Actor.part("test"),
            AuditLog.About.delivery(sent.delivery()), Map.of())));
        assertThat(faultsOf(sent.delivery())).isEmpty();
    }

    /** Whoever has taken mail over could record one before migration V77. */
    @Test
    void anAcceptanceOfManyNamesIsReadInLittleMemory() {
        var text = new StringBuilder("{\"at\":\"2026-11-29T01:02:03Z\",\"type\":\"DELIVERY_ACCEPTED\",\"details\":{\"head\":\"x\"");
        for (int i = 0; text.length() < 20_000_000; i++) {
            text.append(",\"-").append(Integer.toString(i, 36)).append("\":1");
        }
        var payload = text.append("}}").toString().getBytes(StandardCharsets.UTF_8);
        long before = used();
        var evidence = new Evidence();
        evidence.add(payload);
        assertThat(used() - before).isLessThan(50_000_000);
        assertThat(evidence.isWhole()).isTrue();
        assertThat(evidence.saysHead("x")).isTrue();
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** A page has fifty of them, and each may have as many names as a delivery has recipients. */
    @Test
    void aPageShowsTheBeginningOfALongEvent() {
        var all = IntStream.range(0, 1000).mapToObj(i -> "taro" + i + "@partner.example").toList();
        var sent = mail.send(HANAKO, all, PDF);
        assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 1)).singleElement().satisfies(accepted -> {
            assertThat(accepted.type()).isEqualTo(AuditType.DELIVERY_ACCEPTED);
            assertThat(accepted.actor()).isEqualTo("intake");
            assertThat(accepted.details()).hasSizeBetween(300, 999).containsKeys("head", "file:" + sent.files().getFirst());
        });
        assertThat(audit.evidence(sent.delivery()).accepted("recipient")).hasSize(1000);
        assertThat(audit.acceptance(sent.delivery()).isWhole()).isTrue();
    }

    @Test
    void aLinkThatWasLetLiveOnIsNamed() throws Exception {
        var sent = released();
        assertThat(faultsOf(sent.delivery())).isEmpty();
        asApp("update recipient set expires_at = expires_at + interval '1 hour' where delivery_id = ?", sent.delivery());
        assertThat(faultsOf(sent.delivery())).singleElement().asString().contains("the link doesn't end when it should");
        asApp("update recipient set expires_at = null where delivery_id = ?", sent.delivery());
        assertThat(faultsOf(sent.delivery())).singleElement().asString().contains("the link doesn't end when it should");
        asApp("update recipient set expires_at = released_at + make_interval(secs => expires_after) where delivery_id = ?", sent.delivery());
        assertThat(faultsOf(sent.delivery())).isEmpty();
    }

    @Test
    void anAcceptanceThatNamesNoIdIsUnreadableAndStopsNobody() {
        var evidence = new Evidence();
        evidence.add("{\"at\":\"2026-11-29T01:02:03Z\",\"type\":\"DELIVERY_ACCEPTED\",\"details\":{\"head\":\"x\",\"recipient:x\":\"y\",\"file:1-1-1-1-1\":\"z\"}}".getBytes(StandardCharsets.UTF_8));
        assertThat(evidence.isWhole()).isFalse();
        assertThat(evidence.accepted("recipient")).isEmpty();
        assertThat(evidence.accepted("file")).isEmpty();
    }

    @Test
    void anAccountThatTakesAnotherAddressLeavesItsOldDeedsToItsOldSelf() {
        var sent = released();
        var before = mail.account("m-" + sent.delivery(), "mallory@evil.example");
        assertThat(links.open(sent.tokens().get(TARO), before)).isInstanceOf(Links.Opening.NotYours.class);
        var after = mail.account("m-" + sent.delivery(), TARO);
        assertThat(after.id()).isNotEqualTo(before.id());
        var refused = audit.refusals(sent.delivery(), 10);
        assertThat(refused).singleElement().satisfies(each -> assertThat(each.actor()).isEqualTo("person:" + before.id()));
        assertThat(people.addressOf(before.id())).contains("mallory@evil.example");
        assertThat(people.addressOf(after.id())).contains(TARO);
        assertThat(mail.account("m-" + sent.delivery(), "mallory@evil.example").id()).as("and back").isEqualTo(before.id());
    }

    @Test
    void aGrantThatWasMadeToSayNobodyGotAnythingIsBelievedNeitherByTheSheetNorByTheVerifier() throws Exception {
        var sent = released();
        links.open(sent.tokens().get(TARO), taro());
        reads(ready(sent), 0, PDF.length);
        assertThat(view(sent).contradicted()).isFalse();
        assertThat(faultsOf(sent.files().getFirst())).isEmpty();

        asApp("update access_grant set served = '{}', served_octets = 0, downloads = 0, first_served_at = null, last_served_at = null"
            + " where delivery_id = ?", sent.delivery());
        asApp("update recipient set names_seen_at = null where delivery_id = ?", sent.delivery());

        var view = view(sent);
        assertThat(view.contradicted()).isTrue();
        assertThat(view.recipients().getFirst().namesSeenAt()).isPresent();
        assertThat(view.grants().getFirst()).satisfies(grant -> {
            assertThat(grant.distinctOctets()).isEqualTo(PDF.length);
            assertThat(grant.downloads()).isEqualTo(1);
            assertThat(grant.firstServedAt()).isPresent();
        });
        assertThat(faultsOf(sent.files().getFirst())).anySatisfy(fault -> assertThat(fault).contains("0 octets served", "of 1000"))
            .anySatisfy(fault -> assertThat(fault).contains("0 downloads, the log 1"));
        assertThat(faultsOf(sent.delivery())).anySatisfy(fault -> assertThat(fault).contains("names were never seen"));
    }

    @Test
    void aHoldThatWasEndedOrBegunAgainInTheRowAloneIsFound() throws Exception {
        var held = mail.send(HANAKO, List.of("saburo@slow.example"), PDF);
        var recipient = held.recipients().get("saburo@slow.example");
        assertThat(faultsOf(recipient)).isEmpty();
        for (var end : List.of("CANCELLED", "RELEASED")) {
            asApp("update recipient set hold = '" + end + "' where delivery_id = ?", held.delivery());
            assertThat(faultsOf(recipient)).singleElement().asString().contains("the row says " + end + ", the log HELD");
        }
        asApp("update recipient set hold = 'HELD' where delivery_id = ?", held.delivery());
        holds.cancel(hanako(), held.delivery());
        assertThat(faultsOf(recipient)).isEmpty();
        asApp("update recipient set hold = 'RELEASED' where delivery_id = ?", held.delivery());
        assertThat(faultsOf(recipient)).singleElement().asString().contains("the row says RELEASED, the log CANCELLED");
        assertThat(view(held).contradicted()).as("the sheet says so too").isTrue();

        var released = released();
        assertThat(faultsOf(released.recipients().get(TARO))).isEmpty();
        asApp("update recipient set hold = 'HELD' where delivery_id = ?", released.delivery());
        assertThat(faultsOf(released.recipients().get(TARO))).singleElement().asString().contains("the row says HELD, the log RELEASED");
    }

    @Test
    void whatARowNoLongerTellsOfAttachmentsInTheMailIsToldByItsLog() throws Exception {
        var sent = mail.send(HANAKO, List.of("saburo@waits.example"), PDF);
        assertThat(view(sent).contradicted()).isFalse();
        TestServers.asOwner("update delivery set in_mail = 0, in_mail_octets = 0 where id = '" + sent.delivery() + "'");
        assertThat(view(sent)).satisfies(view -> {
            assertThat(view.inMail()).isEqualTo(new InMail(true, 1, PDF.length));
            assertThat(view.contradicted()).isTrue();
        });
    }

    @Test
    void aStrangerWhoKnocksTwoThousandTimesPushesNothingOut() {
        var sent = released();
        var mallory = mail.person("mallory@evil.example");
        for (int i = 0; i < 2_005; i++) {
            assertThat(links.open(sent.tokens().get(TARO), mallory)).isInstanceOf(Links.Opening.NotYours.class);
        }
        reads(ready(sent), 0, 10);
        assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 2).getFirst().type()).isEqualTo(AuditType.DOWNLOAD_SERVED);
        assertThat(audit.refusals(sent.delivery(), 10)).singleElement().satisfies(each -> assertThat(each.times()).isEqualTo(1));
        var last = clock.instant();
        MovableClock.passes(Duration.ofMinutes(1));
        while (refusals.writeCounted() > 0) {
            MovableClock.passes(Duration.ofMinutes(1));
        }
        assertThat(audit.refusals(sent.delivery(), 10)).singleElement().satisfies(each -> {
            assertThat(each.times()).isEqualTo(2_005);
            assertThat(each.last()).as("the last attempt, not the event that counts it").isBeforeOrEqualTo(last);
            assertThat(each.reason()).isEqualTo("not the recipient");
        });
    }

    @Test
    void readingOctetByOctetMakesFewEventsAndMissesNoOctet() throws Exception {
        var sent = released();
        var ready = ready(sent);
        for (int octet = 0; octet < 300; octet++) {
            reads(ready, 2 * octet, 2 * octet + 1);
        }
        assertThat(served(sent)).hasSize(1);
        assertThat(view(sent).grants().getFirst().distinctOctets()).as("the sheet doesn't wait for the event").isEqualTo(300);
        MovableClock.passes(Duration.ofMinutes(1));
        assertThat(servedLog.writeGathered()).isPositive();
        assertThat(served(sent)).hasSize(2);
        assertThat(told(sent)).isEqualTo(300);
        reads(ready, 0, PDF.length);
        assertThat(told(sent)).as("the end of a download doesn't wait").isEqualTo(PDF.length);
        assertThat(faultsOf(sent.files().getFirst())).isEmpty();
    }

    @Test
    void whatOneReadGivesBackIsNotTakenFromAnother() {
        var sent = released();
        var ready = ready(sent);
        var first = begin(ready, 0, PDF.length);
        var second = begin(ready, 500, PDF.length);
        first.served(100);
        first.close();
        second.served(500);
        second.close();
        assertThat(view(sent).grants().getFirst().distinctOctets()).isEqualTo(600);
        assertThat(view(sent).contradicted()).isFalse();
    }
}
