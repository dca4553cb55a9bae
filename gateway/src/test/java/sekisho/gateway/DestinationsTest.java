package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Report;
import sekisho.gateway.outbox.Routing;
import sekisho.gateway.outbox.Settlement;

/** What waits for one destination doesn't stand before what others wait for. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class DestinationsTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final Settlement.Reply REFUSED = new Settlement.Reply("451 4.4.1 cannot open dead.example:25: Connection refused", "", false);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    @Inject
    Clock clock;
    @Inject
    Mail mail;
    @Inject
    Outbox outbox;
    @Inject
    Session entities;

    /** Each domain has hosts of its own, which take so many at once; but {@code @one.example} and {@code @two.example} share theirs. */
    private final Map<String, Integer> free = new HashMap<>();
    private final Routing routes = new Routing() {
        @Override
        public String destination(String domain) {
            return List.of("one.example", "two.example").contains(domain) ? "shared" : "mx/" + domain;
        }

        @Override
        public int free(String destination) {
            return free.getOrDefault(destination, 5);
        }

        @Override
        public boolean isProven(String destination) {
            return !destination.contains("silent");
        }

        @Override
        public int unprovenRoom() {
            return unprovenRoom;
        }
    };
    private int unprovenRoom = 1000;

    @BeforeEach
    @AfterEach
    void empty() throws SQLException {
        change("delete from outbox_destination");
        change("update outbox set state = 'SENT', claimed_by = null where state in ('DUE', 'CLAIMED', 'PAUSED')");
    }

    private static void change(String sql, Object... values) throws SQLException {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.owner()); var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private long count(String condition) {
        return QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery("select count(*) from outbox where " + condition, Long.class).getSingleResult());
    }

    /** As many copies more of a delivery's first one, all due, and older than everything else. */
    private void multiply(Mail.Sent sent, int rows) throws SQLException {
        change("""
            insert into outbox (id, delivery_id, recipient_id, kind, created_at, due_at)
            select gen_random_uuid(), delivery_id, recipient_id, kind, created_at - interval '1 minute', due_at - interval '1 minute'
            from outbox, generate_series(1, ?) where delivery_id = ?""", rows, sent.delivery());
    }

    private List<UUID> deliveries(List<OutboxItem> items) {
        return items.stream().map(OutboxItem::delivery).toList();
    }

    private void settle(OutboxItem item) {
        outbox.settle(item, item.rows().stream().map(Mail::taken).toList());
    }

    @Test
    void whatIsPutOffWaitsForItsTimeAndNoLonger() throws SQLException {
        var old = mail.send(HANAKO, List.of("a@live.example"));
        settle(outbox.claim(100, routes).getFirst());   // a destination that is known, and one that nobody has looked at
        var known = mail.send(HANAKO, List.of("b@live.example"));
        change("update outbox set destination = 'mx/live.example' where delivery_id = ?", known.delivery());
        var unknown = mail.send(HANAKO, List.of("c@other.example"));
        assertThat(outbox.claim(100, routes, Duration.ofSeconds(30))).isEmpty();
        change("update outbox set due_at = due_at - interval '31 seconds' where delivery_id in (?, ?)", known.delivery(), unknown.delivery());
        var late = mail.send(HANAKO, List.of("d@live.example"));
        assertThat(deliveries(outbox.claim(100, routes, Duration.ofSeconds(30)))).containsExactlyInAnyOrder(known.delivery(), unknown.delivery());
        assertThat(deliveries(outbox.claim(100, routes))).containsExactly(late.delivery()).doesNotContain(old.delivery());
    }

    @Test
    void tenThousandRowsForADeadHostDoNotStandBeforeALiveOne() throws SQLException {
        var dead = mail.send(HANAKO, List.of("a@dead.example"));
        multiply(dead, 9_999);
        change("update outbox set kind = 'LINKED' where delivery_id = ?", dead.delivery());   // each by itself
        var live = mail.send(HANAKO, List.of("b@live.example"));
        var first = outbox.claim(100, routes);
        assertThat(deliveries(first)).as("no more for one than it has connections").containsOnly(dead.delivery()).hasSize(5);
        free.put("mx/dead.example", 0);   // all its connections wait for a host that says nothing
        var second = new ArrayList<OutboxItem>();
        for (int round = 0; round < 5 && second.isEmpty(); round++) {
            second.addAll(outbox.claim(100, routes));   // until all rows have been looked at, once
        }
        assertThat(deliveries(second)).containsExactly(live.delivery());
        assertThat(count("destination is null and state = 'DUE'")).isZero();
        for (int round = 0; round < 20; round++) {
            var next = mail.send(HANAKO, List.of("b@live.example"));
            var claimed = outbox.claim(100, routes);
            assertThat(deliveries(claimed)).as("round " + round).containsExactly(next.delivery());
            settle(claimed.getFirst());
        }

        free.clear();
        for (int failure = 0; failure < 5; failure++) {
            outbox.unreached("mx/dead.example", REFUSED, 5, MINUTE, HOUR);
        }
        assertThat(outbox.claim(100, routes)).as("as a whole").isEmpty();
        assertThat(count("destination = 'mx/dead.example' and state = 'DUE'")).isEqualTo(10_000 - 5);
        assertThat(count("destination = 'mx/dead.example' and state = 'DUE' and attempts > 0")).as("not tried each").isZero();
    }

    @Test
    void manyDestinationsShareWhatANodeCanDoAndNoneIsPassedOver() throws SQLException {
        var sent = new ArrayList<UUID>();
        for (int i = 0; i < 450; i++) {
            sent.add(mail.send(HANAKO, List.of("a@d" + i + ".example")).delivery());
        }
        assertThat(outbox.claim(0, routes)).isEmpty();
        free.put("none", 0);
        var claimed = new ArrayList<UUID>();
        var all = new ArrayList<OutboxItem>();
        for (int round = 0; round < 45; round++) {
            var items = outbox.claim(10, routes);
            assertThat(items).hasSize(10);
            claimed.addAll(deliveries(items));
            all.addAll(items);
        }
        assertThat(claimed).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(outbox.claim(10, routes)).isEmpty();

        all.forEach(this::put);   // now all of them are known
        var again = new ArrayList<UUID>();
        for (int round = 0; round < 100 && again.size() < 450; round++) {
            again.addAll(deliveries(outbox.claim(10, routes)));
        }
        assertThat(again).containsExactlyInAnyOrderElementsOf(sent);
    }

    /** After a restart every destination is new. */
    @Test
    void manyThatHaveNotAnsweredNeverGetWhatBelongsToThoseThatDo() throws SQLException {
        for (int i = 0; i < 60; i++) {
            multiply(mail.send(HANAKO, List.of("a@silent" + i + ".example")), 4);
        }
        multiply(mail.send(HANAKO, List.of("b@live.example")), 4);
        change("update outbox set kind = 'LINKED' where state = 'DUE'");   // each by itself
        unprovenRoom = 20;
        var first = outbox.claim(100, routes);   // by looking at rows that nobody has looked at
        assertThat(first).filteredOn(item -> item.destination().contains("silent")).hasSize(20);
        assertThat(first).filteredOn(item -> item.destination().equals("mx/live.example")).hasSize(5);
        first.forEach(this::put);
        assertThat(count("destination is null and state = 'DUE'")).isZero();
        var tried = new HashSet<String>();
        for (int round = 0; round < 8; round++) {
            var next = outbox.claim(100, routes);   // by destination
            var silent = next.stream().map(OutboxItem::destination).filter(name -> name.contains("silent")).toList();
            assertThat(silent).hasSize(20);
            assertThat(next).filteredOn(item -> item.destination().equals("mx/live.example")).as("what answers isn't kept back").hasSize(5);
            tried.addAll(silent);
            next.forEach(this::put);
        }
        assertThat(tried).as("none is passed over for long").hasSize(60);
    }

    @Test
    void whatNobodyHasLookedAtHasItsTurnWhileOthersThatAnswerHaveEnoughToDo() throws SQLException {
        for (var busy : List.of("a", "b")) {
            multiply(mail.send(HANAKO, List.of("x@" + busy + ".example")), 99);
        }
        change("update outbox set kind = 'LINKED', destination = 'mx/' || case when recipient_id in (select id from recipient where address = 'x@a.example')"
            + " then 'a.example' else 'b.example' end where state = 'DUE'");
        outbox.claim(1, routes).forEach(this::settle);
        var late = mail.send(HANAKO, List.of("x@c.example"));
        var silent = mail.send(HANAKO, List.of("x@silent.example"));
        var claimed = new ArrayList<UUID>();
        for (int round = 0; round < 8; round++) {
            var items = outbox.claim(1, routes);
            claimed.addAll(deliveries(items));
            items.forEach(this::settle);
        }
        assertThat(claimed).contains(late.delivery(), silent.delivery());
    }

    @Test
    void thoseThatAnswerTakeTurnsAndSoDoThoseThatHaveNotYet() throws SQLException {
        var names = List.of("a.example", "b.example", "c.example", "silent-a.example", "silent-b.example", "silent-c.example");
        for (var name : names) {
            multiply(mail.send(HANAKO, List.of("x@" + name)), 99);
            free.put("mx/" + name, 0);
        }
        change("update outbox set kind = 'LINKED' where state = 'DUE'");
        outbox.claim(1, routes);   // tells them where they go
        outbox.claim(1, routes);
        free.clear();
        var served = new HashMap<String, Integer>();
        for (int round = 0; round < 36; round++) {
            outbox.claim(1, routes).forEach(item -> {
                served.merge(item.destination(), 1, Integer::sum);
                settle(item);
            });
        }
        assertThat(served).hasSize(6).allSatisfy((_, times) -> assertThat(times).isEqualTo(6));
    }

    @Test
    void aNodeWithLittleRoomServesADestinationWithMuchAndOneWithLittle() throws SQLException {
        var much = mail.send(HANAKO, List.of("a@much.example"));
        multiply(much, 99);
        free.put("mx/much.example", 0);
        free.put("mx/little.example", 0);
        var little = mail.send(HANAKO, List.of("a@little.example"));
        assertThat(outbox.claim(4, routes)).as("told where they go").isEmpty();
        free.clear();
        assertThat(deliveries(outbox.claim(4, routes))).contains(little.delivery(), much.delivery());
    }

    @Test
    void recipientsOfOneMessageGoTogetherByDestination() {
        var sent = mail.send(HANAKO, List.of("a@one.example", "b@two.example", "c@three.example", "d@one.example"));
        var items = outbox.claim(100, routes);
        assertThat(items).extracting(OutboxItem::destination).containsExactlyInAnyOrder("shared", "mx/three.example");
        assertThat(items).filteredOn(item -> item.destination().equals("shared")).singleElement().satisfies(item ->
            assertThat(item.rows()).extracting(row -> row.address().toString()).containsExactlyInAnyOrder("a@one.example", "b@two.example", "d@one.example"));
        var soon = clock.instant().minusSeconds(1);
        items.forEach(item -> outbox.settle(item, item.rows().stream()
            .<Settlement>map(row -> new Settlement.Later(row.id(), REFUSED, soon, false, soon)).toList()));
        free.put("shared", 1);
        assertThat(outbox.claim(1, routes)).as("they go together the next time too, on one connection").hasSize(1);
        assertThat(outbox.claim(1, routes)).hasSize(1);
        assertThat(outbox.claim(1, routes)).isEmpty();
        assertThat(sent.recipients()).hasSize(4);
    }

    @Test
    void oneTransactionHasAsManyRecipientsAsEveryServerTakes() {
        var many = new ArrayList<String>();
        for (int i = 0; i < 250; i++) {
            many.add("r" + i + "@one.example");
        }
        mail.send(HANAKO, many);
        free.put("shared", 3);
        var items = outbox.claim(100, routes);
        assertThat(items).hasSize(3).extracting(item -> item.rows().size()).containsExactly(100, 100, 50);
    }

    @Test
    void aSuspensionEndsByTimeAndTheNextIsTwiceAsLong() {
        var sent = mail.send(HANAKO, List.of("a@dead.example"));
        for (int failure = 0; failure < 4; failure++) {
            outbox.unreached("mx/dead.example", REFUSED, 5, MINUTE, HOUR);
        }
        var copy = outbox.claim(100, routes);
        assertThat(copy).as("four in a row are no more than a few").hasSize(1);
        put(copy.getFirst());
        for (int failure = 0; failure < 9; failure++) {
            outbox.unreached("mx/dead.example", REFUSED, 5, MINUTE, HOUR);   // those under way don't make it longer
        }
        assertThat(outbox.claim(100, routes)).isEmpty();
        MovableClock.passes(MINUTE);
        var probe = outbox.claim(100, routes);
        assertThat(deliveries(probe)).containsExactly(sent.delivery());
        put(probe.getFirst());
        outbox.unreached("mx/dead.example", REFUSED, 5, MINUTE, HOUR);
        MovableClock.passes(MINUTE);
        assertThat(outbox.claim(100, routes)).as("two minutes").isEmpty();
        MovableClock.passes(MINUTE);
        var second = outbox.claim(100, routes);
        assertThat(second).hasSize(1);
        put(second.getFirst());
        outbox.reached("mx/dead.example");
        for (int failure = 0; failure < 4; failure++) {
            outbox.unreached("mx/dead.example", REFUSED, 5, MINUTE, HOUR);
        }
        assertThat(outbox.claim(100, routes)).as("an answer forgets what was").hasSize(1);
    }

    @Test
    void aSuspendedDestinationIsForgottenWhenNothingWaitsForIt() throws SQLException {
        mail.send(HANAKO, List.of("a@dead.example"));
        free.put("mx/dead.example", 0);
        outbox.claim(100, routes);
        outbox.unreached("mx/dead.example", REFUSED, 1, MINUTE, HOUR);
        outbox.unreached("mx/empty.example", REFUSED, 1, MINUTE, HOUR);
        change("update outbox_destination set changed_at = now() - interval '7 hours'");
        outbox.reroute(routes);
        assertThat(QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery("select name from outbox_destination", String.class).getResultList()))
            .containsExactly("mx/dead.example");
    }

    private void put(OutboxItem item) {
        var soon = clock.instant().minusSeconds(1);
        outbox.settle(item, List.of(new Settlement.Later(item.rows().getFirst().id(), REFUSED, soon, false, soon)));
    }

    /** Behind that its link would be shut. */
    @Test
    void aCopyWhoseLinkHasClosedIsTakenToBeEndedThoughItsDestinationIsLeftAlone() throws SQLException {
        var sent = mail.send(HANAKO, List.of("a@dead.example"));
        free.put("mx/dead.example", 0);
        outbox.claim(100, routes);
        outbox.unreached("mx/dead.example", REFUSED, 1, Duration.ofDays(30), Duration.ofDays(30));
        var now = clock.instant();
        change("update recipient set expires_at = '" + now.plusSeconds(60) + "' where delivery_id = '" + sent.delivery() + "'");
        change("update outbox set kind = 'LINKED' where delivery_id = '" + sent.delivery() + "'");
        var never = now.minus(Duration.ofDays(30));
        assertThat(outbox.claimStuck(never, never, 100)).as("it is open").isEmpty();
        change("update recipient set expires_at = '" + now + "' where delivery_id = '" + sent.delivery() + "'");
        assertThat(outbox.claimStuck(never, never, 100)).hasSize(1);
    }

    @Test
    void whatNobodyTriesIsWarnedOfOnceAndEndsInTime() throws SQLException {
        var sent = mail.send(HANAKO, List.of("a@dead.example"));
        free.put("mx/dead.example", 0);
        outbox.claim(100, routes);
        outbox.unreached("mx/dead.example", REFUSED, 1, Duration.ofDays(30), Duration.ofDays(30));
        var now = clock.instant().plus(Duration.ofDays(1));
        assertThat(outbox.claimStuck(now.minus(Duration.ofDays(3)), now.minus(Duration.ofDays(6)), 100)).as("not yet").isEmpty();
        var over = outbox.claimStuck(now.minus(Duration.ofDays(30)), now.minus(Duration.ofHours(1)), 100);
        assertThat(over).as("its time is over, though nobody is to be warned yet").hasSize(1);
        outbox.settle(over.getFirst().item(), List.of(new Settlement.Later(over.getFirst().item().rows().getFirst().id(), REFUSED, now, false, now)));
        var stuck = outbox.claimStuck(now, now.minus(Duration.ofDays(6)), 100);
        assertThat(stuck).singleElement().satisfies(each -> {
            assertThat(each.item().delivery()).isEqualTo(sent.delivery());
            assertThat(each.item().attempt()).as("nobody tried").isZero();
            assertThat(each.why().text()).isEqualTo(REFUSED.text());
        });
        var item = stuck.getFirst().item();
        outbox.settle(item, List.of(new Settlement.Later(item.rows().getFirst().id(), REFUSED, now, true, now)));
        assertThat(outbox.claimStuck(now, now.minus(Duration.ofDays(6)), 100)).as("once").isEmpty();
        assertThat(outbox.claim(100, routes)).singleElement().satisfies(dsn -> {
            assertThat(dsn.report()).extracting(Report::action).isEqualTo(Report.Action.DELAYED);
            assertThat(dsn.destination()).isEqualTo("mx/example.co.jp");
        });
        assertThat(outbox.claimStuck(now, now, 100)).as("its time is over").hasSize(1);
    }

    @Test
    void rowsFollowWhenTheRoutesChange() throws SQLException {
        var moved = mail.send(HANAKO, List.of("a@moved.example"));
        var stays = mail.send(HANAKO, List.of("a@stays.example"));
        free.put("mx/moved.example", 0);
        free.put("mx/stays.example", 0);
        assertThat(outbox.claim(100, routes)).isEmpty();
        free.clear();
        var changed = new Routing() {
            @Override
            public String destination(String domain) {
                return domain.equals("moved.example") ? "partner" : "mx/" + domain;
            }

            @Override
            public int free(String destination) {
                return destination.equals("partner") ? 0 : 5;
            }

            @Override
            public boolean isProven(String destination) {
                return true;
            }

            @Override
            public int unprovenRoom() {
                return 0;
            }
        };
        assertThat(deliveries(outbox.claim(100, changed))).as("never by a route that isn't its own").containsExactly(stays.delivery());
        assertThat(count("destination = 'partner' and state = 'DUE' and attempts = 0 and delivery_id = '" + moved.delivery() + "'")).isEqualTo(1);
        assertThat(outbox.reroute(routes)).isEqualTo(1);
        assertThat(outbox.reroute(routes)).isZero();
        assertThat(deliveries(outbox.claim(100, routes))).containsExactly(moved.delivery());
    }
}
