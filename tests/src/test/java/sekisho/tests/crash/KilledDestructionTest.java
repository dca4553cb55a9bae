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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.embedded.ProductProcess;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.PostgresData;
import sekisho.tests.Visitor;

/**
 * A responder destroys a delivery, and the process is killed at a named step: the database holds it there by a lock of the test's. After a restart
 * all is as before, and destroying once more does it; or all is done, with one receipt for each file.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledDestructionTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");

    /** Numbers of advisory locks. */
    private static final int AT_COMMIT = 7001;
    private static final int AT_REMOVAL = 7002;

    private Installation installation;
    private String node;
    private ProductProcess all;

    /** Where it is killed. */
    enum Step {
        BEGUN("select id from delivery for update", "from delivery", false),
        OUTBOX("lock table outbox in share mode", "update outbox set last_reply", false),
        KEYS("lock table file in share mode", "update file f set wrap", false),
        RECEIPTS("lock table audit_event in exclusive mode", "insert into audit_event", false),
        DELIVERY_SHUT("lock table delivery in share mode", "update delivery", false),
        /** The journal has it and the database rolls it back: what is shut isn't opened, so the start completes it. */
        COMMIT_LOST("select pg_advisory_xact_lock(" + AT_COMMIT + ")", "commit", true),
        /** It is done, and nobody hears. */
        COMMIT_UNHEARD("select pg_advisory_xact_lock(" + AT_COMMIT + ")", "commit", true),
        /** The first object is gone, and that isn't recorded. */
        OBJECT_GONE("select pg_advisory_xact_lock(" + AT_REMOVAL + ")", "update file set object_gone_at", true);

        private final String lock;
        private final String waiting;
        private final boolean completed;

        Step(String lock, String waiting, boolean completed) {
            this.lock = lock;
            this.waiting = waiting;
            this.completed = completed;
        }
    }

    @BeforeAll
    void theHouseStands() throws Exception {
        installation = Installation.inTheHouse("killed_destruction", Policies.AT_ONCE);
        node = House.open().takePage();
        all = start();
        try (var connection = owner(); var statement = connection.createStatement()) {
            statement.execute("""
                create function waits() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(cast(tg_argv[0] as bigint)); return new; end $$;
                create constraint trigger waits_at_commit after update on delivery deferrable initially deferred for each row
                    when (old.access <> 'SHREDDED' and new.access = 'SHREDDED') execute function waits('%d');
                create trigger waits_at_removal before update on file for each row when (old.object_gone_at is null and new.object_gone_at is not null)
                    execute function waits('%d')""".formatted(AT_COMMIT, AT_REMOVAL));
        }
    }

    @AfterAll
    void theHouseGoes() {
        installation.close();
    }

    private ProductProcess start() {
        var settings = new HashMap<>(Map.of("gateway.store.orphan-sweep", "1h", "mail-hook.link-base", node));
        settings.put("gateway.journal.file", installation.stage().folder().resolve("journal").toString());
        return installation.startPages("all", "all", node, settings);
    }

    private Connection owner() throws SQLException {
        var owner = installation.stage().postgres().owner();
        return DriverManager.getConnection(installation.stage().database(), owner.user(), owner.password());
    }

    /** Only who is the same role sees what it is doing. */
    private long activity(String condition) {
        return new PostgresData(installation.stage().database(), installation.stage().postgres().app())
            .number("select count(*) from pg_stat_activity where datname = current_database() and " + condition);
    }

    private long number(String sql, String delivery) {
        return installation.data().number("select count(*) from " + sql.replace("DELIVERY", "'" + delivery + "'"));
    }

    private String revoked(String subject) throws Exception {
        var reply = installation.mailServer().submits(HANAKO, List.of(TARO), Messages.twoAttachments(subject, Messages.octets(1_000, 1), Messages.octets(200_000, 2)));
        var id = DELIVERY.matcher(reply);
        assertThat(id.find()).as(reply).isTrue();
        installation.inbox().await(TARO, subject);
        await().atMost(PATIENCE).until(() -> number("delivery where spool_kind <> 'GONE' and id = DELIVERY", id.group(1)) == 0);
        try (var responder = new Visitor(node, "responder")) {
            responder.opens("/admin/deliveries/" + id.group(1));
            assertThat(responder.presses("/admin/deliveries/" + id.group(1) + "/revoke", Map.of()).status()).isEqualTo(200);
        }
        assertThat(number("delivery where access = 'REVOKED' and id = DELIVERY", id.group(1))).isEqualTo(1);
        return id.group(1);
    }

    private void destroys(Visitor responder, String delivery) throws IOException, InterruptedException {
        responder.presses("/admin/deliveries/" + delivery + "/destroy", Map.of("sure", "yes"));
    }

    private void killedAt(Step step, String delivery) throws Exception {
        try (var holder = owner(); var locking = holder.createStatement(); var responder = new Visitor(node, "responder");
                var browser = Executors.newVirtualThreadPerTaskExecutor()) {
            responder.opens("/admin/deliveries/" + delivery + "/destroy");
            holder.setAutoCommit(false);
            locking.execute(step.lock);
            var pressed = browser.submit(() -> {
                destroys(responder, delivery);
                return null;
            });
            await().atMost(PATIENCE).until(() -> activity("wait_event_type = 'Lock' and query ilike '%" + step.waiting + "%'") > 0);
            all.kill();
            if (step == Step.COMMIT_LOST) {
                endWaiting();
            }
            holder.rollback();
            await().atMost(PATIENCE).until(pressed::isDone);
        }
        // the database ends what the killed process had begun as soon as it notices
        await().atMost(PATIENCE).until(() -> activity("application_name = 'sekisho'") == 0);
    }

    /** As a database server does that goes down in the middle of a commit. */
    private void endWaiting() throws SQLException {
        var postgres = installation.stage().postgres();
        try (var connection = postgres.connect(postgres.superuser()); var statement = connection.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sekisho' and wait_event_type = 'Lock' and datname = '"
                + installation.stage().database().replaceAll("[?].*|.*/", "") + "'");
        }
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void itIsUndoneOrCompleted(Step step) throws Exception {
        var delivery = revoked("Killed at " + step);
        killedAt(step, delivery);
        assertThat(number("file where wrap is null and delivery_id = DELIVERY", delivery)).as("as many keys are gone as there are receipts")
            .isEqualTo(number("audit_event where type = 'FILE_SHREDDED' and delivery_id = DELIVERY", delivery))
            .isEqualTo(step == Step.OBJECT_GONE || step == Step.COMMIT_UNHEARD ? 2 : 0);
        all = start();
        assertThat(number("delivery where access = 'SHREDDED' and id = DELIVERY", delivery)).as("when the port opens").isEqualTo(step.completed ? 1 : 0);
        if (!step.completed) {
            assertThat(number("file where wrap is not null and record_wrap is not null and access <> 'SHREDDED' and delivery_id = DELIVERY", delivery)).isEqualTo(2);
            assertThat(installation.objects()).as("objects that went before their keys").hasSize(2);
            assertThat(number("delivery where access = 'REVOKED' and id = DELIVERY", delivery)).as("it stays revoked").isEqualTo(1);
            try (var responder = new Visitor(node, "responder")) {
                responder.opens("/admin/deliveries/" + delivery + "/destroy");
                destroys(responder, delivery);
            }
        }
        await().atMost(PATIENCE).until(() -> number("audit_event where type = 'OBJECT_REMOVED' and delivery_id = DELIVERY", delivery) == 2);
        assertThat(number("audit_event where type = 'FILE_SHREDDED' and delivery_id = DELIVERY", delivery)).as("one receipt for each").isEqualTo(2);
        assertThat(number("file where (wrap is not null or record_wrap is not null or object_gone_at is null) and delivery_id = DELIVERY", delivery)).isZero();
        assertThat(installation.objects()).isEmpty();
    }
}
