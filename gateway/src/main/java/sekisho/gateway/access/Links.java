package sekisho.gateway.access;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.Session;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.files.FileRecord;
import sekisho.gateway.files.FileRecords;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.people.Person;

/**
 * Links: one recipient's way to one delivery. A link carries no authority; it only says which address must be proved. The database
 * holds a link's SHA-256, so reading the database gives no link.
 */
@ApplicationScoped
public class Links {

    /** Label under which a token is derived from a spool's key; the context is the recipient's id, 16 octets. */
    public static final String TOKEN_LABEL = "sekisho/link/v1";
    /** Octets of a token before base64url: 128 bits. */
    public static final int TOKEN_OCTETS = 16;

    private final Session entities;
    private final AuditLog audit;
    private final Refusals refusals;
    private final FileRecords records;
    private final Clock clock;

    Links(Session entities, AuditLog audit, Refusals refusals, FileRecords records, Clock clock) {
        this.entities = entities;
        this.audit = audit;
        this.refusals = refusals;
        this.records = records;
        this.clock = clock;
    }

    /** Why a link doesn't open, or that it does. */
    public enum State {
        /** It can be opened by its recipient. */
        OPEN,
        /** The message is still held. */
        NOT_YET,
        /** The sender or a responder took it back. */
        REVOKED,
        /** The scanner found malware in every file that this recipient was sent. Nobody opens it again. */
        BLOCKED,
        /** Its time is over. */
        EXPIRED,
        /** Every file has been downloaded as often as allowed, broken-off downloads by their octets. */
        USED_UP
    }

    /**
     * What anybody may see who has the link, before signing in.
     *
     * @param mayReopen whether it can open again when it was revoked: not when its time is over, nor when its files are destroyed or carry malware
     */
    public record Landing(String senderDomain, String maskedAddress, State state, boolean mayReopen, Optional<Instant> expiresAt) {
    }

    /** What opening a link as somebody gives. */
    public sealed interface Opening {

        /** This person is its recipient, and it is open. */
        record Files(UUID delivery, UUID recipient, String sender, Instant sentAt, Instant expiresAt, List<LinkFile> files) implements Opening {
        }

        /** It is this person's link, but closed. */
        record Closed(Landing landing) implements Opening {
        }

        /** Somebody else's link: all that may be learned is which masked address is needed. */
        record NotYours(Landing landing) implements Opening {
        }

        /** No such link. */
        record Unknown() implements Opening {
        }
    }

    /**
     * @param name   empty, as type and hash are, when nobody can tell it any more, or it isn't told: the name of the wrong file may be the secret
     * @param sha256 64 hexadecimal digits
     * @param state  {@code OPEN}, {@code REVOKED}, {@code BLOCKED} or {@code USED_UP}; open at the limit, when what broke off may go on
     */
    public record LinkFile(UUID id, String name, String mediaType, long sizeOctets, String sha256, State state, int downloads, int limit) {

        /** Whether name, type and hash are told to the recipient: not of what was taken back or is blocked. */
        public boolean isTold() {
            return isTold(state);
        }

        private static boolean isTold(State state) {
            return state != State.BLOCKED && state != State.REVOKED;
        }
    }

