package sekisho.gateway.files;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Tuple;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.Session;
import sekisho.gateway.DueDeliveries;
import sekisho.gateway.access.AccessChanges;
import sekisho.gateway.access.MayServe;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.storage.StoreException;

/**
 * Ends deliveries. At their time they are recorded as expired (links shut by the clock itself, without waiting for this); after the
 * grace period the wrapped keys are destroyed in one transaction with the receipt; then the objects go, again and again until the
 * store says so; one that it doesn't delete keeps no other waiting. A crash between any two of these steps is made good by the next run. Files end where they
 * are served ({@link MayServe}); spools, which are mail's, everywhere. All by the process's clock, by which links shut: the database's would shred what one
 * that is behind still serves, and no test could move it.
 */
@ApplicationScoped
public class Shredder {

    private static final int BATCH = 50;
    private static final int PAGE = 500;
    private static final UUID NONE = new UUID(0, 0);

    private final Session entities;
    private final AuditLog audit;
    private final Shreds shreds;
    private final LifeConfig life;
    private final Clock clock;
    private final MayServe mayServe;
    private final Removals removals;
    private final DueDeliveries toExpire;
    private final DueDeliveries toShred;

    Shredder(Session entities, AuditLog audit, Shreds shreds, Vault vault, LifeConfig life, MayServe mayServe, Clock clock, MeterRegistry metrics) {
        this.entities = entities;
        this.audit = audit;
        this.shreds = shreds;
        this.life = life;
        this.mayServe = mayServe;
        this.clock = clock;
        this.removals = new Removals(vault, entities, clock);
        this.toExpire = new DueDeliveries("expiry", "expires_at", "expired_at is null and shredded_at is null", BATCH, entities, clock, this::expire, _ -> { });
        this.toShred = new DueDeliveries("shredding", "shred_at", "shredded_at is null", 1, entities, clock, this::shred,   // alone: its evidence may be large
            files -> metrics.counter("sekisho.shredded").increment(files));
    }

    @Scheduled(every = "2s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tick() {
        try {
            run();
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            Log.warnf("expiry and shredding wait, the database is unavailable: %s", unavailable.getMessage());
        }
    }

    /** By itself: a store that says nothing for a minute at each request keeps no key alive. */
    @Scheduled(every = "2s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void tickRemovals() {
        try {
            remove();
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            Log.warnf("objects of shredded files stay for now, the database is unavailable: %s", unavailable.getMessage());
        }
    }

    /** Ends all that is due now, without the store; nothing where files aren't served. Any number of nodes may run it at once. */
    public void run() {
        if (!mayServe.here()) {
            return;
        }
        while (toExpire.run(BATCH) == BATCH) {
            Log.debug("a full batch of deliveries expired, going on");
        }
        while (toShred.run(BATCH) == BATCH) {
            Log.debug("a full batch of deliveries was shredded, going on");
        }
    }

    /** Removes the objects of what has ended; where files aren't served, spools alone. Any number of nodes may run it at once. */
    public void remove() {
        if (mayServe.here()) {
            removeObjects();
        }
        removeSpools();
    }

    private int expire(UUID delivery) {
        var now = clock.instant();
        entities.createNativeQuery("update delivery set expired_at = :now, shred_at = :shred where id = :id")
            .setParameter("now", now).setParameter("shred", now.plus(life.grace())).setParameter("id", delivery).executeUpdate();
        audit.record(AuditType.DELIVERY_EXPIRED, Actor.part("expiry"), AuditLog.About.delivery(delivery), Map.of("shred", now.plus(life.grace())));
        AccessChanges.announce(entities, delivery);
        return 1;
    }

    private int shred(UUID delivery) {
        int files = shreds.shred(delivery, sekisho.gateway.Ids.next(), Actor.part("expiry"), Map.of());
        entities.createNativeQuery("update delivery set access = 'SHREDDED', shredded_at = :now where id = :id")
            .setParameter("now", clock.instant()).setParameter("id", delivery).executeUpdate();
        AccessChanges.announce(entities, delivery);
        return files;
    }

    private void removeObjects() {
        var pass = removals.pass();
        try {
            for (var page = shreddedBehind(NONE); !page.isEmpty(); page = page.size() == PAGE ? shreddedBehind((UUID) page.getLast().get("id")) : List.of()) {
                var receipts = audit.receipts(page.stream().map(row -> (UUID) row.get("delivery_id")).collect(Collectors.toSet()));
                for (var row : page) {
                    var file = (UUID) row.get("id");
                    pass.removed((String) row.get("object_key"), "the object of the shredded file " + file,
                        () -> writeDown((UUID) row.get("delivery_id"), file, Optional.ofNullable(receipts.get(file))));
                }
            }
        } catch (StoreException unavailable) {
            Log.warnf("objects of shredded files stay for now, the store is unavailable: %s", unavailable.getMessage());
        }
    }

    private List<Tuple> shreddedBehind(UUID file) {
        return QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery("""
                select id, delivery_id, object_key from file where wrap is null and object_gone_at is null and id > :behind
                order by id limit :page""", Tuple.class)
            .setParameter("behind", file).setParameter("page", PAGE).getResultList());
    }

    /** @param receipt empty when somebody has changed it */
    private void writeDown(UUID delivery, UUID file, Optional<AuditLog.Receipt> receipt) {
        var details = new TreeMap<String, Object>();
        details.put("object", HexFormat.of().formatHex(sekisho.gateway.Ids.octets(file)));
        receipt.ifPresent(why -> {
            details.put("receipt", why.event());
            details.put("destroyedBy", why.actor());
        });
        QuarkusTransaction.requiringNew().run(() -> {
            int first = entities.createNativeQuery("update file set object_gone_at = :now where id = :id and object_gone_at is null")
                .setParameter("now", clock.instant()).setParameter("id", file).executeUpdate();
            if (first == 1) {
                audit.record(AuditType.OBJECT_REMOVED, Actor.part("removal"), new AuditLog.About(delivery, null, file), details);
            }
        });
    }

    private void removeSpools() {
        var pass = removals.pass();
        try {
            for (var page = doneBehind(NONE); !page.isEmpty(); page = page.size() == PAGE ? doneBehind((UUID) page.getLast().get("id")) : List.of()) {
                for (var row : page) {
                    pass.removed((String) row.get("spool_key"), "the spool of delivery " + row.get("id"),
                        () -> QuarkusTransaction.requiringNew().run(() -> entities.createNativeQuery("update delivery set spool_key = null where id = :id")
                            .setParameter("id", row.get("id")).executeUpdate()));
                }
            }
        } catch (StoreException unavailable) {
            Log.warnf("spools that are done stay for now, the store is unavailable: %s", unavailable.getMessage());
        }
    }

    private List<Tuple> doneBehind(UUID delivery) {
        return QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery("""
                select id, spool_key from delivery where spool_kind = 'GONE' and spool_key is not null and id > :behind order by id limit :page""", Tuple.class)
            .setParameter("behind", delivery).setParameter("page", PAGE).getResultList());
    }
}
