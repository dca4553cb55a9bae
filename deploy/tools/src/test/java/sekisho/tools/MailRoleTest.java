package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.embedded.PostgresServer;

/** What somebody who has taken {@code mail} over can do with its login to the database. */
class MailRoleTest {

    private static final String DENIED = "42501";
    private static final String DELIVERY = "insert into delivery (id, source, sender, sender_as_given, subject, message_id, size_octets, accepted_at, policy_version,"
        + " notice, spool_kind) values ('%s', 'MAIL', 'a@example.co.jp', 'a@example.co.jp', 's', '<m@example>', 10, now(), '1', false, 'GONE')";
    private static final String RECIPIENT = "insert into recipient (id, delivery_id, address, address_given, outside, attachments, rule, expires_after, downloads, hold,"
        + " release_at, until_scanned, access) values ('%s', '%s', '%s', 'x', true, 'LINK', 'r', 600, 1, '%s', now(), %s, '%s')";
    private static final String FILE = "insert into file (id, delivery_id, position, record, record_wrap_algorithm, record_wrap_version, size_octets, object_key, header,"
        + " cipher_octets, wrap_algorithm, wrap_version, wrap, record_wrap) values ('%s', '%s', %d, '', '', 1, 1, 'f/x', '', 1, '', 1, %s)";

    @TempDir
    static Path folder;

    static PostgresServer postgres;
    static String url;

    private UUID delivery;
    private UUID file;
    private UUID held;
    private UUID open;
    private UUID unscanned;
    private UUID shut;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start(folder);
        url = postgres.createDatabase("mail_role");
        Migrate.migrate(owner(), Migrate.APP_ROLE);
        Migrate.letTakeMail(owner(), postgres.mail().user());
        try (var connection = connect(postgres.superuser()); var statement = connection.createStatement()) {
            statement.execute("grant temporary on database mail_role to public");   // as PostgreSQL does by itself
        }
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void aDeliveryIsThere() throws SQLException {
        delivery = UUID.randomUUID();
        file = UUID.randomUUID();
        held = UUID.randomUUID();
        open = UUID.randomUUID();
        unscanned = UUID.randomUUID();
        shut = UUID.randomUUID();
        execute(postgres.owner(), "truncate key_version",
            "insert into key_version (pair, version, wraps) values ('files', 1, 10), ('spool', 1, 10)",
            DELIVERY.formatted(delivery), FILE.formatted(file, delivery, 0, "'wrap', 'record'"), FILE.formatted(shut, delivery, 1, "null, null"),
            RECIPIENT.formatted(held, delivery, "taro@partner.example", "HELD", false, "OPEN"),
            RECIPIENT.formatted(unscanned, delivery, "goro@partner.example", "HELD", true, "OPEN"),
            RECIPIENT.formatted(open, delivery, "jiro@partner.example", "RELEASED", false, "REVOKED"),
            "update recipient set released_at = now(), expires_at = now() + interval '1 minute' where id = '" + open + "'",
            "update file set access = 'SHREDDED', object_gone_at = now() where id = '" + shut + "'",
            "update delivery set access = 'REVOKED', expired_at = now(), shred_at = now(), shredded_at = now() where id = '" + delivery + "'");
    }

    private static DatabaseLogin owner() {
        return new DatabaseLogin(url, postgres.owner().user(), postgres.owner().password());
    }

    private static Connection connect(PostgresServer.Login login) throws SQLException {
        return DriverManager.getConnection(url, login.user(), login.password());
    }

    /** All in one transaction. @return how many rows the last one changed */
    private static int execute(PostgresServer.Login login, String... all) throws SQLException {
        int rows = 0;
        try (var connection = connect(login); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (var sql : all) {
                statement.execute(sql);
                rows = statement.getUpdateCount();
            }
            connection.commit();
        }
        return rows;
    }

    private int asMail(String... all) throws SQLException {
        var filled = List.of(all).stream().map(sql -> sql.replace("DELIVERY", "'" + delivery + "'").replace("FILE", "'" + file + "'").replace("GONE_ONE", "'" + shut + "'")
            .replace("HELD_ONE", "'" + held + "'").replace("OPEN_ONE", "'" + open + "'").replace("UNSCANNED_ONE", "'" + unscanned + "'")).toArray(String[]::new);
        return execute(postgres.mail(), filled);
    }

