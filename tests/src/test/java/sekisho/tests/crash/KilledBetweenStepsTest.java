package sekisho.tests.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.embedded.PostgresServer;
import sekisho.embedded.ProductProcess;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.PostgresData;

/** SIGKILL at a named step: the database holds it there by a lock of the test's. What was begun is undone or completed after a restart. */
class KilledBetweenStepsTest {

    /** Number of an advisory lock. */
    private static final int AT_COMMIT = 7001;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Map<String, String> NO_SWEEP = Map.of("gateway.store.orphan-sweep", "1h");

    private final Installation installation = Installation.alone(Policies.AT_ONCE);
    private PostgresServer.Login login = installation.stage().postgres().mail();
    private ProductProcess mail = installation.start("mail", NO_SWEEP);

    @AfterEach
    void everythingEnds() {
        installation.close();
    }

    private Connection owner() throws SQLException {
        var owner = installation.stage().postgres().owner();
        return DriverManager.getConnection(installation.stage().database(), owner.user(), owner.password());
    }

    /** Only who is the same role sees what it is doing. */
    private PostgresData ofTheProduct() {
        return new PostgresData(installation.stage().database(), login);
    }

    /** Files end where they are served, and in {@code mail} when it has no login of its own. */
    private ProductProcess startWithTheLoginThatServes() {
        login = installation.stage().postgres().app();
        return installation.start("mail", Map.of("gateway.store.orphan-sweep", "1h", "gateway.database.user", login.user(),
            "gateway.database.password-file", installation.stage().postgres().passwordFile(login).toString()));
    }

    private void execute(String sql) throws SQLException {
        try (var connection = owner(); var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String submits(String subject) throws IOException {
        return installation.mailServer().submits(HANAKO, List.of(TARO),
            Messages.twoAttachments(subject, Messages.octets(1_000, 1), Messages.octets(200_000, 2)));
    }

    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }

    /** Lets the process come to a statement that has to wait for {@code lock}, and kills it there. */
    private void killAt(String lock, String statement, Step begin) throws Exception {
        try (var holder = owner(); var locking = holder.createStatement()) {
            holder.setAutoCommit(false);
            locking.execute(lock);
            begin.run();
            await().atMost(PATIENCE).until(() -> ofTheProduct().number("select count(*) from pg_stat_activity where datname = current_database()"
                + " and wait_event_type = 'Lock' and query ilike '%" + statement + "%'") > 0);
            mail.kill();
            holder.rollback();
        }
        // the database ends what the killed process had begun as soon as it notices
        await().atMost(PATIENCE).until(() -> ofTheProduct().number(
            "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'sekisho'") == 0);
    }

    private long number(String sql) {
        return installation.data().number(sql);
    }

    @Test
    void betweenObjectsAndCommitNothingIsAcceptedAndTheObjectsGo() throws Exception {
        try (var client = Executors.newVirtualThreadPerTaskExecutor()) {
            killAt("lock table recipient in access exclusive mode", "insert into recipient",
                () -> client.submit(() -> submits("Never accepted")));
        }
        assertThat(number("select count(*) from delivery")).isZero();
        assertThat(installation.orphans()).as("sealed, with a key that was kept nowhere").hasSize(2);
        mail = installation.start("mail", Map.of("gateway.store.orphan-age", "1s", "gateway.store.orphan-sweep", "1s"));
        await().atMost(PATIENCE).until(() -> installation.objects().isEmpty() && installation.unfinishedUploads() == 0);
    }

    /** All was written, and the database had not yet said so: it ends the transaction, or carries it through and nobody hears. Either way it is all or nothing. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void atTheCommitOfAnAcceptanceAllIsThereOrNothing(boolean carriedThrough) throws Exception {
        execute("""
            create function waits() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(%1$d); return new; end $$;
            create constraint trigger waits_at_commit after insert on delivery deferrable initially deferred for each row execute function waits()"""
            .formatted(AT_COMMIT));
        try (var client = Executors.newVirtualThreadPerTaskExecutor(); var holder = owner(); var locking = holder.createStatement()) {
            holder.setAutoCommit(false);
            locking.execute("select pg_advisory_xact_lock(" + AT_COMMIT + ")");
            client.submit(() -> submits("At the commit"));
            await().atMost(PATIENCE).until(() -> ofTheProduct().number("select count(*) from pg_stat_activity where datname = current_database()"
                + " and wait_event_type = 'Lock' and query ilike '%commit%'") > 0);
            mail.kill();
            if (!carriedThrough) {
                endWaiting();
            }
            holder.rollback();
        }
        await().atMost(PATIENCE).until(() -> ofTheProduct().number(
            "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'sekisho'") == 0);
        execute("drop trigger waits_at_commit on delivery");
        assertThat(number("select count(*) from delivery")).isEqualTo(carriedThrough ? 1 : 0);
        assertThat(number("select count(*) from file")).isEqualTo(carriedThrough ? 2 : 0);
        assertThat(number("select count(*) from audit_event where type = 'DELIVERY_ACCEPTED'")).as("its event").isEqualTo(carriedThrough ? 1 : 0);
        assertThat(installation.objects()).as("sealed before the commit").hasSize(2);
        mail = installation.start("mail", Map.of("gateway.store.orphan-age", "1s", "gateway.store.orphan-sweep", "1s"));
        if (carriedThrough) {
            installation.inbox().await(TARO, "At the commit");
            assertThat(installation.orphans()).isEmpty();
            assertThat(installation.objects()).hasSize(2);
        } else {
            await().atMost(PATIENCE).until(() -> installation.objects().isEmpty() && installation.unfinishedUploads() == 0);
        }
    }

    /** As a database server does that goes down in the middle of a commit. */
    private void endWaiting() throws SQLException {
        var postgres = installation.stage().postgres();
        try (var connection = postgres.connect(postgres.superuser()); var statement = connection.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sekisho' and wait_event_type = 'Lock' and datname = '"
                + installation.stage().database().replaceAll("[?].*|.*/", "") + "'");
        }
    }

