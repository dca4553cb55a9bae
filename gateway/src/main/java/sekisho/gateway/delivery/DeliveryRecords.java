package sekisho.gateway.delivery;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hibernate.Session;
import org.hibernate.jpa.HibernateHints;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.audit.Evidence;
import sekisho.gateway.delivery.DeliveryView.FileView;
import sekisho.gateway.delivery.DeliveryView.Found;
import sekisho.gateway.delivery.DeliveryView.Summary;
import sekisho.gateway.files.FileRecord;
import sekisho.gateway.files.FileRecords;
import sekisho.gateway.people.AddressText;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.people.Person;
import sekisho.gateway.people.Role;
import sekisho.gateway.policy.Examined;
import sekisho.inspection.FileType;

/** Shows deliveries: to senders their own, to responders all. Never content. */
@ApplicationScoped
public class DeliveryRecords {

    private static final String SUMMARY = """
        select d.id, d.accepted_at, d.sender_as_given, d.subject, d.access, d.next_release_at, d.waits_for_scan,
            array(select r.address_given from recipient r where r.delivery_id = d.id order by r.outside desc, r.address limit 5) as addresses,
            (select count(*) from recipient r where r.delivery_id = d.id and r.outside) as outsiders,
            (select count(*) from file f where f.delivery_id = d.id) as files,
            (select coalesce(sum(f.size_octets), 0) from file f where f.delivery_id = d.id) as octets, d.attached, d.in_mail, d.in_mail_octets
        from delivery d""";
    /** Copies that stand alike are one row, so that a delivery to ten thousand costs no more than one to a few. */
    private static final String COPIES = """
        select c.delivery_id, c.hold, c.link, c.relay, c.revoked, c.expires_at, c.some_open, count(*) as copies from (
            select r.delivery_id, r.hold, r.attachments = 'LINK' as link, r.relay, r.access = 'REVOKED' as revoked, r.expires_at,
                exists (select 1 from access_grant g join file f on f.id = g.file_id
                    where g.recipient_id = r.id and g.access = 'OPEN' and f.access = 'OPEN') as some_open
            from recipient r where r.delivery_id in (:deliveries)) c
        group by c.delivery_id, c.hold, c.link, c.relay, c.revoked, c.expires_at, c.some_open""";
    private static final String NEWEST_FIRST = " order by d.id desc";

    private static final String GRANTS =
        "select (select count(*) from file where delivery_id = :delivery) * (select count(*) from recipient where delivery_id = :delivery)";
    /** What a delivery costs to look at is a few hundred octets of memory for each; a hundred thousand are some 60 MiB. */
    private static final long LARGE_GRANTS = 10_000;
    private static final int LARGE_AT_ONCE = 2;

    private static final Pattern NAMED = Pattern.compile("[^<>]*<([^<>]+)>\\s*");

    private final Semaphore large = new Semaphore(LARGE_AT_ONCE, true);
    private final Session entities;
    private final Ownership ownership;
    private final AuditLog audit;
    private final Exposures exposures;
    private final FileRecords fileRecords;
    private final Clock clock;

    DeliveryRecords(Session entities, Ownership ownership, AuditLog audit, Exposures exposures, FileRecords fileRecords, Clock clock) {
        this.entities = entities;
        this.ownership = ownership;
        this.audit = audit;
        this.exposures = exposures;
        this.fileRecords = fileRecords;
        this.clock = clock;
    }

    /**
     * What a responder looks for; empty parts match everything.
     *
     * @param sender    an address, perhaps in angle brackets after a name, or a part of one such as {@code @example.co.jp}; domains in either form
     * @param recipient likewise
     * @param subject   a part of it, without regard to case
     * @param messageId the whole Message-ID, with or without angle brackets
     */
    public record Search(String sender, String recipient, String subject, String messageId, Optional<Instant> from, Optional<Instant> to) {
    }

    /** Deliveries that {@code person} sent, newest first. @param before id of the last one seen, or empty for the newest */
    @Transactional
    public List<Summary> sentBy(Person person, Optional<UUID> before, int limit) {
        return mine(person, before, limit, NEWEST_FIRST);
    }

    /** Those of {@code person}'s deliveries that are held, next to leave first: of too many, those that can wait are left out. */
    @Transactional
    public List<Summary> heldOf(Person person, int limit) {
        return mine(person, Optional.empty(), limit,
            " and (d.next_release_at is not null or d.waits_for_scan) order by d.next_release_at nulls last, d.id");
    }

    private List<Summary> mine(Person person, Optional<UUID> before, int limit, String more) {
        if (!person.has(Role.SENDER) || person.address().isEmpty()) {
            return List.of();
        }
        return summaries(" where d.sender = :sender and d.id < :before" + more, Map.of("sender", person.address().get().key()), before, limit);
    }

