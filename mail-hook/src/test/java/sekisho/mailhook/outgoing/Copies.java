package sekisho.mailhook.outgoing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.delivery.NewDelivery.SpoolKind;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Report;
import sekisho.gateway.outbox.Settlement;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.Policy;
import sekisho.gateway.policy.PolicyFile;
import sekisho.mailhook.intake.SpoolTrailer;
import sekisho.mailhook.mime.SplitMessage;
import sekisho.mailhook.relay.Destination;
import sekisho.mailhook.relay.HopSettings;
import sekisho.mailhook.relay.HopSettings.Timeouts;
import sekisho.mailhook.relay.RetrySchedule;
import sekisho.mailhook.relay.ScriptedHop;
import sekisho.storage.DirectoryStore;
import sekisho.storage.KeyFiles;
import sekisho.storage.Opener;
import sekisho.mailhook.trace.TraceField;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.Sealer;
import sekisho.storage.SealingKey;

/** Items of the outbox as the gateway hands them out, on a real store with real keys. */
final class Copies {

    static final String HANAKO = "hanako@example.co.jp";
    static final String TARO = "taro@partner.example";
    static final Instant ACCEPTED = Instant.parse("2026-11-22T01:00:00Z");
    static final Instant QUEUED = Instant.parse("2026-11-22T01:05:00Z");
    private static final Policy POLICY = PolicyFile.read("policy.yaml", "inside: [example.co.jp]");
    static final String MAIL = """
        From: Hanako <hanako@example.co.jp>\r
        Subject: plans\r
        Message-ID: <m1@example.co.jp>\r
        MIME-Version: 1.0\r
        Content-Type: multipart/mixed; boundary=b\r
        \r
        --b\r
        Content-Type: text/plain\r
        \r
        Dear Taro\r
        --b\r
        Content-Type: application/pdf\r
        Content-Disposition: attachment; filename=plan.pdf\r
        Content-Transfer-Encoding: base64\r
        \r
        c2VjcmV0IHNlY3JldCBzZWNyZXQ=\r
        --b--\r
        """;

    private final UUID delivery = UUID.randomUUID();
    private final DirectoryStore store;
    private final Sealer sealer;
    private final OutgoingMessages messages;
    final TraceField traces;
    /** Whether what was claimed is still ours. */
    boolean held = true;

    Copies(Path folder) throws IOException {
        this(folder, Map.of());
    }

    Copies(Path folder, Map<String, String> settings) throws IOException {
        KeyFiles.generate(folder, "spool");
        Files.createDirectories(folder.resolve("store"));
        store = new DirectoryStore(folder.resolve("store"));
        sealer = new Sealer(store, SealingKey.load(folder.resolve("spool.public")));
        traces = new TraceField(OpeningKey.load(folder.resolve("spool.private")), Clock.fixed(QUEUED, java.time.ZoneOffset.UTC));
        messages = new OutgoingMessages(TestConfig.of(folder, settings), new LinkBlocks(TestConfig.linkBlock(folder, settings)), () -> POLICY,
            new Opener(store, OpeningKey.load(folder.resolve("spool.private"))), traces);
    }

    UUID delivery() {
        return delivery;
    }

    /** The spool of {@link #MAIL}, which keeps the attachment. @param layout of its trailer; null for the true one */
    OutboxItem.Spool mail(@Nullable String layout) throws IOException {
        return mail(MAIL, layout);
    }

    OutboxItem.Spool mail(String message, @Nullable String layout) throws IOException {
        return mail(message, false, layout);
    }

    /** @param converted whether it isn't what its sender's server sent any more */
    OutboxItem.Spool mail(String message, boolean converted, @Nullable String layout) throws IOException {
        var split = SplitMessage.keeping(message.getBytes(StandardCharsets.UTF_8));
        var trailer = new SpoolTrailer("Received: by hook.example.co.jp; Sun, 22 Nov 2026 01:00:00 +0000\r\n", message.chars().anyMatch(c -> c > 127),
            converted, layout == null ? split.layout().toJson() : layout, split.enclosedFiles());
        return seal(SpoolKind.MESSAGE, split.spool, trailer.toOctets());
    }

    OutboxItem.Spool portal(String subject, String message) throws IOException {
        return seal(SpoolKind.COMPOSED, "{\"files\":[\"plan.pdf\"],\"message\":\"%s\",\"subject\":\"%s\"}".formatted(message, subject).getBytes(StandardCharsets.UTF_8), new byte[0]);
    }

