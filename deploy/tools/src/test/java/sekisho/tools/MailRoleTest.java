package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.Ids;
import sekisho.gateway.audit.AuditType;
import sekisho.storage.KeyFiles;
import sekisho.storage.OpeningKey;

/** What somebody who has taken {@code mail} over can do with its login to the database. */
class MailRoleTest extends AsMail {

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
        "insert into key_version (pair, version, idle_since) values ('records', 2, now())",
        "update recipient set hold = 'RELEASED', released_at = now(), expires_at = null where id = HELD_ONE",
        "update recipient set hold = 'RELEASED', released_at = now(), expires_at = now() where id = HELD_ONE",
        "update recipient set hold = 'RELEASED', released_at = now() - interval '2 days', expires_at = now() - interval '2 days' + interval '10 minutes' where id = HELD_ONE",
        "merge into recipient r using (select 1) one on r.id = OPEN_ONE when matched then update set expires_at = now() + interval '1 day'",
        "update delivery set expires_at = null where id = LIVE_ONE", "update delivery set expires_at = '9000-01-01' where id = LIVE_ONE",
        "update delivery set expires_at = now() where id = QUEUED_ONE",
        "insert into key_version (pair, version) values ('files', 2)", "insert into key_version (pair, version) values ('files', 2147483647)",
        "insert into key_version (pair, version) values ('spool', 2147483647)", "insert into key_version (pair, version) values ('spool', 100001)",
        "update key_version set last_sealed_at = '9000-01-01' where pair = 'files'",
        "insert into key_version (pair, version, last_sealed_at) values ('spool', 2, now() + interval '1 minute')"})
    void nothingIsOpenedThatIsShut(String statement) throws SQLException {
        isDenied(statement);
        assertThatCode(() -> execute(postgres.app(), filled(statement))).as("who serves may").doesNotThrowAnyException();
    }

    /** It ends where files are served: mail could call destroyed what has its key, keep a key for good, or make a receipt a lie. */
    @ParameterizedTest
    @ValueSource(strings = {
        "update delivery set shredded_at = now() where id = LIVE_ONE", "update delivery set access = 'SHREDDED' where id = LIVE_ONE",
        "update delivery set access = 'SHREDDED', shredded_at = now() where id = LIVE_ONE",
        "update delivery set expired_at = now(), shred_at = '9000-01-01' where id = LIVE_ONE", "update delivery set expired_at = now() where id = LIVE_ONE",
        "update file set access = 'SHREDDED' where id = LIVE_CONTENT", "update file set wrap = null, record_wrap = null, access = 'SHREDDED' where id = LIVE_CONTENT",
        "update file set object_gone_at = now() where id = LIVE_CONTENT"})
    void nothingOfTheEndOfAFileIsGranted(String statement) throws SQLException {
        isDenied(statement);
        assertThat(execute(postgres.app(), filled(statement))).as("who serves may").isEqualTo(1);
    }

    private static final Set<AuditType> OF_MAIL = EnumSet.of(AuditType.DELIVERY_ACCEPTED, AuditType.PASSWORD_MAIL_SEEN, AuditType.DELIVERY_REFUSED, AuditType.MESSAGES_REFUSED,
        AuditType.RECIPIENT_RELEASED, AuditType.COPY_RELAYED, AuditType.COPY_UNCONFIRMED, AuditType.COPY_DEFERRED, AuditType.COPY_FAILED, AuditType.NOTICE_RELAYED,
        AuditType.KEY_ROTATED, AuditType.KEY_DESTROYED);

    @ParameterizedTest
    @EnumSource(AuditType.class)
    void noEventOfWhatOthersDoIsRecorded(AuditType type) throws SQLException {
        var about = event(type, live, ",\"file\":\"" + liveFile + "\"");
        if (!OF_MAIL.contains(type)) {
            isDenied(about);
            isDenied(event(type, null, ""));
            isDenied("create temporary table ticket (id uuid)", about);
        }
        assertThat(execute(postgres.app(), about)).as("who serves may").isEqualTo(1);
    }

    @Test
    void whatMailDoesIsRecorded() throws SQLException {
        for (var at : List.of("2026-11-29T01:02:03Z", "2026-11-29T01:02:03.100Z", "2026-11-29T01:02:03.000400Z", "2026-11-29T01:02:03.456Z", "2026-11-29T01:02:00.000001Z")) {
            var nearly = Instant.parse(at);   // with every form that a fraction has
            var today = now().truncatedTo(ChronoUnit.SECONDS).plusNanos(nearly.getNano());
            assertThat(asMail(event(Ids.next(), today, "COPY_RELAYED", live, of(waiting)))).as(at).isEqualTo(1);
        }
        for (var type : OF_MAIL) {
            if (type.name().matches("COPY_.*|NOTICE_.*|.*_REFUSED")) {
                assertThat(asMail(event(type, live, of(waiting) + ",\"details\":{\"code\":\"250\"}"))).as("%s", type).isEqualTo(1);
                assertThat(asMail(event(type, null, ""))).as("%s", type).isEqualTo(1);
            }
        }
        var made = UUID.randomUUID();
        assertThat(asMail(DELIVERY.formatted(made), event(AuditType.DELIVERY_ACCEPTED, made, ""), event(AuditType.PASSWORD_MAIL_SEEN, made, ""))).isEqualTo(1);
        assertThat(asMail(event(AuditType.KEY_ROTATED, null, ",\"details\":{\"pair\":\"spool\"}"))).isEqualTo(1);
        assertThat(asMail(event(AuditType.KEY_DESTROYED, null, ",\"details\":{\"pair\":\"spool\"}"))).isEqualTo(1);
    }

    /** The page that shows the delivery, and the verifier, make ids of what stands there. */
    @Test
    void anAcceptanceNamesRowsByIdsAlone() {
        for (var name : List.of("recipient:x", "file:", "record:" + UUID.randomUUID() + "0")) {
            isDenied(DELIVERY.formatted(UUID.fromString("00000000-0000-0000-0000-000000000009")),
                event(AuditType.DELIVERY_ACCEPTED, UUID.fromString("00000000-0000-0000-0000-000000000009"), ",\"details\":{\"" + name + "\":\"x\"}"));
        }
    }

    /** The sequencer and pages of everybody read it. */
    @Test
    void anEventHasASize() throws SQLException {
        var about = event(AuditType.COPY_RELAYED, live, ",\"details\":{\"x\":\"XX\"}");
        isDenied(large(about, 65_536));
        assertThat(asMail(large(about, 60_000))).isEqualTo(1);
        var accepted = event(AuditType.DELIVERY_ACCEPTED, live, ",\"details\":{\"x\":\"XX\"}");
        assertThatThrownBy(() -> execute(postgres.app(), large(accepted, 32 << 20))).as("nor by who serves").hasMessageContaining("audit_event_size");
    }

    /** Pages and the verifier read it, and it is as large as its recipients and files make it. */
    @Test
    void anAcceptanceIsAsLargeAsItsRowsMakeIt() throws SQLException {
        var alone = UUID.randomUUID();
        var policy = ",\"details\":{\"policy\":\"XX\"}";
        isDenied(DELIVERY.formatted(alone), large(event(AuditType.DELIVERY_ACCEPTED, alone, policy), 65_536));
        var forAll = UUID.randomUUID();
        var recipients = RECIPIENT.formatted(UUID.randomUUID(), forAll, "taro@partner.example", "HELD", false, "OPEN").replaceFirst("values \\('[^']*'", "select gen_random_uuid()")
            .replaceFirst("[)]$", " from generate_series(1, 15000)");
        assertThat(asMail(DELIVERY.formatted(forAll), recipients, large(event(AuditType.DELIVERY_ACCEPTED, forAll, policy), 15_000_000))).isEqualTo(1);
    }

    /** Web and admin read all acceptances of a delivery, when they show it and before they destroy its keys. */
    @Test
    void aDeliveryThatIsMadeIsAcceptedOnce() throws SQLException {
        var made = UUID.randomUUID();
        var one = event(AuditType.DELIVERY_ACCEPTED, made, "");
        var other = event(AuditType.DELIVERY_ACCEPTED, made, "");
        isDenied(DELIVERY.formatted(made), one, other);
        isDenied(DELIVERY.formatted(made), Stream.of(one, other).map(sql -> sql.replaceFirst(".*?select ('[^']*'), ('[^']*'), ('[^']*'), ('[^']*')", "select $1::uuid, $2::timestamptz, $3, $4::uuid"))
            .collect(Collectors.joining(" union all ", "insert into audit_event ", "")));
        assertThat(asMail(DELIVERY.formatted(made), one)).isEqualTo(1);
    }

    /** An object of millions of names takes twenty times its size where it is read. */
    @Test
    void anAcceptanceNamesTheRowsThatItHasAlone() throws SQLException {
        var made = UUID.randomUUID();
        var recipient = UUID.randomUUID();
        var content = UUID.randomUUID();
        var rows = new String[] {DELIVERY.formatted(made), RECIPIENT.formatted(recipient, made, "taro@partner.example", "HELD", false, "OPEN"),
            FILE.formatted(content, made, 0, "'wrap', 'record'"), null};
        for (var name : List.of("x", "recipient:" + UUID.randomUUID(), "recipient:" + content, "rule:" + content, "file:" + recipient, "file:" + liveFile, "scan:" + recipient)) {
            rows[3] = event(AuditType.DELIVERY_ACCEPTED, made, ",\"details\":{\"head\":\"x\",\"" + name + "\":\"x\"}");
            isDenied(rows);
        }
        rows[3] = event(AuditType.DELIVERY_ACCEPTED, made, (",\"details\":{\"attachments\":\"1\",\"file:%2$s\":\"x\",\"files\":\"1\",\"head\":\"x\",\"inMail\":\"0\",\"inMailOctets\":\"0\",\"policy\":\"1\","
            + "\"record:%2$s\":\"x\",\"recipient:%1$s\":\"x\",\"rule:%1$s\":\"x\",\"scan:%2$s\":\"CLEAN\",\"source\":\"MAIL\"}").formatted(recipient, content));
        assertThat(asMail(rows)).isEqualTo(1);
    }

    /** As when it is released later: else the keys of its files would live for ever. */
    @Test
    void aDeliveryThatIsMadeWithReleasedLinksEndsWithThem() throws SQLException {
        for (var end : List.of("null", "now() + interval '1 year'")) {
            var made = UUID.randomUUID();
            var delivery = DELIVERY.replace("spool_kind)", "spool_kind, expires_at)").replaceFirst("[)]$", ", " + end + ")").formatted(made);
            asMail(delivery, released(UUID.randomUUID(), made, "now()", "now() + interval '10 minutes'"), FILE.formatted(UUID.randomUUID(), made, 0, "'wrap', 'record'"));
            assertThat(execute(postgres.owner(), "update delivery set notice = notice where id = '" + made + "' and expires_at = (select max(expires_at) from recipient"
                + " where delivery_id = '" + made + "')")).as(end).isEqualTo(1);
        }
        var heldToo = UUID.randomUUID();
        asMail(DELIVERY.formatted(heldToo), released(UUID.randomUUID(), heldToo, "now()", "now() + interval '10 minutes'"),
            RECIPIENT.formatted(UUID.randomUUID(), heldToo, "jiro@partner.example", "HELD", false, "OPEN"));
        assertThat(execute(postgres.owner(), "update delivery set notice = notice where id = '" + heldToo + "' and expires_at is null")).isEqualTo(1);
    }

    @Test
    void nothingIsMadeShutOrWithAnotherEndThanItsRowSays() throws SQLException {
        var made = UUID.randomUUID();
        var one = UUID.randomUUID();
        var makes = DELIVERY.formatted(made);
        for (var end : List.of("access|'REVOKED'", "access|'SHREDDED'", "revoked_as|'SENDER'", "revoked_at|now()", "expired_at|now()", "shred_at|now()", "shredded_at|now()")) {
            var column = end.split("[|]");
            isDenied(makes.replace("spool_kind)", "spool_kind, " + column[0] + ")").replaceFirst("[)]$", ", " + column[1] + ")"));
        }
        for (var wrong : List.of(released(one, made, "null", "null"), released(one, made, "now()", "null"), released(one, made, "now()", "now() + interval '11 minutes'"),
                released(one, made, "now() + interval '2 days'", "now() + interval '2 days 10 minutes'"), released(one, made, "now()", "now() + interval '10 minutes'").replace("false, 'OPEN'", "true, 'OPEN'"),
                released(one, made, "now()", "now() + interval '10 minutes'").replace("'LINK'", "'PASS'"), released(one, made, "now()", "null").replace("'RELEASED'", "'HELD'"),
                released(one, made, "null", "now()").replace("'RELEASED'", "'HELD'"), released(one, made, "null", "null").replace("'RELEASED'", "'CANCELLED'"),
                RECIPIENT.formatted(one, made, "taro@partner.example", "HELD", false, "REVOKED"))) {
            isDenied(makes, wrong);
        }
        isDenied(makes, FILE.formatted(one, made, 0, "null, null"));
        isDenied(makes, FILE.replace("record_wrap)", "record_wrap, object_gone_at)").replaceFirst("[)]$", ", now())").formatted(one, made, 0, "'wrap', 'record'"));
        isDenied(makes, FILE.replace("record_wrap)", "record_wrap, access)").replaceFirst("[)]$", ", 'SHREDDED')").formatted(one, made, 0, "'wrap', 'record'"));
        assertThat(asMail(makes, released(one, made, "now()", "null").replace("'LINK'", "'PASS'"))).as("without a link").isEqualTo(1);
    }

    /** Pages can't show it. */
    @ParameterizedTest
    @ValueSource(strings = {"delivery.expires_at", "delivery.expired_at", "delivery.shred_at", "delivery.shredded_at", "delivery.revoked_at", "recipient.released_at",
        "recipient.cancelled_at", "recipient.expires_at", "recipient.names_seen_at", "recipient.relayed_at", "file.object_gone_at", "outbox.due_at", "outbox.created_at",
        "outbox_destination.changed_at", "node.seen_at", "key_version.last_sealed_at"})
    void noTimeIsEndless(String which) throws SQLException {
        execute(postgres.owner(), "insert into outbox_destination (name, failures, last_reply, changed_at) values ('x', 0, '', now()) on conflict do nothing",
            "insert into node (id, seen_at) values ('00000000-0000-0000-0000-000000000001', now()) on conflict do nothing",
            filled("insert into outbox (id, delivery_id, kind, created_at, due_at) values (gen_random_uuid(), LIVE_ONE, 'NOTICE', now(), now())")[0]);
        for (var end : List.of("infinity", "-infinity")) {
            assertThatThrownBy(() -> execute(postgres.owner(), "update " + which.replace(".", " set ") + " = '" + end + "'")).as(which)
                .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState()).as(refused.getMessage()).isEqualTo("23514"));
        }
    }

    /** After a restore the journal records a revocation under the id that it had, which mail could read before. */
    @Test
    void nobodysEventIsKeptFromTheQueueByWhoWritesItsIdThereFirst() {
        isDenied("insert into audit_pending (event_id) values ('" + Ids.next() + "')");
        isDenied(event(AuditType.COPY_RELAYED, live, "").replaceFirst("insert into audit_event", "with e as (insert into audit_event")
            + " returning id) insert into audit_pending (event_id) select id from e union all select gen_random_uuid()");
    }

    /** Whoever could record an event before V75 wrote any text there. */
    @Test
    void anEventOfAReleaseMayNameWhatIsNoId() throws Exception {
        var recipient = new StringBuilder();
        for (int i = 0; i < 400; i++) {
            recipient.append(UUID.randomUUID());   // which no index makes much smaller
        }
        assertThat(execute(postgres.app(), event(AuditType.RECIPIENT_RELEASED, live, ",\"recipient\":\"" + recipient + "\""))).isEqualTo(1);
    }

    /** What V76 refuses, from before it: it is shut and ends all the same. */
    @Test
    void whatWasOutOfBoundsBeforeIsShutAndEnds() throws Exception {
        var before = new DatabaseLogin(postgres.createDatabase("frozen"), postgres.owner().user(), postgres.owner().password());
        Flyway.configure().dataSource(before.url(), before.user(), before.password()).placeholders(Map.of("app", Migrate.APP_ROLE)).target("75").load().migrate();
        try (var connection = before.connect(); var statement = connection.createStatement()) {
            for (var sql : filled(DELIVERY.formatted(delivery).replace("'s'", "repeat('s', 20000)"), "update delivery set spool_key = '../x', accepted_at = '-infinity' where id = DELIVERY",
                    RECIPIENT.formatted(held, delivery, "taro@partner.example", "HELD", false, "OPEN").replace("600, 1,", "1000000000000000, 2000000000,"),
                    RECIPIENT.formatted(open, delivery, "jiro@partner.example", "HELD", false, "OPEN").replace("now()", "'-infinity'").replace("'r'", "repeat('r', 5000)"),
                    FILE.formatted(file, delivery, 0, "repeat('w', 70000)::bytea, 'record'").replace("'f/", "'../"),
                    "insert into outbox (id, delivery_id, kind, created_at, due_at, destination, last_reply) values (OPEN_ONE, DELIVERY, 'NOTICE', now(), 'infinity', repeat('d', 5000), repeat('a', 70000))",
                    "insert into node (id, seen_at, scanner) values (OPEN_ONE, now(), repeat('a', 5000))",
                    "insert into key_version (pair, version, wraps) values ('files', 3, 9223372036854775807), ('spool', -1, 0)",
                    RECIPIENT.formatted(live, delivery, "shiro@partner.example", "RELEASED", false, "OPEN"))) {
                statement.execute(sql);
            }
            Migrate.migrate(before, Migrate.APP_ROLE);
        }
        try (var connection = DriverManager.getConnection(before.url(), postgres.app().user(), postgres.app().password()); var statement = connection.createStatement()) {
            for (var sql : filled("update delivery set access = 'REVOKED' where id = DELIVERY", "update recipient set hold = 'CANCELLED', cancelled_at = now() where id = HELD_ONE",
                    "update recipient set hold = 'RELEASED', released_at = now(), expires_at = now() + make_interval(secs => expires_after) where id = OPEN_ONE",
                    "update delivery set next_release_at = (select min(release_at) from recipient where delivery_id = DELIVERY) where id = DELIVERY",
                    "update delivery set expired_at = now(), shred_at = now() where id = DELIVERY and expires_at is not null", "update file set wrap = null, record_wrap = null, access = 'SHREDDED' where id = FILE",
                    "update delivery set spool_kind = 'GONE', spool_inline = null, spool_wrap = null, spool_header = null where id = DELIVERY",
                    "update outbox set state = 'CLAIMED' where id = OPEN_ONE and due_at < 'infinity'", "update node set seen_at = now() where id = OPEN_ONE",
                    "update key_version set idle_since = now() where pair = 'files' and wraps < 9223372036854775807")) {
                assertThat(statement.executeUpdate(sql)).as(sql).isEqualTo(1);
            }
        }
    }

    private static String large(String event, int octets) {
        return event.replace("convert_to('", "convert_to(replace('").replace("', 'UTF8') as p)", "', 'XX', repeat('y', " + octets + ")), 'UTF8') as p)");
    }

    /** Each would stop a job of every node. */
    @ParameterizedTest
    @ValueSource(strings = {"update delivery set spool_key = '../x' where id = LIVE_ONE", "update delivery set spool_key = repeat('a', 201) where id = LIVE_ONE",
        "update delivery set next_release_at = '-infinity' where id = LIVE_ONE", "update key_version set wraps = 9223372036854775807 where pair = 'files'",
        "update outbox_destination set last_reply = repeat('a', 65537)", "update node set scanner = repeat('a', 4097)"})
    void whatNoJobCanWorkWithIsRefused(String statement) throws SQLException {
        execute(postgres.owner(), "insert into outbox_destination (name, failures, last_reply, changed_at) values ('x', 0, '', now()) on conflict do nothing",
            "insert into node (id, seen_at) values ('00000000-0000-0000-0000-000000000001', now()) on conflict do nothing");
        isNonsense(statement);
    }

    @Test
    void aDeliveryThatNoJobCanWorkWithIsRefused() {
        var made = UUID.randomUUID();
        var recipient = RECIPIENT.formatted(UUID.randomUUID(), made, "taro@partner.example", "HELD", false, "OPEN");
        for (var change : List.<UnaryOperator<String>>of(sql -> sql.replace("'r', 600,", "'r', 1000000000000000,"), sql -> sql.replace("'r', 600,", "'r', -1,"),
                sql -> sql.replace("600, 1,", "600, -1,"), sql -> sql.replace("'r'", "repeat('r', 4097)"), sql -> sql.replace("now()", "'infinity'"))) {
            assertThat(change.apply(recipient)).isNotEqualTo(recipient);
            isNonsense(DELIVERY.formatted(made), change.apply(recipient));
        }
        isNonsense(DELIVERY.formatted(made), FILE.formatted(UUID.randomUUID(), made, 0, "'wrap', 'record'").replace("'f/", "'../"));
        isNonsense(DELIVERY.formatted(made).replace("'s'", "repeat('s', 16385)"));
    }

    /** Else the keys of its files would live for ever. */
    @Test
    void aDeliveryExpiresWithItsLinksAlsoWhenWhoReleasedThemDoesNotSaySo() throws SQLException {
        assertThat(asMail("update recipient set hold = 'RELEASED', released_at = now(), expires_at = now() + interval '10 minutes' where id = WAITING_ONE")).isEqualTo(1);
        assertThat(execute(postgres.owner(), filled("update delivery set notice = notice where id = QUEUED_ONE and expires_at is not null"))).isEqualTo(1);
        assertThat(execute(postgres.app(), filled("update recipient set expires_at = expires_at + interval '1 day' where id = WAITING_ONE"))).isEqualTo(1);
        assertThat(execute(postgres.owner(), filled("update delivery set notice = notice where id = QUEUED_ONE and expires_at > now() + interval '1 day'"))).isEqualTo(1);
    }

    /** With what the host of mail has: its login, and the private half of spool. */
    @Test
    void spoolGetsANewVersionFromMailsHost() throws Exception {
        var keys = Files.createDirectory(folder.resolve("mail-host"));
        KeyFiles.generate(keys, "spool");
        assertThat(rotate(keys, "spool")).startsWith("0 ");
        assertThat(OpeningKey.load(keys.resolve("spool.private")).versions()).hasSize(2);
        KeyFiles.generate(keys, "files");
        assertThat(rotate(keys, "files")).doesNotStartWith("0 ");
    }

    private static String rotate(Path keys, String name) {
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = Main.run(List.of("keys", "rotate", keys.toString(), name, "--by", "Suzuki", "--url", url, "--user", postgres.mail().user(),
            "--password-file", folder.resolve("secrets/sekisho_mail").toString()), out, out);
        return status + " " + bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void noDeliveryIsAcceptedTwiceAndNoKeyOfOthersCalledDestroyed() {
        isDenied(event(AuditType.DELIVERY_ACCEPTED, live, ""));
        isDenied(event(AuditType.PASSWORD_MAIL_SEEN, live, ""));
        isDenied("update delivery set next_release_at = now() where id = LIVE_ONE", event(AuditType.DELIVERY_ACCEPTED, live, ""));
        for (var type : List.of(AuditType.KEY_ROTATED, AuditType.KEY_DESTROYED)) {
            isDenied(event(type, null, ",\"details\":{\"pair\":\"files\"}"));
            isDenied(event(type, null, ""));
        }
    }

    @Test
    void aReleaseIsRecordedOnceAndOnlyOfACopyThatIsReleased() throws SQLException {
        isDenied(event(AuditType.RECIPIENT_RELEASED, queued, of(waiting)));
        isDenied(event(AuditType.RECIPIENT_RELEASED, queued, ""));
        isDenied(event(AuditType.RECIPIENT_RELEASED, live, of(waiting)));
        var releases = "update recipient set hold = 'RELEASED', released_at = now(), expires_at = now() + interval '10 minutes' where id = WAITING_ONE";
        isDenied(releases, event(AuditType.RECIPIENT_RELEASED, live, of(waiting)));
        isDenied(releases, event(AuditType.RECIPIENT_RELEASED, queued, of(waiting)), event(AuditType.RECIPIENT_RELEASED, queued, of(waiting)));
        isDenied("set transaction isolation level repeatable read", releases, event(AuditType.RECIPIENT_RELEASED, queued, of(waiting)));
        assertThat(asMail(releases, event(AuditType.RECIPIENT_RELEASED, queued, of(waiting)), "update delivery set expires_at = (select max(expires_at) from recipient"
            + " where delivery_id = QUEUED_ONE) where id = QUEUED_ONE")).isEqualTo(1);
        isDenied(event(AuditType.RECIPIENT_RELEASED, queued, of(waiting)));
    }

    /** Neither sees the other's event when it begins. */
    @Test
    void aReleaseIsRecordedOnceAlsoByTwoAtOneTime() throws Exception {
        assertThat(asMail("update recipient set hold = 'RELEASED', released_at = now(), expires_at = now() + interval '10 minutes' where id = WAITING_ONE")).isEqualTo(1);
        try (var first = connect(postgres.mail()); var statement = first.createStatement(); var other = Executors.newVirtualThreadPerTaskExecutor()) {
            first.setAutoCommit(false);
            assertThat(statement.executeUpdate(event(AuditType.RECIPIENT_RELEASED, queued, of(waiting)))).isEqualTo(1);
            var second = other.submit(() -> asMail("set application_name = 'second'", event(AuditType.RECIPIENT_RELEASED, queued, of(waiting))));
            await().until(() -> second.isDone() || waits("second"));
            first.commit();
            assertThatThrownBy(second::get).hasMessageContaining("records no RECIPIENT_RELEASED like this");
        }
    }

    @Test
    void aReleaseIsRecordedWhateverWasRecordedOfOthers() throws SQLException {
        var made = UUID.randomUUID();
        var one = UUID.randomUUID();
        var other = UUID.randomUUID();
        assertThat(asMail(DELIVERY.formatted(made), released(one, made, "now()", "now() + interval '10 minutes'"), released(other, made, "now()", "now() + interval '10 minutes'"),
            event(AuditType.RECIPIENT_RELEASED, made, of(one) + ",\"details\":{\"recipient\":\"" + other + "\"}"))).isEqualTo(1);
        assertThat(asMail(event(AuditType.RECIPIENT_RELEASED, made, of(other)))).isEqualTo(1);
    }

    private static boolean waits(String name) throws SQLException {
        try (var connection = connect(postgres.superuser()); var statement = connection.createStatement();
                var rows = statement.executeQuery("select from pg_stat_activity where wait_event_type = 'Lock' and application_name = '" + name + "'")) {
            return rows.next();
        }
    }

    /** What pages, the verifier and a replay go by. */
    @ParameterizedTest
    @MethodSource
    void anEventThatSaysAnotherThanItsColumnsOrCannotBeReadIsRefused(String what, UnaryOperator<String> change) throws SQLException {
        var good = event(AuditType.COPY_RELAYED, live, of(waiting));
        var bad = change.apply(good);
        assertThat(bad).isNotEqualTo(good);
        assertThatThrownBy(() -> asMail(bad)).as(what).isInstanceOfSatisfying(SQLException.class,
            refused -> assertThat(refused.getSQLState()).as(refused.getMessage()).isIn(DENIED, "22P02", "22021", "22023"));
        assertThat(asMail(good)).isEqualTo(1);
    }

    static Stream<Arguments> anEventThatSaysAnotherThanItsColumnsOrCannotBeReadIsRefused() {
        return Stream.of(
            changed("another hash", sql -> sql.replace("sha256(", "sha512(")),
            changed("no JSON", sql -> sql.replace("\"}'", "\"'")),
            changed("no UTF-8", sql -> sql.replace("as p)", "|| '\\xff'::bytea as p)")),
            changed("no object", sql -> sql.replace("{\"id\"", "[{\"id\"").replace("\"}'", "\"}]'")),
            changed("another id", sql -> sql.replaceFirst("\\{\"id\":\"[^\"]*", "{\"id\":\"" + Ids.next())),
            changed("another type", sql -> sql.replace("\"COPY_RELAYED\"", "\"COPY_FAILED\"")),
            changed("another time", sql -> sql.replaceFirst("\"at\":\"[^\"]*", "\"at\":\"2026-11-29T01:00:00Z")),
            changed("the time in another form", sql -> sql.replaceFirst("(\"at\":\"[^\"]*)Z", "$1+00:00")),
            changed("no delivery", sql -> sql.replaceFirst("\"delivery\":\"[^\"]*\",", "")),
            changed("null for a delivery", sql -> sql.replaceFirst("(RELAYED', )'[^']*'", "$1null").replaceFirst("\"delivery\":\"[^\"]*\"", "\"delivery\":null")),
            changed("a delivery in the payload alone", sql -> sql.replaceFirst("(RELAYED', )'[^']*'", "$1null")),
            changed("no actor", sql -> sql.replace("\"actor\":\"relay\",", "")),
            changed("a person", sql -> sql.replace("\"relay\"", "\"person:" + UUID.randomUUID() + "\"")),
            changed("an operator", sql -> sql.replace("\"relay\"", "\"operator\"")),
            changed("a recipient that is no id", sql -> sql.replaceFirst("\"recipient\":\"[^\"]*", "\"recipient\":\"x")),
            changed("a file that is no id", sql -> sql.replace("\"relay\"", "\"relay\",\"file\":\"x\"")),
            changed("an id of last week, as a lost event has", sql -> withId(sql, "%08x-0000-7000-8000-000000000000".formatted(
                now().minus(Duration.ofDays(7)).toEpochMilli() >>> 16))),
            changed("the last id there is", sql -> withId(sql, "ffffffff-ffff-7fff-bfff-ffffffffff02")),
            changed("an id without a time", sql -> withId(sql, UUID.randomUUID().toString())),
            changed("of last week", sql -> sql.replaceAll("\\d{4}-\\d{2}-\\d{2}T", now().minus(Duration.ofDays(7)).toString().substring(0, 11))));
    }

    private static Arguments changed(String what, UnaryOperator<String> change) {
        return Arguments.of(what, change);
    }

    private static String withId(String sql, String id) {
        return sql.replaceFirst("select '[^']*'", "select '" + id + "'").replaceFirst("\\{\"id\":\"[^\"]*", "{\"id\":\"" + id);
    }

    @Test
    void nobodyChoosesAPlaceInTheQueueOfEvents() throws SQLException {
        assertThat(asMail(event(AuditType.COPY_RELAYED, live, "").replaceFirst("insert into audit_event", "with e as (insert into audit_event")
            + " returning id) insert into audit_pending (event_id) select id from e")).isEqualTo(1);
        isDenied("insert into audit_pending (event_id, arrived) overriding system value values (FILE, -5)");
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
        assertThatThrownBy(() -> execute(postgres.app(), filled(adds)))
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
        assertThat(asMail("update delivery set spool_key = null, spool_wrap = null, spool_kind = 'GONE' where id = DELIVERY")).isEqualTo(1);
        assertThat(asMail("update key_version set wraps = 11, last_sealed_at = now(), idle_since = null where pair = 'files'")).isEqualTo(1);
        for (var version : List.of("'files', 1", "'spool', 2", "'records', 7")) {
            assertThat(asMail("insert into key_version as k (pair, version, wraps, last_sealed_at) values (" + version + ", 3, now())"
                + " on conflict (pair, version) do update set wraps = k.wraps + excluded.wraps, last_sealed_at = excluded.last_sealed_at")).as("seals to " + version).isEqualTo(1);
        }
        assertThat(asMail("insert into key_version (pair, version) values ('spool', 1) on conflict do nothing")).isZero();
        assertThat(asMail("update key_version set destroyed_at = now() where pair = 'spool' and version = 1")).isEqualTo(1);
    }

    @Test
    void whatTheRoleHadBeforeIsTakenAway() throws Exception {
        execute(postgres.owner(), "grant select, update on person, ticket to sekisho_mail", "grant update (address) on recipient to sekisho_mail");
        Migrate.letTakeMail(owner(), postgres.mail().user());
        isDenied("select * from ticket");
        isDenied("update recipient set address = 'x@y.example' where id = HELD_ONE");
    }

    /** Who migrates and doesn't say which role is mail's. */
    @Test
    void whatTheVersionBeforeGrantedIsTakenAwayByTheMigrationItself() throws Exception {
        var before = new DatabaseLogin(postgres.createDatabase("before"), postgres.owner().user(), postgres.owner().password());
        Flyway.configure().dataSource(before.url(), before.user(), before.password()).placeholders(Map.of("app", Migrate.APP_ROLE)).target("74").load().migrate();
        try (var connection = before.connect(); var statement = connection.createStatement()) {
            statement.execute("grant select, insert, update (next_release_at, expires_at, expired_at, access, shred_at, shredded_at, spool_kind) on delivery to sekisho_mail;"
                + " grant select, insert, update (wrap, record_wrap, access, object_gone_at) on file to sekisho_mail; grant select, insert on audit_pending to sekisho_mail");
            Migrate.migrate(before, Migrate.APP_ROLE);
            assertThat(granted(statement, "sekisho_mail", "UPDATE", "delivery")).containsExactlyInAnyOrder("next_release_at", "expires_at", "spool_kind");
            assertThat(granted(statement, "sekisho_mail", "UPDATE", "file")).isEmpty();
            assertThat(granted(statement, Migrate.APP_ROLE, "UPDATE", "file")).contains("wrap", "record_wrap", "access", "object_gone_at");
            for (var role : List.of("sekisho_mail", Migrate.APP_ROLE)) {
                assertThat(granted(statement, role, "INSERT", "audit_pending")).as(role).containsExactly("event_id");
            }
        }
    }

    private static List<String> granted(Statement statement, String role, String privilege, String table) throws SQLException {
        try (var rows = statement.executeQuery("select attname from pg_attribute where attrelid = '%s'::regclass and attnum > 0 and not attisdropped"
                .formatted(table) + " and has_column_privilege('%s', attrelid, attnum, '%s')".formatted(role, privilege))) {
            var columns = new ArrayList<String>();
            while (rows.next()) {
                columns.add(rows.getString(1));
            }
            return columns;
        }
    }

    @Test
    void aRoleThatHasAnothersRightsIsRefused() throws Exception {
        try (var connection = connect(postgres.superuser()); var statement = connection.createStatement()) {
            statement.execute("create role too_much; grant sekisho_app to too_much; create role superhuman superuser; create role replicator replication;"
                + " create role maker createrole; create role passer bypassrls");
        }
        for (var role : List.of("too_much", "superhuman", "replicator", "maker", "passer")) {
            assertThatThrownBy(() -> Migrate.letTakeMail(owner(), role)).as(role).isInstanceOf(CommandException.class).hasMessageContaining("make one that has none");
        }
        for (var same : List.of("sekisho_app", "sekisho_owner")) {
            var bytes = new ByteArrayOutputStream();
            var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
            assertThat(Main.run(List.of("migrate", "--url", url, "--user", "sekisho_owner", "--password-file", folder.resolve("secrets/sekisho_owner").toString(),
                "--mail-role", same), out, out)).isEqualTo(2);
            assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("mail's role is one of its own");
        }
    }
}
