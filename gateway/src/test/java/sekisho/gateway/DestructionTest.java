package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.access.Destruction;
import sekisho.gateway.access.Destruction.Outcome;
import sekisho.gateway.access.DownloadWatch;
import sekisho.gateway.access.Downloads;
import sekisho.gateway.access.Links;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.access.Revocations.Target;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.files.Shredder;
import sekisho.gateway.files.Vault;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.people.Person;

/** Destroying by hand: only what is revoked, only by a responder, at once and for good. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class DestructionTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final String TARO = "taro@partner.example";

    @Inject
    Mail mail;
    @Inject
    Holds holds;
    @Inject
    Revocations revocations;
    @Inject
    Destruction destruction;
    @Inject
    Shredder shredder;
    @Inject
    Downloads downloads;
    @Inject
    DownloadWatch watch;
    @Inject
    Links links;
    @Inject
    DeliveryRecords records;
    @Inject
    Vault vault;
    @Inject
    AuditLog audit;

    private Person responder;
    private Person sender;

    @BeforeEach
    void signIn() {
        responder = mail.person("responder@example.co.jp", "responder");
        sender = mail.person(HANAKO, "sender");
    }

    private Mail.Sent released() {
        var sent = mail.send(HANAKO, List.of(TARO), new byte[100_000], "two".getBytes());
        holds.releaseNow(sender, sent.delivery());
        return sent;
    }

    private DeliveryState state(Mail.Sent sent) {
        return records.view(sender, sent.delivery()).orElseThrow().state();
    }

    private List<AuditRecord> receipts(Mail.Sent sent) {
        return audit.ofDelivery(sent.delivery(), Optional.empty(), 1000).stream().filter(event -> event.type() == AuditType.FILE_SHREDDED).toList();
    }

    private List<AuditRecord> removals(Mail.Sent sent) {
        return audit.ofDelivery(sent.delivery(), Optional.empty(), 1000).stream().filter(event -> event.type() == AuditType.OBJECT_REMOVED).toList();
    }

    @Test
    void onlyAResponderDestroysAndOnlyWhatIsRevokedAndNotHeld() {
        var held = mail.send(HANAKO, List.of(TARO), "x".getBytes());
        revocations.revoke(responder, new Target(held.delivery(), null, null));
        assertThat(destruction.destroy(responder, held.delivery())).isEqualTo(Outcome.HELD);
        holds.cancel(responder, held.delivery());
        assertThat(destruction.destroy(responder, held.delivery())).isEqualTo(Outcome.DONE);
        var sent = released();
        assertThat(destruction.destroy(responder, sent.delivery())).isEqualTo(Outcome.NOT_REVOKED);
        revocations.revoke(responder, new Target(sent.delivery(), null, sent.files().getFirst()));
        assertThat(destruction.destroy(responder, sent.delivery())).as("one file alone").isEqualTo(Outcome.NOT_REVOKED);
        revocations.revoke(sender, new Target(sent.delivery(), null, null));
        assertThat(destruction.destroy(sender, sent.delivery())).as("its sender").isEqualTo(Outcome.NOT_FOUND);
        assertThat(destruction.destroy(mail.person("auditor@example.co.jp", "auditor"), sent.delivery())).isEqualTo(Outcome.NOT_FOUND);
        assertThat(destruction.destroy(responder, UUID.randomUUID())).isEqualTo(Outcome.NOT_FOUND);
        assertThat(receipts(sent)).isEmpty();
    }

    @Test
    void itIsThereForGoodWithAReceiptForEachFileAndTheObjectsGo() throws Exception {
        var sent = released();
        revocations.revoke(responder, new Target(sent.delivery(), null, null));
        assertThat(destruction.destroy(responder, sent.delivery())).isEqualTo(Outcome.DONE);
        assertThat(destruction.destroy(responder, sent.delivery())).as("again").isEqualTo(Outcome.UNCHANGED);
        assertThat(revocations.restore(responder, new Target(sent.delivery(), null, null))).isEqualTo(Revocations.Outcome.SHREDDED);
        assertThat(state(sent)).isEqualTo(DeliveryState.SHREDDED);
        var accepted = audit.ofDelivery(sent.delivery(), Optional.empty(), 1000).stream().filter(event -> event.type() == AuditType.DELIVERY_ACCEPTED)
            .findFirst().orElseThrow().details();
        assertThat(receipts(sent)).hasSize(2).allSatisfy(receipt -> {
            assertThat(receipt.actor()).isEqualTo("person:" + responder.id());
            assertThat(receipt.details()).containsEntry("as", "responder").containsKeys("keyVersion", "recordKeyVersion", "octets")
                .containsEntry("commitment", accepted.get("file:" + receipt.file().orElseThrow()));
        });
        shredder.run();
        shredder.remove();
        var objects = new ArrayList<String>();
        vault.store().list(object -> objects.add(object.key()));
        assertThat(objects).doesNotContainAnyElementsOf(sent.files().stream().map(file -> "f/" + file).toList());
        assertThat(removals(sent)).hasSize(2).allSatisfy(removal -> {
            var receipt = receipts(sent).stream().filter(each -> each.file().equals(removal.file())).findFirst().orElseThrow();
            assertThat(removal.actor()).as("no clock did it").isEqualTo("removal");
            assertThat(removal.details()).containsEntry("destroyedBy", "person:" + responder.id()).containsEntry("receipt", receipt.id().toString());
        });
        MovableClock.passes(Duration.ofDays(60));
        shredder.run();
        shredder.remove();
        assertThat(receipts(sent)).as("its time ends later").hasSize(2);
        assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 1000)).extracting(AuditRecord::type).doesNotContain(AuditType.DELIVERY_EXPIRED);
    }

    @Test
    void aRunningDownloadIsCutAndItsRecipientIsToldThatItWasTakenBack() {
        var sent = released();
        var taro = mail.person(TARO);
        var token = sent.tokens().get(TARO);
        var ticket = (Downloads.Ticketing.Ticket) downloads.ticket(token, sent.files().getFirst(), taro);
        var ready = (Downloads.Start.Ready) downloads.start(ticket.id(), taro);
        assertThat(ready.file().name()).isEqualTo("report-0.pdf");
        try (var running = watch.begin(ready, taro, 0, 100_000, () -> { }).orElseThrow()) {
            assertThat(running.mayServe(1000)).isTrue();
            running.served(1000);
            revocations.revoke(responder, new Target(sent.delivery(), null, null));
            assertThat(destruction.destroy(responder, sent.delivery())).isEqualTo(Outcome.DONE);
            await().atMost(Duration.ofSeconds(10)).until(running::wasCut);
        }
        assertThat(downloads.start(ticket.id(), taro)).isInstanceOf(Downloads.Start.Closed.class);
        assertThat(links.landing(token).orElseThrow().state()).isEqualTo(Links.State.REVOKED);
    }
}