    private OutboxItem.Spool seal(SpoolKind kind, byte[] message, byte[] trailer) throws IOException {
        var place = new Place(delivery, delivery);
        try (var object = sealer.create("s/" + UUID.randomUUID(), place)) {
            object.out().write(message);
            object.out().write(trailer);
            return new OutboxItem.Spool(kind, object.finish(), place, message.length);
        }
    }

    OutboxItem.Row row(String to, @Nullable Instant expiresAt) {
        var address = EmailAddress.parse(to).orElseThrow();
        return new OutboxItem.Row(UUID.randomUUID(), UUID.randomUUID(), address, address, null, null, expiresAt);
    }

    OutboxItem.Row linkRow() {
        return row(TARO, Instant.parse("2026-12-06T01:00:00Z"));
    }

    OutboxItem item(OutboxItem.Kind kind, OutboxItem.Spool spool, OutboxItem.Row... rows) {
        return item(kind, spool, 1, null, rows);
    }

    OutboxItem item(OutboxItem.Kind kind, OutboxItem.@Nullable Spool spool, int attempt, @Nullable Report report, OutboxItem.Row... rows) {
        return item("hop", kind, spool, attempt, report, rows);
    }

    OutboxItem item(String destination, OutboxItem.Kind kind, OutboxItem.@Nullable Spool spool, int attempt, @Nullable Report report, OutboxItem.Row... rows) {
        var reporting = Stream.of(rows).map(row -> new OutboxItem.Row(row.id(), row.recipient(), row.address(), row.about(), row.dsnNotify(), row.dsnOrcpt(), row.expiresAt(),
            row.names(), row.lastReply(), report)).toList();
        return new OutboxItem(UUID.randomUUID(), kind, reporting, destination, attempt, QUEUED, delivery, EmailAddress.parse(HANAKO), "plans",
            "<m1@example.co.jp>", ACCEPTED, null, null, false, spool, List.of(new OutboxItem.FileLine(20, true)), List.of());
    }

    /** The same of a message whose client said SMTPUTF8. */
    static OutboxItem withSmtpUtf8(OutboxItem item) {
        return new OutboxItem(item.claim(), item.kind(), item.rows(), item.destination(), item.attempt(), item.createdAt(), item.delivery(), item.sender(), item.subject(),
            item.messageId(), item.acceptedAt(), item.ret(), item.envid(), true, item.spool(), item.files(), item.held());
    }

    OutboxItem report(OutboxItem.@Nullable Spool spool, Report report) {
        return item(OutboxItem.Kind.DSN, spool, 1, report, about(TARO));
    }

    /** A report's. */
    OutboxItem.Row about(String recipient) {
        return new OutboxItem.Row(UUID.randomUUID(), UUID.randomUUID(), EmailAddress.parse(HANAKO).orElseThrow(),
            EmailAddress.parse(recipient).orElseThrow(), null, null, null);
    }

    String text(OutboxItem item) throws IOException {
        try (var message = messages.open(item)) {
            var out = new ByteArrayOutputStream();
            message.writer().writeTo(out);
            return out.toString(StandardCharsets.UTF_8);
        }
    }

    /** One attempt at {@code hop}, which the tests' clock sees {@code age} after the item was queued. */
    List<Settlement> attempt(OutboxItem item, ScriptedHop hop, Duration age) {
        return attempt(item, hop, Clock.fixed(QUEUED.plus(age), java.time.ZoneOffset.UTC));
    }

    List<Settlement> attempt(OutboxItem item, ScriptedHop hop, Clock clock) {
        var patience = new Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20));
        try (var destination = new Destination(hop.hosts(), HopSettings.DEFAULT.withTimeouts(patience))) {
            return attempt(item, destination, clock).settlements();
        }
    }

    Attempts.Attempt attempt(OutboxItem item, Destination destination, Duration age) {
        return attempt(item, destination, Clock.fixed(QUEUED.plus(age), java.time.ZoneOffset.UTC));
    }

    Attempts.Attempt attempt(OutboxItem item, Destination destination, Clock clock) {
        return new Attempts(messages, _ -> destination, RetrySchedule.DEFAULT, Duration.ofHours(4), () -> held, clock).make(item);
    }

    static Optional<String> field(String message, String name) {
        return message.lines().filter(line -> line.startsWith(name + ": ")).findFirst();
    }
}