    /** The token of a recipient's link, from {@link #TOKEN_OCTETS} derived octets. */
    public static String token(byte[] derived) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(derived);
    }

    /** SHA-256 of a token's ASCII, as the database keeps it. */
    public static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /** What the landing page shows. Changes nothing and leaves no trace: scanners come here too. Empty when there is no such link. */
    @Transactional
    public Optional<Landing> landing(String token) {
        return row(token).map(this::landing);
    }

    /**
     * Opens a link as {@code person}. The first time, that the file names were seen is recorded; a refusal is recorded too.
     *
     * @throws IllegalStateException names of files can't be opened now, as {@link FileRecords#open} says
     */
    public Opening open(String token, Person person) {
        return switch (QuarkusTransaction.joiningExisting().call(() -> opened(token, person))) {
            case Found.Shut(var opening) -> opening;
            case Found.Open(var opening, var rows) -> new Opening.Files(opening.delivery(), opening.recipient(), opening.sender(), opening.sentAt(),
                opening.expiresAt(), rows.stream().map(this::file).toList());
        };
    }

    private sealed interface Found {
        record Shut(Opening opening) implements Found {
        }

        /** @param opening without its files, whose rows are still sealed */
        record Open(Opening.Files opening, List<Tuple> files) implements Found {
        }
    }

    private Found opened(String token, Person person) {
        var found = row(token);
        if (found.isEmpty()) {
            return new Found.Shut(new Opening.Unknown());
        }
        var row = found.get();
        var landing = landing(row);
        var about = new AuditLog.About((UUID) row.get("delivery_id"), (UUID) row.get("id"), null);
        if (!person.owns((String) row.get("address"))) {
            refusals.record(person, about, "not the recipient");
            return new Found.Shut(new Opening.NotYours(landing));
        }
        if (landing.state() != State.OPEN) {
            refusals.record(person, about, landing.state().name());
            return new Found.Shut(new Opening.Closed(landing));
        }
        int first = entities.createNativeQuery("update recipient set names_seen_at = :now where id = :id and names_seen_at is null")
            .setParameter("now", clock.instant()).setParameter("id", row.get("id")).executeUpdate();
        if (first == 1) {
            audit.record(AuditType.FILES_LISTED, Actor.of(person), about, Map.of());
        }
        var files = new Opening.Files((UUID) row.get("delivery_id"), (UUID) row.get("id"), (String) row.get("sender_as_given"),
            (Instant) row.get("accepted_at"), (Instant) row.get("expires_at"), List.of());
        return new Found.Open(files, files((UUID) row.get("id")));
    }

    private Optional<Tuple> row(String token) {
        if (!token.matches("[A-Za-z0-9_-]{22}")) {
            return Optional.empty();
        }
        List<Tuple> rows = entities.createNativeQuery("""
                select r.id, r.delivery_id, r.address, r.address_given, r.hold, r.access as recipient_access, r.expires_at,
                    d.access as delivery_access, d.revoked_as, d.sender, d.sender_as_given, d.accepted_at,
                    exists (select 1 from access_grant g join file f on f.id = g.file_id
                        where g.recipient_id = r.id and g.access = 'OPEN' and f.access = 'OPEN') as some_open,
                    exists (select 1 from access_grant g join file f on f.id = g.file_id
                        where g.recipient_id = r.id and g.access = 'OPEN' and f.access = 'OPEN' and %s) as some_left,
                    coalesce((select bool_and(f.revoked_as is not distinct from 'SCANNER') from access_grant g join file f on f.id = g.file_id
                        where g.recipient_id = r.id), false) as all_blocked
                from recipient r join delivery d on d.id = r.delivery_id where r.link_hash = :hash""".formatted(Downloads.LEFT), Tuple.class)
            .setParameter("hash", hash(token)).getResultList();
        return rows.stream().filter(row -> !row.get("hold").equals("CANCELLED")).findFirst();
    }

    private Landing landing(Tuple row) {
        var sender = EmailAddress.parse((String) row.get("sender"));
        var masked = EmailAddress.parse((String) row.get("address_given")).map(EmailAddress::masked).orElse("•••");
        var expires = Optional.ofNullable((Instant) row.get("expires_at"));
        return new Landing(sender.map(EmailAddress::domain).orElse(""), masked, state(row, expires), !isOver(row, expires) && !isBlocked(row), expires);
    }

    private boolean isOver(Tuple row, Optional<Instant> expires) {
        return row.get("delivery_access").equals("SHREDDED") || expires.isEmpty() || !expires.get().isAfter(clock.instant());
    }

    private static boolean isBlocked(Tuple row) {
        return (Boolean) row.get("all_blocked");
    }

    private State state(Tuple row, Optional<Instant> expires) {
        if (row.get("hold").equals("HELD")) {
            return State.NOT_YET;
        }
        if (isBlocked(row)) {
            return State.BLOCKED;   // before all that could end or be taken back: neither the sender nor more time opens it
        }
        if (row.get("delivery_access").equals("REVOKED") || row.get("recipient_access").equals("REVOKED")
                || row.get("delivery_access").equals("SHREDDED") && row.get("revoked_as") != null) {
            return State.REVOKED;
        }
        if (isOver(row, expires)) {
            return State.EXPIRED;
        }
        if (!(Boolean) row.get("some_open")) {
            return State.REVOKED;
        }
        return (Boolean) row.get("some_left") ? State.OPEN : State.USED_UP;
    }

    private List<Tuple> files(UUID recipient) {
        return entities.createNativeQuery("""
                select f.id, f.delivery_id, f.size_octets, f.record, f.find, f.record_wrap_algorithm, f.record_wrap_version, f.record_wrap,
                    f.access as file_access, f.revoked_as, g.access as grant_access, g.downloads, r.downloads as download_limit, %s as left_over
                from access_grant g join file f on f.id = g.file_id join recipient r on r.id = g.recipient_id
                where r.id = :recipient order by f.position""".formatted(Downloads.LEFT), Tuple.class)
            .setParameter("recipient", recipient).getResultList();
    }

    private LinkFile file(Tuple row) {
        boolean open = row.get("file_access").equals("OPEN") && row.get("grant_access").equals("OPEN");
        var state = "SCANNER".equals(row.get("revoked_as")) ? State.BLOCKED : !open ? State.REVOKED : (Boolean) row.get("left_over") ? State.OPEN : State.USED_UP;
        var record = LinkFile.isTold(state) ? records.open(FileRecords.of(row)) : Optional.<FileRecord>empty();
        return new LinkFile((UUID) row.get("id"), record.map(FileRecord::name).orElse(""), record.map(FileRecord::mediaType).orElse(""),
            (Long) row.get("size_octets"), record.map(FileRecord::hash).orElse(""), state, (Integer) row.get("downloads"),
            (Integer) row.get("download_limit"));
    }
}
