package sekisho.mailhook.intake;

import io.quarkus.logging.Log;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Ids;
import sekisho.gateway.delivery.Deliveries;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.delivery.UnfitMessages;
import sekisho.gateway.files.IncomingFiles;
import sekisho.gateway.files.Vault;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.senders.Senders;
import sekisho.mailhook.binary.BinaryIntake;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.smtp.Client;
import sekisho.mailhook.smtp.Envelope;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.MailParameters;
import sekisho.mailhook.smtp.ReceivedField;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.ReversePath;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.mailhook.smtp.Submitter;
import sekisho.mailhook.smtp.Transactions;
import sekisho.mailhook.trace.TraceField;

/** Decides who may send, and opens the intake of each message. Whether a client's network is trusted the listener has checked. */
final class HookTransactions implements Transactions {

    private static final String ADDRESSES = "no address literal, no underscore in the domain, no character that nobody sees";

    private final Deliveries deliveries;
    private final Vault vault;
    private final IncomingFiles incoming;
    private final Objections objections;
    private final RefusedReplies refusals;
    private final LoopGuard.Copies copies;
    private final TraceField traces;
    private final Readiness readiness;
    private final Clock clock;
    private final Senders senders;
    private final SplitLimits limits;
    private final boolean bindsFrom;
    private final boolean reportsAlone;
    private final int hops;
    private final int lineOctets;
    private final Duration storing;
    private final String hostName;
    private final Receiving receiving;

    /**
     * @param bindsFrom    whether the From field of who has signed in is held to their addresses
     * @param reportsAlone whether the null reverse-path is for reports alone
     */
    HookTransactions(Deliveries deliveries, UnfitMessages unfit, Vault vault, IncomingFiles incoming, Senders senders, LoopGuard.Copies copies, Readiness readiness, Clock clock,
            MailHookConfig config, SplitLimits limits, boolean bindsFrom, boolean reportsAlone, Receiving receiving) {
        this.deliveries = deliveries;
        this.vault = vault;
        vault.sealSpoolsForMyself(config.spoolKey());
        this.incoming = incoming;
        this.objections = new Objections(config.linkBase());
        this.refusals = new RefusedReplies(unfit);
        this.copies = copies;
        this.traces = new TraceField(vault.spoolKey(config.spoolKey()), clock);
        this.readiness = readiness;
        this.clock = clock;
        this.senders = senders;
        this.limits = limits;
        this.bindsFrom = bindsFrom;
        this.reportsAlone = reportsAlone;
        this.hops = config.limits().hops();
        this.lineOctets = Math.toIntExact(config.limits().line().asLongValue());
        this.storing = config.limits().storing();
        this.hostName = config.hostName();
        this.receiving = receiving;
    }

    @Override
    public SmtpReply mail(Client client, ReversePath from, MailParameters parameters) {
        var submitter = client.submitterOrNull();
        if (submitter != null && !clock.instant().isBefore(submitter.validUntil())) {
            return new SmtpReply(421, "4.7.0", "the sign-in has run out, connect and sign in again");
        }
        if (submitter != null && !from.isNull() && !from.mailbox().flatMap(HookTransactions::address).filter(submitter::maySendAs).isPresent()) {
            return new SmtpReply(553, "5.7.1", "this account may not send as this address");
        }
        if (!from.isNull() && !senders.has(from.mailbox().orElseThrow().domain())) {
            return new SmtpReply(550, "5.7.1", "this gateway sends for its own domains only");
        }
        if (!from.isNull() && address(from.mailbox().orElseThrow()).isEmpty()) {
            return new SmtpReply(553, "5.1.7", "this sender address isn't relayed: " + ADDRESSES);
        }
        return readiness.refusal(parameters.sizeOctets()).orElseGet(() -> new SmtpReply(250, "2.1.0", "sender ok"));
    }

    @Override
    public void refused(SmtpReply reply) {
        refusals.note(reply);
    }

    @Override
    public SmtpReply rcpt(Client client, Envelope soFar, Recipient to) {
        return address(to.mailbox()).isPresent() ? new SmtpReply(250, "2.1.5", "recipient ok")
            : new SmtpReply(550, "5.1.3", "this recipient address isn't relayed: " + ADDRESSES);
    }

    @Override
    public MessageIntake begin(Client client, Envelope envelope) throws IOException {
        var parameters = envelope.parameters();
        List<NewDelivery.Addressee> addressees = envelope.recipients().stream()
            .map(to -> new NewDelivery.Addressee(Ids.next(), address(to.mailbox()).orElseThrow(), wishes(to), to.orcptOrNull())).toList();
        var plan = deliveries.plan(NewDelivery.Source.MAIL, envelope.from().mailbox().flatMap(HookTransactions::address),
            client.submitter().map(Submitter::groups).orElse(Set.of()), addressees, parameters.ret().map(Enum::name).orElse(null), parameters.envidOrNull(),
            parameters.smtpUtf8());
        var received = ReceivedField.compose(client, parameters.smtpUtf8(), hostName, plan.delivery().toString(), clock.instant());
        Log.debugf("session %s with %s%s begins delivery %s for %d recipients", client.session(), client.address().getHostAddress(),
            client.forwarded().map(by -> ", forwarded for " + by).orElse(""), plan.delivery(), addressees.size());
        var guard = new LoopGuard(traces, copies, addressees.stream().map(NewDelivery.Addressee::address).toList());
        var intake = new GatewayIntake(deliveries, vault, incoming, objections, refusals, plan, received, limits, hops, storing, guard,
            bindsFrom ? client.submitterOrNull() : null, reportsAlone && envelope.from().isNull(), receiving);
        return parameters.body() == MailParameters.Body.BINARY_MIME
            ? new BinaryIntake(intake, limits.headerOctets(), lineOctets, limits.nesting()) : intake;
    }

    private static @Nullable String wishes(Recipient to) {
        return to.notifyOn().isEmpty() ? null : to.notifyOn().stream().map(Enum::name).sorted().collect(Collectors.joining(","));
    }

    /** The gateway's form of an address; empty for the few that RFC 5321 allows and that no policy can name, such as address literals. */
    static Optional<EmailAddress> address(Mailbox mailbox) {
        return EmailAddress.of(mailbox.localPart(), mailbox.domain());
    }
}
