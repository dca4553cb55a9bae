package sekisho.gateway.outbox;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.delivery.InMail;
import sekisho.gateway.delivery.NewDelivery.SpoolKind;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.Names;
import sekisho.storage.Place;
import sekisho.storage.Sealed;
import sekisho.storage.WrappedKey;

/** Turns claimed rows into what a relay needs to know. */
@ApplicationScoped
class OutboxReader {

    private static final List<String> SPOOL_COLUMNS = List.of("spool_header", "spool_plain_octets", "spool_cipher_octets",
        "spool_message_octets", "spool_wrap_algorithm", "spool_wrap_version", "spool_wrap");

    /** Of one transaction: as many as every server takes (RFC 5321 §4.5.3.1.8). */
    private static final int MOST_RECIPIENTS = 100;

    private final Session entities;

    OutboxReader(Session entities) {
        this.entities = entities;
    }

    /**
     * @param items  what can be sent
     * @param broken rows from which nothing can be made, now or later; they must not keep the others from going
     */
    record Read(List<OutboxItem> items, List<Broken> broken) {
    }

    /** @param why without an address or a subject */
    record Broken(ClaimedRow row, String why) {
    }

    /** What no item can be made from. */
    private static final class UnreadableException extends Exception {

        private static final long serialVersionUID = 1;

        UnreadableException(String message) {
            super(message);
        }
    }

    Read read(List<UUID> ids, UUID claim) {
        List<Tuple> rows = entities.createNativeQuery("""
                select o.id, o.kind, coalesce(o.destination, '') as destination, o.attempts, o.created_at, cast(o.detail as text) as detail, o.detail ->> 'action' as report, o.last_reply, o.recipient_id,
                    r.address_given, r.dsn_notify, r.dsn_orcpt, r.expires_at as link_expires_at, r.names,
                    d.id as delivery_id, d.attached, d.in_mail, d.in_mail_octets, d.sender_as_given, d.subject, d.message_id, d.accepted_at, d.dsn_ret, d.dsn_envid, d.smtp_utf8,
                    d.spool_kind, d.spool_key, d.spool_inline, d.spool_header, d.spool_plain_octets, d.spool_cipher_octets,
                    d.spool_message_octets, d.spool_wrap_algorithm, d.spool_wrap_version, d.spool_wrap
                from outbox o join delivery d on d.id = o.delivery_id left join recipient r on r.id = o.recipient_id
                where o.id in (:ids) order by o.created_at, o.id""", Tuple.class)
            .setParameter("ids", ids)
            .getResultList();
        var groups = new LinkedHashMap<Object, List<Tuple>>();
        for (var row : rows) {
            // one transaction for all who get the same octets; a composed mail names its one recipient, and a copy that failed more often than
            // the others goes by itself, as does one that was held longer: it says so. Reports to one sender that wait together are one, whenever they came
            boolean together = row.get("kind").equals("ORIGINAL") && !row.get("spool_kind").equals(SpoolKind.COMPOSED.name());
            @Nullable Object report = row.get("kind").equals("DSN") && Report.Action.JOINED.contains(row.get("report")) ? row.get("report") : null;
            Object group = together || report != null
                ? List.of(row.get("delivery_id"), row.get("destination"), row.get("attempts"), report == null ? row.get("created_at") : report) : row.get("id");
            groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(row);
        }
        var files = files(ids);
        var items = new ArrayList<OutboxItem>();
        var broken = new ArrayList<Broken>();
        for (var group : groups.values()) {
            for (int from = 0; from < group.size(); from += MOST_RECIPIENTS) {
                item(group.subList(from, Math.min(group.size(), from + MOST_RECIPIENTS)), claim, files, broken).ifPresent(items::add);
            }
        }
        return new Read(items, broken);
    }

    private Optional<OutboxItem> item(List<Tuple> rows, UUID claim, Map<UUID, List<OutboxItem.FileLine>> files, List<Broken> broken) {
        var first = rows.getFirst();
        var delivery = (UUID) first.get("delivery_id");
        var kind = OutboxItem.Kind.valueOf((String) first.get("kind"));
        var sender = EmailAddress.parse((String) first.get("sender_as_given"));
        var good = new ArrayList<OutboxItem.Row>();
        for (var row : rows) {
            try {
                good.add(row(row, kind, sender));
            } catch (UnreadableException unreadable) {
                broken.add(new Broken(claimed(row, claim, kind, sender), String.valueOf(unreadable.getMessage())));
            }
        }
        if (good.isEmpty()) {
            return Optional.empty();
        }
        var lines = files.getOrDefault(good.getFirst().id(), List.<OutboxItem.FileLine>of());
        try {
            return Optional.of(new OutboxItem(claim, kind, good, (String) first.get("destination"), (Integer) first.get("attempts"), (Instant) rows.getLast().get("created_at"), delivery,
                sender, (String) first.get("subject"), (String) first.get("message_id"), (Instant) first.get("accepted_at"),
                (String) first.get("dsn_ret"), (String) first.get("dsn_envid"), (Boolean) first.get("smtp_utf8"), spool(first, kind, delivery),
                lines, kind == OutboxItem.Kind.NOTICE ? inMail(first, lines.size()) : InMail.NONE,
                kind == OutboxItem.Kind.NOTICE ? held(delivery) : List.of()));
        } catch (UnreadableException unreadable) {
            rows.stream().filter(row -> good.stream().anyMatch(g -> g.id().equals(row.get("id"))))
                .forEach(row -> broken.add(new Broken(claimed(row, claim, kind, sender), String.valueOf(unreadable.getMessage()))));
            return Optional.empty();
        }
    }