    /** What a responder finds, newest first; nothing for anybody else. The looking is recorded. */
    @Transactional
    public List<Summary> search(Person person, Search search, Optional<UUID> before, int limit) {
        if (!person.has(Role.RESPONDER)) {
            return List.of();
        }
        var where = new StringBuilder(" where d.id < :before");
        var values = new HashMap<String, Object>();
        add(where, values, search.sender(), "sender", " and d.sender like :sender", DeliveryRecords::addressPattern);
        add(where, values, search.recipient(), "recipient",
            " and exists (select 1 from recipient r where r.delivery_id = d.id and r.address like :recipient)", DeliveryRecords::addressPattern);
        add(where, values, search.subject(), "subject", " and d.subject ilike :subject", text -> "%" + escape(text) + "%");
        if (!search.messageId().isBlank()) {
            where.append(" and d.message_id in (:messageIds)");
            values.put("messageIds", messageIds(search.messageId().strip()));
        }
        search.from().ifPresent(from -> {
            where.append(" and d.accepted_at >= :from");
            values.put("from", from);
        });
        search.to().ifPresent(to -> {
            where.append(" and d.accepted_at < :to");
            values.put("to", to);
        });
        audit.recordAlone(AuditType.RECORDS_READ, Actor.of(person), AuditLog.About.NOTHING, Map.of("what", "search"));
        return summaries(where + NEWEST_FIRST, values, before, limit);
    }

    private static void add(StringBuilder where, Map<String, Object> values, String text, String name, String condition,
            java.util.function.UnaryOperator<String> pattern) {
        if (!text.isBlank()) {
            where.append(condition);
            values.put(name, pattern.apply(text.strip()));
        }
    }

    /** With angle brackets as it should have, and without, as some programs write it. */
    private static List<String> messageIds(String text) {
        return List.of(text, "<" + text + ">", text.replaceAll("^<|>$", ""));
    }

    /** An address, perhaps with a name before it as mail programs copy it, in the form in which rows hold it; else a part of one. */
    private static String addressPattern(String text) {
        var named = NAMED.matcher(text);
        var meant = named.matches() ? named.group(1).strip() : text;
        return EmailAddress.parse(meant).map(address -> escape(address.key())).orElseGet(() -> {
            var lower = meant.startsWith("@") ? "@" + AddressText.domain(meant.substring(1)).orElse(meant.substring(1)) : meant;
            lower = escape(lower.toLowerCase(Locale.ROOT));
            return lower.startsWith("@") || !lower.contains("@") ? "%" + lower + "%" : lower;
        });
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }

