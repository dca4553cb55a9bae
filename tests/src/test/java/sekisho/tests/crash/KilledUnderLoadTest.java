package sekisho.tests.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.demo.mailbox.StoredMessage;
import sekisho.embedded.ProductProcess;
import sekisho.storage.DirectoryStore;
import sekisho.tests.Installation;
import sekisho.tests.Policies;
import sekisho.tests.SealedFiles;

/**
 * Kills the mail role with SIGKILL at random moments while clients submit and copies go out. Promised: what got 250 arrives; it arrives
 * once, but for copies that the killed process was sending; what was sealed opens; a crash leaves nothing but noise, which goes away.
 */
class KilledUnderLoadTest {

    private static final int KILLS = 5;
    private static final int CLIENTS = 6;
    private static final int CONNECTIONS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Pattern OUR_RECEIVED = Pattern.compile("\\(Sekisho\\) with \\w+ id ([0-9a-f-]{36});");
    private static final Map<String, String> SETTINGS = Map.of("mail-hook.smart-host.connections", Integer.toString(CONNECTIONS));

    private final Installation installation = Installation.alone(Policies.AT_ONCE);
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    /** How often a copy was claimed by a process when it was killed: so often may it have been sent without being settled. */
    private final Map<Copy, Integer> window = new HashMap<>();
    private ProductProcess mail;
    private Instant lastKill = Instant.EPOCH;
    private Load load;

    /** What one recipient gets of one delivery. */
    private record Copy(UUID delivery, String recipient) {
    }

    @BeforeEach
    void clientsBegin() {
        mail = installation.start("mail", SETTINGS);
        load = new Load(installation.stage().ports().smtp(), CLIENTS);
    }

    @AfterEach
    void everythingEnds() {
        load.close();
        installation.close();
    }

