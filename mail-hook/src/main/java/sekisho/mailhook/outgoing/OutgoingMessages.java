package sekisho.mailhook.outgoing;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Ids;
import sekisho.gateway.access.Links;
import sekisho.gateway.delivery.NewDelivery.SpoolKind;
import sekisho.gateway.files.Vault;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.people.EmailAddress;
import sekisho.mailhook.intake.MailHookConfig;
import sekisho.mailhook.intake.SpoolTrailer;
import sekisho.mailhook.mime.Language;
import sekisho.mailhook.mime.Layout;
import sekisho.mailhook.mime.rewrite.HeaderEdits;
import sekisho.mailhook.mime.rewrite.LinkBlock;
import sekisho.mailhook.mime.rewrite.LinkBlockComposer;
import sekisho.mailhook.mime.rewrite.LinkNotice;
import sekisho.mailhook.mime.rewrite.Rewriter;
import sekisho.mailhook.relay.DsnMessage;
import sekisho.mailhook.relay.MessageWriter;
import sekisho.mailhook.relay.NoticeMessage;
import sekisho.mailhook.relay.OutgoingEnvelope;
import sekisho.mailhook.smtp.MailParameters;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.ReversePath;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.storage.Opener;

/** Puts together what an item of the outbox is to send. */
@Startup
@ApplicationScoped
class OutgoingMessages {

    private static final ZoneId ZONE = ZoneId.of("Asia/Tokyo");

    private final MailHookConfig config;
    private final Opener spools;
    private final Clock clock;

    OutgoingMessages(MailHookConfig config, Vault vault, Clock clock) {
        this.config = config;
        this.spools = vault.opener(config.spoolKey());
        this.clock = clock;
    }

    /** A message ready to be sent; close it afterwards. */
    record Outgoing(OutgoingEnvelope envelope, MessageWriter writer, Opener.@Nullable OpenObject spool) implements AutoCloseable {

        Mailbox mailboxOf(OutboxItem.Row row) {
            return Mailbox.parse(row.address().toString());
        }

        @Override
        public void close() {
            if (spool != null) {
                spool.close();
            }
        }
    }

    /** @throws IOException when the spool can't be read now, or was tampered with */
    Outgoing open(OutboxItem item) throws IOException {
        return switch (item.kind()) {
            case NOTICE -> notice(item);
            case DSN, ORIGINAL, LINKED -> {
                var spool = spools.open(item.spool().sealed(), item.spool().place());
                try {
                    yield switch (item.kind()) {
                        case DSN -> report(item, spool);
                        default -> copy(item, spool);
                    };
                } catch (IOException | RuntimeException failed) {
                    spool.close();
                    throw failed;
                }
            }
        };
    }

    private Outgoing copy(OutboxItem item, Opener.OpenObject spool) throws IOException {
        if (item.spool().kind() == SpoolKind.COMPOSED) {
            return composed(item, spool);
        }
        var trailer = trailer(item, spool);
        var rewriter = new Rewriter(Layout.fromJson(trailer.layout()), spool::read);
        var layout = Layout.fromJson(trailer.layout());
        var trace = List.of(trailer.received().stripTrailing());
        MessageWriter writer;
        if (item.kind() == OutboxItem.Kind.LINKED) {
            var block = linkBlock(item, spool, layout.facts().language());
            writer = out -> rewriter.writeLinked(block, HeaderEdits.modified(trace), out);
        } else {
            writer = out -> rewriter.writeOriginal(new HeaderEdits(trace, Set.of()), out);
        }
        return new Outgoing(envelope(item, trailer.eightBit()), writer, spool);
    }

    private static SpoolTrailer trailer(OutboxItem item, Opener.OpenObject spool) throws IOException {
        long from = item.spool().messageOctets();
        try (var in = spool.read(from, spool.plainOctets() - from)) {
            return SpoolTrailer.of(in.readAllBytes());
        }
    }

    private static OutgoingEnvelope envelope(OutboxItem item, boolean eightBit) {
        var from = item.sender().map(a -> new ReversePath(Mailbox.parse(a.toString()))).orElse(ReversePath.NULL);
        var ret = Optional.ofNullable(item.ret()).map(MailParameters.Ret::valueOf).orElse(null);
        return new OutgoingEnvelope(from, item.rows().stream().map(OutgoingMessages::recipient).toList(), eightBit, item.smtpUtf8(), -1, ret, item.envid());
    }

    private static Recipient recipient(OutboxItem.Row row) {
        Set<Recipient.Notify> wishes = row.dsnNotify() == null ? Set.of()
            : Arrays.stream(row.dsnNotify().split(",")).map(Recipient.Notify::valueOf).collect(Collectors.toSet());
        return new Recipient(Mailbox.parse(row.address().toString()), wishes, row.dsnOrcpt());
    }