    private List<Summary> summaries(String where, Map<String, ?> values, Optional<UUID> before, int limit) {
        var query = entities.createNativeQuery(SUMMARY + where + " limit :limit", Tuple.class)
            .setParameter("before", before.orElse(UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff"))).setParameter("limit", limit);
        values.forEach(query::setParameter);
        var rows = query.getResultList().stream().map(Tuple.class::cast).toList();
        var copies = copies(rows);
        return rows.stream().map(row -> summary(row, copies.getOrDefault((UUID) row.get("id"), Map.of()))).toList();
    }

    private static Summary summary(Tuple row, Map<Standing, Integer> copies) {
        int files = ((Long) row.get("files")).intValue();
        return new Summary((UUID) row.get("id"), (Instant) row.get("accepted_at"), (String) row.get("sender_as_given"), (String) row.get("subject"),
            Standing.together(copies.keySet(), (String) row.get("access")), Standing.parts(copies), Optional.ofNullable((Instant) row.get("next_release_at")),
            (Boolean) row.get("waits_for_scan"), List.of((String[]) row.get("addresses")), ((Long) row.get("outsiders")).intValue(),
            files, ((Number) row.get("octets")).longValue(),
            InMail.of((Boolean) row.get("attached"), (Integer) row.get("in_mail"), (Long) row.get("in_mail_octets"), files));
    }

    /** How many copies of each of these deliveries stand how. */
    private Map<UUID, Map<Standing, Integer>> copies(List<Tuple> deliveries) {
        if (deliveries.isEmpty()) {
            return Map.of();
        }
        var access = deliveries.stream().collect(Collectors.toMap(row -> (UUID) row.get("id"), row -> (String) row.get("access")));
        var now = clock.instant();
        List<Tuple> rows = entities.createNativeQuery(COPIES, Tuple.class).setParameter("deliveries", access.keySet()).getResultList();
        return rows.stream().collect(Collectors.groupingBy(row -> (UUID) row.get("delivery_id"), Collectors.toMap(
            row -> Standing.of(copy(row, access.get((UUID) row.get("delivery_id"))), now), row -> ((Long) row.get("copies")).intValue(), Integer::sum)));
    }

    private static Standing.Copy copy(Tuple row, String access) {
        return new Standing.Copy(DeliveryView.Hold.valueOf((String) row.get("hold")), (Boolean) row.get("link"),
            DeliveryView.Relay.valueOf((String) row.get("relay")), access, (Boolean) row.get("revoked"), (Boolean) row.get("some_open"),
            Optional.ofNullable((Instant) row.get("expires_at")));
    }

    private record Rows(Evidence evidence, DeliveryEntity delivery, List<RecipientEntity> recipients, List<FileEntity> files, Exposures.Found exposed) {
    }

    private record Opened(FileEntity row, Optional<FileRecord> record) {

        boolean contradicts(Evidence evidence) {
            return record.isPresent() && !evidence.saysFile(row.id, record.get().commitment(row.id, row.sizeOctets));
        }
    }

    /**
     * One delivery, if {@code person} sent it or is a responder. That a responder looked is recorded.
     *
     * @throws IllegalStateException names of files can't be opened now, as {@link FileRecords#open} says
     */
    public Optional<DeliveryView> view(Person person, UUID delivery) {
        if (!isLarge(delivery)) {
            return read(person, delivery);
        }
        large.acquireUninterruptibly();
        try {
            return read(person, delivery);
        } finally {
            large.release();
        }
    }

    private Optional<DeliveryView> read(Person person, UUID delivery) {
        return QuarkusTransaction.joiningExisting().call(() -> rows(person, delivery)).map(this::view);
    }

    private boolean isLarge(UUID delivery) {
        long grants = QuarkusTransaction.joiningExisting().call(() -> entities.createNativeQuery(GRANTS, Long.class)
            .setParameter("delivery", delivery).getSingleResult());
        return grants > LARGE_GRANTS;
    }

    private Optional<Rows> rows(Person person, UUID delivery) {
        if (!ownership.mayAct(person, delivery)) {
            return Optional.empty();
        }
        if (!ownership.isSender(person, delivery)) {
            audit.recordAlone(AuditType.RECORDS_READ, Actor.of(person), AuditLog.About.delivery(delivery), Map.of("what", "delivery"));
        }
        var evidence = audit.evidence(delivery);   // before the rows: these are written first
        DeliveryEntity d = DeliveryEntity.findById(delivery);
        List<RecipientEntity> recipients = RecipientEntity.list("deliveryId = ?1 order by outside desc, address", delivery);
        List<FileEntity> files = FileEntity.find("deliveryId = ?1 order by position", delivery).withHint(HibernateHints.HINT_READ_ONLY, true).list();
        return Optional.of(new Rows(evidence, d, recipients, files, exposures.of(evidence, d, recipients, files)));
    }

    private DeliveryView view(Rows rows) {
        var d = rows.delivery;
        var opened = rows.files.stream().map(file -> new Opened(file, fileRecords.open(file.sealedRecord()))).toList();
        boolean contradicted = rows.exposed.contradicted() || rows.evidence.hasCommitments() && opened.stream().anyMatch(file -> file.contradicts(rows.evidence));
        var standings = rows.exposed.recipients().stream().map(DeliveryView.RecipientView::standing)
            .collect(Collectors.toMap(Function.identity(), _ -> 1, Integer::sum));
        return new DeliveryView(d.id, d.source, d.senderAsGiven, d.subject, d.messageId, d.sizeOctets, d.acceptedAt,
            Standing.together(standings.keySet(), d.access), d.access.equals("REVOKED"), Exposures.frozen(d.revokedAs), contradicted,
            Optional.ofNullable(d.nextReleaseAt), Optional.ofNullable(d.expiresAt), Optional.ofNullable(d.shredAt), d.policyVersion,
            Standing.parts(standings), rows.exposed.recipients(), opened.stream().map(file -> view(file.row, file.record)).toList(),
            InMail.of(d.attached, d.inMail, d.inMailOctets, rows.files.size()).orMore(rows.evidence.inMail(), rows.evidence.inMailOctets()), rows.exposed.grants());
    }

    private static FileView view(FileEntity f, Optional<FileRecord> record) {
        return new FileView(f.id, record.map(FileRecord::name).orElse(""), record.map(FileRecord::mediaType).orElse(""), f.sizeOctets,
            record.map(FileRecord::hash).orElse(""), f.access.equals("REVOKED"), Exposures.frozen(f.revokedAs), f.wrap == null,
            new Found(record.map(r -> knownType(r.type())).orElse(""), record.map(FileRecord::protection).orElse(""), Examined.Scan.valueOf(f.scan),
                record.map(FileRecord::find).orElse("")), f.whole);
    }

    /** That somebody looked and found nothing they know is of no use to anybody. */
    private static String knownType(String type) {
        return type.equals(FileType.UNKNOWN.id()) ? "" : type;
    }
}
