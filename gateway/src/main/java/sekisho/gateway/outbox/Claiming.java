package sekisho.gateway.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * Picks due rows for a node, as many for each destination as it has free connections. Each call looks at destinations and not at rows, going
 * on where the last one ended: ten thousand rows for one destination cost as much as one. All that haven't answered yet share what the
 * {@link Routing} leaves them, in one call as over many: a hundred that say nothing never get what belongs to those that answer. What has
 * never been looked at comes last, since it is the newest; it is claimed at once while there is room and otherwise told its destination.
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

    private final Session entities;
    /** The destination that was looked at last. */
    private volatile String after = "";

    Claiming(Session entities) {
        this.entities = entities;
    }

    /** A claim under way: what room is left, and what was claimed. */
    private static final class Room {
        private final Routing routing;
        private final Set<String> suspended;
        private final Map<String, Integer> free = new HashMap<>();
        private final List<UUID> claimed = new ArrayList<>();
        private int left;
        /** Of that, for all together that haven't answered yet. */
        private int leftUnproven;
        /** The last of these that got something; empty when none did. */
        private String lastUnproven = "";

        Room(Routing routing, Set<String> suspended, int limit) {
            this.routing = routing;
            this.suspended = suspended;
            this.left = limit;
            this.leftUnproven = routing.unprovenRoom();
        }

        int of(String destination) {
            return suspended.contains(destination) ? 0
                : Math.min(routing.isProven(destination) ? left : Math.min(left, leftUnproven), free.computeIfAbsent(destination, routing::free));
        }

        void take(String destination, int items) {
            free.merge(destination, -items, Integer::sum);
            left -= items;
            leftUnproven -= routing.isProven(destination) ? 0 : items;
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
        for (int round = 0; round < ROUNDS && room.left > 0 && unrouted(room, node, now) == UNROUTED; round++) {
            // there are more that were never looked at
        }
        return room.claimed;
    }

    private void routed(Room room, UUID node, Instant now) {
        var start = after;
        after = "";
        pages(room, start, LAST, node, now);
        if (!start.isEmpty()) {
            pages(room, "", start, node, now);
        }
        if (after.isEmpty()) {   // all were looked at, but there may not have been room for all that haven't answered
            after = room.lastUnproven.isEmpty() ? start : room.lastUnproven;
        }
    }

    /** Claims for the destinations behind {@code from}, up to {@code to}. */
    private void pages(Room room, String from, String to, UUID node, Instant now) {
        var last = from;
        while (room.left > 0) {
            var page = destinations(last, to, now);
            claim(room, page.stream().filter(Waiting::due).map(Waiting::name).filter(name -> room.of(name) > 0).toList(), node, now);
            if (page.size() < DESTINATIONS) {
                return;
            }
            last = page.getLast().name;
        }
        after = last;
    }

    private record Waiting(String name, boolean due) {
    }

    /** A page of the destinations that rows wait for, by steps along the index. */
    private List<Waiting> destinations(String from, String to, Instant now) {
        List<Tuple> rows = entities.createNativeQuery("""
                with recursive each (name, place) as (
                    (select o.destination, 1 from outbox o where o.state = 'DUE' and o.destination > :from and o.destination <= :to
                        order by o.destination limit 1)
                    union all
                    select (select o.destination from outbox o where o.state = 'DUE' and o.destination > each.name and o.destination <= :to
                        order by o.destination limit 1), each.place + 1
                    from each where each.name is not null and each.place < :page)
                select name, (select o.due_at from outbox o where o.state = 'DUE' and o.destination = each.name order by o.due_at limit 1) <= :now as due
                from each where name is not null order by place""", Tuple.class)
            .setParameter("from", from).setParameter("to", to).setParameter("page", DESTINATIONS).setParameter("now", now).getResultList();
        return rows.stream().map(row -> new Waiting((String) row.get("name"), Boolean.TRUE.equals(row.get("due")))).toList();
    }

    private record Wanted(String name, int most) {
    }

    /**
     * An even share for each; whoever has more waiting gets it the next time. What those that haven't answered can't have, since it isn't theirs, the
     * others share.
     */
    private static List<Wanted> shares(Room room, List<String> destinations) {
        int unproven = (int) destinations.stream().filter(name -> !room.routing.isProven(name)).count();
        int share = Math.max(1, room.left / destinations.size());
        int leftUnproven = Math.min(room.leftUnproven, unproven * share);
        int unprovenShare = Math.max(1, leftUnproven / Math.max(1, unproven));
        int provenShare = Math.max(share, (room.left - leftUnproven) / Math.max(1, destinations.size() - unproven));
        int left = room.left;
        var wanted = new ArrayList<Wanted>();
        for (var name : destinations) {
            boolean proven = room.routing.isProven(name);
            int most = Math.min(Math.min(room.of(name), left), proven ? provenShare : Math.min(unprovenShare, leftUnproven));
            if (most > 0) {
                wanted.add(new Wanted(name, most));
                left -= most;
                leftUnproven -= proven ? 0 : most;
                room.lastUnproven = proven ? room.lastUnproven : name;
            }
        }
        return wanted;
    }

    private void claim(Room room, List<String> destinations, UUID node, Instant now) {
        if (destinations.isEmpty()) {
            return;
        }
        var wanted = shares(room, destinations);
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
