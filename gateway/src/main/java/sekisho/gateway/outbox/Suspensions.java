package sekisho.gateway.outbox;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * Destinations that don't answer, shared by all nodes. After some attempts in a row that reached no host, a destination is suspended as a
 * whole: its rows wait without being tried. When the pause is over a few are tried again, and the next pause is twice as long.
 */
@ApplicationScoped
class Suspensions {

    private static final Duration KEPT = Duration.ofHours(6);

    private final Session entities;
    private final Clock clock;
    /** What this node has last read or written, so that success costs nothing where nothing failed. */
    private final Set<String> failing = ConcurrentHashMap.newKeySet();

    Suspensions(Session entities, Clock clock) {
        this.entities = entities;
        this.clock = clock;
    }

    /**
     * When a destination is suspended, and for how long.
     *
     * @param failures attempts in a row that reach no host
     * @param first    the first pause; each next one is twice as long
     * @param longest  the longest pause
     */
    record Patience(int failures, Duration first, Duration longest) {
    }

    /** The suspended destinations, with what was said last. */
    @Transactional(Transactional.TxType.MANDATORY)
    Map<String, String> now() {
        var suspended = new HashMap<String, String>();
        var all = new HashMap<String, String>();
        for (Tuple row : entities.createNativeQuery("select name, last_reply, suspended_until from outbox_destination", Tuple.class).getResultList()) {
            var name = (String) row.get("name");
            var until = (@Nullable Instant) row.get("suspended_until");
            all.put(name, (String) row.get("last_reply"));
            if (until != null && until.isAfter(clock.instant())) {
                suspended.put(name, (String) row.get("last_reply"));
            }
        }
        failing.addAll(all.keySet());
        failing.retainAll(all.keySet());
        return suspended;
    }

    /** No host of a destination could be talked to. Attempts that were under way when it was suspended don't make the pause longer. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    void unreached(String destination, Settlement.Reply reply, Patience patience) {
        failing.add(destination);
        entities.createNativeQuery("""
                insert into outbox_destination as d (name, failures, pauses, suspended_until, last_reply, changed_at)
                values (:name, 1, case when :most <= 1 then 1 else 0 end,
                    case when :most <= 1 then cast(:now as timestamptz) + make_interval(secs => :first) end, :reply, :now)
                on conflict (name) do update set failures = d.failures + 1, last_reply = excluded.last_reply, changed_at = excluded.changed_at,
                    pauses = d.pauses + case when d.failures + 1 >= :most and coalesce(d.suspended_until <= :now, true) then 1 else 0 end,
                    suspended_until = case when d.failures + 1 >= :most and coalesce(d.suspended_until <= :now, true)
                        then cast(:now as timestamptz) + make_interval(secs => least(:first * power(2, least(d.pauses, 30)), :longest))
                        else d.suspended_until end""")
            .setParameter("name", destination)
            .setParameter("most", patience.failures())
            .setParameter("first", patience.first().toMillis() / 1000.0)
            .setParameter("longest", patience.longest().toMillis() / 1000.0)
            .setParameter("reply", reply.text())
            .setParameter("now", clock.instant())
            .executeUpdate();
    }

    /** Whether anything is written down of a destination, as far as this node knows: mostly nothing is, and then success needs no transaction. */
    boolean isFailing(String destination) {
        return failing.contains(destination);
    }

    /** A host of a destination was talked to. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    void reached(String destination) {
        if (failing.remove(destination)) {
            entities.createNativeQuery("delete from outbox_destination where name = :name").setParameter("name", destination).executeUpdate();
        }
    }

    /** Forgets destinations that nothing waits for any more. */
    @Transactional(Transactional.TxType.MANDATORY)
    void forgetUnused() {
        entities.createNativeQuery("""
                delete from outbox_destination d where changed_at < :then
                    and not exists (select 1 from outbox o where o.state = 'DUE' and o.destination = d.name)
                    and not exists (select 1 from outbox o where o.state = 'PAUSED' and o.destination = d.name)""")
            .setParameter("then", clock.instant().minus(KEPT)).executeUpdate();
    }
}
