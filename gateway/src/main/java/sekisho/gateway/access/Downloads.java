package sekisho.gateway.access;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.InTurn;
import sekisho.gateway.Turns;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.files.FileRecord;
import sekisho.gateway.files.FileRecords;
import sekisho.gateway.files.FileRecords.SealedRecord;
import sekisho.gateway.people.Person;
import sekisho.storage.Place;
import sekisho.storage.Sealed;
import sekisho.storage.WrappedKey;

/**
 * Downloads. A POST by the recipient makes a ticket; GETs with that ticket, by the same person, read ranges of the file. There is one
 * open ticket for a file and recipient, and it closes when every octet has been served under it. What counts is octets: so many
 * downloads as the served octets, over all tickets, make whole files. Reads of all but the last octet count like any other. While less
 * than the limit was served a ticket is given, and one file's octets past the limit nothing is: up to there whoever never had the file
 * whole may fetch what is missing. What is about to be served is written down first, so exposure is never told too small.
 */
@ApplicationScoped
public class Downloads {

    /** A ticket that is not used for so long must be made anew. */
    static final Duration TICKET_LIFE = Duration.ofHours(1);
    /** Everything between a grant and its file is open at {@code :now}. */
    static final String ALL_OPEN = """
        g.access = 'OPEN' and f.access = 'OPEN' and f.wrap is not null and r.access = 'OPEN' and r.hold = 'RELEASED'
        and r.expires_at > :now and d.access = 'OPEN'""";

    /** Within the limit, or reads broke off and what is missing of the file still fits in one file past the limit. */
    static final String LEFT = """
        (g.downloads < r.downloads or not g.served @> int8range(0, f.size_octets) and g.served_octets
            - (select coalesce(sum(upper(part) - lower(part)), 0) from unnest(g.served) part) <= cast(r.downloads as bigint) * f.size_octets)""";

    /** What {@link #ALL_OPEN} is about. */
    static final String JOINED = """
        access_grant g join file f on f.id = g.file_id join recipient r on r.id = g.recipient_id join delivery d on d.id = g.delivery_id""";

    private final Session entities;
    private final AuditLog audit;
    private final Refusals refusals;
    private final ServedLog servedLog;
    private final FileRecords records;
    private final Clock clock;

    Downloads(Session entities, AuditLog audit, Refusals refusals, ServedLog servedLog, FileRecords records, Clock clock) {
        this.entities = entities;
        this.audit = audit;
        this.refusals = refusals;
        this.servedLog = servedLog;
        this.records = records;
        this.clock = clock;
    }

    /** How asking for a ticket ended. */
    public sealed interface Ticketing {

        /** Good for this person's session only. */
        record Ticket(UUID id) implements Ticketing {
        }

        /** Not now, or not for this person; the link's page says why. */
        record Refused() implements Ticketing {
        }
    }

    /** How starting to read ended. */
    public sealed interface Start {

        /**
         * Read it, reporting to the {@link Download}, and close that.
         *
         * @param leftOctets so many are served yet, less than the whole file when reads broke off too often
         * @param othersRun  whether other reads under the ticket haven't ended: of what they took beforehand some comes back
         */
        record Ready(FileToServe file, UUID ticket, UUID grant, long leftOctets, boolean othersRun) implements Start {
        }

        /** Access has ended; the link's page says why. */
        record Closed(UUID delivery) implements Start {
        }

        /** The ticket was used up by a complete download, or is too old: ask for another. */
        record Spent() implements Start {
        }

        /** No such ticket, or another person's. */
        record Unknown() implements Start {
        }
    }

    /**
     * A file and what opens it, together with the opening key.
     *
     * @param name   {@code file} when nobody can tell it
     * @param sha256 empty when nobody can tell it
     */
    public record FileToServe(UUID delivery, UUID file, String name, String mediaType, long sizeOctets, byte[] sha256, Sealed sealed, Place place) {

