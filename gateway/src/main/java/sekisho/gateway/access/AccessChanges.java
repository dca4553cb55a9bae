package sekisho.gateway.access;

import java.util.UUID;
import org.hibernate.Session;

/** The channel by which nodes tell each other that somebody's access may have ended. */
public final class AccessChanges {

    static final String CHANNEL = "sekisho_access";

    private AccessChanges() {
    }

    /** Tells every node, when the transaction commits, to look again at who may read from this delivery. */
    public static void announce(Session entities, UUID delivery) {
        entities.createNativeQuery("select cast(pg_notify('" + CHANNEL + "', :delivery) as text)", String.class)
            .setParameter("delivery", delivery.toString()).getResultList();
    }
}