    @Test
    void whatGot250ArrivesAndOpensAndNothingElseStays() throws Exception {
        killAgainAndAgain();
        load.finish();
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(installation.data().number("select count(*) from outbox where state in ('DUE', 'CLAIMED')")).as("copies that wait").isZero();
            assertThat(installation.data().number("select count(*) from delivery where spool_key is not null")).as("spools").isZero();
        });
        assertThat(installation.data().texts("select last_reply from outbox where state <> 'SENT'")).as("copies that were not sent").isEmpty();
        everyAcceptedMessageArrived();
        everyAttachmentOpens();
        leftoversGoAway();
    }

    /** Each time after some messages more were accepted, at a random instant. */
    private void killAgainAndAgain() throws Exception {
        try (var timer = Executors.newSingleThreadScheduledExecutor()) {
            for (int kill = 0; kill < KILLS; kill++) {
                int enough = load.accepted().size() + 8 + random.nextInt(16);
                await().atMost(PATIENCE).until(() -> load.accepted().size() >= enough);
                timer.schedule(mail::kill, random.nextInt(200), TimeUnit.MILLISECONDS).get();
                lastKill = Instant.now();
                claimed().forEach(copy -> window.merge(copy, 1, Integer::sum));
                mail = installation.start("mail", SETTINGS);
            }
        }
    }

    private List<Copy> claimed() {
        return installation.data().rows("""
            select o.delivery_id, r.address from outbox o join recipient r on r.id = o.recipient_id where o.state = 'CLAIMED'""",
            row -> new Copy(row.getObject(1, UUID.class), row.getString(2)));
    }

    private void everyAcceptedMessageArrived() throws Exception {
        var arrived = arrived();
        int duplicates = 0;
        for (var accepted : load.accepted().entrySet()) {
            var message = NumberedMessage.of(accepted.getKey());
            for (var recipient : message.recipients()) {
                var copy = new Copy(accepted.getValue(), recipient);
                var copies = arrived.getOrDefault(copy, List.of());
                assertThat(copies).as("copies of message %d for %s (seed %d)", message.number(), recipient, seed)
                    .hasSizeBetween(1, 1 + window.getOrDefault(copy, 0));
                duplicates += copies.size() - 1;
                for (var each : copies) {
                    isWhole(message, recipient, each);
                }
            }
        }
        assertThat(duplicates).as("duplicates").isLessThanOrEqualTo(KILLS * CONNECTIONS);
        long deliveries = installation.data().number("select count(*) from delivery");
        assertThat(deliveries - load.accepted().size()).as("deliveries whose 250 was lost, for which their client tried again")
            .isBetween(0L, (long) KILLS * CLIENTS);
        System.out.printf("killed %d times (seed %d): %d messages accepted, %d dialogues broken off, %d deliveries, %d duplicates among %d copies in the window%n",
            KILLS, seed, load.accepted().size(), load.brokenOff(), deliveries, duplicates, window.size());
    }

    private Map<Copy, List<StoredMessage>> arrived() throws Exception {
        var arrived = new HashMap<Copy, List<StoredMessage>>();
        for (var message : installation.mailbox().messages()) {
            var received = OUR_RECEIVED.matcher(text(message));
            assertThat(received.find()).as("our Received field").isTrue();
            for (var recipient : message.to()) {
                arrived.computeIfAbsent(new Copy(UUID.fromString(received.group(1)), recipient), _ -> new ArrayList<>()).add(message);
            }
        }
        return arrived;
    }

    private void isWhole(NumberedMessage message, String recipient, StoredMessage copy) throws Exception {
        if (recipient.equals(NumberedMessage.INSIDE) || message.attachments().isEmpty()) {
            assertThat(text(copy).endsWith(message.text())).as("message %d unchanged for %s", message.number(), recipient).isTrue();
        } else {
            assertThat(installation.inbox().token(copy)).as("link of message %d", message.number()).isNotEmpty();
        }
    }

    private String text(StoredMessage message) throws Exception {
        return new String(installation.mailbox().octets(message), StandardCharsets.ISO_8859_1);
    }

    private void everyAttachmentOpens() throws Exception {
        var missing = new HashMap<UUID, Map<Integer, String>>();
        load.accepted().forEach((number, delivery) -> missing.put(delivery, byPosition(NumberedMessage.of(number).attachments())));
        try (var store = new DirectoryStore(installation.stage().objects())) {
            var files = new SealedFiles(installation, store);
            for (var file : files.all()) {
                var expected = missing.get(file.delivery());
                if (expected != null) {
                    assertThat(expected.remove(file.position())).as("SHA-256 at position %d", file.position()).isEqualTo(file.sha256());
                }
                assertThat(files.open(file)).as("SHA-256 of what opens").isEqualTo(file.sha256());
            }
        }
        assertThat(missing.values()).as("attachments without a file, by position").allMatch(Map::isEmpty);
    }

    private static Map<Integer, String> byPosition(List<byte[]> attachments) {
        var hashes = new HashMap<Integer, String>();
        attachments.forEach(content -> hashes.put(hashes.size(), SealedFiles.sha256(content)));
        return hashes;
    }

    /** What killed intakes had sealed and nobody has a key for: the store holds it until a sweep finds that no row names it. */
    private void leftoversGoAway() throws Exception {
        try (var store = new DirectoryStore(installation.stage().objects())) {
            var orphans = installation.orphans();
            store.list(object -> {
                if (orphans.contains(object.key())) {
                    assertThat(object.modifiedAt()).as("left by a killed process").isBeforeOrEqualTo(lastKill);
                }
            });
            System.out.printf("%d objects without a row, %d unfinished uploads%n", orphans.size(), installation.unfinishedUploads());
        }
        mail.close();
        var sweeping = new HashMap<>(SETTINGS);
        // so often killed in so small a store, they are more than the sweep takes unasked
        sweeping.putAll(Map.of("gateway.store.orphan-age", "1s", "gateway.store.orphan-sweep", "1s", "gateway.store.orphan-most", "10000"));
        mail = installation.start("mail", sweeping);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(installation.orphans()).isEmpty();
            assertThat(installation.unfinishedUploads()).isZero();
        });
        assertThat(installation.objects()).as("what rows name stays").hasSize((int) installation.data().number("select count(*) from file"));
    }
}
