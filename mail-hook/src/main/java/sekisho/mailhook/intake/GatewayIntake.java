package sekisho.mailhook.intake;

import io.quarkus.logging.Log;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Ids;
import sekisho.gateway.access.Links;
import sekisho.gateway.delivery.Deliveries;
import sekisho.gateway.delivery.Intake;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.files.IncomingFiles;
import sekisho.gateway.files.Vault;
import sekisho.mailhook.mime.AttachmentHead;
import sekisho.mailhook.mime.AttachmentSink;
import sekisho.mailhook.mime.Layout;
import sekisho.mailhook.mime.MessageFacts;
import sekisho.mailhook.mime.MessageSplitter;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.mime.SplitResult;
import sekisho.mailhook.mime.SplitSink;
import sekisho.mailhook.mime.block.WholeNotice;
import sekisho.mailhook.smtp.RefusedException;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.mailhook.smtp.Submitter;
import sekisho.mailhook.smtp.Transactions.Acceptance;
import sekisho.mailhook.smtp.Transactions.MessageIntake;
import sekisho.storage.Sealed;
import sekisho.storage.Sealer;
import sekisho.storage.StoreException;

/**
 * One message on its way in: split while it arrives, attachments and remainder sealed as they stream by, everything committed in
 * {@link #finish()}. Order: objects durable, then one transaction, then 250; whatever fails before leaves nothing that can be opened.
 */
final class GatewayIntake implements MessageIntake, SplitSink {

    private static final Set<String> BULK = Set.of("bulk", "list", "junk");

    private final Deliveries deliveries;
    private final Vault vault;
    private final Objections objections;
    private final RefusedReplies refusals;
    private final NewDelivery.Plan plan;
    private final String received;
    private final int mostHops;
    private final LoopGuard guard;
    private final HopCounter hops = new HopCounter();
    private final @Nullable Submitter author;
    private final boolean isReport;
    private final TopFields header;
    private final MessageSplitter splitter;
    private final Sealer.SealedObject spool;
    private final OutputStream spoolOut;
    private final SealedAttachments attachments;
    private final @Nullable WholeMessage whole;
    private final long begun = System.nanoTime();
    private long octets;
    private boolean converted;
    private boolean handedOver;
    private final Receiving.Message counted;

    /**
     * @param storing      how long the attachments may take to become durable when the message has come to its end
     * @param authorOrNull whose addresses the fields of its authors must name; null: anybody's
     * @param isReport     whether it must be a read receipt or another report
     */
    GatewayIntake(Deliveries deliveries, Vault vault, IncomingFiles incoming, Objections objections, RefusedReplies refusals,
            NewDelivery.Plan plan, String received, SplitLimits limits, int mostHops, Duration storing, LoopGuard guard, @Nullable Submitter authorOrNull, boolean isReport,
            Receiving receiving) throws StoreException {
        this.deliveries = deliveries;
        this.vault = vault;
        this.attachments = new SealedAttachments(vault, incoming, plan.delivery(), plan.outlook().inspects(), storing);
        this.objections = objections;
        this.refusals = refusals;
        this.plan = plan;
        this.received = received;
        this.mostHops = mostHops;
        this.header = new TopFields(names(plan.outlook().headers(), authorOrNull != null, isReport), limits.headerOctets());
        this.guard = guard;
        this.author = authorOrNull;
        this.isReport = isReport;
        this.splitter = new MessageSplitter(Contents.rules(limits, plan.outlook(), plan.sender().isEmpty()), this, plan.keepAttachments());
        this.whole = plan.sealWhole() ? new WholeMessage(attachments.beginWhole(), limits.headerOctets()) : null;
        this.spool = vault.sealSpool(plan.delivery());
        this.spoolOut = spool.out();
        this.counted = receiving.begin();
    }

    @Override
    public void feed(byte[] buffer, int offset, int length) throws IOException {
        octets += length;
        hops.feed(buffer, offset, length);
        hops.requireAtMost(mostHops);
        header.feed(buffer, offset, length);
        guard.feed(buffer, offset, length);
        if (whole != null && !splitter.isRefused()) {
            whole.feed(buffer, offset, length);
        }
        splitter.feed(buffer, offset, length);
    }

    @Override
    public void converted() {
        converted = true;
    }

