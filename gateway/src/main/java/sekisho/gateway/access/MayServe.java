package sekisho.gateway.access;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import org.hibernate.Session;

/**
 * Whether this process's login may write what only who serves files writes: what people fetch or are refused, and how files end. That of {@code mail}
 * may not, where it has one of its own; what others have gathered, and what is over, is then none of its business.
 */
@ApplicationScoped
public class MayServe {

    private final Session entities;
    private volatile boolean known;
    private volatile boolean here;

    MayServe(Session entities) {
        this.entities = entities;
    }

    /** Asks the database until it has answered once. */
    public boolean here() {
        if (!known) {
            here = QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery(
                "select has_table_privilege('ticket', 'update') and has_table_privilege('refusal', 'update')", Boolean.class).getSingleResult());
            known = true;
        }
        return here;
    }
}
