package sekisho.gateway.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agroal.api.AgroalDataSource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.Session;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sekisho.gateway.Mail;
import sekisho.gateway.MovableClock;
import sekisho.gateway.TestServers;

/** When a node may say of others that they are dead. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class HeartbeatTest {

    private static final int SOCKET_TIMEOUT_SECONDS = 30;
    /** More than a beat tries. */
    private static final int CONNECTIONS = 12;

    @Inject
    Mail mail;
    @Inject
    Outbox outbox;
    @Inject
    Session entities;
    @Inject
    AgroalDataSource database;
    @Inject
    Clock clock;

    /** One that has just started, and one that has been silent and has claims. */
    private Nodes node;
    private UUID other;

    @BeforeEach
    void start() {
        node = new Nodes(entities, database, clock, SOCKET_TIMEOUT_SECONDS);
        other = UUID.randomUUID();
        var sent = mail.send("hanako@example.co.jp", List.of("a@quick.example"), "x".getBytes());
        outbox.claim(1000, Mail.ONE_DESTINATION);
        TestServers.asOwner("update outbox set claimed_by = '%s', state = 'CLAIMED' where delivery_id = '%s'".formatted(other, sent.delivery()));
        TestServers.asOwner("delete from node");
        TestServers.asOwner("insert into node (id, seen_at) values ('" + other + "', now() - interval '16 s')");
    }

    private void beatsFor(int seconds) {
        for (int i = 0; i < seconds; i += 3) {
            node.beat();
            MovableClock.passes(Duration.ofSeconds(3));
        }
        node.beat();
    }

    private long claims() {
        return QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery(
            "select count(*) from outbox where state = 'CLAIMED' and claimed_by = :node", Long.class).setParameter("node", other).getSingleResult());
    }

    @Test
    void whoHasNeverMissedABeatSpeaksOfOthersAfter15Seconds() {
        beatsFor(12);
        assertThat(node.reclaim()).isZero();
        beatsFor(3);
        node.reclaim();
        assertThat(claims()).isZero();
    }

    /** Others may still wait for the answer of a server that is gone, and then for that of a second connection to it. */
    @Test
    void whoWasSilentItselfTakesNobodyForDeadUntilTheOthersHadTheirTime() {
        beatsFor(18);
        MovableClock.passes(Duration.ofSeconds(11));
        beatsFor(72);
        assertThat(node.reclaim()).isZero();
        TestServers.asOwner("update node set seen_at = now() where id = '" + other + "'");
        beatsFor(3);
        node.reclaim();
        assertThat(claims()).as("it has been heard in time").isEqualTo(1);
        TestServers.asOwner("update node set seen_at = now() - interval '16 s' where id = '" + other + "'");
        node.reclaim();
        assertThat(claims()).isZero();
    }

    @Test
    void aBeatThatWasNotTakenIsOneThatIsMissing() {
        beatsFor(18);
        TestServers.asOwner("alter table node rename to node_away");
        try {
            assertThatThrownBy(node::beat).isInstanceOf(IllegalStateException.class).hasMessageContaining("heartbeat");
            node.tick();
        } finally {
            TestServers.asOwner("alter table node_away rename to node");
        }
        assertThat(node.reclaim()).isZero();
        beatsFor(72);
        assertThat(node.reclaim()).isZero();
        beatsFor(3);
        node.reclaim();
        assertThat(claims()).isZero();
    }

    /** All nodes on one host that was stopped for a while are as silent as this one. */
    @Test
    void whoStoodStillSinceItsLastBeatTakesNobodyForDead() {
        beatsFor(18);
        TestServers.asOwner("update node set seen_at = now() - interval '11 s' where id = '" + node.self() + "'");
        node.reclaim();
        assertThat(claims()).isEqualTo(1);
    }

    @Test
    void aNodeKnowsThatItWasSilentItself() {
        assertThat(node.isHeard()).isFalse();
        node.beat();
        assertThat(node.isHeard()).isTrue();
        MovableClock.passes(Duration.ofSeconds(16));
        assertThat(node.isHeard()).isFalse();
        node.beatWhenDue();
        assertThat(node.isHeard()).isTrue();
    }

    /** A firewall forgot what it had let through: each connection of the pool is dead and says nothing, and new ones are good. */
    @Test
    @Timeout(60)
    void aPoolOfDeadConnectionsDoesNotSilenceANodeThatLives() throws Exception {
        var pids = connectionsOfThePool();
        signal("STOP", pids);
        try {
            node.beat();
            assertThat(node.isHeard()).isTrue();
            assertThat(QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery(
                "select count(*) from node where id = :id and seen_at > now() - interval '15 s'", Long.class).setParameter("id", node.self()).getSingleResult()))
                .isEqualTo(1);
        } finally {
            signal("CONT", pids);
        }
    }

    private List<Integer> connectionsOfThePool() throws SQLException {
        var several = new ArrayList<Connection>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                several.add(database.getConnection());
            }
        } finally {
            for (var each : several) {
                each.close();
            }
        }
        return QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery(
            "select pid from pg_stat_activity where usename = current_user and backend_type = 'client backend'", Integer.class).getResultList());
    }

    private static void signal(String signal, List<Integer> pids) throws Exception {
        var command = new ArrayList<>(List.of("sh", "-c", "kill -s \"$0\" \"$@\"", signal));
        pids.forEach(pid -> command.add(Integer.toString(pid)));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
