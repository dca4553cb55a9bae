package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.audit.Evidence;
import sekisho.storage.KeyFiles;

/** What the rows of somebody who has taken {@code mail} over may name, and how many there are. */
class MailRowsTest extends AsMail {

    private static final String SEALS = "insert into key_node (node, pair, half, version, seen_at) values (gen_random_uuid(), '%s', 'seals', %s, now())";

    private static String file(UUID made) {
        return FILE.formatted(UUID.randomUUID(), made, 0, "'wrap', 'record'");
    }

    private static String with(String insert, String column, String value) {
        return insert.replaceFirst("[)] values", ", " + column + ") values").replaceFirst("[)]$", ", " + value + ")");
    }

    /** A job that counts on from there fails each time, before it has looked at any other. */
    @ParameterizedTest
    @ValueSource(strings = {"2147483647", "-5", "1"})
    void nobodyElseHasScannedAFileThatIsMade(String attempts) throws SQLException {
        var made = UUID.randomUUID();
        isRefused(DELIVERY.formatted(made), with(file(made), "scan_attempts", attempts));
        for (var bad : List.of("2147483647", "-1")) {
            assertThatThrownBy(() -> execute(postgres.owner(), filled("update file set scan_attempts = " + bad + " where id = LIVE_CONTENT"))).as("from whomever")
                .hasMessageContaining("file_scan_attempts");
        }
    }

    private void isRefused(String... all) {
        assertThatThrownBy(() -> asMail(all)).as(String.join("; ", all)).isInstanceOfSatisfying(SQLException.class,
            refused -> assertThat(refused.getSQLState()).as(refused.getMessage()).isIn(DENIED, "23514"));
    }

    @Test
    void attemptsFromBeforeComeIntoBounds() throws Exception {
        var before = new DatabaseLogin(postgres.createDatabase("attempts"), postgres.owner().user(), postgres.owner().password());
        Flyway.configure().dataSource(before.url(), before.user(), before.password()).placeholders(Map.of("app", Migrate.APP_ROLE)).target("77").load().migrate();
        try (var connection = before.connect(); var statement = connection.createStatement()) {
            statement.execute(DELIVERY.formatted(delivery));
            statement.execute(with(FILE.formatted(file, delivery, 0, "'wrap', 'record'"), "scan_attempts", "2147483647"));
            statement.execute(with(FILE.formatted(liveFile, delivery, 1, "'wrap', 'record'"), "scan_attempts", "-7"));
            statement.execute("update delivery set spool_sha256 = sha256('a guess')");
            Migrate.migrate(before, Migrate.APP_ROLE);
            assertThat(statement.executeUpdate("update file set scan_attempts = 1 where scan_attempts in (0, 1000000)")).isEqualTo(2);
        }
    }

    /** As docs/operations/database.md says. */
    @ParameterizedTest
    @ValueSource(strings = {"'9999-01-01', null", "now(), 'infinity'"})
    void aReleaseWithoutEndIsMendedBeforeTheMigration(String times) throws Exception {
        var before = new DatabaseLogin(postgres.createDatabase("endless_" + times.length()), postgres.owner().user(), postgres.owner().password());
        Flyway.configure().dataSource(before.url(), before.user(), before.password()).placeholders(Map.of("app", Migrate.APP_ROLE)).target("76").load().migrate();
        try (var connection = before.connect(); var statement = connection.createStatement()) {
            statement.execute(DELIVERY.formatted(delivery));
            statement.execute(RECIPIENT.formatted(live, delivery, "shiro@partner.example", "RELEASED", false, "OPEN").replace("release_at,", "release_at, released_at,").replace("now()", times));
            assertThatThrownBy(() -> Migrate.migrate(before, Migrate.APP_ROLE)).hasMessageContaining("recipient_times");
            var page = Files.readString(Path.of("../../docs/operations/database.md"));
            var sql = Pattern.compile("^    (update recipient [^;]*);", Pattern.MULTILINE).matcher(page);
            assertThat(sql.find()).isTrue();
            assertThat(statement.executeUpdate(sql.group(1))).isEqualTo(1);
            Migrate.migrate(before, Migrate.APP_ROLE);
            assertThat(statement.executeUpdate("update delivery set notice = notice where expires_at < now() + interval '1 hour'")).isEqualTo(1);
        }
    }

