package sekisho.gateway.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
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
import sekisho.gateway.files.FileRecord;
import sekisho.gateway.outbox.Outbox.NewCopy;
import sekisho.gateway.outbox.Report;
import sekisho.gateway.outbox.Settlement;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.Attachments;
import sekisho.gateway.policy.Decision;
import sekisho.gateway.policy.Examined;
import sekisho.inspection.FileType;

/** Makes the rows of one delivery from what was decided about it. Pure but for ids and salts. */
final class RowsBuilder {

    private static final Report PASSWORD = new Report(Report.Action.PASSWORD, Settlement.Reply.ours("250 2.0.0 accepted"), "2.0.0", null);

    private final Plan plan;
    private final Facts facts;
    private final Spool spool;
    private final List<NewFile> newFiles;
    private final SortedMap<UUID, Decision> decisions;
    private final Instant now;
    private final List<FileEntity> files = new ArrayList<>();
    private final Map<UUID, FileRecord> records = new HashMap<>();
    private final List<RecipientEntity> recipients = new ArrayList<>();
    private final List<GrantEntity> grants = new ArrayList<>();
    private final List<NewCopy> copies = new ArrayList<>();
    private final List<AuditLog.NewEvent> events = new ArrayList<>();

    /** @param decisions by recipient */
    RowsBuilder(Plan plan, Facts facts, Spool spool, List<NewFile> files, SortedMap<UUID, Decision> decisions, Instant now) {
        this.plan = plan;
        this.facts = facts;
        this.spool = spool;
        this.newFiles = files;
        this.decisions = decisions;
        this.now = now;
    }

    AcceptedRows build(AuditLog audit) {
        for (int position = 0; position < newFiles.size(); position++) {
            files.add(file(position, newFiles.get(position)));
        }
        plan.addressees().forEach(addressee -> recipients.add(recipient(addressee, decisions.get(addressee.id()))));
        var delivery = delivery();
        events.add(audit.event(AuditType.DELIVERY_ACCEPTED, Actor.part("intake"), AuditLog.About.delivery(plan.delivery()), details(delivery)));
        var released = recipients.stream().filter(recipient -> recipient.hold == DeliveryView.Hold.RELEASED).toList();
        for (var recipient : released) {
            events.add(audit.event(AuditType.RECIPIENT_RELEASED, Actor.part("intake"), new AuditLog.About(plan.delivery(), recipient.id, null), Map.of()));
            copies.add(NewCopy.of(plan.delivery(), recipient.id, recipient.attachments.equals("LINK"), now));
        }
        var warned = decisions.entrySet().stream().filter(d -> d.getValue().warn()).map(Map.Entry::getKey).toList();
        for (var recipient : warned) {
            events.add(audit.event(AuditType.PASSWORD_MAIL_SEEN, Actor.part("intake"), new AuditLog.About(plan.delivery(), recipient, null), Map.of()));
        }
        if (!warned.isEmpty() && !facts.automatic()) {   // one for all of them
            copies.add(NewCopy.report(plan.delivery(), warned.getFirst(), PASSWORD, now));
        }
        if (delivery.notice) {
            copies.add(NewCopy.notice(plan.delivery(), now));
        }
        return new AcceptedRows(delivery, files, recipients, grants, copies, events, released.size());
    }

    private Map<String, String> details(DeliveryEntity delivery) {
        var details = new TreeMap<String, String>();
        details.put("head", Commitment.ofHead(delivery.salt, delivery.id, delivery.sender, delivery.senderAsGiven, delivery.subject, delivery.messageId));
        for (var file : files) {
            details.put("file:" + file.id, Objects.requireNonNull(records.get(file.id)).commitment(file.id, file.sizeOctets));
            details.put("record:" + file.id, Commitment.ofSealed("record", file.id, file.sizeOctets, file.record));
        }
        for (var recipient : recipients) {
            details.put("recipient:" + recipient.id, Commitment.ofRecipient(recipient.salt, recipient.id, recipient.address, recipient.addressGiven));
        }
        decisions.forEach((id, decision) -> details.put("rule:" + id, decision.rule()));
        details.put("policy", plan.policy().version());
        details.put("files", Integer.toString(files.size()));
        details.put("attachments", Integer.toString(facts.content().attachments().size()));
        if (delivery.inMail != null) {
            details.put("inMail", String.valueOf(delivery.inMail));
            details.put("inMailOctets", String.valueOf(delivery.inMailOctets));
        }
        newFiles.forEach(file -> details.put("scan:" + file.id(), file.examined().scan().name()));
        details.put("source", plan.source().name());
        return details;
    }

    private boolean isNoticed() {
        return plan.sender().isPresent() && !facts.automatic() && decisions.values().stream().anyMatch(decision -> decision.held() && decision.notice());
    }

