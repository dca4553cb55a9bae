package sekisho.mailhook.outgoing;

import io.quarkus.logging.Log;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import sekisho.gateway.Ids;
import sekisho.gateway.access.Links;
import sekisho.gateway.delivery.NewDelivery.SpoolKind;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.Names;
import sekisho.gateway.policy.Policy;
import sekisho.mailhook.intake.ConfiguredLimits;
import sekisho.mailhook.intake.MailHookConfig;
import sekisho.mailhook.intake.SpoolTrailer;
import sekisho.mailhook.mime.Language;
import sekisho.mailhook.mime.AttachmentFact;
import sekisho.mailhook.mime.Layout;
import sekisho.mailhook.mime.block.LinkNotice;
import sekisho.mailhook.mime.block.WholeNotice;
import sekisho.mailhook.mime.rewrite.HeaderEdits;
import sekisho.mailhook.mime.rewrite.LinkBlock;
import sekisho.mailhook.mime.rewrite.Rewriter;
import sekisho.mailhook.relay.MessageWriter;
import sekisho.mailhook.relay.NoticeMessage;
import sekisho.mailhook.relay.OutgoingEnvelope;
import sekisho.mailhook.smtp.MailParameters;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.ReversePath;
import sekisho.mailhook.trace.HeldField;
import sekisho.mailhook.trace.TraceField;
import sekisho.storage.Opener;

/**
 * Puts together what an item of the outbox is to send. The same item gives the same message each time: same link, same Message-ID, same
 * Date, so that a copy that arrives twice is seen to be one.
 */
final class OutgoingMessages {

    private static final String REVOKED_NAME = "取り消されたファイル / revoked file";

    private final MailHookConfig config;
    private final LinkBlocks linkBlocks;
    private final Supplier<Policy> policy;
    private final Opener spools;
    private final TraceField traces;
    private final Reports reports;

    OutgoingMessages(MailHookConfig config, LinkBlocks linkBlocks, Supplier<Policy> policy, Opener spools, TraceField traces) {
        this.config = config;
        this.linkBlocks = linkBlocks;
        this.policy = policy;
        this.spools = spools;
        this.traces = traces;
        this.reports = new Reports(config.hostName(), config.linkBase());
    }

    /**
     * @throws IOException      when the spool can't be read now, or was tampered with
     * @throws RuntimeException when nothing can be made of it; the original never goes out in its place
     */
    Outgoing open(OutboxItem item) throws IOException {
        return switch (item.kind()) {
            case NOTICE -> marked(item, notice(item));
            case DSN -> marked(item, reports.message(item, header(item)));
            case ORIGINAL, LINKED -> {
                var spool = open(spoolOf(item));
                try {
                    yield copy(item, spool);
                } catch (IOException | RuntimeException failed) {
                    spool.close();
                    throw failed;
                }
            }
        };
    }

