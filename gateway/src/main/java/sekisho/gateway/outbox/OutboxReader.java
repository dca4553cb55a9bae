package sekisho.gateway.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.delivery.NewDelivery.SpoolKind;
import sekisho.gateway.people.EmailAddress;
import sekisho.storage.Place;
import sekisho.storage.Sealed;
import sekisho.storage.WrappedKey;

/** Turns claimed rows into what a relay needs to know. */
@ApplicationScoped
class OutboxReader {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Session entities;

    OutboxReader(Session entities) {
        this.entities = entities;
    }

    static String detail(String reply, String status) {
        try {
            return JSON.writeValueAsString(Map.of("reply", reply, "status", status));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    List<OutboxItem> items(List<UUID> ids, UUID claim) {
        List<Tuple> rows = entities.createNativeQuery("""
                select o.id, o.kind, o.attempts, o.created_at, cast(o.detail as text) as detail, o.recipient_id,
                    r.address_given, r.dsn_notify, r.dsn_orcpt, r.expires_at as link_expires_at,
                    d.id as delivery_id, d.sender_as_given, d.subject, d.accepted_at, d.dsn_ret, d.dsn_envid, d.smtp_utf8, d.spool_kind,
                    d.spool_key, d.spool_inline, d.spool_header, d.spool_plain_octets, d.spool_cipher_octets, d.spool_message_octets,
                    d.spool_sha256, d.spool_wrap_algorithm, d.spool_wrap_version, d.spool_wrap
                from outbox o join delivery d on d.id = o.delivery_id left join recipient r on r.id = o.recipient_id
                where o.id in (:ids) order by o.created_at, o.id""", Tuple.class)
            .setParameter("ids", ids)
            .getResultList();
        var groups = new LinkedHashMap<Object, List<Tuple>>();
        for (var row : rows) {
            boolean together = row.get("kind").equals("ORIGINAL");
            // one transaction for all who get the same octets; those that failed more often go by themselves
            Object group = together ? List.of(row.get("delivery_id"), row.get("attempts")) : row.get("id");
            groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(row);
        }
        return groups.values().stream().map(group -> item(group, claim)).toList();
    }

    private OutboxItem item(List<Tuple> rows, UUID claim) {
        var first = rows.getFirst();
        var delivery = (UUID) first.get("delivery_id");
        var sender = EmailAddress.parse((String) first.get("sender_as_given"));
        var kind = OutboxItem.Kind.valueOf((String) first.get("kind"));
        boolean toSender = kind == OutboxItem.Kind.NOTICE || kind == OutboxItem.Kind.DSN;
        return new OutboxItem(claim, kind,
            rows.stream().map(row -> row(row, toSender ? sender : Optional.empty())).toList(),
            (Integer) first.get("attempts"), (Instant) first.get("created_at"), delivery, sender, (String) first.get("subject"),
            (Instant) first.get("accepted_at"), (String) first.get("dsn_ret"), (String) first.get("dsn_envid"),
            (Boolean) first.get("smtp_utf8"), spool(first, delivery), files(delivery),
            kind == OutboxItem.Kind.NOTICE ? held(delivery) : List.of(), detailOf(first));
    }

    private static OutboxItem.Row row(Tuple row, Optional<EmailAddress> sender) {
        var given = (String) row.get("address_given");
        var address = sender.or(() -> EmailAddress.parse(given))
            .orElseThrow(() -> new IllegalStateException("outbox row " + row.get("id") + " has no address"));
        return new OutboxItem.Row((UUID) row.get("id"), (UUID) row.get("recipient_id"), address, (String) row.get("dsn_notify"),
            (String) row.get("dsn_orcpt"), (Instant) row.get("link_expires_at"));
    }

    private static OutboxItem.Spool spool(Tuple row, UUID delivery) {
        var kind = (String) row.get("spool_kind");
        if (kind.equals("GONE")) {
            throw new IllegalStateException("delivery " + delivery + " has rows in the outbox, but its spool is gone");
        }
        var inline = (byte[]) row.get("spool_inline");
        var sealed = new Sealed(inline == null ? (String) row.get("spool_key") : "inline", inline, (byte[]) row.get("spool_header"),
            (Long) row.get("spool_plain_octets"), (Long) row.get("spool_cipher_octets"), (byte[]) row.get("spool_sha256"),
            new WrappedKey((String) row.get("spool_wrap_algorithm"), (Integer) row.get("spool_wrap_version"), (byte[]) row.get("spool_wrap")));
        return new OutboxItem.Spool(SpoolKind.valueOf(kind), sealed, new Place(delivery, delivery), (Long) row.get("spool_message_octets"));
    }

    private List<OutboxItem.FileLine> files(UUID delivery) {
        List<Tuple> rows = entities.createNativeQuery(
                "select name, size_octets from file where delivery_id = :delivery and access = 'OPEN' order by position", Tuple.class)
            .setParameter("delivery", delivery).getResultList();
        return rows.stream().map(row -> new OutboxItem.FileLine((String) row.get("name"), (Long) row.get("size_octets"))).toList();
    }

    private List<OutboxItem.HeldLine> held(UUID delivery) {
        List<Tuple> rows = entities.createNativeQuery("""
                select address_given, outside, release_at from recipient where delivery_id = :delivery and hold = 'HELD'
                order by outside desc, address""", Tuple.class)
            .setParameter("delivery", delivery).getResultList();
        return rows.stream().map(row -> new OutboxItem.HeldLine((String) row.get("address_given"), (Boolean) row.get("outside"),
            (Instant) row.get("release_at"))).toList();
    }

    private static Map<String, String> detailOf(Tuple row) {
        @Nullable String detail = (String) row.get("detail");
        if (detail == null) {
            return Map.of();
        }
        try {
            var values = new LinkedHashMap<>(JSON.readValue(detail, new TypeReference<Map<String, String>>() { }));
            if (row.get("address_given") != null) {
                values.put("recipient", (String) row.get("address_given"));
            }
            return Map.copyOf(values);
        } catch (JsonProcessingException notOurs) {
            throw new IllegalStateException("outbox row " + row.get("id") + " has a broken detail", notOurs);
        }
    }
}
