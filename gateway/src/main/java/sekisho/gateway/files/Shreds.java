package sekisho.gateway.files;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.Session;
import sekisho.gateway.Ids;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.outbox.Replies;

/**
 * Destroys the keys of files, with a receipt for each: what, when, by whom, the key versions that its wraps had, and the commitment to name
 * and content that the event of acceptance carries. Objects go afterwards, see {@link Shredder}.
 */
@ApplicationScoped
public class Shreds {

    private final Session entities;
    private final AuditLog audit;
    private final Replies replies;

    Shreds(Session entities, AuditLog audit, Replies replies) {
        this.entities = entities;
        this.audit = audit;
        this.replies = replies;
    }

    /**
     * All files of a delivery that are left. Joins the caller's transaction, which has the delivery's row locked.
     *
     * @param first id of the first receipt
     * @return how many
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public int shred(UUID delivery, UUID first, Actor by, Map<String, String> why) {
        replies.erase(delivery);
        return shred(delivery, "", first, by, why);
    }

    /** As above: those that nobody has a link to. */
    @Transactional(Transactional.TxType.MANDATORY)
    public int shredUnlinked(UUID delivery, Actor by) {
        return shred(delivery, " and not exists (select 1 from access_grant g where g.file_id = f.id)", Ids.next(), by, Map.of());
    }

    private int shred(UUID delivery, String which, UUID first, Actor by, Map<String, String> why) {
        List<Tuple> files = entities.createNativeQuery("""
                update file f set wrap = null, record_wrap = null, access = 'SHREDDED' where delivery_id = :delivery and wrap is not null%s
                returning id, wrap_version, record_wrap_version, size_octets""".formatted(which), Tuple.class)
            .setParameter("delivery", delivery).getResultList();
        if (files.isEmpty()) {
            return 0;
        }
        var accepted = audit.acceptance(delivery);
        var ids = new ArrayDeque<>(List.of(first));
        audit.record(files.stream().map(file -> {
            var id = (UUID) file.get("id");
            var event = ids.isEmpty() ? Ids.next() : ids.poll();
            var details = new TreeMap<String, Object>(why);
            details.put("keyVersion", file.get("wrap_version"));
            details.put("recordKeyVersion", file.get("record_wrap_version"));
            details.put("octets", file.get("size_octets"));
            accepted.commitment(id).ifPresent(commitment -> details.put("commitment", commitment));
            return audit.event(event, AuditType.FILE_SHREDDED, by, new AuditLog.About(delivery, null, id), details);
        }).toList());
        return files.size();
    }
}