    private void isDenied(String... all) {
        assertThatThrownBy(() -> asMail(all)).as(String.join("; ", all))
            .isInstanceOfSatisfying(SQLException.class, denied -> {
                assertThat(denied.getSQLState()).as(denied.getMessage()).isEqualTo(DENIED);
                assertThat(denied.getMessage()).doesNotContain("temporary");
            });
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "insert into person (id, issuer, subject, address, salt, first_seen_at, last_seen_at) values (gen_random_uuid(), 'i', 's', 'x@y.example', '', now(), now())",
        "update person set last_seen_at = now()", "select * from person",
        "insert into ticket (id, grant_id, delivery_id, person_id, opened_at, expires_at) values (gen_random_uuid(), FILE, DELIVERY, FILE, now(), now())",
        "update ticket set expires_at = now()", "select * from ticket", "insert into sign_out (session, ended_at) values ('', now())", "delete from sign_out",
        "update refusal set more = 0", "delete from refusal", "update access_grant set downloads = 0", "update access_grant set access = 'OPEN'",
        "update recipient set address = 'x@y.example' where id = HELD_ONE", "update recipient set link_hash = '' where id = HELD_ONE",
        "update recipient set access = 'OPEN' where id = OPEN_ONE", "update recipient set downloads = 1000", "update recipient set expires_after = 1000000",
        "update recipient set until_scanned = false", "update recipient set delivery_id = DELIVERY", "update file set delivery_id = DELIVERY",
        "update file set object_key = 'f/y'", "update file set wrap_version = 2", "update file set scan = 'CLEAN'", "update delivery set sender = 'x@y.example'",
        "update delivery set made_in = pg_current_xact_id(), made_at = transaction_timestamp()", "update delivery set revoked_as = null",
        "update audit_event set type = 'x'", "delete from audit_event", "delete from audit_pending", "update audit_edge set size = 0",
        "insert into audit_leaf (leaf_index, event_id) values (0, FILE)", "insert into audit_checkpoint values (1, '', '', now())",
        "delete from delivery", "delete from recipient", "delete from outbox", "delete from key_version", "truncate recipient",
        "alter table recipient disable trigger late_recipient", "drop trigger late_grant on access_grant", "set session_replication_role = replica",
        "set role sekisho_app", "set role sekisho_owner", "create table mine (a int)", "update flyway_schema_history set success = false"})
    void whatOthersAloneWriteIsNotGranted(String statement) {
        isDenied(statement);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "update delivery set access = 'OPEN' where id = DELIVERY", "update delivery set expired_at = null where id = DELIVERY",
        "update delivery set shred_at = shred_at + interval '1 year' where id = DELIVERY", "update delivery set shredded_at = null where id = DELIVERY",
        "update recipient set expires_at = expires_at + interval '1 minute' where id = OPEN_ONE", "update recipient set expires_at = null where id = OPEN_ONE",
        "update recipient set hold = 'HELD' where id = OPEN_ONE", "update recipient set released_at = now() + interval '1 hour' where id = OPEN_ONE",
        "update recipient set hold = 'CANCELLED' where id = HELD_ONE", "update recipient set expires_at = now() where id = HELD_ONE",
        "update recipient set hold = 'RELEASED', released_at = now(), expires_at = now() + interval '11 minutes' where id = HELD_ONE",
        "update recipient set hold = 'RELEASED', expires_at = now() where id = HELD_ONE",
        "update recipient set hold = 'RELEASED', released_at = now() + interval '2 days', expires_at = now() + interval '2 days' where id = HELD_ONE",
        "update recipient set hold = 'RELEASED', released_at = now(), expires_at = now() where id = UNSCANNED_ONE",
        "update file set wrap = 'another' where id = FILE", "update file set wrap = 'again', access = 'OPEN' where id = GONE_ONE",
        "update file set access = 'OPEN' where id = GONE_ONE", "update file set record_wrap = 'another' where id = FILE",
        "update file set access = 'REVOKED' where id = FILE", "update file set object_gone_at = null where id = GONE_ONE",
        "update key_version set wraps = 1 where pair = 'files'", "update key_version set destroyed_at = now() where pair = 'files'",
        "update key_version set idle_since = now() where pair = 'files'", "insert into key_version (pair, version, destroyed_at) values ('files', 2, now())",
        "insert into key_version (pair, version, idle_since) values ('records', 2, now())"})
    void nothingIsOpenedThatIsShut(String statement) throws SQLException {
        isDenied(statement);
        assertThatCode(() -> execute(postgres.app(), statement.replace("DELIVERY", "'" + delivery + "'").replace("FILE", "'" + file + "'")
            .replace("GONE_ONE", "'" + shut + "'").replace("HELD_ONE", "'" + held + "'").replace("OPEN_ONE", "'" + open + "'")
            .replace("UNSCANNED_ONE", "'" + unscanned + "'"))).as("who serves may").doesNotThrowAnyException();
    }

    private static final String ADDS_RECIPIENT = RECIPIENT.formatted(UUID.randomUUID(), "DELIVERY", "mallory@evil.example", "RELEASED", false, "OPEN").replace("'DELIVERY'", "DELIVERY");
    private static final String ADDS_FILE = FILE.formatted(UUID.randomUUID(), "DELIVERY", 7, "'wrap', 'record'").replace("'DELIVERY'", "DELIVERY");
    private static final String ADDS_GRANT = "insert into access_grant (id, delivery_id, file_id, recipient_id) values (gen_random_uuid(), DELIVERY, FILE, OPEN_ONE)";

    @ParameterizedTest
    @ValueSource(strings = {"recipient", "file", "access_grant"})
    void aDeliveryThatIsThereGetsNothingMore(String table) throws SQLException {
        var adds = table.equals("recipient") ? ADDS_RECIPIENT : table.equals("file") ? ADDS_FILE : ADDS_GRANT;
        isDenied(adds);
        isDenied("update delivery set next_release_at = now() where id = DELIVERY", adds);
        isDenied("savepoint here", "update delivery set next_release_at = now() where id = DELIVERY", adds);
        isDenied("create temporary table delivery (id uuid, made_in xid8, made_at timestamptz)",
            "insert into delivery values (DELIVERY, pg_current_xact_id(), transaction_timestamp())", adds);
        isDenied("create temporary table ticket (id uuid)", "update delivery set access = 'OPEN' where id = DELIVERY");
        assertThatThrownBy(() -> execute(postgres.app(), adds.replace("DELIVERY", "'" + delivery + "'").replace("FILE", "'" + file + "'").replace("OPEN_ONE", "'" + open + "'")))
            .as("nor by who serves").hasMessageContaining("a delivery gets no " + table + " after the transaction that made it");
    }

    /** A number of a transaction comes again in a cluster into which a dump was restored. */
    @Test
    void theTransactionsNumberAloneIsNotEnough() throws SQLException {
        try (var connection = connect(postgres.mail()); var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            try (var number = statement.executeQuery("select pg_current_xact_id()")) {
                number.next();
                assertThat(execute(postgres.owner(), "update delivery set made_in = '" + number.getString(1) + "' where id = '" + delivery + "'")).isEqualTo(1);
            }
            assertThatThrownBy(() -> statement.execute(ADDS_RECIPIENT.replace("DELIVERY", "'" + delivery + "'"))).hasMessageContaining("after the transaction that made it");
        }
    }

    @Test
    void aDeliveryThatIsMadeGetsItsRowsAlsoBehindASavepoint() throws SQLException {
        var made = UUID.randomUUID();
        var recipient = UUID.randomUUID();
        var content = UUID.randomUUID();
        assertThat(asMail(DELIVERY.formatted(made), "savepoint here", RECIPIENT.formatted(recipient, made, "taro@partner.example", "HELD", false, "OPEN"),
            FILE.formatted(content, made, 0, "'wrap', 'record'"), "update delivery set next_release_at = now() where id = '" + made + "'",
            "insert into access_grant (id, delivery_id, file_id, recipient_id) values (gen_random_uuid(), '%s', '%s', '%s')".formatted(made, content, recipient)))
            .isEqualTo(1);
    }

    @Test
    void whatMailDoesIsGranted() throws SQLException {
        assertThat(asMail("update recipient set hold = 'RELEASED', released_at = now(), relay = 'QUEUED', expires_at = now() + make_interval(secs => expires_after) where id = HELD_ONE"))
            .isEqualTo(1);
        assertThat(asMail("update recipient set relay = 'SENT', relayed_at = now() where id = HELD_ONE")).isEqualTo(1);
        assertThat(asMail("update file set wrap = null, record_wrap = null, access = 'SHREDDED' where id = FILE")).isEqualTo(1);
        assertThat(asMail("update delivery set access = 'SHREDDED' where id = DELIVERY")).isEqualTo(1);
        assertThat(asMail("update key_version set wraps = 11, last_sealed_at = now(), idle_since = null where pair = 'files'")).isEqualTo(1);
        for (int version : List.of(1, 2)) {
            assertThat(asMail("insert into key_version as k (pair, version, wraps, last_sealed_at) values ('files', " + version + ", 3, now())"
                + " on conflict (pair, version) do update set wraps = k.wraps + excluded.wraps, last_sealed_at = excluded.last_sealed_at")).isEqualTo(1);
        }
        assertThat(asMail("insert into key_version (pair, version) values ('spool', 1) on conflict do nothing")).isZero();
        assertThat(asMail("update key_version set destroyed_at = now() where pair = 'spool'")).isEqualTo(1);
    }

    @Test
    void whatTheRoleHadBeforeIsTakenAway() throws Exception {
        execute(postgres.owner(), "grant select, update on person, ticket to sekisho_mail", "grant update (address) on recipient to sekisho_mail");
        Migrate.letTakeMail(owner(), postgres.mail().user());
        isDenied("select * from ticket");
        isDenied("update recipient set address = 'x@y.example' where id = HELD_ONE");
    }

    @Test
    void aRoleThatHasAnothersRightsIsRefused() throws Exception {
        try (var connection = connect(postgres.superuser()); var statement = connection.createStatement()) {
            statement.execute("create role too_much; grant sekisho_app to too_much; create role superhuman superuser");
        }
        assertThatThrownBy(() -> Migrate.letTakeMail(owner(), "too_much")).isInstanceOf(CommandException.class).hasMessageContaining("make one that has none");
        assertThatThrownBy(() -> Migrate.letTakeMail(owner(), "superhuman")).isInstanceOf(CommandException.class).hasMessageContaining("make one that has none");
        for (var same : List.of("sekisho_app", "sekisho_owner")) {
            var bytes = new ByteArrayOutputStream();
            var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
            assertThat(Main.run(List.of("migrate", "--url", url, "--user", "sekisho_owner", "--password-file", folder.resolve("secrets/sekisho_owner").toString(),
                "--mail-role", same), out, out)).isEqualTo(2);
            assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("mail's role is one of its own");
        }
    }
}