        private FileToServe with(Optional<FileRecord> record) {
            return new FileToServe(delivery, file, record.map(FileRecord::name).orElse("file"), record.map(FileRecord::mediaType).orElse(""), sizeOctets,
                record.map(FileRecord::sha256).orElseGet(() -> new byte[0]), sealed, place);
        }
    }

    /** Makes a ticket, or returns the one that is open. Refused unless {@code person} is the recipient and everything is open. */
    @InTurn(Turns.Queue.PEOPLE)
    @Transactional
    public Ticketing ticket(String token, UUID file, Person person) {
        var now = clock.instant();
        List<Tuple> rows = entities.createNativeQuery("select g.id, g.delivery_id, g.recipient_id, r.address, g.downloads < r.downloads as in_limit, " + LEFT
                + " as left_over, (" + ALL_OPEN + ") as open from " + JOINED
                + " where r.link_hash = :hash and f.id = :file for update of g", Tuple.class)
            .setParameter("now", now).setParameter("hash", Links.hash(token)).setParameter("file", file).getResultList();
        if (rows.isEmpty()) {
            return new Ticketing.Refused();
        }
        var row = rows.getFirst();
        var grant = (UUID) row.get("id");
        var about = new AuditLog.About((UUID) row.get("delivery_id"), (UUID) row.get("recipient_id"), file);
        var refusal = !person.owns((String) row.get("address")) ? "not the recipient" : !(Boolean) row.get("open") ? "closed"
            : !(Boolean) row.get("left_over") ? "used up" : "";
        if (!refusal.isEmpty()) {
            refusals.record(person, about, refusal);
            return new Ticketing.Refused();
        }
        if ((Boolean) row.get("in_limit")) {   // past it the address of the read that broke off stays good, to go on with
            retireStale(grant, now);
        }
        var open = entities.createNativeQuery("""
                update ticket set expires_at = :expires, person_id = :person where grant_id = :grant and closed_at is null returning id""", UUID.class)
            .setParameter("expires", now.plus(TICKET_LIFE)).setParameter("person", person.id()).setParameter("grant", grant).getResultList();
        if (!open.isEmpty()) {
            return new Ticketing.Ticket(open.getFirst());
        }
        var id = UUID.randomUUID();
        entities.createNativeQuery("""
                insert into ticket (id, grant_id, delivery_id, person_id, opened_at, expires_at)
                values (:id, :grant, :delivery, :person, :now, :expires)""")
            .setParameter("id", id).setParameter("grant", grant).setParameter("delivery", about.delivery()).setParameter("person", person.id())
            .setParameter("now", now).setParameter("expires", now.plus(TICKET_LIFE)).executeUpdate();
        audit.record(AuditType.DOWNLOAD_OPENED, Actor.of(person), about, Map.of());
        return new Ticketing.Ticket(id);
    }

    /** Closes a ticket that was left lying. */
    private void retireStale(UUID grant, Instant now) {
        entities.createNativeQuery("update ticket set closed_at = :now where grant_id = :grant and closed_at is null and expires_at <= :now")
            .setParameter("now", now).setParameter("grant", grant).executeUpdate();
    }

    /**
     * Looks whether {@code person} may read with this ticket now. Serves nothing yet.
     *
     * @throws IllegalStateException the file's name can't be opened now, as {@link FileRecords#open} says
     */
    @InTurn
    public Start start(UUID ticket, Person person) {
        var sealed = new AtomicReference<@Nullable SealedRecord>();
        var start = QuarkusTransaction.joiningExisting().call(() -> start(ticket, person, sealed));
        return start instanceof Start.Ready(var file, var id, var grant, var left, var othersRun)
            ? new Start.Ready(file.with(records.open(Objects.requireNonNull(sealed.get()))), id, grant, left, othersRun) : start;
    }

