package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.files.Orphans;
import sekisho.gateway.files.Shredder;
import sekisho.gateway.files.Vault;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.Settlement;
import sekisho.storage.StoreException;

@QuarkusTest
@QuarkusTestResource(TestServers.class)
class LifeTest {

    private static final String HANAKO = "hanako@example.co.jp";

    @Inject
    Mail mail;
    @Inject
    Holds holds;
    @Inject
    Shredder shredder;
    @Inject
    Orphans orphans;
    @Inject
    Vault vault;
    @Inject
    Outbox outbox;
    @Inject
    Revocations revocations;
    @Inject
    DeliveryRecords records;
    @Inject
    AuditLog audit;

    private List<String> objects() throws IOException {
        var keys = new ArrayList<String>();
        vault.store().list(object -> keys.add(object.key()));
        return keys;
    }

    private DeliveryState state(Mail.Sent sent) {
        return records.view(mail.person(HANAKO, "sender"), sent.delivery()).orElseThrow().state();
    }

    private List<AuditType> events(Mail.Sent sent) {
        return audit.ofDelivery(sent.delivery(), Optional.empty(), 1000).reversed().stream().map(AuditRecord::type).toList();
    }

    @Test
    void anExpiredDeliveryIsShreddedAfterTheGracePeriodWithAReceipt() throws IOException {
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), "content".getBytes());
        holds.releaseNow(mail.person(HANAKO, "sender"), sent.delivery());
        assertThat(objects()).contains("f/" + sent.files().getFirst());
        MovableClock.passes(Duration.ofDays(14).plusSeconds(1));
        shredder.run();
        shredder.remove();
        assertThat(state(sent)).isEqualTo(DeliveryState.EXPIRED);
        assertThat(objects()).contains("f/" + sent.files().getFirst());
        MovableClock.passes(Duration.ofDays(14).plusSeconds(1));
        shredder.run();
        shredder.remove();
        assertThat(state(sent)).isEqualTo(DeliveryState.SHREDDED);
        assertThat(objects()).doesNotContain("f/" + sent.files().getFirst());
        assertThat(events(sent)).contains(AuditType.DELIVERY_EXPIRED, AuditType.FILE_SHREDDED, AuditType.OBJECT_REMOVED);
        assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 1000)).filteredOn(event -> event.type() == AuditType.OBJECT_REMOVED).hasSize(1)
            .allSatisfy(event -> assertThat(event.details()).containsEntry("destroyedBy", "expiry").containsKey("receipt"));
        shredder.run();
        shredder.remove();
        assertThat(events(sent)).as("once each").doesNotHaveDuplicates();
        assertThat(revocations.revoke(mail.person(HANAKO, "sender"), new Revocations.Target(sent.delivery(), null, null)))
            .isEqualTo(Revocations.Outcome.SHREDDED);
        assertThat(records.view(mail.person(HANAKO, "sender"), sent.delivery()).orElseThrow().files())
            .allMatch(DeliveryView.FileView::shredded);
    }

    @Test
    void aDeliveryCancelledForAllIsShreddedToo() throws IOException {
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), "content".getBytes());
        holds.cancel(mail.person(HANAKO, "sender"), sent.delivery());
        shredder.run();
        shredder.remove();
        MovableClock.passes(Duration.ofDays(14).plusSeconds(1));
        shredder.run();
        shredder.remove();
        assertThat(objects()).doesNotContain("f/" + sent.files().getFirst());
    }

    @Test
    void theSpoolGoesWhenTheLastCopyIsRelayed() throws IOException {
        var sent = mail.send(HANAKO, List.of("a@quick.example", "taro@partner.example"), "x".getBytes());
        relayAll();
        assertThat(spoolKind(sent)).as("one recipient is still held").isEqualTo("MESSAGE");
        holds.releaseNow(mail.person(HANAKO, "sender"), sent.delivery());
        relayAll();
        assertThat(spoolKind(sent)).isEqualTo("GONE");
    }

    private void relayAll() {
        for (var items = outbox.claim(1000, Mail.ONE_DESTINATION); !items.isEmpty(); items = outbox.claim(1000, Mail.ONE_DESTINATION)) {
            items.forEach(item -> outbox.settle(item,
                item.rows().stream().<Settlement>map(row -> Mail.taken(row)).toList()));
        }
    }

    private static String spoolKind(Mail.Sent sent) {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.owner());
                var statement = connection.prepareStatement("select spool_kind from delivery where id = ?")) {
            statement.setObject(1, sent.delivery());
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        } catch (java.sql.SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void objectsWithoutARowAreRemovedWhenOldAndOthersStay() throws IOException {
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), "kept".getBytes());
        try (var upload = vault.store().create("f/orphan-old"); var young = vault.store().create("f/orphan-young")) {
            upload.out().write(1);
            upload.finish();
            young.out().write(1);
            young.finish();
        }
        try (var files = Files.walk(TestServers.folder.resolve("store"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = file.getFileName().toString();
                if (name.contains("orphan-young")) {   // by the system's clock
                    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(23))));
                } else if (name.contains("orphan-old") || name.contains("" + sent.files().getFirst())) {
                    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
                }
            }
        }
        MovableClock.passes(Duration.ofDays(2));   // as the clock of one node that is ahead
        assertThat(orphans.sweep()).isPositive();
        assertThat(objects()).contains("f/" + sent.files().getFirst(), "f/orphan-young").doesNotContain("f/orphan-old");
    }

    /** Here their folder is a file. What the sweep can't tidy up there is told, and keeps no object in the store. */
    @Test
    void objectsWithoutARowAreRemovedThoughUnfinishedUploadsCannotBe() throws IOException {
        var store = TestServers.folder.resolve("store");
        try (var upload = vault.store().create("f/orphan-besides")) {
            upload.out().write(1);
            upload.finish();
        }
        try (var files = Files.walk(store)) {
            for (var file : files.filter(f -> f.toString().contains("orphan-besides")).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(400))));
            }
        }
        Files.move(store.resolve("tmp"), store.resolve("tmp-aside"));
        Files.writeString(store.resolve("tmp"), "in the way");
        try {
            assertThatThrownBy(orphans::sweep).isInstanceOf(StoreException.class).hasMessageContaining("cannot remove all old files");
        } finally {
            Files.delete(store.resolve("tmp"));
            Files.move(store.resolve("tmp-aside"), store.resolve("tmp"));
        }
        assertThat(objects()).doesNotContain("f/orphan-besides");
    }

    @Test
    void anObjectThatIsThereAgainAfterItsRemovalIsRemovedAgain() throws Exception {
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), "kept".getBytes());
        TestServers.asOwner("update file set wrap = null, record_wrap = null, access = 'SHREDDED', object_gone_at = now() where id = '" + sent.files().getFirst() + "'");
        try (var files = Files.walk(TestServers.folder.resolve("store"))) {
            for (var file : files.filter(f -> f.toString().contains(sent.files().getFirst().toString())).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(400))));
            }
        }
        assertThat(orphans.sweep()).isPositive();
        assertThat(objects()).doesNotContain("f/" + sent.files().getFirst());
    }
}
