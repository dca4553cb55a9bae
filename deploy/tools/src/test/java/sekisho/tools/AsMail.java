package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import sekisho.embedded.PostgresServer;
import sekisho.gateway.Ids;
import sekisho.gateway.audit.AuditType;

/** A database with some deliveries, and mail's login to it. */
abstract class AsMail {

    static final String DENIED = "42501";
    static final Pattern NAME = Pattern.compile("\\b[A-Z]+(_[A-Z]+)*\\b");
    static final String DELIVERY = "insert into delivery (id, source, sender, sender_as_given, subject, message_id, size_octets, accepted_at, policy_version,"
        + " notice, spool_kind) values ('%s', 'MAIL', 'a@example.co.jp', 'a@example.co.jp', 's', '<m@example>', 10, now(), '1', false, 'GONE')";
    static final String RECIPIENT = "insert into recipient (id, delivery_id, address, address_given, outside, attachments, rule, expires_after, downloads, hold,"
        + " release_at, until_scanned, access) values ('%s', '%s', '%s', 'x', true, 'LINK', 'r', 600, 1, '%s', now(), %s, '%s')";
    static final String FILE = "insert into file (id, delivery_id, position, record, record_wrap_algorithm, record_wrap_version, size_octets, object_key, header,"
        + " cipher_octets, wrap_algorithm, wrap_version, wrap, record_wrap) values ('%1$s', '%2$s', %3$d, '', '', 1, 1, 'f/%1$s', '', 1, '', 1, %4$s)";

    @TempDir
    static Path folder;

    static PostgresServer postgres;
    static String url;

    UUID delivery;
    UUID file;
    UUID held;
    UUID open;
    UUID unscanned;
    UUID shut;
    UUID live;
    UUID liveFile;
    UUID queued;
    UUID waiting;

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
        live = UUID.randomUUID();
        liveFile = UUID.randomUUID();
        queued = UUID.randomUUID();
        waiting = UUID.randomUUID();
        execute(postgres.owner(), "truncate key_version",
            "insert into key_version (pair, version, wraps) values ('files', 1, 10), ('spool', 1, 10)",
            DELIVERY.formatted(delivery), FILE.formatted(file, delivery, 0, "'wrap', 'record'"), FILE.formatted(shut, delivery, 1, "null, null"),
            RECIPIENT.formatted(held, delivery, "taro@partner.example", "HELD", false, "OPEN"),
            RECIPIENT.formatted(unscanned, delivery, "goro@partner.example", "HELD", true, "OPEN"),
            RECIPIENT.formatted(open, delivery, "jiro@partner.example", "RELEASED", false, "REVOKED"),
            "update recipient set released_at = now(), expires_at = now() + interval '1 minute' where id = '" + open + "'",
            "update file set access = 'SHREDDED', object_gone_at = now() where id = '" + shut + "'",
            "update delivery set access = 'REVOKED', expired_at = now(), shred_at = now(), shredded_at = now() where id = '" + delivery + "'",
            DELIVERY.formatted(live), FILE.formatted(liveFile, live, 0, "'wrap', 'record'"),
            RECIPIENT.formatted(UUID.randomUUID(), live, "shiro@partner.example", "RELEASED", false, "OPEN"),
            "update recipient set released_at = now(), expires_at = now() + interval '1 minute' where delivery_id = '" + live + "'",
            "update delivery set expires_at = now() + interval '1 minute' where id = '" + live + "'",
            DELIVERY.formatted(queued), RECIPIENT.formatted(waiting, queued, "saburo@partner.example", "HELD", false, "OPEN"));
    }

    static DatabaseLogin owner() {
        return new DatabaseLogin(url, postgres.owner().user(), postgres.owner().password());
    }

    static Connection connect(PostgresServer.Login login) throws SQLException {
        return DriverManager.getConnection(url, login.user(), login.password());
    }

    /** All in one transaction. @return how many rows the last one changed */
    static int execute(PostgresServer.Login login, String... all) throws SQLException {
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

    int asMail(String... all) throws SQLException {
        return execute(postgres.mail(), filled(all));
    }

    String[] filled(String... all) {
        var names = Map.of("DELIVERY", delivery, "FILE", file, "GONE_ONE", shut, "HELD_ONE", held, "OPEN_ONE", open, "UNSCANNED_ONE", unscanned, "LIVE_ONE", live,
            "LIVE_CONTENT", liveFile, "QUEUED_ONE", queued,
            "WAITING_ONE", waiting);
        return Stream.of(all).map(sql -> NAME.matcher(sql).replaceAll(found -> names.containsKey(found.group()) ? "'" + names.get(found.group()) + "'" : found.group()))
            .toArray(String[]::new);
    }

    void isDenied(String... all) {
        assertThatThrownBy(() -> asMail(all)).as(String.join("; ", all))
            .isInstanceOfSatisfying(SQLException.class, denied -> {
                assertThat(denied.getSQLState()).as(denied.getMessage()).isEqualTo(DENIED);
                assertThat(denied.getMessage()).doesNotContain("temporary");
            });
    }

    /** As AuditLog writes it. @param about what its payload says beside the columns, JSON that begins with a comma, or nothing */
    static String event(UUID id, Instant at, String type, @Nullable UUID about, String more) {
        var delivery = about == null ? "" : ",\"delivery\":\"" + about + "\"";
        return "insert into audit_event select '%s', '%s', '%s', %s, p, sha256('\\x00'::bytea || p) from (select convert_to('%s', 'UTF8') as p) said".formatted(id, at, type,
            about == null ? "null" : "'" + about + "'", "{\"id\":\"%s\",\"at\":\"%s\",\"type\":\"%s\",\"actor\":\"relay\"%s%s}".formatted(id, at, type, delivery, more));
    }

    static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    static String event(AuditType type, @Nullable UUID about, String more) {
        return event(Ids.next(), now(), type.name(), about, more);
    }

    static String of(UUID recipient) {
        return ",\"recipient\":\"" + recipient + "\"";
    }

    static final String RELEASED = RECIPIENT.replace("access) values", "access, released_at, expires_at) values").replaceFirst("[)]$", ", %s, %s)");

    static String released(UUID id, UUID delivery, String releasedAt, String expiresAt) {
        return RELEASED.formatted(id, delivery, "taro@partner.example", "RELEASED", false, "OPEN", releasedAt, expiresAt);
    }

    void isNonsense(String... all) {
        assertThatThrownBy(() -> asMail(all)).as(String.join("; ", all)).isInstanceOfSatisfying(SQLException.class,
            refused -> assertThat(refused.getSQLState()).as(refused.getMessage()).isEqualTo("23514"));
    }
}
