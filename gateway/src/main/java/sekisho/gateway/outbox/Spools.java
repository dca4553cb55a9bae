package sekisho.gateway.outbox;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.UUID;
import org.hibernate.Session;

/** Destroys the spool of a delivery once nothing can need it: nobody is held, and no row waits in the outbox. */
@ApplicationScoped
public class Spools {

    /** With a place for the ids of deliveries. */
    static final String DROP = """
        update delivery set spool_kind = 'GONE', spool_inline = null, spool_wrap = null, spool_header = null
        where id in (%s) and spool_kind <> 'GONE' and next_release_at is null and not waits_for_scan
            and not exists (select 1 from outbox o where o.delivery_id = delivery.id and o.state in ('DUE', 'CLAIMED', 'PAUSED'))""";

    private final Session entities;

    Spools(Session entities) {
        this.entities = entities;
    }

    /** Joins the caller's transaction. The keys go now; an object in the store is removed later by its key's name. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void dropIfDone(List<UUID> deliveries) {
        entities.createNativeQuery(DROP.formatted(":deliveries"))
            .setParameter("deliveries", deliveries).executeUpdate();
    }
}
