package sekisho.gateway.audit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Holds the rows that pages show against the events: a delivery's sender, recipients and files as accepted, how holds
 * ended, what is shut, when links end, what was served, which keys are destroyed, and the persons that events name. Of what was served a row may tell more than the events (it is written first), never
 * less, and of the rest never something else.
 */
final class RowVerifier {

    private static final int BATCH = 500;
    /** Of events whose evidence is kept at once, about. */
    private static final int BATCH_OCTETS = 32 << 20;
    /** From the moment that the row tells to its event, in one transaction. */
    private static final Duration LONGEST_RELEASE = Duration.ofMinutes(10);

    private final Connection connection;
    private final Consumer<String> fault;

    RowVerifier(Connection connection, Consumer<String> fault) {
        this.connection = connection;
        this.fault = fault;
    }

    void persons() throws SQLException {
        var batch = new HashMap<UUID, String>();
        var all = new HashSet<UUID>();
        try (var statement = connection.prepareStatement("select payload from audit_event where type = 'PERSON_ADDED'")) {
            statement.setFetchSize(AuditVerifier.FETCHED_AT_ONCE);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    var event = Evidence.read(rows.getBytes(1));
                    var actor = event == null ? "" : event.said("actor");
                    if (event != null && actor.matches("person:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
                        var person = UUID.fromString(actor.substring("person:".length()));
                        batch.put(person, event.detail("is"));
                        if (!all.add(person)) {
                            fault.accept(actor + " was added twice");
                        }
                    }
                    if (batch.size() == BATCH) {
                        persons(batch);
                    }
                }
            }
        }
        persons(batch);
    }

    private void persons(Map<UUID, String> said) throws SQLException {
        rows("select id, issuer, subject, address, salt from person where id = any(?)", said, row -> {
            var id = row.getObject("id", UUID.class);
            var is = Commitment.ofPerson(row.getBytes("salt"), id, row.getString("issuer"), row.getString("subject"), row.getString("address"));
            if (!is.equals(said.remove(id))) {
                fault.accept("person " + id + ": account or address isn't what the log says");
            }
        });
        said.keySet().forEach(id -> fault.accept("person " + id + " was removed"));
        said.clear();
    }

    /** @return how many were held against their events */
    long deliveries() throws SQLException {
        long count = 0;
        long octets = 0;
        var batch = new LinkedHashMap<UUID, Evidence>();
        try (var statement = connection.prepareStatement("""
                select e.delivery_id, e.payload from audit_event e left join audit_leaf l on l.event_id = e.id left join audit_pending p on p.event_id = e.id
                where e.delivery_id is not null and e.type = any(?) order by e.delivery_id, l.leaf_index nulls last, p.arrived, e.id""")) {
            statement.setArray(1, connection.createArrayOf("text", Stream.of(Evidence.TYPES, Evidence.ACCESS).flatMap(List::stream).toArray()));
            statement.setFetchSize(AuditVerifier.FETCHED_AT_ONCE);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    var delivery = rows.getObject(1, UUID.class);
                    if ((batch.size() == BATCH || octets > BATCH_OCTETS) && !batch.containsKey(delivery)) {
                        count += batch.size();
                        octets = 0;
                        deliveries(batch);
                    }
                    var payload = rows.getBytes(2);
                    octets += payload.length;
                    batch.computeIfAbsent(delivery, _ -> new Evidence()).add(payload);
                }
            }
        }
        count += batch.size();
        deliveries(batch);
        return count;
    }

    private void deliveries(Map<UUID, Evidence> said) throws SQLException {
        var kept = new HashSet<UUID>();
        rows("select id, salt, sender, sender_as_given, subject, message_id, in_mail, in_mail_octets, access from delivery where id = any(?)", said, row -> {
            var id = row.getObject("id", UUID.class);
            var evidence = said.get(id);
            kept.add(id);
            access(evidence, "delivery " + id, Optional.empty(), Optional.empty(), row);
            if (evidence.hasCommitments() && !evidence.saysHead(Commitment.ofHead(row.getBytes("salt"), id, row.getString("sender"),
                    row.getString("sender_as_given"), row.getString("subject"), row.getString("message_id")))) {
                fault.accept("delivery " + id + ": sender or subject isn't what was accepted");
            }
            if (evidence.hasCommitments() && !evidence.saysInMail(row.getObject("in_mail", Integer.class), row.getObject("in_mail_octets", Long.class))) {
                fault.accept("delivery " + id + ": how many attachments leave in the mail itself, or how large they are, isn't what was accepted");
            }
        });
        var left = new HashMap<UUID, Left>();
        said.forEach((id, evidence) -> {
            if (!evidence.isWhole()) {
                fault.accept("delivery " + id + ": its acceptance isn't in the log, stands there twice, or an event can't be read");
            }
            if (!kept.contains(id)) {
                fault.accept("delivery " + id + " was removed");
            }
            left.put(id, new Left(evidence));
        });
        rows("select delivery_id, id, address, address_given, salt, hold, names_seen_at, access, attachments, expires_at,"
            + " extract(epoch from expires_at) - expires_after as released from recipient where delivery_id = any(?)", said, row -> {
            var delivery = row.getObject("delivery_id", UUID.class);
            left.get(delivery).recipient(delivery, row);
        });
        rows("""
            select f.delivery_id, f.id, f.access, f.record, f.find, f.size_octets, f.wrap is not null as keyed,
                'SHREDDED' in (f.access, d.access) as shredded from file f join delivery d on d.id = f.delivery_id where d.id = any(?)""", said, row -> {
            var delivery = row.getObject("delivery_id", UUID.class);
            left.get(delivery).file(delivery, row);
        });
        rows("select delivery_id, recipient_id, file_id, access, downloads, cast(served as text) as served from access_grant where delivery_id = any(?)", said,
            row -> left.get(row.getObject("delivery_id", UUID.class)).grant(row));
        left.forEach((id, each) -> each.missing(id));
        said.clear();
    }

    /** What the events of one delivery say and no row has told yet. */
    private final class Left {
        private final Evidence evidence;
        private final Set<UUID> recipients;
        private final Set<UUID> files;
        private final Map<Evidence.Grant, Evidence.Got> got;

        Left(Evidence evidence) {
            this.evidence = evidence;
            recipients = evidence.accepted("recipient");
            files = evidence.accepted("file");
            got = new HashMap<>(evidence.all());
        }

        void recipient(UUID delivery, ResultSet row) throws SQLException {
            var id = row.getObject("id", UUID.class);
            recipients.remove(id);
            if (evidence.hasCommitments() && !evidence.saysRecipient(id,
                    Commitment.ofRecipient(row.getBytes("salt"), id, row.getString("address"), row.getString("address_given")))) {
                fault.accept("delivery " + delivery + ", recipient " + id + ": the address isn't what was accepted");
            }
            var hold = evidence.holdEnded(id).orElse("HELD");
            if (!row.getString("hold").equals(hold)) {
                fault.accept("delivery " + delivery + ", recipient " + id + ": the row says " + row.getString("hold") + ", the log " + hold);
            }
            access(evidence, "delivery " + delivery + ", recipient " + id, Optional.of(id), Optional.empty(), row);
            var released = evidence.releasedAt(id);
            if (released.isPresent() && row.getString("attachments").equals("LINK") && (row.getObject("expires_at") == null
                    || Math.abs(row.getDouble("released") - released.get().getEpochSecond()) > LONGEST_RELEASE.toSeconds())) {
                fault.accept("delivery " + delivery + ", recipient " + id + ": the link doesn't end when it should by its release");
            }
            if (row.getObject("names_seen_at", OffsetDateTime.class) == null && evidence.namesSeen(id).isPresent()) {
                fault.accept("delivery " + delivery + ", recipient " + id + ": the row says the names were never seen, the log says they were");
            }
        }

        void file(UUID delivery, ResultSet row) throws SQLException {
            var id = row.getObject("id", UUID.class);
            files.remove(id);
            access(evidence, "delivery " + delivery + ", file " + id, Optional.empty(), Optional.of(id), row);
            if (evidence.hasCommitments() && !evidence.saysSealed(id, row.getLong("size_octets"), row.getBytes("record"), row.getBytes("find"))) {
                fault.accept("delivery " + delivery + ", file " + id + ": its size, or what is sealed of its name and content, isn't what was accepted");
            }
            if (row.getBoolean("keyed") && (row.getBoolean("shredded") || evidence.saysShredded(id))) {
                fault.accept("delivery " + delivery + ", file " + id + ": it is called destroyed, and its key is there");
            }
            if (!row.getBoolean("keyed") && !evidence.saysShredded(id)) {
                fault.accept("delivery " + delivery + ", file " + id + ": its key is gone, and no event says who destroyed it");
            }
        }

        void grant(ResultSet row) throws SQLException {
            var grant = new Evidence.Grant(row.getObject("recipient_id", UUID.class), row.getObject("file_id", UUID.class));
            access(evidence, "file " + grant.file() + ", recipient " + grant.recipient(), Optional.of(grant.recipient()), Optional.of(grant.file()), row);
            var said = got.remove(grant);
            if (said == null) {
                return;
            }
            var served = Ranges.parse(row.getString("served"));
            if (!served.contains(said.served())) {
                fault.accept("file " + grant.file() + ", recipient " + grant.recipient() + ": the row tells of " + served.octets()
                    + " octets served, row and log together of " + served.plus(said.served()).octets());
            }
            if (row.getInt("downloads") < said.completed()) {
                fault.accept("file " + grant.file() + ", recipient " + grant.recipient() + ": the row counts " + row.getInt("downloads")
                    + " downloads, the log " + said.completed());
            }
        }

        void missing(UUID delivery) {
            recipients.forEach(id -> fault.accept("delivery " + delivery + ": recipient " + id + " was removed"));
            files.forEach(id -> fault.accept("delivery " + delivery + ": file " + id + " was removed"));
            got.keySet().forEach(grant -> fault.accept("file " + grant.file() + ", recipient " + grant.recipient()
                + ": the log says it was served, but the grant was removed"));
        }
    }

    private void access(Evidence evidence, String what, Optional<UUID> recipient, Optional<UUID> file, ResultSet row) throws SQLException {
        if (row.getString("access").equals("OPEN") && evidence.saysShut(new Evidence.Target(recipient, file))) {
            fault.accept(what + ": the row says it is open, the log that access was revoked");
        }
    }

    /** Deliveries that the log doesn't know. */
    void unaccepted() throws SQLException {
        try (var statement = connection.createStatement(); var rows = AuditVerifier.rows(statement, """
                select d.id from delivery d where not exists (select 1 from audit_event e where e.delivery_id = d.id and e.type = 'DELIVERY_ACCEPTED')
                order by d.id""")) {
            while (rows.next()) {
                fault.accept("delivery " + rows.getObject(1, UUID.class) + " was inserted: the log doesn't say that it was accepted");
            }
        }
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private void rows(String sql, Map<UUID, ?> ids, Row each) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(AuditVerifier.ROWS_AT_ONCE);
            statement.setArray(1, connection.createArrayOf("uuid", ids.keySet().toArray()));
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    each.read(rows);
                }
            }
        }
    }
}
