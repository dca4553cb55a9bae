package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.access.Downloads;
import sekisho.gateway.access.Links;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.delivery.Intake;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.files.IncomingFiles;
import sekisho.gateway.files.Shredder;
import sekisho.gateway.files.Vault;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Report;
import sekisho.gateway.outbox.Settlement;
import sekisho.gateway.policy.Examined;
import sekisho.gateway.policy.Objection;
import sekisho.gateway.scan.Rescans;
import sekisho.storage.Opener;

/** Malware, and a scanner that fails. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class ScanTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final String TARO = "taro@partner.example";
    private static final String JIRO = "jiro@other.example";
    private static final String ICHIRO = "ichiro@example.co.jp";
    private static final String TRUSTING = "x@trusting.example";
    private static final byte[] GOOD = "nothing to see here ".repeat(10_000).getBytes();
    private static final byte[] BAD = ("header " + "x".repeat(100_000) + ScriptedClamd.MALWARE).getBytes();
    private static final Mail.Written LETTER = new Mail.Written("Figures", "Please find them attached.");

    @Inject
    Mail mail;
    @Inject
    Vault vault;
    @Inject
    IncomingFiles incoming;
    @Inject
    Holds holds;
    @Inject
    Links links;
    @Inject
    Downloads downloads;
    @Inject
    Revocations revocations;
    @Inject
    Rescans rescans;
    @Inject
    Shredder shredder;
    @Inject
    Outbox outbox;
    @Inject
    DeliveryRecords records;
    @Inject
    AuditLog audit;

    private Opener opener;

    @BeforeEach
    void quiet() {
        opener = vault.fileOpener(TestServers.folder.resolve("files.private"));
        TestServers.clamd.is(ScriptedClamd.Mood.WELL);
        MovableClock.passes(Duration.ofDays(2));
        while (rescans.run(opener, 100) > 0 || !drained()) {
            // what other tests left
        }
    }

    @AfterEach
    void well() {
        TestServers.clamd.is(ScriptedClamd.Mood.WELL);
    }

    private boolean drained() {
        var items = outbox.claim(1000, Mail.ONE_DESTINATION);
        items.forEach(item -> outbox.settle(item, item.rows().stream().<Settlement>map(Mail::taken).toList()));
        return items.isEmpty();
    }

    private Mail.Sent send(List<String> to, byte[]... files) {
        var named = new TreeMap<String, byte[]>();
        for (int i = 0; i < files.length; i++) {
            named.put("file-" + i + ".bin", files[i]);
        }
        return mail.take(NewDelivery.Source.MAIL, HANAKO, to, LETTER, named);
    }

    private Mail.Sent sendWhile(ScriptedClamd.Mood mood, List<String> to, byte[]... files) {
        TestServers.clamd.is(mood);
        var sent = send(to, files);
        TestServers.clamd.is(ScriptedClamd.Mood.WELL);
        return sent;
    }

    private DeliveryView view(Mail.Sent sent) {
        return records.view(mail.person(HANAKO, "sender"), sent.delivery()).orElseThrow();
    }

    private Hold hold(Mail.Sent sent, String address) {
        return view(sent).recipients().stream().filter(r -> r.address().equals(address)).findFirst().orElseThrow().hold();
    }

    private void timePasses(Duration time) {
        MovableClock.passes(time);
        while (holds.releaseDue(100) > 0) {
            // all that is due
        }
    }

    private List<OutboxItem> due(Mail.Sent sent) {
        return outbox.claim(1000, Mail.ONE_DESTINATION).stream().filter(item -> item.delivery().equals(sent.delivery())).toList();
    }

    private List<AuditRecord> events(Mail.Sent sent, AuditType type) {
        return audit.ofDelivery(sent.delivery(), Optional.empty(), 100).stream().filter(e -> e.type() == type).toList();
    }

    private Set<String> objects() throws IOException {
        var keys = new HashSet<String>();
        vault.store().list(object -> keys.add(object.key()));
        return keys;
    }

    private boolean mayDownload(Mail.Sent sent, String address, int file) {
        return downloads.ticket(sent.tokens().get(address), sent.files().get(file), mail.person(address)) instanceof Downloads.Ticketing.Ticket;
    }

    @Test
    void malwareIsRefusedByNameAndNothingOfItStays() throws IOException {
        var before = objects();
        var sent = send(List.of(ICHIRO, TARO), GOOD, BAD);
        assertThat(sent.intake()).isEqualTo(new Intake.Refused("built-in", Objection.INFECTED, ScriptedClamd.FIND));
        assertThat(objects()).isEqualTo(before);
        assertThat(records.view(mail.person("r@example.co.jp", "responder"), sent.delivery())).isEmpty();
        assertThat(audit.page(Optional.empty(), 20)).anySatisfy(event -> {
            assertThat(event.type()).isEqualTo(AuditType.DELIVERY_REFUSED);
            assertThat(event.details()).containsEntry("objection", "INFECTED");
        });
    }

    @Test
    void insidersAreSparedMalwareToo() {
        assertThat(send(List.of(ICHIRO), BAD).intake()).isInstanceOf(Intake.Refused.class);
        assertThat(mail.take(NewDelivery.Source.PORTAL, HANAKO, List.of(TARO), LETTER, Map.of("a.bin", BAD)).intake()).isInstanceOf(Intake.Refused.class);
    }

    @Test
    void whatWasFoundIsKeptWithTheFileAndInTheEvent() throws IOException {
        var sent = send(List.of(TARO), zip("a.txt"));
        assertThat(view(sent).files()).singleElement().satisfies(file ->
            assertThat(file.found()).isEqualTo(new DeliveryView.Found("zip", "", Examined.Scan.CLEAN, "")));
        assertThat(events(sent, AuditType.DELIVERY_ACCEPTED).getFirst().details()).containsEntry("found:" + sent.files().getFirst(), "zip - clean");
        var inspected = mail.take(NewDelivery.Source.MAIL, HANAKO, List.of("x@open.example"), LETTER, Map.of("a.txt", zip("a.txt")));
        assertThat(view(inspected).files().getFirst().found()).isEqualTo(new DeliveryView.Found("zip", "NONE", Examined.Scan.CLEAN, ""));
    }

    @Test
    void whatTurnsOutToBeNoFileNeverTroublesTheScanner() throws Exception {
        int asked = TestServers.clamd.asked();
        try (var part = incoming.beginUndecided(UUID.randomUUID(), UUID.randomUUID(), true)) {
            part.write(BAD, 0, BAD.length);
        }
        assertThat(TestServers.clamd.asked()).isEqualTo(asked);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatTurnsOutToBeAFileIsScannedAtItsEnd(boolean inspect) throws Exception {
        for (var content : List.of(BAD, GOOD, new byte[0])) {
            var delivery = UUID.randomUUID();
            var id = UUID.randomUUID();
            try (var part = incoming.beginUndecided(delivery, id, inspect)) {
                part.write(content, 0, content.length);
                assertThat(part.finish("a.bin").examined().scan()).isEqualTo(content == BAD ? Examined.Scan.INFECTED : Examined.Scan.CLEAN);
            }
            vault.deleteFile(id);
        }
    }

    @Test
    void whatNobodyKnowsIsNotSaidToBeUnknown() {
        var sent = send(List.of(TARO), new byte[] {1, 2, 3});
        assertThat(view(sent).files().getFirst().found()).isEqualTo(new DeliveryView.Found("", "", Examined.Scan.CLEAN, ""));
    }

    @Test
    void aFileThatWasSealedForTheScannerAloneIsDroppedAtOnce() throws IOException {
        var before = objects();
        var sent = send(List.of(ICHIRO), GOOD);
        assertThat(sent.intake()).isInstanceOf(Intake.Accepted.class);
        assertThat(sent.files()).hasSize(1);
        assertThat(view(sent).files()).isEmpty();
        assertThat(objects()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(value = ScriptedClamd.Mood.class, names = {"AWAY", "DYING", "TOO_LARGE"})
    void whatWasNotScannedToItsEndIsNeverCleanAndWaits(ScriptedClamd.Mood mood) {
        var sent = sendWhile(mood, List.of(ICHIRO, TARO), GOOD);
        assertThat(sent.intake()).isInstanceOfSatisfying(Intake.Accepted.class, a -> assertThat(a.heldUntil()).isPresent());
        assertThat(view(sent).files().getFirst().found().scan()).isEqualTo(Examined.Scan.UNSCANNED);
        assertThat(view(sent).state()).isEqualTo(DeliveryState.HELD);
        timePasses(Duration.ofHours(2));
        assertThat(hold(sent, TARO)).isEqualTo(Hold.HELD);
        assertThat(hold(sent, ICHIRO)).isEqualTo(Hold.HELD);
        assertThat(holds.releaseNow(mail.person(HANAKO, "sender"), sent.delivery())).isEqualTo(new Holds.Outcome.Waiting(2));
        assertThat(due(sent)).extracting(OutboxItem::kind).containsOnly(OutboxItem.Kind.NOTICE);
        assertThat(mayDownload(sent, TARO, 0)).isFalse();
        assertThat(links.landing(sent.tokens().get(TARO)).orElseThrow().state()).isEqualTo(Links.State.NOT_YET);
        assertThat(records.heldOf(mail.person(HANAKO, "sender"), 500)).anySatisfy(s -> {
            assertThat(s.id()).isEqualTo(sent.delivery());
            assertThat(s.waitsForScan()).isTrue();
        });
    }

    @Test
    void whatIsFoundCleanLaterLeavesAtItsTime() {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), GOOD);
        assertThat(rescans.run(opener, 100)).isEqualTo(1);
        assertThat(view(sent).files().getFirst().found().scan()).isEqualTo(Examined.Scan.CLEAN);
        assertThat(events(sent, AuditType.FILE_SCANNED)).singleElement().satisfies(e -> assertThat(e.details()).containsEntry("scan", "CLEAN"));
        timePasses(Duration.ofMinutes(1));
        assertThat(hold(sent, TARO)).as("the sender's five minutes still count").isEqualTo(Hold.HELD);
        timePasses(Duration.ofMinutes(5));
        assertThat(hold(sent, TARO)).isEqualTo(Hold.RELEASED);
        assertThat(mayDownload(sent, TARO, 0)).isTrue();
    }

    @Test
    void sendNowTakesEffectWhenTheScannerHasRead() {
        var sent = sendWhile(ScriptedClamd.Mood.DYING, List.of(TARO), GOOD);
        assertThat(holds.releaseNow(mail.person(HANAKO, "sender"), sent.delivery())).isEqualTo(new Holds.Outcome.Waiting(1));
        rescans.run(opener, 100);
        timePasses(Duration.ZERO);
        assertThat(hold(sent, TARO)).isEqualTo(Hold.RELEASED);
    }

    @Test
    void aDeliveryWaitsForEachOfItsFiles() {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), GOOD, GOOD);
        assertThat(rescans.run(opener, 1)).isEqualTo(1);
        timePasses(Duration.ofMinutes(20));
        assertThat(hold(sent, TARO)).isEqualTo(Hold.HELD);
        assertThat(rescans.run(opener, 1)).isEqualTo(1);
        timePasses(Duration.ZERO);
        assertThat(hold(sent, TARO)).isEqualTo(Hold.RELEASED);
    }

    @Test
    void anInsidersOriginalWaitsTooAndItsFilesGoOnceTheyAreRead() throws IOException {
        var before = objects();
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(ICHIRO), GOOD);
        assertThat(hold(sent, ICHIRO)).isEqualTo(Hold.HELD);
        assertThat(objects()).hasSize(before.size() + 1);
        rescans.run(opener, 100);
        timePasses(Duration.ZERO);
        assertThat(due(sent)).extracting(OutboxItem::kind).contains(OutboxItem.Kind.ORIGINAL);
        assertThat(view(sent).files()).singleElement().satisfies(f -> assertThat(f.shredded()).isTrue());
        assertThat(events(sent, AuditType.FILE_SHREDDED)).hasSize(1);
        shredder.run();
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void malwareFoundLaterStopsWhatWaitedShutsTheFileForGoodAndTellsTheSender() {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO, ICHIRO), BAD);
        due(sent);
        rescans.run(opener, 100);
        assertThat(view(sent).state()).isEqualTo(DeliveryState.CANCELLED);
        assertThat(view(sent).files().getFirst()).satisfies(file -> {
            assertThat(file.found().scan()).isEqualTo(Examined.Scan.INFECTED);
            assertThat(file.found().find()).isEqualTo(ScriptedClamd.FIND);
            assertThat(file.revoked()).isTrue();
            assertThat(file.frozen()).isTrue();
        });
        assertThat(due(sent)).hasSize(2).allSatisfy(item -> {
            assertThat(item.kind()).isEqualTo(OutboxItem.Kind.DSN);
            assertThat(item.report().action()).isEqualTo(Report.Action.FAILED);
            assertThat(item.report().reply().text()).contains("5.7.1", ScriptedClamd.FIND);
        });
        var responder = mail.person("r@example.co.jp", "responder");
        var target = new Revocations.Target(sent.delivery(), null, sent.files().getFirst());
        assertThat(revocations.restore(responder, target)).isEqualTo(Revocations.Outcome.FROZEN);
        assertThat(revocations.restore(mail.person(HANAKO, "sender"), target)).isEqualTo(Revocations.Outcome.FROZEN);
        timePasses(Duration.ofDays(1));
        assertThat(due(sent)).isEmpty();
    }

    @Test
    void wherePolicyLetsItGoTheFileIsShutWhenMalwareIsFoundLater() {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TRUSTING), GOOD, BAD);
        assertThat(hold(sent, TRUSTING)).isEqualTo(Hold.RELEASED);
        assertThat(due(sent)).extracting(OutboxItem::kind).containsExactly(OutboxItem.Kind.LINKED);
        assertThat(mayDownload(sent, TRUSTING, 1)).isTrue();
        rescans.run(opener, 100);
        assertThat(mayDownload(sent, TRUSTING, 1)).isFalse();
        assertThat(mayDownload(sent, TRUSTING, 0)).as("the other one").isTrue();
        assertThat(due(sent)).singleElement().satisfies(item -> assertThat(item.report().action()).isEqualTo(Report.Action.WITHDRAWN));
        assertThat(rescans.run(opener, 100)).isZero();
    }

    @Test
    void aScannerThatStaysAwayIsAskedAgainLaterAndLaterAndThenTheSenderIsTold() {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), GOOD);
        due(sent);
        TestServers.clamd.is(ScriptedClamd.Mood.AWAY);
        assertThat(rescans.run(opener, 100)).isEqualTo(1);
        assertThat(rescans.run(opener, 100)).as("not at once").isZero();
        MovableClock.passes(Duration.ofSeconds(61));
        assertThat(rescans.run(opener, 100)).isEqualTo(1);
        MovableClock.passes(Duration.ofSeconds(61));
        assertThat(rescans.run(opener, 100)).as("twice as long").isZero();
        MovableClock.passes(Duration.ofDays(1));
        assertThat(rescans.run(opener, 100)).isEqualTo(1);
        assertThat(hold(sent, TARO)).isEqualTo(Hold.CANCELLED);
        assertThat(due(sent)).singleElement().satisfies(item -> assertThat(item.report().reply().text()).contains("could not be scanned"));
        MovableClock.passes(Duration.ofDays(1));
        assertThat(rescans.run(opener, 100)).as("given up").isZero();
    }

    @Test
    void aFileThatCanNotBeReadAnyMoreIsNotClean() throws IOException {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), GOOD);
        vault.deleteFile(sent.files().getFirst());
        rescans.run(opener, 100);
        assertThat(view(sent).files().getFirst().found().scan()).isEqualTo(Examined.Scan.UNSCANNED);
        timePasses(Duration.ofHours(1));
        assertThat(hold(sent, TARO)).isEqualTo(Hold.HELD);
    }

    @Test
    void cancellingAgainstAVerdictNeverSendsWhatWasCancelled() throws Exception {
        var hanako = mail.person(HANAKO, "sender");
        try (var threads = Executors.newFixedThreadPool(2)) {
            var wrong = new ArrayList<String>();
            for (int i = 0; i < 60; i++) {
                var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of("a@quick.example"), GOOD);
                var start = new CyclicBarrier(2);
                var cancel = threads.submit(() -> {
                    start.await();
                    return holds.cancel(hanako, sent.delivery());
                });
                var scanned = threads.submit(() -> {
                    start.await();
                    int files = rescans.run(opener, 100);
                    holds.releaseDue(100);
                    return files;
                });
                boolean cancelled = cancel.get() instanceof Holds.Outcome.Done;
                scanned.get();
                if (cancelled == (hold(sent, "a@quick.example") == Hold.RELEASED)) {
                    wrong.add("round " + i + ": cancelled " + cancelled);
                }
            }
            assertThat(wrong).isEmpty();
        }
    }

    @Test
    void revokingAgainstAVerdictLeavesItShut() throws Exception {
        var responder = mail.person("r@example.co.jp", "responder");
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (int i = 0; i < 30; i++) {
                var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of("a@quick.example"), i % 2 == 0 ? GOOD : BAD);
                var target = new Revocations.Target(sent.delivery(), null, sent.files().getFirst());
                var start = new CyclicBarrier(2);
                var revoke = threads.submit(() -> {
                    start.await();
                    return revocations.revoke(responder, target);
                });
                var scan = threads.submit(() -> {
                    start.await();
                    return rescans.run(opener, 100);
                });
                revoke.get();
                scan.get();
                timePasses(Duration.ZERO);
                assertThat(view(sent).files().getFirst().revoked()).isTrue();
                assertThat(view(sent).files().getFirst().frozen()).isTrue();
                assertThat(mayDownload(sent, "a@quick.example", 0)).isFalse();
            }
        }
    }

    @Test
    void twoNodesThatScanTheSameFileSettleItOnce() throws Exception {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), BAD);
        due(sent);
        try (var threads = Executors.newFixedThreadPool(2)) {
            var one = threads.submit(() -> rescans.run(opener, 10));
            var other = threads.submit(() -> rescans.run(opener, 10));
            assertThat(one.get() + other.get()).isEqualTo(1);
        }
        assertThat(due(sent)).hasSize(1);
        assertThat(events(sent, AuditType.FILE_SCANNED)).hasSize(1);
    }

    private static byte[] zip(String entry) throws IOException {
        var octets = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(octets)) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(GOOD);
        }
        return octets.toByteArray();
    }
}