    /** Each blocks rotation, or takes the last number there is. */
    @Test
    void noVersionIsNamedThatNobodyKnows() throws SQLException {
        var made = UUID.randomUUID();
        execute(postgres.owner(), "insert into key_version (pair, version) values ('records', 1)");
        for (var version : List.of("5", "2147483647")) {
            isDenied(DELIVERY.formatted(made), file(made).replace("'', 1, 'wrap'", "'', " + version + ", 'wrap'"));
            isDenied(DELIVERY.formatted(made), file(made).replace("'', '', 1,", "'', '', " + version + ","));
            isDenied(SEALS.formatted("files", version));
            isDenied("insert into key_version (pair, version) values ('records', " + version + ")");
        }
        isDenied(SEALS.formatted("spool", "2147483647"));
        isDenied(with(with(DELIVERY.formatted(made), "spool_wrap_version", "2147483647"), "spool_wrap", "'w'"));
        isDenied(with(DELIVERY.formatted(made), "spool_wrap_version", "2147483647"), "update delivery set spool_wrap = 'w' where id = '" + made + "'");
        execute(postgres.owner(), "truncate key_version");
        isDenied(DELIVERY.formatted(made), file(made).replace("'', 1, 'wrap'", "'', 2147483647, 'wrap'"));
        isDenied("insert into key_version (pair, version) values ('files', 2147483647)");
        assertThat(asMail(DELIVERY.formatted(made), file(made))).as("the first of a new database").isEqualTo(1);
    }

    @Test
    void whatIsKnownIsNamed() throws SQLException {
        var made = UUID.randomUUID();
        assertThat(asMail(with(with(DELIVERY.formatted(made), "spool_wrap_version", "2"), "spool_wrap", "'w'"), file(made))).isEqualTo(1);
        assertThat(asMail(SEALS.formatted("files", "1"))).isEqualTo(1);
        assertThat(asMail(SEALS.formatted("spool", "2"))).isEqualTo(1);
        assertThat(asMail("update delivery set spool_kind = 'GONE', spool_inline = null, spool_wrap = null, spool_header = null where id = '" + made + "'")).isEqualTo(1);
    }

    private static String node(UUID node, String pair, String half, String seenAt) {
        return "insert into key_node (node, pair, half, version, seen_at) values ('%s', '%s', '%s', 1, %s)".formatted(node, pair, half, seenAt);
    }

    /** Who opens, and is silent. */
    private static String hosted(String pair, String silent) {
        return "insert into key_node (node, pair, half, version, host, seen_at) values (gen_random_uuid(), '%s', 'opens', 1, 'web2', now() - interval '%s')".formatted(pair, silent);
    }

    /** As nodes say it, every ten seconds. */
    private static String again(UUID node, String pair, String half) {
        return node(node, pair, half, "now()") + " on conflict (node, pair, half) do update set version = excluded.version, seen_at = excluded.seen_at";
    }

    /** Else a node of web would rotate though others open, and a version be destroyed that web seals to. */
    @Test
    void webIsNotSaidToBeGone() throws SQLException {
        var web = UUID.randomUUID();
        execute(postgres.owner(), "truncate key_node", "insert into key_version (pair, version) values ('records', 1)");
        execute(postgres.app(), again(web, "files", "opens"), again(web, "records", "opens"), again(web, "files", "seals"), again(web, "spool", "seals"),
            again(web, "records", "seals"));
        for (var half : List.of("pair = 'files' and half = 'opens'", "pair = 'records' and half = 'opens'", "pair = 'files' and half = 'seals'", "pair = 'spool'",
                "pair = 'records' and half = 'seals'")) {
            isDenied("delete from key_node where " + half);
            isDenied("update key_node set seen_at = '1970-01-01' where " + half);
            isDenied("update key_node set seen_at = '9000-01-01' where " + half);
            isDenied("update key_node set pair = 'spool', half = 'opens' where " + half);
            isDenied("merge into key_node k using (select 1) one on " + half + " when matched then delete");
        }
        isDenied(again(web, "files", "seals"));
        isDenied(again(web, "spool", "seals"));
        isDenied(again(web, "files", "opens"));
        isDenied(node(UUID.randomUUID(), "files", "opens", "now()"));
        isDenied(node(UUID.randomUUID(), "records", "opens", "now()"));
        assertThat(execute(postgres.owner(), "update key_node set version = 1 where node = '" + web + "' and seen_at between now() - interval '1 minute' and now()")).isEqualTo(5);
    }

