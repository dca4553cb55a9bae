package sekisho.gateway.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Ids;

/**
 * The append-only log. An event is inserted in the transaction of the change it describes, without any lock, and queued for the
 * sequencer. Payloads hold ids, counts and rule names; never an address, subject or file name, so that those can be erased without
 * breaking the log.
 */
@ApplicationScoped
public class AuditLog {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern ACTOR = Pattern.compile("[a-z]{1,20}|person:" + ID);
    /** In one statement, and read from the database at once. */
    private static final int AT_ONCE = 1_000;
    private static final int FETCHED_AT_ONCE = 20;
    /** Of an event, for a page. An acceptance may be as long as its recipients and files are many. */
    private static final int MOST_SHOWN = 65_536;
    private static final UUID LAST = UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff");

    private final Session entities;
    private final Clock clock;

    AuditLog(Session entities, Clock clock) {
        this.entities = entities;
        this.clock = clock;
    }

    /** What an event is about; empty parts don't apply. */
    public record About(@Nullable UUID delivery, @Nullable UUID recipient, @Nullable UUID file) {
        public static final About NOTHING = new About(null, null, null);

        public static About delivery(UUID delivery) {
            return new About(delivery, null, null);
        }
    }

    /** An event that is to be recorded: it has its time, its id and its final octets. */
    public record NewEvent(UUID id, Instant at, AuditType type, @Nullable UUID delivery, byte[] payload) {
    }

    /** What {@link #record(List)} takes. Touches nothing. */
    public NewEvent event(AuditType type, Actor actor, About about, Map<String, ?> details) {
        return event(clock.instant(), type, actor, about, details);
    }

    /** As above, for what has its id already. */
    public NewEvent event(UUID id, AuditType type, Actor actor, About about, Map<String, ?> details) {
        return event(id, clock.instant(), type, actor, about, details);
    }

    private static NewEvent event(Instant at, AuditType type, Actor actor, About about, Map<String, ?> details) {
        return event(Ids.next(), at, type, actor, about, details);
    }

    private static NewEvent event(UUID id, Instant now, AuditType type, Actor actor, About about, Map<String, ?> details) {
        var at = now.truncatedTo(ChronoUnit.MICROS);   // PostgreSQL keeps no more; payload and column would tell two times, as after tampering
        return new NewEvent(id, at, type, about.delivery(), payload(id, at, type, actor, about, details));
    }

    /**
     * Records an event; joins the caller's transaction, so that change and event both exist or neither.
     *
     * @return its id
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public UUID record(AuditType type, Actor actor, About about, Map<String, ?> details) {
        var event = event(type, actor, about, details);
        insert(List.of(event));
        return event.id();
    }

    /** Records events, many in one statement; joins the caller's transaction. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void record(List<NewEvent> events) {
        insert(events);
    }

    /** Records a refusal or a reading, which change nothing else, in a transaction of its own. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    public void recordAlone(AuditType type, Actor actor, About about, Map<String, ?> details) {
        insert(List.of(event(type, actor, about, details)));
    }

    /** As above, for several in one transaction. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    public void recordAlone(List<NewEvent> events) {
        insert(events);
    }

    private void insert(List<NewEvent> events) {
        entities.doWork(connection -> {
            for (int from = 0; from < events.size(); from += AT_ONCE) {
                insert(connection, events.subList(from, Math.min(events.size(), from + AT_ONCE)));
            }
        });
    }

    /** Records an event of a program that runs beside the product, in the transaction of its connection. */
    public static void record(Connection connection, Instant at, AuditType type, Actor actor, About about, Map<String, ?> details) throws SQLException {
        insert(connection, List.of(event(at, type, actor, about, details)));
    }

    private static void insert(Connection connection, List<NewEvent> events) throws SQLException {
        try (var insert = connection.prepareStatement("""
                with event as (
                    insert into audit_event (id, occurred_at, type, delivery_id, payload, leaf_hash)
                    select * from unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::uuid[], ?::bytea[], ?::bytea[]) returning id)
                insert into audit_pending (event_id) select id from event order by id""")) {
            insert.setArray(1, connection.createArrayOf("uuid", events.stream().map(NewEvent::id).toArray()));
            insert.setArray(2, connection.createArrayOf("timestamptz", events.stream().map(e -> e.at().toString()).toArray()));
            insert.setArray(3, connection.createArrayOf("text", events.stream().map(e -> e.type().name()).toArray()));
            insert.setArray(4, connection.createArrayOf("uuid", events.stream().map(NewEvent::delivery).toArray()));
            insert.setArray(5, connection.createArrayOf("bytea", events.stream().map(NewEvent::payload).toArray(byte[][]::new)));
            insert.setArray(6, connection.createArrayOf("bytea", events.stream().map(e -> MerkleTree.leafHash(e.payload())).toArray(byte[][]::new)));
            insert.executeUpdate();
        }
    }

