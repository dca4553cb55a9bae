package sekisho.gateway.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * Picks due rows for a node, as many for each destination as it has free connections. Each call looks at destinations and not at rows: ten thousand
 * rows for one destination cost as much as one. Those that have answered take turns, each call going on behind the one that got something last;
 * those that haven't do so among themselves, since they share what the {@link Routing} leaves them: a hundred that say nothing never get what belongs
 * to those that answer. Of the two, by turns, one is first, or what there is much of would leave no room to the other. What has never been looked at
 * comes last, since it is the newest; it is claimed at once while there is room and otherwise told its destination, where it has its turn.
 *
 * <p>Rows are changed by an array of their ids. PostgreSQL takes what comes from JSON for a hundred rows; joined with those, it would rather read all
 * rows that were ever sent than look for each by its id.
 */
@ApplicationScoped
class Claiming {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DESTINATIONS = 200;
    private static final int UNROUTED = 500;
    private static final int ROUNDS = 4;
    /** What every server takes (RFC 5321 §4.5.3.1.8), less the one that was picked. */
    private static final int OTHERS = 99;
    /** Behind every name of a destination. */
    private static final String LAST = "~";
    private static final Comparator<Waiting> BY_NAME = Comparator.comparing(Waiting::name);

    private final Session entities;
    private final Ring answering = new Ring(true);
    private final Ring others = new Ring(false);
    private volatile boolean othersFirst = true;

    Claiming(Session entities) {
        this.entities = entities;
    }

    /** Destinations that take turns. */
    private static final class Ring {
        private final boolean proven;
        /** The one that got something last. */
        private volatile String after = "";

        Ring(boolean proven) {
            this.proven = proven;
        }
    }

    /** A claim under way: what room is left, and what was claimed. */
    private static final class Room {
        private final Routing routing;
        private final Set<String> suspended;
        private final Map<String, Integer> free = new HashMap<>();
        /** Asked once: an answer that comes meanwhile mustn't have a destination passed over, or served twice. */
        private final Map<String, Boolean> proven = new HashMap<>();
        private final List<UUID> claimed = new ArrayList<>();
        private int left;
        /** Of that, for all together that haven't answered yet. */
        private int leftUnproven;

        Room(Routing routing, Set<String> suspended, int limit) {
            this.routing = routing;
            this.suspended = suspended;
            this.left = limit;
            this.leftUnproven = routing.unprovenRoom();
        }

        boolean isProven(String destination) {
            return proven.computeIfAbsent(destination, routing::isProven);
        }

        int of(Ring ring) {
            return ring.proven ? left : Math.min(left, leftUnproven);
        }

        int of(String destination) {
            return suspended.contains(destination) ? 0
                : Math.min(isProven(destination) ? left : Math.min(left, leftUnproven), free.computeIfAbsent(destination, routing::free));
        }

        void take(String destination, int items) {
            free.merge(destination, -items, Integer::sum);
            left -= items;
            leftUnproven -= isProven(destination) ? 0 : items;
        }
    }

    /**
     * @param limit     most items; rows that can go in the same transaction come along
     * @param suspended destinations to leave alone
     */
    @Transactional(Transactional.TxType.MANDATORY)
    List<UUID> claim(int limit, Routing routing, Set<String> suspended, UUID node, Instant now) {
        var room = new Room(routing, suspended, limit);
        routed(room, node, now);
        int round = 0;
        do {   // also when no room is left: nobody else tells new rows where they go
            round++;
        } while (unrouted(room, node, now) == UNROUTED && round < ROUNDS && room.left > 0);
        return room.claimed;
    }

    private void routed(Room room, UUID node, Instant now) {
        othersFirst = !othersFirst;
        var all = serve(room, othersFirst ? others : answering, List.of(), node, now);
        serve(room, othersFirst ? answering : others, all, node, now);
    }

