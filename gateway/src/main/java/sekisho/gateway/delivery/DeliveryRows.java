package sekisho.gateway.delivery;

import java.util.UUID;

/** Keeps the columns of a delivery that are derived from its recipients, so that due deliveries are found by one index. */
public final class DeliveryRows {

    private DeliveryRows() {
    }

    /**
     * Call after any change of a recipient's hold, in the same transaction. When a delivery expires the database keeps by itself ({@code keep_expiry},
     * migrations V76 and V77), and refuses another time to whoever serves nothing.
     */
    public static void refreshTimes(UUID delivery) {
        DeliveryEntity.getSession().createNativeQuery("""
                update delivery d set
                    next_release_at = (select min(r.release_at) from recipient r where r.delivery_id = d.id and r.hold = 'HELD' and not r.until_scanned),
                    waits_for_scan = exists (select 1 from recipient r where r.delivery_id = d.id and r.hold = 'HELD' and r.until_scanned)
                where d.id = :id""")
            .setParameter("id", delivery)
            .executeUpdate();
    }

    /**
     * Locks a delivery's row until the end of the transaction: hold, release, revoke and shred of one delivery happen one after the
     * other, so that each is seen whole.
     *
     * @return whether there is such a delivery
     */
    public static boolean lock(UUID delivery) {
        return !DeliveryEntity.getSession().createNativeQuery("select 1 from delivery where id = :id for update")
            .setParameter("id", delivery).getResultList().isEmpty();
    }
}
