package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.access.Links;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.delivery.Intake;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.files.IncomingFile;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.policy.Examined;
import sekisho.gateway.policy.Objection;
import sekisho.inspection.Protection;

/** Malware at the door, and a scanner that fails there. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class ScanTest extends Scanned {

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
        assertThat(events(sent, AuditType.DELIVERY_ACCEPTED).getFirst().details()).containsEntry("scan:" + sent.files().getFirst(), "CLEAN")
            .allSatisfy((key, value) -> assertThat(value).as("type of a file, in clear in the log").doesNotContainIgnoringCase("zip"));
        var inspected = mail.take(NewDelivery.Source.MAIL, HANAKO, List.of("x@open.example"), LETTER, Map.of("a.txt", zip("a.txt")));
        assertThat(view(inspected).files().getFirst().found()).isEqualTo(new DeliveryView.Found("zip", "NONE", Examined.Scan.CLEAN, ""));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatStaysInTheMessageIsScannedLikeAFileAndNotStored(boolean asFile) throws Exception {
        var before = objects();
        for (var content : List.of(BAD, GOOD, new byte[0])) {
            var scan = content == BAD ? Examined.Scan.INFECTED : Examined.Scan.CLEAN;
            var together = incoming.together(UUID.randomUUID(), true);
            assertThat(together.look("a.bin", content, asFile).scan()).isEqualTo(scan);
            try (var part = together.begin(UUID.randomUUID())) {
                part.write(content, 0, content.length);
                assertThat(part.look("a.bin", asFile).scan()).isEqualTo(scan);
                assertThat(part.isStored()).isFalse();
            }
            assertThat(objects()).isEqualTo(before);
        }
    }

    /** It keeps no buffer of the store until the message around it is over. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsDecidedLaterLiesInTheStoreMeanwhile(boolean stays) throws Exception {
        for (var content : List.of(BAD, GOOD, new byte[0])) {
            var id = UUID.randomUUID();
            var before = objects();
            try (var part = incoming.together(UUID.randomUUID(), true).begin(id)) {
                part.write(content, 0, content.length);
                part.ended();
                assertThat(part.isStored()).isTrue();
                assertThat(objects()).hasSize(before.size() + 1);
                part.ended();
                var scan = (stays ? part.look("a.bin", true) : part.finish("a.bin").examined()).scan();
                assertThat(scan).isEqualTo(content == BAD ? Examined.Scan.INFECTED : Examined.Scan.CLEAN);
            }
            vault.deleteFile(id);
            assertThat(objects()).isEqualTo(before);
        }
    }

    @Test
    void onlyWhatIsAFileIsLookedInto() throws Exception {
        var together = incoming.together(UUID.randomUUID(), true);
        var zip = zip("a.txt");
        assertThat(together.look("a.zip", zip, false).protection()).isEmpty();
        assertThat(together.look("a.zip", zip, true).protection()).contains(Protection.NONE);
        var id = UUID.randomUUID();
        try (var part = together.begin(id)) {
            part.write(zip, 0, zip.length);
            assertThat(part.look("a.zip", true).protection()).contains(Protection.NONE);
            assertThat(part.isStored()).as("to be read again").isTrue();
        }
        vault.deleteFile(id);
    }

    @Test
    void manyPartsThatHaveEndedKeepNoConnectionToTheScanner() throws Exception {
        var together = incoming.together(UUID.randomUUID(), false);
        var parts = new ArrayList<IncomingFile>();
        try {
            for (int i = 0; i < 100; i++) {   // each undecided until the message is over
                var part = together.begin(UUID.randomUUID());
                parts.add(part);
                part.write(GOOD, 0, GOOD.length);
                part.ended();
            }
            for (var part : parts) {
                assertThat(part.look("a.bin", true).scan()).isEqualTo(Examined.Scan.CLEAN);
            }
        } finally {
            parts.forEach(IncomingFile::close);
            for (var part : parts) {
                vault.deleteFile(part.id());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsReadLateIsScannedAtItsEnd(boolean inspect) throws Exception {
        for (var content : List.of(BAD, GOOD, new byte[0])) {
            var delivery = UUID.randomUUID();
            var id = UUID.randomUUID();
            int asked = TestServers.clamd.asked();
            try (var part = incoming.together(delivery, inspect).beginLate(id, 1)) {
                part.write(content, 0, content.length);
                part.ended();
                assertThat(TestServers.clamd.asked()).isEqualTo(asked);
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
    void aFileThatWasSealedForTheScannerAloneIsDropped() throws IOException {
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
    void aScannerThatIsSilentForOneFileIsNotAskedForTheOthersOfItsMessage() {
        int asked = TestServers.clamd.asked();
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), GOOD, GOOD, GOOD, BAD);
        assertThat(TestServers.clamd.asked()).isEqualTo(asked + 1);
        assertThat(view(sent).files()).hasSize(4).allSatisfy(file -> assertThat(file.found().scan()).isEqualTo(Examined.Scan.UNSCANNED));
        assertThat(view(sent).state()).isEqualTo(DeliveryState.HELD);
        assertThat(send(List.of(TARO), BAD).intake()).as("the next message is scanned again").isInstanceOf(Intake.Refused.class);
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