    /** With our mark in front. */
    private Outgoing marked(OutboxItem item, Outgoing message) {
        byte[] mark = (String.join("\r\n", ours(item)) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        return new Outgoing(message.envelope(), out -> {
            out.write(mark);
            message.writer().writeTo(out);
        }, message.spool());
    }

    /** The fields that are ours alone. */
    private List<String> ours(OutboxItem item) {
        return Stream.concat(Stream.of(traces.compose(item)), HeldField.compose(item).stream()).toList();
    }

    private static OutboxItem.Spool spoolOf(OutboxItem item) {
        return Objects.requireNonNull(item.spool(), "a copy has a spool");
    }

    private Opener.OpenObject open(OutboxItem.Spool spool) throws IOException {
        return spools.open(spool.sealed(), spool.place());
    }

    private Outgoing copy(OutboxItem item, Opener.OpenObject spool) throws IOException {
        if (spoolOf(item).kind() == SpoolKind.COMPOSED) {
            var message = composed(item, spool);
            var octets = message.toOctets();
            return marked(item, new Outgoing(envelope(item, new Needs(message.smtpUtf8(), message.smtpUtf8())), out -> out.write(octets), spool));
        }
        var trailer = trailer(item, spool);
        var layout = Layout.fromJson(trailer.layout());
        var rewriter = new Rewriter(layout, spool::read);
        var trace = Stream.concat(ours(item).stream(), Stream.of(trailer.received().stripTrailing())).toList();
        MessageWriter writer;
        if (item.kind() == OutboxItem.Kind.LINKED) {
            boolean whole = item.files().stream().anyMatch(OutboxItem.FileLine::whole);
            if (!whole && !layout.hasAttachments()) {
                throw new IllegalStateException("a copy with a link would leave as it came");
            }
            var language = layout.facts().language();
            var block = linkBlock(item, spool, names(item, layout), language);
            if (whole) {
                writer = out -> rewriter.writeWhole(WholeNotice.above(block, language), HeaderEdits.modified(trace), out);
            } else {
                writer = out -> rewriter.writeLinked(block, HeaderEdits.modified(trace), out);
            }
        } else {
            var edits = trailer.converted() ? HeaderEdits.modified(trace) : HeaderEdits.original(trace);
            writer = out -> rewriter.writeOriginal(edits, out);
        }
        return new Outgoing(envelope(item, needs(item, trailer.eightBit(), writer)), writer, spool);
    }

    /**
     * What its client said of SMTPUTF8 is true of the message as it came, if at all (RFC 6531 §3.6): some say it of everything. So where it matters the copy is
     * looked at as it is. What came in ASCII leaves in ASCII, with a link too.
     */
    private Needs needs(OutboxItem item, boolean eightBit, MessageWriter copy) throws IOException {
        if (!eightBit) {
            return Needs.NOTHING;
        }
        if (item.kind() == OutboxItem.Kind.ORIGINAL && !item.smtpUtf8()) {
            return new Needs(true, false);
        }
        var needs = Needs.of(copy, ConfiguredLimits.of(config.limits()));
        return new Needs(needs.eightBit(), needs.eightBitHeader() && item.smtpUtf8());
    }

    private static SpoolTrailer trailer(OutboxItem item, Opener.OpenObject spool) throws IOException {
        long from = spoolOf(item).messageOctets();
        try (var in = spool.read(from, spool.plainOctets() - from)) {
            return SpoolTrailer.of(in.readAllBytes());
        }
    }

    private static OutgoingEnvelope envelope(OutboxItem item, Needs needs) {
        var from = item.sender().map(a -> new ReversePath(Mailbox.of(a))).orElse(ReversePath.NULL);
        var ret = Optional.ofNullable(item.ret()).map(MailParameters.Ret::valueOf).orElse(null);
        return new OutgoingEnvelope(from, item.rows().stream().map(OutgoingMessages::recipient).toList(), needs.eightBit(), needs.eightBitHeader(), -1, ret,
            item.envid());
    }

    private static Recipient recipient(OutboxItem.Row row) {
        Set<Recipient.Notify> wishes = row.dsnNotify() == null ? Set.of()
            : Arrays.stream(row.dsnNotify().split(",")).map(Recipient.Notify::valueOf).collect(Collectors.toSet());
        return new Recipient(Mailbox.of(row.address()), wishes, row.dsnOrcpt());
    }

    /** Of the item's files, in order. */
    private static List<String> names(OutboxItem item, Layout layout) {
        var whole = item.files().stream().filter(OutboxItem.FileLine::whole).map(_ -> WholeNotice.fileName(layout.facts().language()));
        var attachments = layout.attachments().stream().map(AttachmentFact::name);
        return Stream.concat(item.files().stream().allMatch(OutboxItem.FileLine::whole) ? Stream.of() : attachments, whole).toList();
    }

    /** @param names of the item's files, in order */
    private LinkBlock linkBlock(OutboxItem item, Opener.OpenObject spool, List<String> names, Language language) {
        var row = item.rows().getFirst();
        if (row.recipient() == null || row.expiresAt() == null) {
            throw new IllegalStateException("outbox row " + row.id() + " has no link");
        }
        var token = Links.token(spool.derive(Links.TOKEN_LABEL, Ids.octets(row.recipient()), Links.TOKEN_OCTETS));
        if (names.size() != item.files().size()) {
            throw new IllegalStateException("the spool names " + names.size() + " files, the delivery has " + item.files().size());
        }
        var files = IntStream.range(0, names.size()).mapToObj(i -> line(item.files().get(i), names.get(i))).toList();
        return linkBlocks.block(item.sender(), company(item), files, row.names().map(OutgoingMessages::told), row.expiresAt(), URI.create(config.linkBase() + "/d/" + token),
            row.address(), language);
    }

    private static LinkNotice.FileLine line(OutboxItem.FileLine file, String name) {
        return new LinkNotice.FileLine(file.open() ? name : REVOKED_NAME, file.sizeOctets());
    }

    private static LinkNotice.Names told(Names names) {
        return switch (names) {
            case LIST -> LinkNotice.Names.LIST;
            case COUNT -> LinkNotice.Names.COUNT;
        };
    }

    private String company(OutboxItem item) {
        return config.companyName().or(() -> item.sender().map(EmailAddress::domain)).orElse(config.hostName());
    }

    /** The mail that goes with files from the portal. */
    private NoticeMessage composed(OutboxItem item, Opener.OpenObject spool) throws IOException {
        var content = content(item, spool);
        if (item.kind() != OutboxItem.Kind.LINKED) {
            return portalMail(item, content, item.rows().getFirst().address(), new PortalText(content.message(), ""));
        }
        var language = Language.of(content.subject(), content.message());
        var text = PortalText.of(content.message(), linkBlock(item, spool, content.files(), language), language);
        return portalMail(item, content, item.rows().getFirst().address(), text);
    }

    private static ComposedContent content(OutboxItem item, Opener.OpenObject spool) throws IOException {
        try (var in = spool.read(0, spoolOf(item).messageOctets())) {
            return ComposedContent.of(in.readAllBytes());
        }
    }

    private static NoticeMessage portalMail(OutboxItem item, ComposedContent content, EmailAddress to, PortalText text) {
        var sender = item.sender().orElseThrow(() -> new IllegalStateException("a delivery from the portal has a sender"));
        var id = item.messageId().replaceAll("^<|>$", "");
        return new NoticeMessage("", Mailbox.of(sender), Mailbox.of(to), content.subject(), text.text(), text.html(), false, id, item.acceptedAt());
    }

    /** What the sender's attachments are called; nothing when the spool is gone or can't be read: the notice is of use without, and late it isn't. */
    private NoticeText.Names noticeNames(OutboxItem item) {
        var sealed = item.spool();
        if (sealed == null || item.files().isEmpty() && !item.inMail().any()) {
            return NoticeText.Names.UNKNOWN;
        }
        try (var spool = open(sealed)) {
            return sealed.kind() == SpoolKind.COMPOSED ? new NoticeText.Names(content(item, spool).files(), List.of()) : noticeNames(item, trailer(item, spool));
        } catch (IOException | RuntimeException unreadable) {
            Log.warnf("delivery %s: its sender is told of the hold without names of files: %s", item.delivery(), unreadable.getClass().getName());
            return NoticeText.Names.UNKNOWN;
        }
    }

    private static NoticeText.Names noticeNames(OutboxItem item, SpoolTrailer trailer) {
        var layout = Layout.fromJson(trailer.layout());
        boolean taken = item.files().stream().anyMatch(file -> !file.whole());   // all of them then, as files of their own
        return new NoticeText.Names(names(item, layout), Stream.concat(taken ? Stream.of() : layout.attachments().stream(), trailer.enclosed().stream()).toList());
    }

    private Outgoing notice(OutboxItem item) {
        var row = item.rows().getFirst();
        var to = Mailbox.of(row.address());
        var text = NoticeText.hold(item, policy.get(), noticeNames(item), URI.create(config.linkBase() + "/sent/" + item.delivery()), linkBlocks.zone(item.sender()));
        return toSender(to, new NoticeMessage("Sekisho", new Mailbox("sekisho-noreply", to.domain()), to, NoticeText.holdSubject(item), text, true,
            row.id() + "@" + config.hostName(), item.createdAt()));
    }

    /** With the null reverse-path, so that nothing comes back. */
    static Outgoing toSender(Mailbox to, NoticeMessage message) {
        var octets = message.toOctets();
        boolean utf8 = message.smtpUtf8();
        var envelope = new OutgoingEnvelope(ReversePath.NULL, List.of(new Recipient(to, Set.of(Recipient.Notify.NEVER), null)), utf8, utf8, -1,
            null, null);
        return new Outgoing(envelope, out -> out.write(octets), null);
    }

    /** The header block of the message, as far as a report gives it back; empty when it can't be read: the sender is told all the same. */
    private byte[] header(OutboxItem item) {
        var sealed = item.spool();
        try {
            return sealed == null ? new byte[0] : header(item, sealed);
        } catch (IOException | RuntimeException unreadable) {
            Log.warnf("delivery %s: a report goes without the header of its message: %s", item.delivery(), unreadable.getClass().getName());
            return new byte[0];
        }
    }

    private byte[] header(OutboxItem item, OutboxItem.Spool sealed) throws IOException {
        try (var spool = open(sealed)) {
            if (sealed.kind() == SpoolKind.COMPOSED) {
                var about = Objects.requireNonNull(item.rows().getFirst().about(), "a DSN is about a recipient");
                return headerOf(portalMail(item, content(item, spool), about, new PortalText("", "")).toOctets());
            }
            try (var in = spool.read(0, Math.min(sealed.messageOctets(), 64 << 10))) {
                return headerOf(in.readAllBytes());
            }
        }
    }

    private static byte[] headerOf(byte[] message) {
        for (int i = 0; i + 3 < message.length; i++) {
            if (message[i] == '\r' && message[i + 1] == '\n' && message[i + 2] == '\r' && message[i + 3] == '\n') {
                return Arrays.copyOf(message, i + 2);
            }
        }
        return message;
    }
}