    private Start start(UUID ticket, Person person, AtomicReference<@Nullable SealedRecord> record) {
        var now = clock.instant();
        List<Tuple> rows = entities.createNativeQuery("select t.person_id, t.expires_at, t.closed_at, t.running > 0 as others_run, g.id as grant_id, r.address,"
                + " (r.downloads + cast(1 as bigint)) * f.size_octets - g.served_octets as left_octets, (" + ALL_OPEN + ") as open, f.* from ticket t join access_grant g on g.id = t.grant_id join file f on f.id = g.file_id"
                + " join recipient r on r.id = g.recipient_id join delivery d on d.id = g.delivery_id where t.id = :ticket", Tuple.class)
            .setParameter("now", now).setParameter("ticket", ticket).getResultList();
        if (rows.isEmpty() || !rows.getFirst().get("person_id").equals(person.id()) || !person.owns((String) rows.getFirst().get("address"))) {
            return new Start.Unknown();
        }
        var row = rows.getFirst();
        var delivery = (UUID) row.get("delivery_id");
        if (!(Boolean) row.get("open")) {
            return new Start.Closed(delivery);
        }
        long size = (Long) row.get("size_octets");
        if (row.get("closed_at") != null || !((Instant) row.get("expires_at")).isAfter(now)) {
            return new Start.Spent();
        }
        var file = (UUID) row.get("id");
        var sealed = new Sealed((String) row.get("object_key"), null, (byte[]) row.get("header"), size, (Long) row.get("cipher_octets"),
            new byte[0], new WrappedKey((String) row.get("wrap_algorithm"), (Integer) row.get("wrap_version"), (byte[]) row.get("wrap")));
        record.set(FileRecords.of(row));
        return new Start.Ready(new FileToServe(delivery, file, "", "", size, new byte[0], sealed, new Place(delivery, file)), ticket, (UUID) row.get("grant_id"),
            (Long) row.get("left_octets"), (Boolean) row.get("others_run"));
    }

    /**
     * Writes down that octets [from, to) are about to be served, if access is still open at this moment.
     *
     * @param first whether this read reserves for the first time; it counts as running until it is settled
     * @return false when access has ended, the ticket is closed, or the limit's last octet is spent: serve nothing more
     */
    @InTurn
    @Transactional
    boolean reserve(UUID ticket, UUID grant, long from, long to, boolean first) {
        var now = clock.instant();
        int open = entities.createNativeQuery("update access_grant g set served = served + int8multirange(int8range(:from, :to)),"
                + " served_octets = served_octets + :count, first_served_at = coalesce(first_served_at, :now), last_served_at = :now"
                + " from file f, recipient r, delivery d where g.id = :grant and f.id = g.file_id and r.id = g.recipient_id"
                + " and d.id = g.delivery_id and g.served_octets + :count <= (r.downloads + cast(1 as bigint)) * f.size_octets"
                + " and exists (select 1 from ticket t where t.id = :ticket and t.closed_at is null) and " + ALL_OPEN)
            .setParameter("from", from).setParameter("to", to).setParameter("count", to - from).setParameter("now", now)
            .setParameter("grant", grant).setParameter("ticket", ticket).executeUpdate();
        if (open == 0) {
            return false;
        }
        entities.createNativeQuery("""
                update ticket set served_octets = served_octets + :count, running = running + :begun, expires_at = :expires where id = :ticket""")
            .setParameter("count", to - from).setParameter("begun", first ? 1 : 0).setParameter("expires", now.plus(TICKET_LIFE)).setParameter("ticket", ticket).executeUpdate();
        return true;
    }

    Instant now() {
        return clock.instant();
    }

    /** A ticket that is being read under stays good. */
    @InTurn
    @Transactional
    void keep(UUID ticket) {
        entities.createNativeQuery("update ticket set expires_at = :expires where id = :ticket and closed_at is null")
            .setParameter("expires", clock.instant().plus(TICKET_LIFE)).setParameter("ticket", ticket).executeUpdate();
    }

