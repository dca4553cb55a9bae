package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.embedded.PostgresServer;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;

/** As an operator's role, which may do this and nothing else. */
class QueueTest {

    private static final String OPERATOR = "keycloak";   // any role that has nothing to do with the tables

    @TempDir
    static Path folder;

    static PostgresServer postgres;
    static String url;
    private UUID delivery = UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start(folder);
        url = postgres.createDatabase("queue");
        var status = run("migrate", "--user", "sekisho_owner", "--password-file", folder.resolve("secrets/sekisho_owner").toString(),
            "--operator-role", OPERATOR);
        assertThat(status.text()).contains("migrated");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        execute("truncate outbox, outbox_destination, recipient, delivery, audit_event, audit_pending cascade");
        delivery = delivery("hanako@example.co.jp");
    }

    private static UUID delivery(String sender) throws SQLException {
        var id = UUID.randomUUID();
        execute("""
            insert into delivery (id, source, sender, sender_as_given, subject, message_id, size_octets, accepted_at, policy_version, notice, spool_kind, spool_wrap)
            values (?, 'MAIL', ?, ?, 'secret plans', '<m@example>', 10, now(), '1', false, 'MESSAGE', 'key')""", id, sender, sender);
        return id;
    }

    private static UUID recipient(UUID delivery, String address, @Nullable String notify) throws SQLException {
        var id = UUID.randomUUID();
        execute("""
            insert into recipient (id, delivery_id, address, address_given, outside, attachments, rule, expires_after, downloads, hold, release_at, relay, dsn_notify)
            values (?, ?, ?, ?, true, 'LINK', 'r', 1, 1, 'RELEASED', now(), 'QUEUED', ?)""", id, delivery, address, address, notify);
        return id;
    }

    private static UUID row(UUID delivery, String address, String destination, String state, @Nullable String notify) throws SQLException {
        var id = UUID.randomUUID();
        execute("""
            insert into outbox (id, delivery_id, recipient_id, kind, state, attempts, created_at, due_at, destination, last_reply, claimed_by)
            values (?, ?, ?, 'LINKED', ?, 3, now() - interval '5 hours', now() + interval '10 minutes', ?,
                '450 4.2.1 <taro@partner.example> is over quota, ask postmaster@partner.example', case when ? = 'CLAIMED' then gen_random_uuid() end)""",
            id, delivery, recipient(delivery, address, notify), state, destination, state);
        return id;
    }

    private UUID row(String state) throws SQLException {
        return row(delivery, "taro@partner.example", "world/partner.example", state, null);
    }

    private record Result(int status, String text) {
    }

    private static Result run(String command, String... more) {
        var arguments = new ArrayList<>(List.of(command, "--url", url));
        arguments.addAll(List.of(more));
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = Main.run(arguments, stream, stream);
        return new Result(status, bytes.toString(StandardCharsets.UTF_8));
    }

    private static Result queue(String... more) {
        var arguments = new ArrayList<>(List.of("--user", OPERATOR, "--password-file", folder.resolve("secrets/" + OPERATOR).toString()));
        arguments.addAll(List.of(more));
        return run("queue", arguments.toArray(String[]::new));
    }

    private static void execute(String sql, @Nullable Object... values) throws SQLException {
        try (var connection = DriverManager.getConnection(url, postgres.owner().user(), postgres.owner().password());
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.execute();
        }
    }

    private static List<String> texts(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url, postgres.owner().user(), postgres.owner().password());
                var statement = connection.createStatement(); var rows = statement.executeQuery(sql)) {
            var texts = new ArrayList<String>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    private static List<String> events() throws SQLException {
        return texts("select convert_from(payload, 'UTF8') from audit_event e join audit_pending p on p.event_id = e.id order by e.id");
    }

    @Test
    void theListTellsWhatWaitsWhereAndWhyAndNoAddress() throws SQLException {
        var id = row("DUE");
        row(delivery, "jiro@other.example", "smart-host", "SENT", null);
        execute("insert into outbox_destination values ('world/partner.example', 7, 2, now() + interval '90 minutes', '451 4.4.1 cannot open mx.partner.example:25', now())");
        var list = queue("list");
        assertThat(list.status()).isZero();
        assertThat(list.text()).contains("world/partner.example: 1 rows, 0 held, oldest 5h, suspended for 1h: 451 4.4.1 cannot open mx.partner.example:25",
            id.toString(), "in 9m", "attempts 3", "t•••@partner.example", "450 4.2.1 <•••@partner.example> is over quota, ask •••@partner.example", "1 rows wait")
            .doesNotContain("taro@", "postmaster@", "secret plans", "smart-host");
        assertThat(queue("list", "--addresses").text()).contains("  taro@partner.example  ", "<taro@partner.example> is over");
        assertThat(queue("list", "--destination", "world").text()).contains(id.toString());
        assertThat(queue("list", "--destination", "worl").text()).isEqualTo("0 rows wait\n");
        assertThat(queue("list", "--rows", "0").text()).contains("and 1 more").doesNotContain(id.toString());
        assertThat(queue("show", id.toString()).text()).contains("a copy with a link", "attempts     3").doesNotContain("taro@");
        assertThat(queue("show", UUID.randomUUID().toString()).status()).isEqualTo(1);
        assertThat(events()).isEmpty();
    }

    @Test
    void whatIsHeldStaysHeldUntilItIsResumed() throws SQLException {
        var id = row("DUE");
        assertThat(queue("hold", id.toString(), "--by", "Suzuki, night shift").status()).as("a comma").isEqualTo(2);
        assertThat(queue("hold", id.toString(), "--by", "Suzuki").text()).isEqualTo("done\n");
        assertThat(texts("select state from outbox")).containsExactly("PAUSED");
        assertThat(queue("hold", id.toString())).isEqualTo(new Result(1, "not done: it is held\n"));
        assertThat(queue("flush").text()).as("a hold is no delay").isEqualTo("0 rows are due now\n");
        assertThat(queue("flush", id.toString()).status()).isEqualTo(1);
        assertThat(queue("resume", id.toString()).status()).isZero();
        assertThat(texts("select state from outbox")).containsExactly("DUE");
        assertThat(queue("resume", id.toString()).status()).isEqualTo(1);
        assertThat(events()).hasSize(3);
        assertThat(events().getFirst()).contains("\"type\":\"QUEUE_HELD\"", "\"actor\":\"operator\"", "\"by\":\"Suzuki\"", delivery.toString());
        assertThat(events().getLast()).contains("\"type\":\"QUEUE_RESUMED\"", "\"by\":\"user ").doesNotContain(System.getProperty("user.name") + "\"");
    }

    @Test
    void flushingMakesDueAndEndsTheSuspension() throws SQLException {
        var one = row("DUE");
        var other = row(delivery, "jiro@other.example", "world/other.example", "DUE", null);
        var third = row(delivery, "saburo@third.example", "smart-host", "DUE", null);
        for (var name : List.of("world/partner.example", "world/other.example", "smart-host")) {
            execute("insert into outbox_destination values (?, 7, 2, now() + interval '90 minutes', '451 dead', now())", name);
        }
        assertThat(queue("flush", one.toString()).text()).isEqualTo("done\n");
        assertThat(texts("select id from outbox where due_at <= now()")).containsExactly(one.toString());
        assertThat(texts("select name from outbox_destination")).containsExactlyInAnyOrder("world/other.example", "smart-host");
        assertThat(queue("flush", "--destination", "world").text()).isEqualTo("1 rows are due now\n");
        assertThat(texts("select id from outbox where due_at <= now()")).containsExactlyInAnyOrder(one.toString(), other.toString());
        assertThat(queue("flush").text()).isEqualTo("1 rows are due now\n");
        assertThat(texts("select id from outbox where due_at <= now()")).contains(third.toString());
        assertThat(texts("select name from outbox_destination")).isEmpty();
        assertThat(events()).hasSize(3).allSatisfy(event -> assertThat(event).contains("QUEUE_FLUSHED").doesNotContain("partner.example", "other.example"));
    }

    @Test
    void aFlushThatIsNotDoneEndsNoSuspension() throws SQLException {
        execute("insert into outbox_destination values ('world/partner.example', 7, 2, now() + interval '90 minutes', '451 dead', now())");
        for (var state : List.of("PAUSED", "CLAIMED", "SENT")) {
            assertThat(queue("flush", row(state).toString())).as(state).extracting(Result::status).isEqualTo(1);
        }
        assertThat(texts("select name from outbox_destination")).containsExactly("world/partner.example");
        assertThat(events()).isEmpty();
    }

    @Test
    void whatIsDeletedIsNeverSentAndItsSenderIsToldUnlessNot() throws SQLException {
        var id = row("PAUSED");
        assertThat(queue("delete", id.toString())).as("without --yes").extracting(Result::status).isEqualTo(2);
        assertThat(texts("select state from outbox")).containsExactly("PAUSED");
        assertThat(queue("delete", id.toString(), "--yes").text()).isEqualTo("done\n");
        assertThat(queue("delete", id.toString(), "--yes")).isEqualTo(new Result(1, "not done: nothing waits under this id\n"));
        assertThat(texts("select kind || ' ' || state from outbox order by kind")).containsExactly("DSN DUE", "LINKED FAILED");
        assertThat(texts("select detail ->> 'action' || ' ' || (detail ->> 'status') from outbox where kind = 'DSN'")).containsExactly("FAILED 5.7.1");
        assertThat(texts("select relay from recipient")).containsExactly("FAILED");
        assertThat(texts("select spool_kind from delivery")).as("the report gives back the header").containsExactly("MESSAGE");
        assertThat(events()).singleElement().satisfies(event -> assertThat(event).contains("QUEUE_DELETED", "\"told\":\"true\""));
    }

    @Test
    void nobodyIsToldOfADeletionWhoMayNotOrDoesNotWantToBe() throws SQLException {
        var silent = row("DUE");
        var bounce = row(delivery(""), "taro@partner.example", "smart-host", "DUE", null);
        var never = row(delivery("hanako@example.co.jp"), "taro@partner.example", "smart-host", "DUE", "NEVER");
        assertThat(queue("delete", silent.toString(), "--yes", "--silent").status()).isZero();
        assertThat(queue("delete", bounce.toString(), "--yes").status()).as("null reverse-path").isZero();
        assertThat(queue("delete", never.toString(), "--yes").status()).isZero();
        assertThat(texts("select kind from outbox where state <> 'FAILED'")).isEmpty();
        assertThat(texts("select distinct spool_kind from delivery")).as("nothing needs them any more").containsExactly("GONE");
        assertThat(texts("select count(*) from delivery where spool_wrap is not null")).containsExactly("0");
        assertThat(events()).hasSize(3).allSatisfy(event -> assertThat(event).contains("\"told\":\"false\""));
    }

    @Test
    void whatIsBeingSentIsLeftAlone() throws SQLException {
        var id = row("CLAIMED");
        for (var command : List.of(List.of("hold"), List.of("resume"), List.of("flush"), List.of("delete", "--yes"))) {
            var arguments = new ArrayList<>(command);
            arguments.add(1, id.toString());
            assertThat(queue(arguments.toArray(String[]::new))).isEqualTo(new Result(1, "not done: it is being sent just now; try again\n"));
        }
        assertThat(texts("select state || ' ' || (claimed_by is not null) from outbox")).containsExactly("CLAIMED true");
        assertThat(events()).isEmpty();
    }

    @Test
    void theOperatorsRoleReadsNoSubjectNoKeyAndNoLog() throws SQLException {
        try (var connection = DriverManager.getConnection(url, OPERATOR, postgres.keycloak().password()); var statement = connection.createStatement()) {
            for (var forbidden : List.of("select subject from delivery", "select spool_wrap from delivery", "select * from file", "select payload from audit_event",
                    "update recipient set address = 'x'", "delete from outbox", "update outbox set recipient_id = null", "select * from person",
                    "update delivery set access = 'REVOKED'")) {
                assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> statement.execute(forbidden))).as(forbidden).hasMessageContaining("permission denied");
            }
        }
    }

    @Test
    void theOperatorsRoleRecordsNothingButWhatAnOperatorDoes() throws SQLException {
        try (var connection = DriverManager.getConnection(url, OPERATOR, postgres.keycloak().password())) {
            AuditLog.record(connection, Instant.now(), AuditType.QUEUE_FLUSHED, Actor.part("operator"), AuditLog.About.NOTHING, Map.of("rows", 1));
            for (var type : AuditType.values()) {
                var by = type.name().startsWith("QUEUE_") ? "relay" : "operator";
                assertThatThrownBy(() -> AuditLog.record(connection, Instant.now(), type, Actor.part(by), AuditLog.About.delivery(delivery), Map.of()))
                    .hasMessageContaining(OPERATOR + " records no " + type + " like this");
            }
        }
        assertThat(events()).hasSize(1);
    }

    @Test
    void wrongCallsSayHow() {
        for (var wrong : List.of(List.of("lost"), List.of(), List.of("show"), List.of("flush", "x", "y"), List.of("list", "x"))) {
            assertThat(queue(wrong.toArray(String[]::new))).satisfies(result -> {
                assertThat(result.status()).isEqualTo(2);
                assertThat(result.text()).contains("queue is called as");
            });
        }
        assertThat(queue("show", "7").text()).contains("is no id");
        for (var rows : List.of("abc", "-5", "all", "", "1000001", "99999999999")) {
            assertThat(queue("list", "--rows", rows)).as(rows).satisfies(result -> {
                assertThat(result.status()).isEqualTo(2);
                assertThat(result.text()).contains("--rows is a number from 0 to 1000000");
            });
        }
        assertThat(queue("list", "--everything").text()).contains("no option --everything");
    }
}