    /**
     * Gives those of a ring their turn.
     *
     * @param known all destinations that rows wait for; empty when they must be looked for
     * @return all, from whichever on, when they are no more than one look finds, or else none
     */
    private List<Waiting> serve(Room room, Ring ring, List<Waiting> known, UUID node, Instant now) {
        var start = ring.after;
        if (!known.isEmpty()) {
            claim(room, ring, Stream.concat(known.stream().filter(each -> each.name.compareTo(start) > 0).sorted(BY_NAME),
                known.stream().filter(each -> each.name.compareTo(start) <= 0).sorted(BY_NAME)).toList(), node, now);
            return known;
        }
        var last = new Waiting(start, false, 0);
        boolean first = true;
        while (room.of(ring) > 0) {
            var page = destinations(last, start, now);
            claim(room, ring, page, node, now);
            if (page.size() < DESTINATIONS) {
                return first ? page : List.of();
            }
            last = page.getLast();
            first = false;
        }
        return List.of();
    }

    /**
     * A destination that rows wait for.
     *
     * @param due whether one of them is due
     * @param lap 0 on the way to the last name, 1 from the first one on
     */
    private record Waiting(String name, boolean due, int lap) {
    }

    /** A page of the destinations behind one, in a circle that ends with {@code start}, by steps along the index. */
    private List<Waiting> destinations(Waiting from, String start, Instant now) {
        List<Tuple> rows = entities.createNativeQuery("""
                with recursive each (name, lap, place) as (
                    select cast(:from as text) collate "C", cast(:lap as integer), 0
                    union all
                    select next.name, next.lap, each.place + 1 from each cross join lateral (
                        (select o.destination as name, each.lap from outbox o
                            where o.state = 'DUE' and o.destination > each.name and o.destination <= case each.lap when 0 then :last else :start end
                            order by o.destination limit 1)
                        union all
                        (select o.destination, 1 from outbox o where each.lap = 0 and o.state = 'DUE' and o.destination > '' and o.destination <= :start
                            order by o.destination limit 1)
                        order by lap limit 1) next
                    where each.place < :page)
                select name, lap, (select o.due_at from outbox o where o.state = 'DUE' and o.destination = each.name order by o.due_at limit 1) <= :now as due
                from each where place > 0 order by place""", Tuple.class)
            .setParameter("from", from.name).setParameter("lap", from.lap).setParameter("start", start).setParameter("last", LAST)
            .setParameter("page", DESTINATIONS).setParameter("now", now).getResultList();
        return rows.stream().map(row -> new Waiting((String) row.get("name"), Boolean.TRUE.equals(row.get("due")), (Integer) row.get("lap"))).toList();
    }

    private record Wanted(String name, int most) {
    }

    /** An even share for each; whoever has more waiting gets it the next time. */
    private static List<Wanted> shares(Room room, Ring ring, List<String> destinations) {
        int left = room.of(ring);
        int share = Math.max(1, left / destinations.size());
        var wanted = new ArrayList<Wanted>();
        for (var name : destinations) {
            int most = Math.min(Math.min(room.of(name), left), share);
            if (most > 0) {
                wanted.add(new Wanted(name, most));
                left -= most;
            }
        }
        return wanted;
    }

