package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.delivery.Intake;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.delivery.PolicyChangedException;
import sekisho.gateway.files.Leftovers;
import sekisho.gateway.files.Vault;

/** What an intake that comes to nothing leaves in the store: nothing, as soon as that is certain. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class UnacceptedTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final List<String> TARO = List.of("taro@partner.example");
    private static final byte[] CONTENT = new byte[100_000];

    @Inject
    Mail mail;
    @Inject
    Vault vault;
    @Inject
    Leftovers leftovers;

    private Set<String> before;

    @BeforeEach
    void look() throws IOException {
        leftovers.settle();   // of other tests
        before = objects();
    }

    private Set<String> objects() throws IOException {
        var keys = new HashSet<String>();
        vault.store().list(object -> keys.add(object.key()));
        return keys;
    }

    private void object(String key) throws IOException {
        try (var object = vault.store().create(key)) {
            object.out().write(1);
            object.finish();
        }
    }

    private static Connection owner() throws SQLException {
        return TestServers.postgres.connect(TestServers.postgres.owner());
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement(); var rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    @Test
    void aRefusedMessageLeavesNothing() throws IOException {
        assertThat(mail.send(HANAKO, List.of("ceo@rival.example"), CONTENT).intake()).isInstanceOf(Intake.Refused.class);
        assertThat(objects()).isEqualTo(before);
    }

    /** The store may be slow, and whoever waits too long for the answer sends the message again. */
    @Test
    void whatNobodyNeedsOfAnAcceptedMessageGoesBehindTheAnswer() throws IOException {
        assertThat(mail.send(HANAKO, List.of("ichiro@example.co.jp"), CONTENT).intake()).isInstanceOf(Intake.Accepted.class);
        assertThat(objects()).hasSize(before.size() + 1);
        assertThat(leftovers.settle()).isZero();
        assertThat(objects()).isEqualTo(before);
    }

    /** With its attachments sealed that long ago, a sweep might take them while it commits. */
    @Test
    void aMessageThatTookHalfOfTheOrphanAgeIsNotAccepted() throws IOException {
        assertThatThrownBy(() -> send(begunBefore(Duration.ofHours(12).plusMinutes(1)))).hasMessageContaining("gateway.store.orphan-age");
        assertThat(objects()).isEqualTo(before);
        assertThat(send(begunBefore(Duration.ofHours(11))).intake()).isInstanceOf(Intake.Accepted.class);
    }

    /** Its rules ask what is in the files, and when they came in there was no such rule. */
    @Test
    void filesThatNobodyLookedIntoAreNotAcceptedUnderAPolicyThatAsks() throws IOException {
        assertThatThrownBy(() -> mail.handIn("changed", HANAKO, List.of("taro@open.example"), CONTENT)).isInstanceOf(PolicyChangedException.class);
        assertThat(objects()).isEqualTo(before);
    }

    private Mail.Sent send(UUID delivery) {
        return mail.send(delivery, NewDelivery.Source.MAIL, HANAKO, TARO, null, false, CONTENT);
    }

    private static UUID begunBefore(Duration ago) {
        var id = Ids.next();
        return new UUID(id.getMostSignificantBits() - (ago.toMillis() << 16), id.getLeastSignificantBits());
    }

    @Test
    void aStatementThatFailsBeforeTheCommitLeavesNothing() throws Exception {
        TestServers.asOwner("create function refuse() returns trigger language plpgsql as $$ begin raise exception 'canceling statement due to lock timeout'; end $$");
        TestServers.asOwner("create trigger refuses before insert on recipient for each row execute function refuse()");
        try {
            assertThatThrownBy(() -> mail.send(HANAKO, TARO, CONTENT)).hasStackTraceContaining("lock timeout");
            assertThat(objects()).as("at once").isEqualTo(before);
        } finally {
            TestServers.asOwner("drop trigger refuses on recipient");
            TestServers.asOwner("drop function refuse");
        }
    }

    @Test
    void aCommitThatBreaksOffLeavesNothingOnceTheDatabaseHasEndedIt() throws Exception {
        TestServers.asOwner("""
            create function die_at_commit() returns trigger language plpgsql as
                $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$""");
        TestServers.asOwner("create constraint trigger dies after insert on delivery deferrable initially deferred for each row execute function die_at_commit()");
        try {
            assertThatThrownBy(() -> mail.send(HANAKO, TARO, CONTENT)).isInstanceOf(RuntimeException.class);
        } finally {
            TestServers.asOwner("drop trigger dies on delivery");
            TestServers.asOwner("drop function die_at_commit");
        }
        assertThat(leftovers.settle()).isZero();
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void whatACommitWithoutAnswerDidKeepStays() throws Exception {
        var sent = mail.send(HANAKO, TARO, CONTENT);
        var file = "f/" + sent.files().getFirst();
        try (var owner = owner()) {
            leftovers.inDoubt(sent.delivery(), text(owner, "select xmin from delivery where id = '" + sent.delivery() + "'"), List.of(file));
        }
        assertThat(leftovers.settle()).isZero();
        assertThat(objects()).contains(file);
    }

    @Test
    void aTransactionThatStillRunsIsWaitedFor() throws Exception {
        var key = "f/" + UUID.randomUUID();
        object(key);
        try (var owner = owner()) {
            owner.setAutoCommit(false);
            leftovers.inDoubt(UUID.randomUUID(), text(owner, "select pg_current_xact_id()"), List.of(key));
            assertThat(leftovers.settle()).isEqualTo(1);
            assertThat(objects()).as("it may still commit").contains(key);
            owner.rollback();
        }
        assertThat(leftovers.settle()).isZero();
        assertThat(objects()).isEqualTo(before);
    }
}