    @Test
    void betweenTheStepsOfShreddingItIsUndoneOrCompleted() throws Exception {
        assertThat(submits("Shredded")).startsWith("250 2.6.0");
        installation.inbox().await(TARO, "Shredded");
        await().atMost(PATIENCE).until(() -> installation.objects().size() == 2);
        mail.kill();
        mail = startWithTheLoginThatServes();

        killAt("lock table audit_event in exclusive mode", "insert into audit_event",   // it may still be read
            () -> execute("update delivery set expires_at = now(), expired_at = now(), shred_at = now()"));
        assertThat(number("select count(*) from file where wrap is null")).as("keys destroyed without a receipt").isZero();
        assertThat(installation.objects()).as("objects that went before their keys").hasSize(2);
        mail = startWithTheLoginThatServes();
        await().atMost(PATIENCE).until(() -> number("select count(*) from audit_event where type = 'OBJECT_REMOVED'") == 2);
        assertThat(number("select count(*) from audit_event where type = 'FILE_SHREDDED'")).as("one receipt for each").isEqualTo(2);
        assertThat(number("select count(*) from file where wrap is not null or object_gone_at is null")).isZero();
        assertThat(installation.objects()).isEmpty();
    }

    @Test
    void betweenTheObjectsRemovalAndItsRecordItIsRecordedAfterwards() throws Exception {
        assertThat(submits("Removed")).startsWith("250 2.6.0");
        installation.inbox().await(TARO, "Removed");
        mail.kill();
        // as a shredding leaves it that was killed right after its commit
        execute("update file set wrap = null, record_wrap = null, access = 'SHREDDED'");
        execute("update delivery set access = 'SHREDDED', shredded_at = now()");
        killAt("select id from file for update", "update file set object_gone_at", () -> mail = startWithTheLoginThatServes());
        assertThat(installation.objects()).as("the first object is gone").hasSize(1);
        assertThat(number("select count(*) from file where object_gone_at is not null")).isZero();
        mail = startWithTheLoginThatServes();
        await().atMost(PATIENCE).until(() -> number("select count(*) from file where object_gone_at is not null") == 2);
        assertThat(number("select count(*) from file where wrap is not null")).isZero();
        assertThat(installation.objects()).isEmpty();
        assertThat(number("select count(*) from audit_event where type = 'OBJECT_REMOVED'")).isEqualTo(2);
    }
}
