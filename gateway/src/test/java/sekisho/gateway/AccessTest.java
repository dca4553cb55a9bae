package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import sekisho.embedded.PostgresServer;
import sekisho.gateway.access.Download;
import sekisho.gateway.access.DownloadWatch;
import sekisho.gateway.access.Downloads;
import sekisho.gateway.access.Links;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.people.Person;

@QuarkusTest
@QuarkusTestResource(TestServers.class)
class AccessTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final String TARO = "taro@partner.example";
    private static final String JIRO = "jiro@other.example";
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
    Revocations revocations;
    @Inject
    DeliveryRecords records;
    @Inject
    AuditLog audit;

    private Mail.Sent released(byte[]... files) {
        var sent = mail.send(HANAKO, List.of(TARO, JIRO), files);
        assertThat(holds.releaseNow(hanako(), sent.delivery())).isEqualTo(new Holds.Outcome.Done(2));
        return sent;
    }

    private Person hanako() {
        return mail.person(HANAKO, "sender");
    }

    private Person taro() {
        return mail.person(TARO);
    }

    private Links.Landing landing(Mail.Sent sent, String who) {
        return links.landing(sent.tokens().get(who)).orElseThrow();
    }

    private Downloads.Ticketing ticket(Mail.Sent sent, Person person) {
        return downloads.ticket(sent.tokens().get(TARO), sent.files().getFirst(), person);
    }

    private Downloads.Start.Ready ready(Mail.Sent sent, Person person) {
        var ticket = (Downloads.Ticketing.Ticket) ticket(sent, person);
        return (Downloads.Start.Ready) downloads.start(ticket.id(), person);
    }

    private Download begin(Downloads.Start.Ready ready, long from, long end, Runnable onCut) {
        return watch.begin(ready, taro(), from, end, onCut).orElseThrow();
    }

    private void downloadsAll(Mail.Sent sent) {
        try (var download = begin(ready(sent, taro()), 0, PDF.length, () -> { })) {
            assertThat(download.mayServe(PDF.length)).isTrue();
            download.served(PDF.length);
        }
    }

    private DeliveryView.GrantView exposure(Mail.Sent sent) {
        return records.view(hanako(), sent.delivery()).orElseThrow().grants().stream()
            .filter(g -> g.recipient().equals(sent.recipients().get(TARO)) && g.file().equals(sent.files().getFirst())).findFirst().orElseThrow();
    }

    @Test
    void theLandingTellsNoMoreThanTheMaskedAddressAndState() {
        var sent = mail.send(HANAKO, List.of(TARO), PDF);
        assertThat(landing(sent, TARO)).satisfies(landing -> {
            assertThat(landing.senderDomain()).isEqualTo("example.co.jp");
            assertThat(landing.maskedAddress()).isEqualTo("t•••@partner.example");
            assertThat(landing.state()).isEqualTo(Links.State.NOT_YET);
        });
        assertThat(links.landing("AAAAAAAAAAAAAAAAAAAAAA")).isEmpty();
        assertThat(links.landing("' or 1=1 --")).isEmpty();
    }

    @Test
    void onlyTheProvedAddressOpensALink() {
        var sent = released(PDF);
        var token = sent.tokens().get(TARO);
        assertThat(links.open(token, taro())).isInstanceOf(Links.Opening.Files.class);
        assertThat(links.open(token, mail.person("TARO@Partner.Example"))).isInstanceOf(Links.Opening.Files.class);
        assertThat(links.open(token, mail.person(JIRO))).isInstanceOf(Links.Opening.NotYours.class);
        assertThat(links.open(token, mail.unverified(TARO))).isInstanceOf(Links.Opening.NotYours.class);
        assertThat(links.open(token, hanako())).isInstanceOf(Links.Opening.NotYours.class);
        assertThat(ticket(sent, mail.person(JIRO))).isEqualTo(new Downloads.Ticketing.Refused());
        assertThat(ticket(sent, mail.unverified(TARO))).isEqualTo(new Downloads.Ticketing.Refused());
    }

    @Test
    void aTicketIsWorthNothingToAnotherPerson() {
        var sent = released(PDF);
        var ticket = (Downloads.Ticketing.Ticket) ticket(sent, taro());
        assertThat(downloads.start(ticket.id(), mail.person(JIRO))).isEqualTo(new Downloads.Start.Unknown());
        assertThat(downloads.start(ticket.id(), mail.unverified(TARO))).isEqualTo(new Downloads.Start.Unknown());
        assertThat(downloads.start(ticket.id(), taro())).isInstanceOf(Downloads.Start.Ready.class);
    }

    @Test
    void aDownloadCountsOnceWhenEveryOctetWasServed() {
        var sent = released(PDF);
        var ready = ready(sent, taro());
        try (var first = begin(ready, 0, PDF.length, () -> { })) {
            assertThat(first.mayServe(400)).isTrue();
            first.served(400);
        }
        assertThat(exposure(sent)).satisfies(g -> {
            assertThat(g.downloads()).isZero();
            assertThat(g.distinctOctets()).isEqualTo(400);
        });
        try (var rest = begin(ready, 300, PDF.length, () -> { })) {
            assertThat(rest.mayServe(PDF.length - 300)).isTrue();
            rest.served(PDF.length - 300);
        }
        assertThat(exposure(sent)).satisfies(g -> {
            assertThat(g.downloads()).isEqualTo(1);
            assertThat(g.distinctOctets()).isEqualTo(PDF.length);
        });
        assertThat(downloads.start(ready.ticket(), taro())).isEqualTo(new Downloads.Start.Spent());
    }

    @Test
    void whatIsBeingServedCountsBeforeItIsServed() {
        var sent = released(PDF);
        var download = begin(ready(sent, taro()), 0, PDF.length, () -> { });
        assertThat(download.mayServe(10)).isTrue();
        assertThat(exposure(sent).distinctOctets()).as("a crash now tells too much, never too little").isGreaterThanOrEqualTo(10);
        download.close();
        assertThat(exposure(sent).distinctOctets()).isZero();
    }

    @Test
    void aReadThatBreaksOffTakesNothingBackFromOneThatRuns() {
        var sent = released(PDF);
        var ready = ready(sent, taro());
        var running = begin(ready, 0, PDF.length, () -> { });
        assertThat(running.mayServe(PDF.length)).isTrue();
        running.served(PDF.length / 2);
        var brokenOff = begin(ready, 10, PDF.length, () -> { });
        assertThat(brokenOff.mayServe(1)).isTrue();
        brokenOff.served(1);
        brokenOff.close();
        assertThat(exposure(sent).distinctOctets()).as("while the other runs").isGreaterThanOrEqualTo(PDF.length / 2);
        running.close();
        assertThat(exposure(sent).distinctOctets()).as("just what was served, when nobody reads any more").isEqualTo(PDF.length / 2);
    }

    @Test
    void aGrantJoinsNoFileToARecipientOfAnotherDelivery() throws Exception {
        var one = released(PDF);
        var other = released(PDF);
        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> grants(TestServers.postgres.owner(), one, other)).withMessageContaining("grant_of_its_file");
    }

    @Test
    void aDeliveryGetsNoGrantWhenItIsThere() {
        var sent = released(PDF);
        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> grants(TestServers.postgres.app(), sent, sent))
            .withMessageContaining("a delivery gets no access_grant after the transaction that made it");
    }

    private static void grants(PostgresServer.Login login, Mail.Sent file, Mail.Sent recipient) throws SQLException {
        try (var connection = TestServers.postgres.connect(login); var statement = connection.createStatement()) {
            statement.execute("insert into access_grant (id, delivery_id, file_id, recipient_id) values (gen_random_uuid(), '" + recipient.delivery() + "', '"
                + file.files().getFirst() + "', '" + recipient.recipients().get(JIRO) + "')");
        }
    }

    @Test
    void theLimitHoldsForEachPersonAndFile() {
        var sent = released(PDF);
        for (int i = 0; i < 5; i++) {
            downloadsAll(sent);
        }
        assertThat(ticket(sent, taro())).isEqualTo(new Downloads.Ticketing.Refused());
        assertThat(landing(sent, TARO).state()).isEqualTo(Links.State.USED_UP);
        assertThat(landing(sent, JIRO).state()).isEqualTo(Links.State.OPEN);
    }

    @Test
    void readingAlmostAllAgainAndAgainGivesNoMoreThanOneFileBeyondTheLimit() {
        var sent = released(PDF);
        long octets = 0;
        for (int round = 0; round < 80; round++) {
            if (round % 3 == 0) {
                MovableClock.passes(Duration.ofMinutes(61));    // each a ticket of its own
            }
            octets += reads(sent, 0, PDF.length - 1);
        }
        assertThat(octets).isBetween(5L * (PDF.length - 1), 6L * PDF.length);
        assertThat(exposure(sent).downloads()).isEqualTo(5);
        assertThat(octets + reads(sent, PDF.length - 1, PDF.length)).as("with the octet that was missing").isLessThanOrEqualTo(6L * PDF.length);
        assertThat(landing(sent, TARO).state()).isEqualTo(Links.State.USED_UP);
    }

    @Test
    void whoeverNeverHadTheFileWholeMayFetchWhatIsMissing() {
        var sent = released(PDF);
        for (int i = 0; i < 9; i++) {
            assertThat(reads(sent, 0, 600)).isEqualTo(600);
        }
        assertThat(exposure(sent).downloads()).isEqualTo(5);
        assertThat(landing(sent, TARO).state()).isEqualTo(Links.State.OPEN);
        assertThat(file(sent)).satisfies(file -> {
            assertThat(file.state()).isEqualTo(Links.State.OPEN);
            assertThat(file.downloads()).isEqualTo(file.limit());
        });
        var ready = ready(sent, taro());
        assertThat(ready.leftOctets()).as("too little to begin anew").isEqualTo(600);
        MovableClock.passes(Duration.ofMinutes(61));
        assertThat(ready(sent, taro()).ticket()).as("the address of the read that broke off").isEqualTo(ready.ticket());
        assertThat(reads(sent, 600, PDF.length)).isEqualTo(400);
        assertThat(landing(sent, TARO).state()).isEqualTo(Links.State.USED_UP);
        assertThat(ticket(sent, taro())).isEqualTo(new Downloads.Ticketing.Refused());
    }

    /** Else a client whose connection broke without a word, and that goes on at once, would be told that it doesn't fit. */
    @Test
    void whetherAnotherReadMayStillGiveSomethingBackIsTold() {
        var sent = released(PDF);
        var first = ready(sent, taro());
        assertThat(first.othersRun()).isFalse();
        try (var hanging = begin(first, 0, PDF.length, () -> { })) {
            assertThat(hanging.mayServe(1)).isTrue();
            assertThat(ready(sent, taro())).satisfies(next -> {
                assertThat(next.leftOctets()).isEqualTo(5L * PDF.length);
                assertThat(next.othersRun()).isTrue();
            });
        }
        assertThat(ready(sent, taro())).satisfies(next -> {
            assertThat(next.leftOctets()).isEqualTo(6L * PDF.length);
            assertThat(next.othersRun()).isFalse();
        });
    }

    @Test
    void whatIsMissingIsGivenNoMoreWhenItDoesNotFit() {
        var sent = released(PDF, PDF);
        for (int i = 0; i < 10; i++) {
            assertThat(reads(sent, 0, 600)).isEqualTo(600);
        }
        assertThat(file(sent).state()).isEqualTo(Links.State.USED_UP);
        assertThat(ticket(sent, taro())).isEqualTo(new Downloads.Ticketing.Refused());
    }

    private Links.LinkFile file(Mail.Sent sent) {
        return ((Links.Opening.Files) links.open(sent.tokens().get(TARO), taro())).files().getFirst();
    }

    @Test
    void theLastOctetUnderAnotherTicketMakesItADownload() {
        var sent = released(PDF);
        reads(sent, 0, PDF.length - 1);
        assertThat(exposure(sent).downloads()).isZero();
        MovableClock.passes(Duration.ofMinutes(61));
        reads(sent, PDF.length - 1, PDF.length);
        assertThat(exposure(sent).downloads()).isEqualTo(1);
    }

    /** Somebody may take hours over what is reserved at once. */
    @Test
    void aTicketThatIsReadUnderStaysGood() {
        var sent = released(PDF);
        var ready = ready(sent, taro());
        try (var download = watch.begin(ready, taro(), 0, PDF.length, () -> { }).orElseThrow()) {
            for (int i = 0; i < 4; i++) {
                assertThat(download.mayServe(1)).isTrue();
                download.served(1);
                MovableClock.passes(Duration.ofMinutes(50));
            }
            assertThat(ticket(sent, taro())).isEqualTo(new Downloads.Ticketing.Ticket(ready.ticket()));
        }
        assertThat(downloads.start(ready.ticket(), taro())).isInstanceOf(Downloads.Start.Ready.class);
    }

    @Test
    void manyCopiesAtOnceCountAsMany() throws Exception {
        var sent = released(PDF);
        var ready = ready(sent, taro());
        var person = taro();
        var octets = new AtomicLong();
        var admitted = new AtomicInteger();
        var together = new CountDownLatch(20);
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                clients.execute(() -> {
                    var begun = watch.begin(ready, person, 0, PDF.length, () -> { });
                    together.countDown();
                    begun.ifPresent(download -> {
                        admitted.incrementAndGet();
                        try (download) {
                            together.await();
                            if (download.mayServe(PDF.length)) {
                                download.served(PDF.length);
                                octets.addAndGet(PDF.length);
                            }
                        } catch (InterruptedException stopping) {
                            Thread.currentThread().interrupt();
                        }
                    });
                });
            }
        }
        assertThat(admitted).hasValue(6);
        assertThat(exposure(sent).downloads()).isEqualTo((int) (octets.get() / PDF.length));
    }

    @Test
    void aCompleteDownloadStopsTheOtherReadsUnderItsTicket() {
        var sent = released(PDF);
        var ready = ready(sent, taro());
        try (var slow = begin(ready, 0, PDF.length, () -> { })) {
            try (var whole = begin(ready, 0, PDF.length, () -> { })) {
                assertThat(whole.mayServe(PDF.length)).isTrue();
                whole.served(PDF.length);
            }
            await().atMost(Duration.ofSeconds(10)).until(slow::wasCut);
            assertThat(slow.mayServe(1)).isFalse();
        }
        try (var late = begin(ready, 0, PDF.length, () -> { })) {
            assertThat(late.mayServe(1)).isFalse();
        }
        assertThat(exposure(sent).downloads()).isEqualTo(1);
    }

    /** It had the same file, and nobody's access had ended. */
    @Test
    void aReadThatAnotherMadeNeedlessIsNotCalledCut() {
        var sent = released(PDF);
        var ready = ready(sent, taro());
        try (var slow = begin(ready, 0, PDF.length, () -> { })) {
            assertThat(slow.mayServe(10)).isTrue();
            slow.served(10);
            try (var whole = begin(ready, 0, PDF.length, () -> { })) {
                assertThat(whole.mayServe(PDF.length)).isTrue();
                whole.served(PDF.length);
            }
            await().atMost(Duration.ofSeconds(10)).until(slow::wasCut);
        }
        assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 1000)).extracting(AuditRecord::type).contains(AuditType.DOWNLOAD_COMPLETED)
            .doesNotContain(AuditType.DOWNLOAD_CUT);
    }

    /** @return so many octets as were served */
    private long reads(Mail.Sent sent, long from, long end) {
        if (!(ticket(sent, taro()) instanceof Downloads.Ticketing.Ticket(var id))
                || !(downloads.start(id, taro()) instanceof Downloads.Start.Ready ready)) {
            return 0;
        }
        try (var download = begin(ready, from, end, () -> { })) {
            if (!download.mayServe((int) (end - from))) {
                return 0;
            }
            download.served((int) (end - from));
            return end - from;
        }
    }

    @Test
    void aHeldDeliveryCantBeDownloaded() {
        var sent = mail.send(HANAKO, List.of(TARO), PDF);
        assertThat(ticket(sent, taro())).isEqualTo(new Downloads.Ticketing.Refused());
        assertThat(links.open(sent.tokens().get(TARO), taro())).isInstanceOf(Links.Opening.Closed.class);
    }

    @Test
    void aLinkShutsByTheClockItself() {
        var sent = released(PDF);
        var ready = ready(sent, taro());
        MovableClock.passes(Duration.ofDays(14));
        assertThat(landing(sent, TARO).state()).isEqualTo(Links.State.EXPIRED);
        assertThat(ticket(sent, taro())).isEqualTo(new Downloads.Ticketing.Refused());
        assertThat(downloads.start(ready.ticket(), taro())).isInstanceOf(Downloads.Start.Closed.class);
    }

    @Test
    void aLinkThatEndsCutsARunningDownload() {
        var sent = released(PDF);
        var cut = new AtomicBoolean();
        try (var download = begin(ready(sent, taro()), 0, PDF.length, () -> cut.set(true))) {
            assertThat(download.mayServe(PDF.length)).as("all of it is reserved: nothing asks again").isTrue();
            download.served(10);
            MovableClock.passes(Duration.ofDays(14));
            await().atMost(Duration.ofSeconds(10)).untilTrue(cut);
        }
        assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 1000)).extracting(AuditRecord::type).contains(AuditType.DOWNLOAD_CUT);
    }

    @Test
    void revokingCutsARunningDownloadAtOnceAndIsUndone() {
        var sent = released(PDF);
        var cut = new AtomicBoolean();
        try (var download = begin(ready(sent, taro()), 0, PDF.length, () -> cut.set(true))) {
            assertThat(download.mayServe(10)).isTrue();
            download.served(10);
            var target = new Revocations.Target(sent.delivery(), null, null);
            assertThat(revocations.revoke(hanako(), target)).isEqualTo(Revocations.Outcome.DONE);
            await().atMost(Duration.ofSeconds(10)).untilTrue(cut);
            assertThat(download.mayServe(1)).isFalse();
        }
        assertThat(landing(sent, TARO).state()).isEqualTo(Links.State.REVOKED);
        assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 1000).reversed()).extracting(AuditRecord::type).contains(AuditType.DOWNLOAD_CUT, AuditType.ACCESS_REVOKED);
        var target = new Revocations.Target(sent.delivery(), null, null);
        assertThat(revocations.revoke(hanako(), target)).isEqualTo(Revocations.Outcome.UNCHANGED);
        assertThat(revocations.restore(mail.person("r@example.co.jp", "responder"), target)).isEqualTo(Revocations.Outcome.DONE);
        downloadsAll(sent);
    }

    @Test
    void aReadIsCutWhenTheDatabaseAnswersNothingMore() throws Exception {
        var sent = released(PDF);
        var cut = new AtomicBoolean();
        try (var download = begin(ready(sent, taro()), 0, PDF.length, () -> cut.set(true))) {
            assertThat(download.mayServe(10)).isTrue();
            download.served(10);
            TestServers.freezeDatabase();
            try {
                await().atMost(Duration.ofSeconds(6)).untilTrue(cut);
            } finally {
                TestServers.thawDatabase();
            }
            assertThat(download.mayServe(10)).isFalse();
        }
    }

    @Test
    void eachLevelOfRevocationShutsJustThat() {
        var sent = released(PDF, "second".getBytes());
        var taroId = sent.recipients().get(TARO);
        var first = sent.files().getFirst();
        var second = sent.files().getLast();
        assertThat(revocations.revoke(hanako(), new Revocations.Target(sent.delivery(), taroId, first))).isEqualTo(Revocations.Outcome.DONE);
        assertThat(state(sent, TARO, 0)).isEqualTo(Links.State.REVOKED);
        assertThat(state(sent, TARO, 1)).isEqualTo(Links.State.OPEN);
        assertThat(state(sent, JIRO, 0)).isEqualTo(Links.State.OPEN);
        assertThat(((Links.Opening.Files) links.open(sent.tokens().get(TARO), mail.person(TARO))).files()).as("what is taken back isn't told").satisfiesExactly(
            taken -> assertThat(List.of(taken.name(), taken.mediaType(), taken.sha256())).containsOnly(""),
            open -> assertThat(List.of(open.name(), open.mediaType(), open.sha256())).doesNotContain(""));
        assertThat(revocations.revoke(hanako(), new Revocations.Target(sent.delivery(), null, second))).isEqualTo(Revocations.Outcome.DONE);
        assertThat(state(sent, JIRO, 1)).isEqualTo(Links.State.REVOKED);
        assertThat(landing(sent, TARO).state()).as("nothing is left for Taro").isEqualTo(Links.State.REVOKED);
        assertThat(revocations.revoke(hanako(), new Revocations.Target(sent.delivery(), sent.recipients().get(JIRO), null)))
            .isEqualTo(Revocations.Outcome.DONE);
        assertThat(landing(sent, JIRO).state()).isEqualTo(Links.State.REVOKED);
    }

    private Links.State state(Mail.Sent sent, String who, int file) {
        return ((Links.Opening.Files) links.open(sent.tokens().get(who), mail.person(who))).files().get(file).state();
    }

    @Test
    void strangersRevokeNothingAndOtherDeliveriesAreOutOfReach() {
        var sent = released(PDF);
        var other = released(PDF);
        assertThat(revocations.revoke(mail.person("ichiro@example.co.jp", "sender"), new Revocations.Target(sent.delivery(), null, null)))
            .isEqualTo(Revocations.Outcome.NOT_FOUND);
        assertThat(revocations.revoke(taro(), new Revocations.Target(sent.delivery(), null, null))).isEqualTo(Revocations.Outcome.NOT_FOUND);
        assertThat(revocations.revoke(mail.person("a@example.co.jp", "auditor", "administrator"),
            new Revocations.Target(sent.delivery(), null, null))).isEqualTo(Revocations.Outcome.NOT_FOUND);
        assertThat(revocations.revoke(hanako(), new Revocations.Target(sent.delivery(), null, other.files().getFirst())))
            .isEqualTo(Revocations.Outcome.NOT_FOUND);
    }

    @Test
    void seeingTheNamesIsRecordedOnce() {
        var sent = released(PDF);
        links.open(sent.tokens().get(TARO), taro());
        links.open(sent.tokens().get(TARO), taro());
        assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 1000).reversed()).filteredOn(e -> e.type() == AuditType.FILES_LISTED).hasSize(1);
    }
}