    private @Nullable Instant nextRelease() {
        return recipients.stream().filter(r -> isHeld(r) && !r.untilScanned).map(r -> r.releaseAt).min(Instant::compareTo).orElse(null);
    }

    private static boolean isHeld(RecipientEntity recipient) {
        return recipient.hold == DeliveryView.Hold.HELD;
    }

    private DeliveryEntity delivery() {
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
        entity.notice = isNoticed();
        var inMail = InMail.of(facts.content(), decisions.values(), files.stream().anyMatch(file -> !file.whole));
        entity.attached = inMail.any() || !facts.content().files().isEmpty();
        if (!inMail.any() || inMail.counted()) {
            entity.inMail = inMail.attachments();
            entity.inMailOctets = inMail.octets();
        }
        entity.dsnRet = plan.ret();
        entity.dsnEnvid = plan.envid();
        entity.smtpUtf8 = plan.smtpUtf8();
        entity.once = plan.once() == null ? null : plan.once().digest();
        var sealed = spool.sealed();
        entity.spoolKind = spool.kind().name();
        entity.spoolInline = sealed.inline();
        entity.spoolKey = sealed.inline() == null ? sealed.key() : null;
        entity.spoolHeader = sealed.header();
        entity.spoolPlainOctets = sealed.plainOctets();
        entity.spoolCipherOctets = sealed.cipherOctets();
        entity.spoolMessageOctets = spool.messageOctets();
        entity.spoolWrapAlgorithm = sealed.wrapped().algorithm();
        entity.spoolWrapVersion = sealed.wrapped().version();
        entity.spoolWrap = sealed.wrapped().bytes();
        entity.salt = Commitment.newSalt();
        entity.nextReleaseAt = nextRelease();
        entity.waitsForScan = recipients.stream().anyMatch(r -> isHeld(r) && r.untilScanned);
        entity.expiresAt = recipients.stream().anyMatch(RowsBuilder::isHeld) ? null
            : recipients.stream().map(r -> r.expiresAt).filter(Objects::nonNull).max(Instant::compareTo).orElse(null);
        return entity;
    }

    private FileEntity file(int position, NewFile file) {
        var entity = new FileEntity();
        entity.id = file.id();
        entity.deliveryId = plan.delivery();
        entity.position = position;
        entity.whole = file.whole();
        var sealed = file.sealed();
        entity.sizeOctets = sealed.plainOctets();
        entity.objectKey = sealed.key();
        entity.header = sealed.header();
        entity.cipherOctets = sealed.cipherOctets();
        entity.wrapAlgorithm = sealed.wrapped().algorithm();
        entity.wrapVersion = sealed.wrapped().version();
        entity.wrap = sealed.wrapped().bytes();
        var examined = file.examined();
        var record = new FileRecord(storable(file.name()), storable(file.mediaType()), sealed.sha256(), Commitment.newSalt(),
            examined.type().map(FileType::id).orElse(""), examined.protection().map(Enum::name).orElse(""), examined.find().orElse(""),
            file.otherNames().stream().map(RowsBuilder::storable).toList());
        records.put(entity.id, record);
        entity.record = record.sealed(file.taken().recordKey());
        entity.recordWrapAlgorithm = file.taken().recordWrap().algorithm();
        entity.recordWrapVersion = file.taken().recordWrap().version();
        entity.recordWrap = file.taken().recordWrap().bytes();
        entity.scan = examined.scan().name();
        entity.scanDueAt = examined.scan() == Examined.Scan.UNSCANNED ? now : null;
        return entity;
    }

    private RecipientEntity recipient(Addressee addressee, Decision decision) {
        boolean portal = plan.source() == Source.PORTAL;
        boolean link = !files.isEmpty() && (portal || decision.attachments() == Attachments.LINK);
        boolean held = decision.held();
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
        entity.untilScanned = decision.untilScanned();
        entity.names = decision.names().map(Enum::name).orElse(null);
        entity.releasedAt = held ? null : now;
        entity.expiresAt = held || !link ? null : now.plus(decision.expires());
        entity.linkHash = link ? Links.hash(spool.token().apply(addressee.id())) : null;
        entity.dsnNotify = addressee.dsnNotify();
        entity.dsnOrcpt = addressee.dsnOrcpt();
        entity.salt = Commitment.newSalt();
        entity.relay = held ? DeliveryView.Relay.NONE : DeliveryView.Relay.QUEUED;
        if (link) {
            for (var file : files.stream().filter(file -> file.whole == decision.whole()).toList()) {
                var grant = new GrantEntity();
                grant.id = Ids.next();
                grant.deliveryId = plan.delivery();
                grant.fileId = file.id;
                grant.recipientId = addressee.id();
                grants.add(grant);
            }
        }
        return entity;
    }

    /** PostgreSQL's text can't hold NUL. */
    private static String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }
}