    /** Canonical JSON: fixed order of keys, details sorted, no white space. */
    private static byte[] payload(UUID id, Instant at, AuditType type, Actor actor, About about, Map<String, ?> details) {
        var event = new LinkedHashMap<String, Object>();
        event.put("id", id.toString());
        event.put("at", at.toString());
        event.put("type", type.name());
        event.put("actor", actor.text());
        putIfPresent(event, "delivery", about.delivery());
        putIfPresent(event, "recipient", about.recipient());
        putIfPresent(event, "file", about.file());
        if (!details.isEmpty()) {
            var sorted = new TreeMap<String, String>();
            details.forEach((key, value) -> sorted.put(key, String.valueOf(value)));
            event.put("details", sorted);
        }
        try {
            return JSON.writeValueAsBytes(event);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void putIfPresent(Map<String, Object> event, String key, @Nullable UUID value) {
        if (value != null) {
            event.put(key, value.toString());
        }
    }

    /** What happened to a delivery but for refusals, newest first: events before {@code before} (exclusive; empty for the newest). */
    @Transactional
    public List<AuditRecord> ofDelivery(UUID delivery, Optional<UUID> before, int limit) {
        return records("where e.delivery_id = :delivery and e.id < :before and e.type <> 'ACCESS_REFUSED' order by e.id desc limit :limit",
            Map.of("delivery", delivery, "before", before.orElse(LAST), "limit", limit));
    }

    /** Everything that the events of a delivery say about who got what. */
    @Transactional
    public Evidence evidence(UUID delivery) {
        return evidence(delivery, Evidence.TYPES);
    }

    /** What the event of its acceptance alone says. */
    @Transactional
    public Evidence acceptance(UUID delivery) {
        return evidence(delivery, List.of(AuditType.DELIVERY_ACCEPTED.name()));
    }

    private Evidence evidence(UUID delivery, List<String> types) {
        return entities.doReturningWork(connection -> {
            var evidence = new Evidence();
            try (var query = connection.prepareStatement("select payload from audit_event where delivery_id = ? and type = any(?) order by id")) {
                query.setObject(1, delivery);
                query.setArray(2, connection.createArrayOf("text", types.toArray()));
                query.setFetchSize(FETCHED_AT_ONCE);
                try (var rows = query.executeQuery()) {
                    while (rows.next()) {
                        evidence.add(rows.getBytes(1));
                    }
                }
            }
            return evidence;
        });
    }

    /**
     * That a file's key was destroyed.
     *
     * @param event its id
     * @param actor as in {@link AuditRecord}
     */
    public record Receipt(UUID event, String actor) {
    }

    /** The receipts of all files of these deliveries, by file. One that somebody has changed so that it can't be read is missing. */
    @Transactional
    public Map<UUID, Receipt> receipts(Collection<UUID> deliveries) {
        var receipts = new HashMap<UUID, Receipt>();
        entities.createNativeQuery("select payload from audit_event where delivery_id in (:deliveries) and type = 'FILE_SHREDDED'", byte[].class)
            .setParameter("deliveries", deliveries).getResultList().forEach(payload -> {
                var event = Evidence.read(payload);
                if (event != null && isId(event.said("id")) && isId(event.said("file")) && ACTOR.matcher(event.said("actor")).matches()) {
                    receipts.put(UUID.fromString(event.said("file")), new Receipt(UUID.fromString(event.said("id")), event.said("actor")));
                }
            });
        return receipts;
    }

    private static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /**
     * Refusals of one person, folded.
     *
     * @param actor as in {@link AuditRecord}
     * @param times how often, as far as events tell by now
     */
    public record Refusals(String actor, Optional<UUID> recipient, String reason, long times, Instant first, Instant last) {
    }

    /** Who was refused at the links of a delivery, those who tried last first. An event that can't be read, or isn't what we write, is passed over: it must hide no other. */
    @Transactional
    public List<Refusals> refusals(UUID delivery, int limit) {
        return entities.createNativeQuery("""
                select actor, recipient, reason, sum(times) as times, min(first_at) as first_at, max(last_at) as last_at from (
                    select p ->> 'actor' as actor, p ->> 'recipient' as recipient, coalesce(p -> 'details' ->> 'reason', '') as reason,
                        case when p -> 'details' ->> 'times' ~ :number then cast(p -> 'details' ->> 'times' as bigint) else 1 end as times,
                        case when pg_input_is_valid(p -> 'details' ->> 'since', 'timestamptz') then cast(p -> 'details' ->> 'since' as timestamptz)
                            else occurred_at end as first_at,
                        case when pg_input_is_valid(p -> 'details' ->> 'last', 'timestamptz') then cast(p -> 'details' ->> 'last' as timestamptz)
                            else occurred_at end as last_at
                    from (select occurred_at, cast(case when pg_input_is_valid(said, 'jsonb') then said end as jsonb) as p
                        from (select occurred_at, encode(payload, 'escape') as said from audit_event
                            where delivery_id = :delivery and type = 'ACCESS_REFUSED') written) event) refusal
                where actor ~ :actor and (recipient is null or recipient ~ :id)
                group by actor, recipient, reason order by last_at desc limit :limit""", Tuple.class)
            .setParameter("delivery", delivery).setParameter("actor", "^(" + ACTOR + ")$").setParameter("id", "^" + ID + "$")
            .setParameter("number", "^[0-9]{1,15}$").setParameter("limit", limit)
            .getResultList().stream()
            .map(row -> new Refusals((String) row.get("actor"), Optional.ofNullable((String) row.get("recipient")).map(UUID::fromString),
                (String) row.get("reason"), ((Number) row.get("times")).longValue(), (Instant) row.get("first_at"), (Instant) row.get("last_at")))
            .toList();
    }

    /** A page of the log, newest first: events before {@code before} (exclusive; empty for the newest). */
    @Transactional
    public List<AuditRecord> page(Optional<UUID> before, int limit) {
        return before.map(id -> records("where e.id < :before order by e.id desc limit :limit", Map.of("before", id, "limit", limit)))
            .orElseGet(() -> records("order by e.id desc limit :limit", Map.of("limit", limit)));
    }

    private List<AuditRecord> records(String condition, Map<String, ?> parameters) {
        var query = entities.createNativeQuery("""
            select e.id, e.occurred_at, e.delivery_id, substring(e.payload from 1 for %1$d) as payload, octet_length(e.payload) > %1$d as cut, l.leaf_index
            from audit_event e left join audit_leaf l on l.event_id = e.id\s""".formatted(MOST_SHOWN) + condition, Tuple.class);
        parameters.forEach(query::setParameter);
        return query.getResultList().stream().map(AuditLog::record).toList();
    }

    /** One that can't be read, or is said to be another, is shown with what its columns say: it must hide no other. */
    private static AuditRecord record(Tuple row) {
        var id = (UUID) row.get("id");
        var index = Optional.ofNullable((Long) row.get("leaf_index"));
        try {
            var payload = (byte[]) row.get("payload");
            return record(id, index, (Boolean) row.get("cut") ? EventText.beginningOf(payload) : EventText.of(payload, _ -> true));
        } catch (IOException | IllegalArgumentException | DateTimeParseException unreadable) {
            return new AuditRecord(id, index, (Instant) row.get("occurred_at"), AuditType.UNREADABLE, "", Optional.ofNullable((UUID) row.get("delivery_id")),
                Optional.empty(), Optional.empty(), Map.of());
        }
    }

    private static AuditRecord record(UUID id, Optional<Long> index, EventText event) {
        var actor = event.said("actor");
        if (!event.said("id").equals(id.toString()) || !ACTOR.matcher(actor).matches()) {
            throw new IllegalArgumentException("not what we write");
        }
        return new AuditRecord(id, index, Instant.parse(event.said("at")), AuditType.valueOf(event.said("type")), actor,
            id(event.said("delivery")), id(event.said("recipient")), id(event.said("file")), new TreeMap<>(event.details()));
    }

    private static Optional<UUID> id(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(UUID.fromString(text));
    }
}