    @Test
    void mailSaysWhatItsNodesDoAndForgetsWhoIsLongGone() throws SQLException {
        var mail = UUID.randomUUID();
        var before = UUID.randomUUID();
        execute(postgres.owner(), "truncate key_node", "alter table key_node disable trigger its_own_node", node(before, "spool", "seals", "now()"),
            "alter table key_node enable trigger its_own_node");
        assertThat(asMail(again(before, "spool", "seals"))).as("a node that has been running since before the migration").isEqualTo(1);
        for (int i = 0; i < 2; i++) {
            assertThat(asMail(again(mail, "files", "seals"), again(mail, "records", "seals"), again(mail, "spool", "seals"), again(mail, "spool", "opens"))).isEqualTo(1);
        }
        execute(postgres.app(), "delete from key_node", node(UUID.randomUUID(), "files", "opens", "now() - interval '25 hours'"),
            node(UUID.randomUUID(), "files", "seals", "now() + interval '1 hour'"), again(UUID.randomUUID(), "files", "opens"));
        assertThat(asMail("delete from key_node where seen_at < now() - make_interval(secs => 86400) or seen_at > now() + interval '1 minute'")).isEqualTo(2);
        execute(postgres.app(), hosted("files", "29 days"), hosted("records", "31 days"));
        isDenied("delete from key_node where pair = 'files' and host is not null");
        assertThat(asMail("delete from key_node where pair = 'records' and host is not null")).as("what nobody counts any more").isEqualTo(1);
        assertThat(asMail(hosted("spool", "1 hour"), "delete from key_node where pair = 'spool' and host is not null")).as("its own, as keys forget does").isEqualTo(1);
        execute(postgres.app(), hosted("spool", "1 hour"));
        isDenied("delete from key_node where pair = 'spool' and host is not null");
        var web = UUID.randomUUID();
        execute(postgres.app(), node(web, "spool", "seals", "now() - interval '3 minutes'"));
        assertThat(asMail(again(web, "spool", "seals"))).as("what counts no more").isEqualTo(1);
        assertThat(execute(postgres.app(), again(web, "spool", "seals"))).as("nor keeps whose it is from saying it").isEqualTo(1);
        isDenied(again(web, "spool", "seals"));
    }

    private static String keys(String... words) {
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--by", "Suzuki", "--url", url, "--user", postgres.app().user(), "--password-file", folder.resolve("secrets/sekisho_app").toString()));
        return Main.run(all, out, out) + " " + bytes.toString(StandardCharsets.UTF_8);
    }

    /** A row from before such a one was refused. */
    @Test
    void aNumberThatARowAloneNamesIsNotTheHighest() throws Exception {
        var keys = Files.createDirectory(folder.resolve("rotates"));
        KeyFiles.generate(keys, "files");
        execute(postgres.owner(), "truncate key_version, key_node", "update file set wrap = null, record_wrap = null",
            FILE.formatted(UUID.randomUUID(), delivery, 5, "'wrap', 'record'").replace("'', 1, 'wrap'", "'', 2147483647, 'wrap'"));
        assertThat(rotates(keys)).contains("--without 2147483647");
        assertThat(rotates(keys, "--without", "2147483648")).contains("takes the numbers of versions");
        assertThat(rotates(keys, "--without", "2147483647")).startsWith("0 ").contains("version 2 ");
    }

    @Test
    void whereTheNumbersHaveRunOutNothingIsChanged() throws Exception {
        var keys = Files.createDirectory(folder.resolve("run-out"));
        KeyFiles.generate(keys, "files");
        execute(postgres.owner(), "truncate key_version, key_node", "update file set wrap = null, record_wrap = null", "insert into key_version (pair, version) values ('files', 2147483647)");
        assertThat(rotates(keys, "--without", "2147483647")).contains("the numbers of versions have run out");
    }

    private static String rotates(Path keys, String... without) {
        var words = new ArrayList<>(List.of("keys", "rotate", keys.toString(), "files"));
        words.addAll(List.of(without));
        return keys(words.toArray(String[]::new));
    }