    /** Settles a read that has ended. Not to be tried again before it is certain that this has changed nothing: see {@link Settlements}. */
    @InTurn
    @Transactional
    void settle(EndedRead read) {
        var now = clock.instant();
        var row = (Tuple) entities.createNativeQuery("""
                select g.delivery_id, g.recipient_id, g.file_id, f.size_octets, cast(pg_current_xact_id() as text) as transaction, (%s) as open
                from %s where g.id = :grant for update of g""".formatted(ALL_OPEN, JOINED), Tuple.class)
            .setParameter("now", now).setParameter("grant", read.grant()).getSingleResult();
        read.settledBy((String) row.get("transaction"));
        var about = new AuditLog.About((UUID) row.get("delivery_id"), (UUID) row.get("recipient_id"), (UUID) row.get("file_id"));
        if (read.to() > read.from()) {
            entities.createNativeQuery("update ticket set served = served + int8multirange(int8range(:from, :to)) where id = :ticket")
                .setParameter("from", read.from()).setParameter("to", read.to()).setParameter("ticket", read.ticket()).executeUpdate();
            entities.createNativeQuery("update access_grant set served = served + int8multirange(int8range(:from, :to)) where id = :grant")
                .setParameter("from", read.from()).setParameter("to", read.to()).setParameter("grant", read.grant()).executeUpdate();
            servedLog.add(read.ticket(), read.person(), about, read.from(), read.to());
        }
        if (read.reserved() > read.from()) {
            entities.createNativeQuery("update ticket set running = greatest(0, running - 1) where id = :ticket").setParameter("ticket", read.ticket())
                .executeUpdate();
            giveBack(read.ticket(), read.grant(), read.reserved() - read.to());
        }
        if (read.isCutInTheMiddle() && !(Boolean) row.get("open")) {   // not by another read that had the whole file, nor at the limit's last octet
            read.lostAccess();
            servedLog.write(read.ticket());
            audit.record(AuditType.DOWNLOAD_CUT, Actor.of(read.person()), about, Map.of("at", read.to()));
        }
        long size = (Long) row.get("size_octets");
        int closed = entities.createNativeQuery("""
                update ticket set closed_at = :now where id = :ticket and closed_at is null
                    and (:size = 0 or served @> int8range(0, :size))""")
            .setParameter("now", now).setParameter("ticket", read.ticket()).setParameter("size", size).executeUpdate();
        count(read.grant(), size, closed);
        if (closed == 1) {
            read.completes();
            servedLog.write(read.ticket());
            audit.record(AuditType.DOWNLOAD_COMPLETED, Actor.of(read.person()), about, Map.of());
        }
    }

    /** An empty file has no octets to count by; each ticket that was used is one download of it. */
    private void count(UUID grant, long size, int closed) {
        entities.createNativeQuery(size == 0 ? "update access_grant set downloads = downloads + :by where id = :grant"
                : "update access_grant set downloads = least(served_octets / :by, 1000000000) where id = :grant")
            .setParameter("by", size == 0 ? closed : size).setParameter("grant", grant).executeUpdate();
    }

    /**
     * Takes back what was reserved and not used. While another read of the grant runs, or was running when its node died, no range is:
     * it may be serving the same octets, and in doubt the exposure is told too large. The last one that ends leaves just what was served.
     */
    private void giveBack(UUID ticket, UUID grant, long unused) {
        entities.createNativeQuery("""
                update access_grant g set served_octets = greatest(0, served_octets - :count),
                    served = case when exists (select 1 from ticket t where t.grant_id = g.id and t.running > 0) then served
                        else coalesce((select range_agg(part) from ticket t, unnest(t.served) part where t.grant_id = g.id), '{}') end
                where g.id = :grant""")
            .setParameter("count", unused).setParameter("grant", grant).executeUpdate();
        entities.createNativeQuery("update ticket set served_octets = greatest(0, served_octets - :count) where id = :ticket")
            .setParameter("count", unused).setParameter("ticket", ticket).executeUpdate();
    }
}
