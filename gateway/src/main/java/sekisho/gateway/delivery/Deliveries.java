package sekisho.gateway.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Ids;
import sekisho.gateway.access.Links;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.audit.Commitment;
import sekisho.gateway.delivery.NewDelivery.Addressee;
import sekisho.gateway.delivery.NewDelivery.Facts;
import sekisho.gateway.delivery.NewDelivery.NewFile;
import sekisho.gateway.delivery.NewDelivery.Plan;
import sekisho.gateway.delivery.NewDelivery.Source;
import sekisho.gateway.delivery.NewDelivery.Spool;
import sekisho.gateway.files.Leftovers;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.Attachments;
import sekisho.gateway.policy.Decision;
import sekisho.gateway.policy.PolicyStore;
import sekisho.storage.Sealed;

/**
 * Accepts messages. First {@link #plan}, then the adapter seals spool and files, then {@link #accept}, which makes rows, grants,
 * outbox and audit event in one transaction. Until then what was sealed has no key anywhere: a crash in between leaves noise.
 */
@ApplicationScoped
public class Deliveries {

    private final PolicyStore policies;
    private final Outbox outbox;
    private final AuditLog audit;
    private final Leftovers leftovers;
    private final Clock clock;
    private final MeterRegistry metrics;

    Deliveries(PolicyStore policies, Outbox outbox, AuditLog audit, Leftovers leftovers, Clock clock, MeterRegistry metrics) {
        this.policies = policies;
        this.outbox = outbox;
        this.audit = audit;
        this.leftovers = leftovers;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Settles what must be known before the message is read. Touches nothing. */
    public Plan plan(Source source, Optional<EmailAddress> sender, List<Addressee> addressees, @Nullable String ret,
            @Nullable String envid, boolean smtpUtf8) {
        return plan(Ids.next(), source, sender, addressees, ret, envid, smtpUtf8);
    }

    /** As above, for a delivery whose files were sealed before its recipients were known. {@code delivery} is from {@link Ids#next}. */
    public Plan plan(UUID delivery, Source source, Optional<EmailAddress> sender, List<Addressee> addressees, @Nullable String ret,
            @Nullable String envid, boolean smtpUtf8) {
        var policy = policies.current();
        var addresses = addressees.stream().map(Addressee::address).toList();
        boolean portal = source == Source.PORTAL;
        boolean keep = !portal && policy.anyGets(Attachments.PASS, sender, addresses);
        boolean seal = portal || policy.anyGets(Attachments.LINK, sender, addresses);
        return new Plan(delivery, source, sender, List.copyOf(addressees), policy, keep, seal, ret, envid, smtpUtf8);
    }

    /**
     * Makes the delivery durable, or keeps nothing, in a transaction of its own. What is not held is released in the same transaction.
     *
     * <p>The objects of spool and files are ours from here on, whatever comes of it: when the delivery is refused, or failed before its
     * commit, they are deleted; when the commit itself broke off, as soon as it is known that it didn't happen.
     *
     * @param files in the order in which they stand in the message
     * @throws RuntimeException when the database is unavailable: nothing was kept, unless it broke off while it committed
     */
    public Intake accept(Plan plan, Facts facts, Spool spool, List<NewFile> files) {
        var committing = new AtomicReference<@Nullable String>();
        boolean kept = false;
        try {
            var intake = QuarkusTransaction.requiringNew().call(() -> {
                var decided = decide(plan, facts, spool, files);
                if (decided instanceof Intake.Accepted) {
                    var transaction = leftovers.transaction();
                    DeliveryEntity.getEntityManager().flush();
                    committing.set(transaction);   // nothing but the commit comes after this
                }
                return decided;
            });
            kept = intake instanceof Intake.Accepted;
            count(intake, files);
            return intake;
        } finally {
            if (!kept) {
                abandon(plan.delivery(), committing.get(), objects(spool, files));
            }
        }
    }

    private void abandon(UUID delivery, @Nullable String transaction, List<String> objects) {
        if (transaction == null) {
            leftovers.remove(delivery, objects);
        } else {
            leftovers.inDoubt(delivery, transaction, objects);
        }
    }

    private static List<String> objects(Spool spool, List<NewFile> files) {
        return Stream.concat(Stream.of(spool.sealed()), files.stream().map(NewFile::sealed)).filter(Sealed::stored).map(Sealed::key).toList();
    }

    private void count(Intake intake, List<NewFile> files) {
        switch (intake) {
            case Intake.Accepted(_, var heldUntil) -> {
                metrics.counter("sekisho.intake", "outcome", "accepted").increment();
                metrics.counter("sekisho.intake.files").increment(files.size());
                metrics.counter("sekisho.intake.held").increment(heldUntil.isPresent() ? 1 : 0);
            }
            case Intake.Refused _ -> metrics.counter("sekisho.intake", "outcome", "refused").increment();
        }
    }

    private Intake decide(Plan plan, Facts facts, Spool spool, List<NewFile> files) {
        var now = clock.instant();
        var decisions = new TreeMap<UUID, Decision>();
        for (var addressee : plan.addressees()) {
            var decision = plan.policy().decide(plan.sender(), addressee.address(), facts.attachments() > 0);
            if (decision.attachments() == Attachments.REFUSE && facts.attachments() > 0) {
                audit.record(AuditType.DELIVERY_REFUSED, Actor.part("intake"), AuditLog.About.NOTHING,
                    Map.of("rule", decision.rule(), "policy", plan.policy().version(), "recipients", plan.addressees().size()));
                return new Intake.Refused(decision.rule());
            }
            decisions.put(addressee.id(), decision);
        }
        boolean held = decisions.values().stream().anyMatch(d -> d.hold().isPositive());
        boolean notice = held && plan.sender().isPresent() && !facts.automatic() && decisions.values().stream().anyMatch(Decision::notice);
        var details = new TreeMap<String, String>();
        var entity = persistDelivery(plan, facts, spool, now, notice);
        details.put("head", Commitment.ofHead(entity.salt, entity.id, entity.sender, entity.senderAsGiven, entity.subject, entity.messageId));
        for (int position = 0; position < files.size(); position++) {
            var file = persistFile(plan.delivery(), position, files.get(position));
            details.put("file:" + file.id, Commitment.ofFile(entity.salt, file.id, file.name, file.sha256, file.sizeOctets));
        }
        for (var addressee : plan.addressees()) {
            var recipient = persistRecipient(plan, addressee, decisions.get(addressee.id()), spool, files, now);
            details.put("recipient:" + recipient.id, Commitment.ofRecipient(recipient.salt, recipient.id, recipient.address, recipient.addressGiven));
        }
        DeliveryEntity.getEntityManager().flush();
        finish(plan, facts, decisions, files, now, notice, details);
        var until = decisions.values().stream().map(Decision::hold).filter(Duration::isPositive).max(Duration::compareTo).map(now::plus);
        return new Intake.Accepted(plan.delivery(), until);
    }

    private void finish(Plan plan, Facts facts, Map<UUID, Decision> decisions, List<NewFile> files, Instant now, boolean notice,
            Map<String, String> details) {
        DeliveryRows.refreshTimes(plan.delivery());
        decisions.forEach((id, decision) -> details.put("rule:" + id, decision.rule()));
        details.put("policy", plan.policy().version());
        details.put("files", Integer.toString(files.size()));
        details.put("attachments", Integer.toString(facts.attachments()));
        details.put("source", plan.source().name());
        audit.record(AuditType.DELIVERY_ACCEPTED, Actor.part("intake"), AuditLog.About.delivery(plan.delivery()), details);
        var released = plan.addressees().stream().filter(a -> !decisions.get(a.id()).hold().isPositive()).map(Addressee::id).toList();
        for (var recipient : released) {
            audit.record(AuditType.RECIPIENT_RELEASED, Actor.part("intake"), new AuditLog.About(plan.delivery(), recipient, null), Map.of());
        }
        outbox.addCopies(plan.delivery(), released, now);
        metrics.counter("sekisho.released", "by", "intake").increment(released.size());
        if (notice) {
            outbox.addNotice(plan.delivery(), now);
        }
    }

    private static DeliveryEntity persistDelivery(Plan plan, Facts facts, Spool spool, Instant now, boolean notice) {
        var entity = new DeliveryEntity();
        entity.id = plan.delivery();
        entity.source = plan.source();
        entity.sender = plan.sender().map(EmailAddress::key).orElse("");
        entity.senderAsGiven = plan.sender().map(EmailAddress::toString).orElse("");
        entity.subject = storable(facts.subject());
        entity.messageId = storable(facts.messageId());
        entity.sizeOctets = facts.sizeOctets();
        entity.acceptedAt = now;
        entity.policyVersion = plan.policy().version();
        entity.notice = notice;
        entity.dsnRet = plan.ret();
        entity.dsnEnvid = plan.envid();
        entity.smtpUtf8 = plan.smtpUtf8();
        var sealed = spool.sealed();
        entity.spoolKind = spool.kind().name();
        entity.spoolInline = sealed.inline();
        entity.spoolKey = sealed.inline() == null ? sealed.key() : null;
        entity.spoolHeader = sealed.header();
        entity.spoolPlainOctets = sealed.plainOctets();
        entity.spoolCipherOctets = sealed.cipherOctets();
        entity.spoolMessageOctets = spool.messageOctets();
        entity.spoolSha256 = sealed.sha256();
        entity.spoolWrapAlgorithm = sealed.wrapped().algorithm();
        entity.spoolWrapVersion = sealed.wrapped().version();
        entity.spoolWrap = sealed.wrapped().bytes();
        entity.salt = Commitment.newSalt();
        entity.persist();
        return entity;
    }

    private static FileEntity persistFile(UUID delivery, int position, NewFile file) {
        var entity = new FileEntity();
        entity.id = file.id();
        entity.deliveryId = delivery;
        entity.position = position;
        entity.name = storable(file.name());
        entity.mediaType = storable(file.mediaType());
        var sealed = file.sealed();
        entity.sizeOctets = sealed.plainOctets();
        entity.sha256 = sealed.sha256();
        entity.objectKey = sealed.key();
        entity.header = sealed.header();
        entity.cipherOctets = sealed.cipherOctets();
        entity.wrapAlgorithm = sealed.wrapped().algorithm();
        entity.wrapVersion = sealed.wrapped().version();
        entity.wrap = sealed.wrapped().bytes();
        entity.persist();
        return entity;
    }

    private static RecipientEntity persistRecipient(Plan plan, Addressee addressee, Decision decision, Spool spool, List<NewFile> files,
            Instant now) {
        boolean portal = plan.source() == Source.PORTAL;
        boolean link = !files.isEmpty() && (portal || decision.attachments() == Attachments.LINK);
        boolean held = decision.hold().isPositive();
        var entity = new RecipientEntity();
        entity.id = addressee.id();
        entity.deliveryId = plan.delivery();
        entity.address = addressee.address().key();
        entity.addressGiven = addressee.address().toString();
        entity.outside = !plan.policy().isInside(addressee.address());
        entity.attachments = link ? "LINK" : "PASS";
        entity.rule = decision.rule();
        entity.expiresAfter = decision.expires().toSeconds();
        entity.downloads = decision.downloads();
        entity.hold = held ? DeliveryView.Hold.HELD : DeliveryView.Hold.RELEASED;
        entity.releaseAt = now.plus(decision.hold());
        entity.releasedAt = held ? null : now;
        entity.expiresAt = held || !link ? null : now.plus(decision.expires());
        entity.linkHash = link ? Links.hash(spool.token().apply(addressee.id())) : null;
        entity.dsnNotify = addressee.dsnNotify();
        entity.dsnOrcpt = addressee.dsnOrcpt();
        entity.salt = Commitment.newSalt();
        entity.persist();
        if (link) {
            for (var file : files) {
                var grant = new GrantEntity();
                grant.id = Ids.next();
                grant.deliveryId = plan.delivery();
                grant.fileId = file.id();
                grant.recipientId = addressee.id();
                grant.persist();
            }
        }
        return entity;
    }

    /** PostgreSQL's text can't hold NUL. */
    private static String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }
}