    private LinkBlock linkBlock(OutboxItem item, Opener.OpenObject spool, Language language) {
        var row = item.rows().getFirst();
        if (row.recipient() == null || row.expiresAt() == null) {
            throw new IllegalStateException("outbox row " + row.id() + " has no link");
        }
        var token = Links.token(spool.derive(Links.TOKEN_LABEL, Ids.octets(row.recipient()), Links.TOKEN_OCTETS));
        var files = item.files().stream().map(f -> new LinkNotice.FileLine(f.name(), f.sizeOctets())).toList();
        var notice = new LinkNotice(company(item), files, row.expiresAt().atZone(ZONE), URI.create(config.linkBase() + "/d/" + token),
            row.address().masked());
        return LinkBlockComposer.compose(notice, language);
    }

    private String company(OutboxItem item) {
        return config.companyName().or(() -> item.sender().map(EmailAddress::domain)).orElse(config.hostName());
    }

    /** The mail that goes with files from the portal. */
    private Outgoing composed(OutboxItem item, Opener.OpenObject spool) throws IOException {
        var sender = item.sender().orElseThrow(() -> new IllegalStateException("a delivery from the portal has a sender"));
        var content = content(item, spool);
        var row = item.rows().getFirst();
        var text = new StringBuilder();
        if (item.kind() == OutboxItem.Kind.LINKED) {
            text.append(linkBlock(item, spool, NoticeText.languageOf(content.subject() + content.message())).text());
        }
        text.append(content.message());
        var from = Mailbox.parse(sender.toString());
        var message = new NoticeMessage("", from, Mailbox.parse(row.address().toString()), content.subject(), text.toString(), false,
            content.messageId(), clock.instant());
        var octetsOut = message.toOctets();
        return new Outgoing(envelope(item, message.smtpUtf8()), out -> out.write(octetsOut), spool);
    }

    private static ComposedContent content(OutboxItem item, Opener.OpenObject spool) throws IOException {
        try (var in = spool.read(0, item.spool().messageOctets())) {
            return ComposedContent.of(in.readAllBytes());
        }
    }

    private Outgoing notice(OutboxItem item) {
        var to = Mailbox.parse(item.rows().getFirst().address().toString());
        var text = NoticeText.hold(item, URI.create(config.linkBase() + "/sent/" + item.delivery()), ZONE);
        var message = NoticeMessage.of("Sekisho", new Mailbox("sekisho-noreply", to.domain()), to, NoticeText.holdSubject(item), text, true,
            config.hostName(), clock.instant());
        var octets = message.toOctets();
        return new Outgoing(toSender(to, message.smtpUtf8()), out -> out.write(octets), null);
    }

    private static OutgoingEnvelope toSender(Mailbox to, boolean utf8) {
        return new OutgoingEnvelope(ReversePath.NULL, List.of(new Recipient(to, Set.of(Recipient.Notify.NEVER), null)), utf8, utf8, -1, null, null);
    }

    private Outgoing report(OutboxItem item, Opener.OpenObject spool) throws IOException {
        var to = Mailbox.parse(item.rows().getFirst().address().toString());
        var about = new Recipient(Mailbox.parse(item.detail().get("recipient")), Set.of(), item.rows().getFirst().dsnOrcpt());
        var reply = reply(item.detail().getOrDefault("reply", ""), item.detail().getOrDefault("status", "5.0.0"));
        var outcome = new DsnMessage.Outcome(about, DsnMessage.Action.FAILED, reply, config.smartHost().host(), reply.isPermanent(), null);
        var dsn = new DsnMessage(config.hostName(), to, item.envid(), item.acceptedAt(), clock.instant(), List.of(outcome), header(item, spool));
        var octets = dsn.toOctets();
        return new Outgoing(dsn.envelope(), out -> out.write(octets), spool);
    }

    /** The header block of the message, as far as a report gives it back. */
    private static byte[] header(OutboxItem item, Opener.OpenObject spool) throws IOException {
        if (item.spool().kind() == SpoolKind.COMPOSED) {
            return ("Message-ID: <" + content(item, spool).messageId() + ">\r\n").getBytes(StandardCharsets.US_ASCII);
        }
        try (var in = spool.read(0, Math.min(item.spool().messageOctets(), 64 << 10))) {
            var start = in.readAllBytes();
            for (int i = 0; i + 3 < start.length; i++) {
                if (start[i] == '\r' && start[i + 1] == '\n' && start[i + 2] == '\r' && start[i + 3] == '\n') {
                    return Arrays.copyOf(start, i + 2);
                }
            }
            return start;
        }
    }

    /** The reply as the relay wrote it down: {@code 550 5.1.1 text}. */
    private static SmtpReply reply(String line, String status) {
        var parts = line.split(" ", 3);
        if (parts.length == 3 && parts[0].matches("[45][0-9][0-9]") && parts[1].matches("[45]\\.[0-9]{1,3}\\.[0-9]{1,3}")) {
            return new SmtpReply(Integer.parseInt(parts[0]), parts[1], parts[2]);
        }
        boolean coded = line.matches("(?s)[45][0-9][0-9] .*");
        return new SmtpReply(coded ? Integer.parseInt(line.substring(0, 3)) : 550, coded ? "" : status, coded ? line.substring(4) : line);
    }
}
