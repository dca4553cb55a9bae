package sekisho.gateway.audit;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.Session;
import sekisho.gateway.people.Person;
import sekisho.gateway.people.Role;

/** Shows the log to auditors, and to nobody else. That they looked is recorded. */
@ApplicationScoped
public class AuditReading {

    private final Session entities;
    private final AuditLog audit;

    AuditReading(Session entities, AuditLog audit) {
        this.entities = entities;
        this.audit = audit;
    }

    /**
     * The tree as the database has it; only the verifier says whether it is right.
     *
     * @param events  have their place in the tree
     * @param waiting are written and get theirs within a second
     */
    public record Tree(long events, long waiting, Optional<Checkpoint> last) {
    }

    /** @param root 64 hexadecimal digits */
    public record Checkpoint(long size, String root, Instant madeAt) {
    }

    /** A page of the log, newest first; nothing for anybody but an auditor. @param before id of the last one seen */
    @Transactional
    public List<AuditRecord> page(Person person, Optional<UUID> before, int limit) {
        if (!person.has(Role.AUDITOR)) {
            return List.of();
        }
        audit.recordAlone(AuditType.RECORDS_READ, Actor.of(person), AuditLog.About.NOTHING, Map.of("what", "log"));
        return audit.page(before, limit);
    }

    /** How far the tree has grown; empty for anybody but an auditor. */
    @Transactional
    public Optional<Tree> tree(Person person) {
        if (!person.has(Role.AUDITOR)) {
            return Optional.empty();
        }
        var row = entities.createNativeQuery(
            "select (select size from audit_edge) as events, (select count(*) from audit_pending) as waiting", Tuple.class).getSingleResult();
        return Optional.of(new Tree((Long) row.get("events"), (Long) row.get("waiting"), last()));
    }

    private Optional<Checkpoint> last() {
        var rows = entities.createNativeQuery("select size, root, made_at from audit_checkpoint order by size desc limit 1", Tuple.class)
            .getResultList();
        return rows.stream().findFirst().map(row -> new Checkpoint((Long) row.get("size"), HexFormat.of().formatHex((byte[]) row.get("root")),
            (Instant) row.get("made_at")));
    }
}
