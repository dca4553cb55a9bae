package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import sekisho.gateway.access.Links;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.delivery.Intake;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.OutboxItem.Kind;
import sekisho.gateway.outbox.Report;
import sekisho.gateway.policy.Examined;
import sekisho.gateway.policy.Objection;

/** A signed message that goes to some recipients as one file, beside others who get something else of it. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class WholeMessageTest extends Scanned {

    private static final String WHOLE = "w@whole.example";
    private static final String QUICK = "q@quick.example";
    private static final byte[] MESSAGE = "From: hanako@example.co.jp\r\n\r\nsigned".getBytes(StandardCharsets.US_ASCII);

    private Mail.Sent sendSigned(List<String> to, byte[] message, byte[]... files) {
        var named = files.length == 0 ? Map.<String, byte[]>of() : Map.of("plan.bin", files[0]);
        return mail.takeSigned(HANAKO, to, LETTER, message, named);
    }

    private Mail.Sent sendSignedWhile(ScriptedClamd.Mood mood, List<String> to, byte[] message, byte[]... files) {
        TestServers.clamd.is(mood);
        var sent = sendSigned(to, message, files);
        TestServers.clamd.is(ScriptedClamd.Mood.WELL);
        return sent;
    }

    private Map<Kind, OutboxItem> copies(Mail.Sent sent, String address) {
        return due(sent).stream().filter(item -> item.rows().getFirst().address().toString().equals(address)).collect(Collectors.toMap(OutboxItem::kind, item -> item));
    }

    @Test
    void eachRecipientGetsWhatIsDecidedForThemAndNothingElse() {
        var sent = sendSigned(List.of(WHOLE, QUICK, ICHIRO), MESSAGE, GOOD);
        var items = due(sent).stream().filter(item -> item.kind() != Kind.NOTICE).collect(Collectors.toMap(item -> item.rows().getFirst().address().toString(), item -> item));
        assertThat(items.get(WHOLE).kind()).isEqualTo(Kind.LINKED);
        assertThat(items.get(WHOLE).files()).containsExactly(new OutboxItem.FileLine(MESSAGE.length, true, true));
        assertThat(items.get(QUICK).kind()).isEqualTo(Kind.LINKED);
        assertThat(items.get(QUICK).files()).containsExactly(new OutboxItem.FileLine(GOOD.length, true, false));
        assertThat(items.get(ICHIRO).kind()).isEqualTo(Kind.ORIGINAL);
        for (int file : List.of(0, 1)) {
            assertThat(mayDownload(sent, WHOLE, file)).isEqualTo(file == 1);
            assertThat(mayDownload(sent, QUICK, file)).isEqualTo(file == 0);
        }
        assertThat(opened(sent, WHOLE)).containsExactly("message.eml");
        assertThat(opened(sent, QUICK)).containsExactly("plan.bin");
        assertThat(view(sent).grants()).extracting(DeliveryView.GrantView::file).containsExactlyInAnyOrderElementsOf(sent.files());
    }

    private List<String> opened(Mail.Sent sent, String address) {
        return ((Links.Opening.Files) links.open(sent.tokens().get(address), mail.person(address))).files().stream().map(Links.LinkFile::name).toList();
    }

    @Test
    void whatNobodyGetsIsNotKept() throws IOException {
        var before = objects();
        var sent = sendSigned(List.of(WHOLE, ICHIRO), MESSAGE, GOOD);
        assertThat(view(sent).files()).extracting(DeliveryView.FileView::name).containsExactly("message.eml");
        assertThat(objects()).hasSize(before.size() + 1);
        assertThat(events(sent, AuditType.DELIVERY_ACCEPTED).getFirst().details()).containsEntry("files", "1").containsEntry("attachments", "1");
    }

    @Test
    void revokingTheMessageShutsTheLinkAndNoOther() {
        var sent = sendSigned(List.of(WHOLE, QUICK), MESSAGE, GOOD);
        assertThat(revocations.revoke(mail.person(HANAKO, "sender"), new Revocations.Target(sent.delivery(), null, sent.files().getLast())))
            .isEqualTo(Revocations.Outcome.DONE);
        assertThat(mayDownload(sent, WHOLE, 1)).isFalse();
        assertThat(links.landing(sent.tokens().get(WHOLE)).orElseThrow().state()).isEqualTo(Links.State.REVOKED);
        assertThat(mayDownload(sent, QUICK, 0)).isTrue();
    }

    @Test
    void malwareThatOnlyTheWholeMessageShowsIsRefusedToAll() throws IOException {
        var before = objects();
        assertThat(sendSigned(List.of(ICHIRO, WHOLE), BAD, GOOD).intake()).isEqualTo(new Intake.Refused("built-in", Objection.INFECTED, ScriptedClamd.FIND));
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void aMessageThatWasNotScannedStaysShutForWhomItIsAFile() {
        var sent = sendSignedWhile(ScriptedClamd.Mood.AWAY, List.of(WHOLE, ICHIRO), MESSAGE);
        assertThat(hold(sent, WHOLE)).isEqualTo(Hold.HELD);
        assertThat(hold(sent, ICHIRO)).isEqualTo(Hold.RELEASED);
        assertThat(mayDownload(sent, WHOLE, 0)).isFalse();
        assertThat(rescans.run(opener, 100)).isEqualTo(1);
        timePasses(Duration.ZERO);
        assertThat(hold(sent, WHOLE)).isEqualTo(Hold.RELEASED);
        assertThat(view(sent).files().getFirst().found().scan()).isEqualTo(Examined.Scan.CLEAN);
        assertThat(mayDownload(sent, WHOLE, 0)).isTrue();
    }

    @Test
    void whoGetsAnotherCopyDoesNotWaitForTheWholeMessage() throws IOException {
        var sent = sendSignedWhile(ScriptedClamd.Mood.AWAY, List.of(WHOLE, QUICK, ICHIRO), MESSAGE, GOOD);
        assertThat(copies(sent, WHOLE)).isEmpty();
        vault.deleteFile(sent.files().getLast());   // and so it can't be scanned
        assertThat(rescans.run(opener, 100)).isEqualTo(2);
        timePasses(Duration.ZERO);
        assertThat(hold(sent, QUICK)).isEqualTo(Hold.RELEASED);
        assertThat(hold(sent, ICHIRO)).isEqualTo(Hold.RELEASED);
        assertThat(hold(sent, WHOLE)).isEqualTo(Hold.HELD);
        MovableClock.passes(Duration.ofDays(2));
        due(sent);
        assertThat(rescans.run(opener, 100)).isEqualTo(1);
        assertThat(hold(sent, WHOLE)).isEqualTo(Hold.CANCELLED);
        assertThat(due(sent)).singleElement().satisfies(item -> {
            assertThat(item.report().action()).isEqualTo(Report.Action.FAILED);
            assertThat(item.rows().getFirst().about().toString()).isEqualTo(WHOLE);
        });
    }

    @Test
    void malwareFoundLaterInTheWholeMessageStopsEverybodyWhoWaits() {
        var sent = sendSignedWhile(ScriptedClamd.Mood.AWAY, List.of(WHOLE, ICHIRO), BAD, BAD);
        rescans.run(opener, 100);
        assertThat(hold(sent, WHOLE)).isEqualTo(Hold.CANCELLED);
        assertThat(hold(sent, ICHIRO)).isEqualTo(Hold.CANCELLED);
    }
}