    /** It would outlive the role. */
    @Test
    void aNodeOfTheFutureSealsNothing() throws Exception {
        var keys = Files.createDirectory(folder.resolve("future"));
        KeyFiles.generate(keys, "files");
        execute(postgres.owner(), "truncate key_version, key_node", "update file set wrap = null, record_wrap = null");
        assertThat(rotates(keys)).startsWith("0 ");
        assertThat(asMail("insert into key_node (node, pair, half, version, seen_at) values (gen_random_uuid(), 'files', 'seals', 1, '9000-01-01')")).isEqualTo(1);
        assertThat(keys("keys", "destroy", keys.toString(), "files", "1", "--yes")).startsWith("0 ");
    }

    /** Web would remove it with the delivery. */
    @Test
    void noRowNamesAnothersObject() throws SQLException {
        var made = UUID.randomUUID();
        isDenied(DELIVERY.formatted(made), file(made).replaceFirst("'f/[^']*'", "'f/" + liveFile + "'"));
        isDenied("update delivery set spool_kind = 'GONE', spool_key = 'f/' || LIVE_CONTENT where id = LIVE_ONE");
        isDenied("update delivery set spool_key = 's/' || LIVE_ONE where id = QUEUED_ONE");
        isDenied(with(DELIVERY.formatted(made), "spool_key", "'s/" + live + "'"));
        assertThat(asMail(with(DELIVERY.formatted(made), "spool_key", "'s/" + made + "'"), file(made), "update delivery set spool_key = null where id = '" + made + "'")).isEqualTo(1);
    }

    private static String many(String insert, int rows) {
        return insert.replaceFirst("values \\('[^']*'", "select gen_random_uuid()").replaceFirst("[)]$", " from generate_series(1, " + rows + ") n");
    }

    /** Who ends, releases or shows such a delivery has all of them in memory. */
    @Test
    void aDeliveryHasNoMoreFilesAndRecipientsThanAnybodyHonest() throws SQLException {
        var made = UUID.randomUUID();
        var recipient = RECIPIENT.formatted(UUID.randomUUID(), made, "taro@partner.example", "HELD", false, "OPEN");
        isDenied(DELIVERY.formatted(made), many(recipient, 100_001));
        isDenied(DELIVERY.formatted(made), many(recipient, 100_000), many(recipient, 2_550));
        assertThat(asMail(DELIVERY.formatted(made), many(recipient, 100_000))).isEqualTo(100_000);
        var other = UUID.randomUUID();
        for (var position : List.of("100000", "-1")) {
            isNonsense(DELIVERY.formatted(other), file(other).replace("', 0,", "', " + position + ","));
        }
        isDenied(DELIVERY.formatted(other), file(other).replace("', 0, ''", "', 0, repeat('r', 65537)::bytea"));
        assertThat(asMail(DELIVERY.formatted(other), file(other).replace("', 0, ''", "', 99999, repeat('r', 65536)::bytea"))).isEqualTo(1);
    }

    /** The database reads the last one, so whoever reads the log has to. */
    @Test
    void ofDetailsThatAreSaidTwiceTheLastCount() throws Exception {
        var made = UUID.randomUUID();
        var none = UUID.randomUUID();
        assertThat(asMail(DELIVERY.formatted(made), event(AuditType.DELIVERY_ACCEPTED, made, ",\"details\":{\"recipient:" + none + "\":\"x\"},\"details\":{\"policy\":\"1\"}")))
            .isEqualTo(1);
        try (var connection = connect(postgres.owner()); var statement = connection.createStatement();
                var rows = statement.executeQuery("select payload from audit_event where delivery_id = '" + made + "'")) {
            rows.next();
            var evidence = new Evidence();
            evidence.add(rows.getBytes(1));
            assertThat(evidence.accepted("recipient")).isEmpty();
        }
    }

    @Test
    void whatServesMayStillDoAllOfIt() {
        var made = UUID.randomUUID();
        assertThatCode(() -> execute(postgres.app(), DELIVERY.formatted(made), file(made).replaceFirst("'f/[^']*'", "'f/x'").replace("'', 1, 'wrap'", "'', 5, 'wrap'"),
            many(RECIPIENT.formatted(UUID.randomUUID(), made, "taro@partner.example", "HELD", false, "OPEN"), 100_001))).doesNotThrowAnyException();
    }
}