    @Override
    public SmtpReply finish(Acceptance acceptance) throws IOException {
        guard.end();
        var layout = switch (splitter.end()) {
            case SplitResult.Split(var split) -> split;
            case SplitResult.Refused(var code, var reason) -> throw new RefusedException(new SmtpReply(550, code, reason));
        };
        if (isReport && !ReportHeader.isReport(header::raw)) {
            throw new RefusedException(ReportHeader.NONE);
        }
        if (author != null) {
            AuthorFields.requireOwn(header::raw, author);
        }
        if (whole != null) {
            whole.end(layout.facts().signed());
        }
        attachments.finish();
        var files = Stream.concat(layout.attachments().stream().flatMap(attachment -> attachments.file(attachment).stream()),
            attachments.wholeFile(WholeNotice.fileName(layout.facts().language())).stream()).toList();
        if ((long) files.size() * plan.addressees().size() > Deliveries.MOST_GRANTS) {
            throw new RefusedException(new SmtpReply(550, "5.5.3", "more than " + Deliveries.MOST_GRANTS + " files times recipients; send it to fewer at once"));
        }
        long messageOctets = layout.spoolOctets();
        spoolOut.write(new SpoolTrailer(received, hops.eightBit(), converted, layout.toJson(), Contents.enclosed(splitter.staying())).toOctets());
        var sealed = spool.finish();
        acceptance.begin();
        attachments.handOver();   // the objects are the gateway's, whatever comes of it
        handedOver = true;
        var intake = deliveries.accept(plan, facts(layout), spoolOf(sealed, messageOctets), files);
        return switch (intake) {
            case Intake.Accepted(var delivery, var heldUntil) -> {
                Log.infof("delivery %s accepted: %d octets with %d attachments, for %d recipients, in %d ms%s", delivery, octets,
                    layout.attachments().size(), plan.addressees().size(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun),
                    heldUntil.isPresent() ? ", held" : "");
                yield new SmtpReply(250, "2.6.0", heldUntil.isPresent() ? "accepted as " + delivery + ", held" : "accepted as " + delivery);
            }
            case Intake.Refused refused -> objections.reply(refused);
            case Intake.Deferred deferred -> throw new RefusedException(objections.reply(deferred));
            case Intake.Repeated _ -> throw new IllegalStateException("a message was taken for one that came twice");
        };
    }

    private static Set<String> names(Set<String> asked, boolean andAuthors, boolean andType) {
        return Stream.of(asked, andAuthors ? AuthorFields.NAMES : Set.<String>of(), andType ? ReportHeader.NAMES : Set.<String>of()).flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());
    }

    private NewDelivery.Facts facts(Layout layout) {
        var facts = layout.facts();
        return new NewDelivery.Facts(facts.subject(), facts.messageId() == null ? "" : facts.messageId(), octets,
            Contents.of(layout, splitter.staying(), header, attachments::examined, attachments.wholeExamined()), plan.outlook().text() ? splitter.text() : "", isAutomatic(facts));
    }

    /** Whether nobody waits for an answer: to tell its sender that it is held would be an answer to a machine (RFC 3834 §2). */
    static boolean isAutomatic(MessageFacts facts) {
        return facts.list() || facts.autoSubmitted() != null && !facts.autoSubmitted().equals("no")
            || facts.precedence() != null && BULK.contains(facts.precedence());
    }

    private NewDelivery.Spool spoolOf(Sealed sealed, long messageOctets) {
        return new NewDelivery.Spool(NewDelivery.SpoolKind.MESSAGE, sealed, messageOctets,
            recipient -> Links.token(spool.derive(Links.TOKEN_LABEL, Ids.octets(recipient), Links.TOKEN_OCTETS)));
    }

    @Override
    public void spool(byte[] buffer, int offset, int length) throws IOException {
        spoolOut.write(buffer, offset, length);
    }

    @Override
    public AttachmentSink open(AttachmentHead head) throws IOException {
        if (!plan.sealAttachments()) {
            return new Ignored();
        }
        return attachments.begin(head);
    }

    @Override
    public SmtpReply refused(SmtpReply reply) {
        refusals.note(reply);
        return objections.explained(reply);
    }

    /** Without a hand-over nothing may stay; after one it is {@link Deliveries} that deletes what was not accepted. */
    @Override
    public void close() {
        try (counted; spool; attachments) {   // each, whatever becomes of the others
            if (!handedOver) {
                vault.deleteSpool(plan.delivery());
            }
        } catch (StoreException unavailable) {
            Log.debugf("the spool of %s is left to the sweeper: %s", plan.delivery(), unavailable.getMessage());
        }
    }

    /** Nobody gets a link: an attachment is counted, and stays in the spool alone. */
    private static final class Ignored implements AttachmentSink {
        @Override
        public void write(byte[] buffer, int offset, int length) {
            // the spool has it
        }

        @Override
        public void finish(long decodedOctets) {
            // the layout counts it
        }

        @Override
        public void withdraw() {
            // it was never kept
        }
    }
}
