package sekisho.gateway;

import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import sekisho.gateway.access.Downloads;
import sekisho.gateway.access.Links;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.files.IncomingFiles;
import sekisho.gateway.files.Leftovers;
import sekisho.gateway.files.Shredder;
import sekisho.gateway.files.Vault;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Settlement;
import sekisho.gateway.scan.Rescans;
import sekisho.storage.Opener;

/** Deliveries whose files a scanner reads, or doesn't, and what becomes of them. */
abstract class Scanned {

    static final String HANAKO = "hanako@example.co.jp";
    static final String TARO = "taro@partner.example";
    static final String ICHIRO = "ichiro@example.co.jp";
    static final String TRUSTING = "x@trusting.example";
    static final byte[] GOOD = "nothing to see here ".repeat(10_000).getBytes();
    static final byte[] BAD = ("header " + "x".repeat(100_000) + ScriptedClamd.MALWARE).getBytes();
    static final Mail.Written LETTER = new Mail.Written("Figures", "Please find them attached.");

    @Inject
    Mail mail;
    @Inject
    Vault vault;
    @Inject
    IncomingFiles incoming;
    @Inject
    Leftovers leftovers;
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

    Opener opener;

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

    Mail.Sent send(List<String> to, byte[]... files) {
        var named = new TreeMap<String, byte[]>();
        for (int i = 0; i < files.length; i++) {
            named.put("file-" + i + ".bin", files[i]);
        }
        return mail.take(NewDelivery.Source.MAIL, HANAKO, to, LETTER, named);
    }

    Mail.Sent sendWhile(ScriptedClamd.Mood mood, List<String> to, byte[]... files) {
        TestServers.clamd.is(mood);
        var sent = send(to, files);
        TestServers.clamd.is(ScriptedClamd.Mood.WELL);
        return sent;
    }

    DeliveryView view(Mail.Sent sent) {
        return records.view(mail.person(HANAKO, "sender"), sent.delivery()).orElseThrow();
    }

    Hold hold(Mail.Sent sent, String address) {
        return view(sent).recipients().stream().filter(r -> r.address().equals(address)).findFirst().orElseThrow().hold();
    }

    void timePasses(Duration time) {
        MovableClock.passes(time);
        while (holds.releaseDue(100) > 0) {
            // all that is due
        }
    }

    List<OutboxItem> due(Mail.Sent sent) {
        return outbox.claim(1000, Mail.ONE_DESTINATION).stream().filter(item -> item.delivery().equals(sent.delivery())).toList();
    }

    List<AuditRecord> events(Mail.Sent sent, AuditType type) {
        return audit.ofDelivery(sent.delivery(), Optional.empty(), 100).stream().filter(e -> e.type() == type).toList();
    }

    Set<String> objects() throws IOException {
        leftovers.settle();   // what nobody needs of an accepted message goes behind the answer
        var keys = new HashSet<String>();
        vault.store().list(object -> keys.add(object.key()));
        return keys;
    }

    boolean mayDownload(Mail.Sent sent, String address, int file) {
        return downloads.ticket(sent.tokens().get(address), sent.files().get(file), mail.person(address)) instanceof Downloads.Ticketing.Ticket;
    }
}