    private void claim(Room room, Ring ring, List<Waiting> page, UUID node, Instant now) {
        var destinations = page.stream().filter(Waiting::due).map(Waiting::name).filter(name -> room.isProven(name) == ring.proven && room.of(name) > 0).toList();
        if (destinations.isEmpty()) {
            return;
        }
        var wanted = shares(room, ring, destinations);
        ring.after = wanted.getLast().name;
        List<Tuple> rows = entities.createNativeQuery("""
                with picked as (
                    select p.id, p.delivery_id, p.kind, p.attempts, p.created_at, p.report, w.name
                    from jsonb_to_recordset(cast(:wanted as jsonb)) as w (name text, most integer)
                    cross join lateral (
                        select o.id, o.delivery_id, o.kind, o.attempts, o.created_at, o.detail ->> 'action' as report from outbox o
                        where o.state = 'DUE' and o.destination = w.name and o.due_at <= :now order by o.due_at limit w.most for update skip locked) p),
                together as (
                    select o.id from outbox o join delivery d on d.id = o.delivery_id
                    where o.state = 'DUE' and o.kind = 'ORIGINAL' and o.due_at <= :now and d.spool_kind = 'MESSAGE'
                        and (o.delivery_id, o.destination, o.attempts, o.created_at) in
                            (select p.delivery_id, p.name, p.attempts, p.created_at from picked p where p.kind = 'ORIGINAL')
                    limit :others for update of o skip locked),
                reports as (
                    select o.id from outbox o
                    where o.state = 'DUE' and o.kind = 'DSN' and o.due_at <= :now
                        and (o.delivery_id, o.destination, o.attempts, o.detail ->> 'action') in
                            (select p.delivery_id, p.name, p.attempts, p.report from picked p where p.kind = 'DSN' and p.report in (:joined))
                    limit :others for update of o skip locked)
                update outbox o set state = 'CLAIMED', claimed_by = :node, attempts = o.attempts + 1
                where o.id = any(array(select id from picked union all select id from together union all select id from reports))
                returning o.id, o.destination, o.id in (select id from picked) as picked""", Tuple.class)
            .setParameter("wanted", json(wanted)).setParameter("now", now).setParameter("node", node).setParameter("others", OTHERS)
            .setParameter("joined", Report.Action.JOINED).getResultList();
        for (var row : rows) {
            room.claimed.add((UUID) row.get("id"));
            if (Boolean.TRUE.equals(row.get("picked"))) {
                room.take((String) row.get("destination"), 1);
            }
        }
    }

    private record Routed(UUID id, String destination, boolean claimed) {
    }

    /** @return how many rows were looked at for the first time */
    private int unrouted(Room room, UUID node, Instant now) {
        List<Tuple> rows = entities.createNativeQuery("""
                select o.id, o.delivery_id, o.created_at, o.kind = 'ORIGINAL' and d.spool_kind = 'MESSAGE' as together, coalesce(r.address, d.sender) as address,
                    case when o.kind = 'DSN' and o.detail ->> 'action' in (:joined) then o.detail ->> 'action' end as report
                from outbox o join delivery d on d.id = o.delivery_id left join recipient r on r.id = o.recipient_id and o.kind in ('LINKED', 'ORIGINAL')
                where o.state = 'DUE' and o.destination is null and o.due_at <= :now
                order by o.due_at limit :most for update of o skip locked""", Tuple.class)
            .setParameter("now", now).setParameter("most", UNROUTED).setParameter("joined", Report.Action.JOINED).getResultList();
        if (rows.isEmpty()) {
            return 0;
        }
        var groups = new HashMap<List<Object>, Integer>();
        var routed = new ArrayList<Routed>();
        for (var row : rows) {
            var address = (String) row.get("address");
            var destination = room.routing.destination(address.substring(address.lastIndexOf('@') + 1));
            @Nullable Object report = row.get("report");
            boolean together = (Boolean) row.get("together") || report != null;
            var group = List.of(row.get("delivery_id"), destination, report == null ? row.get("created_at") : report);
            int others = together ? groups.getOrDefault(group, 0) : 0;
            boolean joins = others > 0 && others <= OTHERS;
            boolean claimed = joins || room.of(destination) > 0;
            if (claimed) {
                room.claimed.add((UUID) row.get("id"));
                if (!joins) {
                    room.take(destination, 1);
                }
                if (together) {
                    groups.put(group, joins ? others + 1 : 1);
                }
            }
            routed.add(new Routed((UUID) row.get("id"), destination, claimed));
        }
        entities.createNativeQuery("""
                with w as (select * from jsonb_to_recordset(cast(:routed as jsonb)) as w (id uuid, destination text, claimed boolean))
                update outbox o set destination = w.destination, state = case when w.claimed then 'CLAIMED' else 'DUE' end,
                    claimed_by = case when w.claimed then cast(:node as uuid) end, attempts = o.attempts + case when w.claimed then 1 else 0 end
                from w where o.id = w.id and o.id = any(array(select id from w))""")
            .setParameter("node", node).setParameter("routed", json(routed)).executeUpdate();
        return rows.size();
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
