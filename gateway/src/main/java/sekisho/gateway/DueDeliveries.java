package sekisho.gateway;

import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.function.ToIntFunction;
import org.hibernate.Session;

/**
 * Works through the deliveries that are due for something, many in one transaction. When that fails, each gets one of its own, and one that can't be worked
 * on keeps no other waiting. Any number of nodes may be at it: each takes other rows.
 */
public final class DueDeliveries {

    private static final UUID NONE = new UUID(0, 0);   // "not in ()" is no SQL

    private final String what;
    private final String column;
    private final String condition;
    private final int atOnce;
    private final Session entities;
    private final Clock clock;
    private final ToIntFunction<UUID> work;
    private final IntConsumer count;
    private final PutOff<UUID> putOff;

    /**
     * @param what      for the log: what of a delivery waits
     * @param column    of {@code delivery}, the time at which it is due
     * @param condition on its row besides, or {@code true}
     * @param atOnce    how many share a transaction
     * @param work      for one delivery, whose row is locked, in that transaction; says how much was done
     * @param count     is told that once it is committed
     */
    public DueDeliveries(String what, String column, String condition, int atOnce, Session entities, Clock clock, ToIntFunction<UUID> work, IntConsumer count) {
        this.what = what;
        this.column = column;
        this.condition = condition;
        this.atOnce = atOnce;
        this.entities = entities;
        this.clock = clock;
        this.work = work;
        this.count = count;
        this.putOff = new PutOff<>(clock, Duration.ofSeconds(1), Duration.ofMinutes(5));
    }

    /**
     * Does what is due now.
     *
     * @param limit for up to so many deliveries
     * @return how many were touched, also in vain; as many as {@code limit} means there may be more
     * @throws RuntimeException the database is unavailable, or takes nothing; those that are done stay so
     */
    public int run(int limit) {
        int touched = 0;
        for (int more = atOnce; more == atOnce && touched < limit; touched += more) {
            more = some(Math.min(atOnce, limit - touched));
        }
        return touched;
    }

    private record Done(int deliveries, int much) {
    }

    private int some(int limit) {
        try {
            return together("", limit, putOff.waiting());
        } catch (OutOfMemoryError tooMuch) {
            return oneByOne(limit);
        } catch (RuntimeException failed) {
            DatabaseFault.requireNone(failed, entities);
            return oneByOne(limit);
        }
    }

    private int together(String which, int limit, Set<UUID> without) {
        var done = QuarkusTransaction.requiringNew().call(() -> {
            var due = due(which, limit, without);
            return new Done(due.size(), due.stream().mapToInt(work).sum());
        });
        count.accept(done.much);
        return done.deliveries;
    }

    private int oneByOne(int limit) {
        var due = QuarkusTransaction.requiringNew().call(() -> due("", limit, putOff.waiting()));
        for (var delivery : due) {
            try {
                together(" and id = '" + delivery + "'", 1, Set.of());
                putOff.done(delivery);
            } catch (OutOfMemoryError tooMuch) {   // of one delivery that has more than we can hold
                putOff(delivery, tooMuch);
            } catch (RuntimeException failed) {
                DatabaseFault.requireNone(failed, entities);
                putOff(delivery, failed);
            }
        }
        return due.size();
    }

    private void putOff(UUID delivery, Throwable failed) {
        putOff.failed(delivery);
        Log.warnf("%s of delivery %s waits for now and is tried again: %s", what, delivery, failed.getMessage());
    }

    private List<UUID> due(String which, int limit, Set<UUID> without) {
        entities.createNativeQuery("set local lock_timeout = '1s'").executeUpdate();   // nobody honest has recipients or files for long without the delivery
        return entities.createNativeQuery("select id from delivery where %1$s <= :now and %2$s%3$s and id not in (:without) order by %1$s limit :limit for update skip locked"
                .formatted(column, condition, which), UUID.class)
            .setParameter("now", clock.instant()).setParameter("limit", limit).setParameter("without", without.isEmpty() ? Set.of(NONE) : without).getResultList();
    }
}