    private static InMail inMail(Tuple row, int files) {
        return InMail.of((Boolean) row.get("attached"), (Integer) row.get("in_mail"), (Long) row.get("in_mail_octets"), files);
    }

    private static ClaimedRow claimed(Tuple row, UUID claim, OutboxItem.Kind kind, Optional<EmailAddress> sender) {
        return new ClaimedRow((UUID) row.get("id"), claim, kind, (Integer) row.get("attempts"), (UUID) row.get("delivery_id"),
            (UUID) row.get("recipient_id"), Routing.route((String) row.get("destination")), sender.isPresent(), (String) row.get("dsn_notify"));
    }

    private static OutboxItem.Row row(Tuple row, OutboxItem.Kind kind, Optional<EmailAddress> sender) throws UnreadableException {
        @Nullable String given = (String) row.get("address_given");
        var about = given == null ? Optional.<EmailAddress>empty() : EmailAddress.parse(given);
        if (kind != OutboxItem.Kind.NOTICE && about.isEmpty()) {
            throw new UnreadableException("the recipient's address can't be read");
        }
        var address = (kind.isCopy() ? about : sender).orElseThrow(() -> new UnreadableException("the sender's address can't be read"));
        return new OutboxItem.Row((UUID) row.get("id"), (UUID) row.get("recipient_id"), address, about.orElse(null),
            (String) row.get("dsn_notify"), (String) row.get("dsn_orcpt"), (Instant) row.get("link_expires_at"),
            Optional.ofNullable((String) row.get("names")).map(Names::valueOf), (String) row.get("last_reply"), report(row, kind));
    }

    private static OutboxItem.@Nullable Spool spool(Tuple row, OutboxItem.Kind kind, UUID delivery) throws UnreadableException {
        var spoolKind = (String) row.get("spool_kind");
        var missing = SPOOL_COLUMNS.stream().filter(column -> row.get(column) == null).findFirst();
        if (spoolKind.equals("GONE") || missing.isPresent()) {
            if (kind.isCopy()) {
                throw new UnreadableException(missing.map(column -> "the delivery has no " + column).orElse("the spool is gone"));
            }
            return null;
        }
        var inline = (byte[]) row.get("spool_inline");
        var sealed = new Sealed(inline == null ? (String) row.get("spool_key") : "inline", inline, (byte[]) row.get("spool_header"),
            (Long) row.get("spool_plain_octets"), (Long) row.get("spool_cipher_octets"), new byte[0],
            new WrappedKey((String) row.get("spool_wrap_algorithm"), (Integer) row.get("spool_wrap_version"), (byte[]) row.get("spool_wrap")));
        return new OutboxItem.Spool(SpoolKind.valueOf(spoolKind), sealed, new Place(delivery, delivery), (Long) row.get("spool_message_octets"));
    }

    private static @Nullable Report report(Tuple row, OutboxItem.Kind kind) throws UnreadableException {
        if (kind != OutboxItem.Kind.DSN) {
            return null;
        }
        @Nullable String detail = (String) row.get("detail");
        try {
            return Report.of(detail == null ? "{}" : detail);
        } catch (IllegalStateException notOurs) {
            throw new UnreadableException("the detail of a report can't be read");
        }
    }

    /**
     * Whatever their state: a copy that waits goes out with its link, and the page behind it says what is shut.
     *
     * @return by row of the outbox; none for a row without files, and for one that goes as it came: hundreds of those may be claimed at one time
     */
    private Map<UUID, List<OutboxItem.FileLine>> files(List<UUID> ids) {
        List<Tuple> rows = entities.createNativeQuery("""
                select o.id, f.size_octets, f.whole, f.access = 'OPEN' and d.access = 'OPEN' and coalesce(r.access, 'OPEN') = 'OPEN'
                    and coalesce(g.access, 'OPEN') = 'OPEN' as open
                from outbox o join file f on f.delivery_id = o.delivery_id join delivery d on d.id = o.delivery_id
                    left join recipient r on r.id = o.recipient_id and o.kind in ('LINKED', 'ORIGINAL')
                    left join access_grant g on g.file_id = f.id and g.recipient_id = r.id
                where o.id in (:ids) and (o.kind <> 'ORIGINAL' or d.spool_kind = 'COMPOSED') and (o.kind <> 'LINKED' or g.id is not null) order by o.id, f.position""", Tuple.class)
            .setParameter("ids", ids).getResultList();
        return rows.stream().collect(Collectors.groupingBy(row -> (UUID) row.get("id"), Collectors.mapping(
            row -> new OutboxItem.FileLine((Long) row.get("size_octets"), (Boolean) row.get("open"), (Boolean) row.get("whole")), Collectors.toList())));
    }

    private List<OutboxItem.HeldLine> held(UUID delivery) {
        List<Tuple> rows = entities.createNativeQuery("""
                select address_given, outside, release_at, until_scanned from recipient where delivery_id = :delivery and hold = 'HELD'
                order by outside desc, address""", Tuple.class)
            .setParameter("delivery", delivery).getResultList();
        return rows.stream().map(row -> new OutboxItem.HeldLine((String) row.get("address_given"), (Boolean) row.get("outside"),
            (Instant) row.get("release_at"), (Boolean) row.get("until_scanned"))).toList();
    }
}
