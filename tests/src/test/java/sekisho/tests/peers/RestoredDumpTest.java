package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.embedded.ProductProcess;
import sekisho.storage.DirectoryStore;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.SealBrokenException;
import sekisho.storage.WrappedKey;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.PostgresData;
import sekisho.tests.SealedFiles;
import sekisho.tests.Visitor;
import sekisho.tools.CommandException;
import sekisho.tools.Keys;

/**
 * Yesterday's database beside today's keys, objects and journal. What was shut since is shut before anybody is let in, as long as the journal is
 * there; what was destroyed opens for nobody, once the key version that it was wrapped to is gone.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestoredDumpTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");
    private static final byte[] CONTENT = {1, 2, 3};
    private static final String JIRO = "jiro@slow.example";
    private static final String RULES = """
        inside: [example.co.jp]
        rules:
          - name: slow
            when: { recipient: "@slow.example" }
            then: { hold: 1h }
          - name: at once
            then: { hold: none }
        """;
    /** In the journal before what matters: replaying takes some seconds, and timers look each second. */
    private static final int OLD_ENTRIES = 10_000;
    private static final Map<String, String> REWRAPS_AT_ONCE = Map.of("web.rewrap.every", "1s", "web.rewrap.after", "0s");

    private Installation installation;
    private String node;
    private final Map<String, String> deliveries = new HashMap<>();
    private final Map<String, String> tokens = new HashMap<>();

    @BeforeAll
    void fourDeliveriesComeInAndTheDatabaseIsBackedUp() throws Exception {
        installation = Installation.inTheHouse("restored", RULES);
        node = House.open().takePage();
        try (var _ = start("yesterday", installation.stage().database(), Map.of())) {
            for (var subject : List.of("Kept", "Revoked", "Destroyed")) {
                submits(subject, TARO);
                tokens.put(subject, installation.inbox().token(installation.inbox().await(TARO, subject)));
            }
            try (var taro = new Visitor(node, "taro")) {
                for (var subject : deliveries.keySet()) {
                    assertThat(download(taro, subject)).as(subject).isEqualTo(200);
                }
            }
            submits("Held", JIRO);
            await().atMost(PATIENCE).until(() -> installation.data().number("select count(*) from delivery where spool_kind <> 'GONE' and next_release_at is null") == 0);
        }
        copy(name(installation.stage().database()), "restored_backup");
    }

    private void submits(String subject, String recipient) throws IOException {
        var reply = installation.mailServer().submits(HANAKO, List.of(recipient), Messages.twoAttachments(subject, CONTENT, new byte[] {9}));
        var id = DELIVERY.matcher(reply);
        assertThat(id.find()).as(reply).isTrue();
        deliveries.put(subject, id.group(1));
    }

    @AfterAll
    void theHouseGoes() {
        installation.close();
    }

    private ProductProcess start(String log, String database, Map<String, String> extra) {
        var settings = new HashMap<>(extra);
        settings.put("gateway.database.url", database);
        settings.putIfAbsent("gateway.journal.file", installation.stage().folder().resolve("journal").toString());
        settings.put("mail-hook.link-base", node);
        return installation.startPages("all", log, node, settings);
    }

    private static String name(String url) {
        return url.substring(url.lastIndexOf('/') + 1).replaceAll("\\?.*", "");
    }

    /** A copy of the database's files, as a backup of a stopped server is, dead rows and all. */
    private String copy(String from, String to) throws SQLException {
        var postgres = installation.stage().postgres();
        try (var connection = postgres.connect(postgres.superuser()); var statement = connection.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + from + "'");
            statement.execute("create database " + to + " template " + from + " owner sekisho_owner");
            statement.execute("grant connect on database " + to + " to sekisho_app");
        }
        return installation.stage().database().replace("/" + name(installation.stage().database()), "/" + to);
    }

    private int download(Visitor visitor, String subject) throws Exception {
        var page = visitor.opens("/d/" + tokens.get(subject) + "/files");
        if (page.status() != 200) {
            return page.status();
        }
        var file = FILE.matcher(page.html());
        assertThat(file.find()).isTrue();
        return visitor.gets(visitor.ticket(tokens.get(subject), file.group(1)), HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private String keys(String... words) throws CommandException {
        var arguments = new ArrayList<>(List.of(words));
        var postgres = installation.stage().postgres();
        arguments.addAll(List.of("--url", installation.stage().database(), "--user", postgres.app().user(), "--password-file",
            postgres.passwordFile(postgres.app()).toString()));
        var bytes = new ByteArrayOutputStream();
        int status = new Keys().run(arguments, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return status + " " + bytes.toString(StandardCharsets.UTF_8);
    }

    private PostgresData data(String database) {
        return new PostgresData(database, installation.stage().postgres().owner());
    }

    private record Wrapped(Place place, WrappedKey file, WrappedKey record) {
    }

    private List<Wrapped> wrapped(String database, String subject) {
        return data(database).rows("select * from file where delivery_id = '" + deliveries.get(subject) + "'", row -> new Wrapped(
            new Place(row.getObject("delivery_id", UUID.class), row.getObject("id", UUID.class)),
            new WrappedKey(row.getString("wrap_algorithm"), row.getInt("wrap_version"), row.getBytes("wrap")),
            new WrappedKey(row.getString("record_wrap_algorithm"), row.getInt("record_wrap_version"), row.getBytes("record_wrap"))));
    }

    private OpeningKey key(String pair) {
        return OpeningKey.load(installation.stage().keys().resolve(pair + ".private"));
    }

    private void revokesAndDestroys() throws Exception {
        try (var _ = start("today", installation.stage().database(), Map.of()); var responder = new Visitor(node, "responder")) {
            for (var subject : List.of("Revoked", "Destroyed")) {
                responder.opens("/admin/deliveries/" + deliveries.get(subject));
                assertThat(responder.presses("/admin/deliveries/" + deliveries.get(subject) + "/revoke", Map.of()).status()).isEqualTo(200);
            }
            var destroyed = "/admin/deliveries/" + deliveries.get("Destroyed");
            assertThat(responder.opens(destroyed + "/destroy").html()).contains(Messages.PLAIN_NAME);
            assertThat(responder.presses(destroyed + "/destroy", Map.of()).status()).as("not ticked").isEqualTo(200);
            assertThat(installation.data().number("select count(*) from file where wrap is null")).as("not ticked").isZero();
            assertThat(responder.presses(destroyed + "/destroy", Map.of("sure", "yes")).html()).doesNotContain(Messages.PLAIN_NAME);
            await().atMost(PATIENCE).until(() -> installation.data().number("select count(*) from audit_event where type = 'OBJECT_REMOVED'") == 2);
        }
    }

    @Test
    void whatWasShutSinceTheBackupStaysShut() throws Exception {
        var objects = saved("Destroyed");
        revokesAndDestroys();
        var journal = installation.stage().folder().resolve("journal");
        assertThat(Files.readString(journal)).contains("REVOKED", "SHREDDED").doesNotContain(TARO, Messages.PLAIN_NAME);
        for (var object : objects.entrySet()) {
            Files.write(object.getKey(), object.getValue());   // as if the store had been restored, too
        }

        // what a restored database does that nobody tells: everything opens again, as long as the key version lives
        var untold = copy("restored_backup", "restored_untold");
        try (var _ = start("untold", untold, Map.of("gateway.journal.file", installation.stage().folder().resolve("another-journal").toString()));
                var taro = new Visitor(node, "taro")) {
            assertThat(download(taro, "Revoked")).isEqualTo(200);
            assertThat(download(taro, "Destroyed")).isEqualTo(200);
        }

        var told = copy("restored_backup", "restored_told");
        Files.writeString(journal, "0badc0de {\"torn", StandardOpenOption.APPEND);
        try (var process = start("told", told, Map.of()); var taro = new Visitor(node, "taro")) {
            var log = Files.readString(process.log());
            assertThat(log).contains("ended in the middle of a line");
            assertThat(log.indexOf("were applied again")).as("before the port opens").isPositive().isLessThan(log.indexOf("Listening on"));
            assertThat(download(taro, "Revoked")).isEqualTo(410);
            assertThat(download(taro, "Destroyed")).isEqualTo(410);
            assertThat(download(taro, "Kept")).isEqualTo(200);
        }
        assertThat(data(told).texts("select type from audit_event where convert_from(payload, 'UTF8') like '%\"replayed\"%' order by type"))
            .containsExactly("ACCESS_REVOKED", "ACCESS_REVOKED", "FILE_SHREDDED", "FILE_SHREDDED");
        assertThat(wrapped(told, "Destroyed")).allSatisfy(row -> {
            assertThat(row.file().bytes()).isNull();
            assertThat(row.record().bytes()).isNull();
        });

        rotatesAndDestroysTheOldVersions();
        assertThat(wrapped(untold, "Destroyed")).as("rows of the backup").hasSize(2).allSatisfy(row -> {
            assertThat(row.file().version()).isEqualTo(1);
            assertThatThrownBy(() -> key("files").unwrap(row.file(), row.place())).isInstanceOf(SealBrokenException.class).hasMessageContaining("version 1");
            assertThatThrownBy(() -> key("records").unwrap(row.record(), row.place())).as("its name").isInstanceOf(SealBrokenException.class);
        });
        var late = copy("restored_backup", "restored_late");
        try (var _ = start("late", late, Map.of("gateway.journal.file", installation.stage().folder().resolve("a-third-journal").toString()));
                var taro = new Visitor(node, "taro")) {
            assertThat(download(taro, "Destroyed")).as("without a journal, with the object").isNotEqualTo(200);
            assertThat(download(taro, "Kept")).as("what nobody destroyed is lost in so old a backup, too").isNotEqualTo(200);
        }
        try (var store = new DirectoryStore(installation.stage().objects())) {
            var files = new SealedFiles(installation, store);
            assertThat(files.of(UUID.fromString(deliveries.get("Kept")))).as("today's database").hasSize(2)
                .allSatisfy(row -> assertThat(files.open(row)).isEqualTo(row.sha256()));
        }
    }

    @Test
    void aCopyThatWasCancelledSinceTheBackupIsNotReleasedWhileTheJournalIsReplayed() throws Exception {
        var restored = data(copy("restored_backup", "restored_overdue"));
        restored.change("update recipient set release_at = now() - interval '1 hour' where hold = 'HELD'");
        restored.change("update delivery set next_release_at = now() - interval '1 hour' where next_release_at is not null");
        var jiro = restored.texts("select id from recipient where hold = 'HELD'").getFirst();
        var journal = installation.stage().folder().resolve("journal-of-a-busy-node");
        Files.writeString(journal, Stream.generate(() -> entry("REVOKED", "\"delivery\":\"" + UUID.randomUUID() + "\"")).limit(OLD_ENTRIES).collect(Collectors.joining())
            + entry("CANCELLED", "\"delivery\":\"" + deliveries.get("Held") + "\",\"recipient\":\"" + jiro + "\""));
        try (var process = start("overdue", restored.url(), Map.of("gateway.journal.file", journal.toString()))) {
            assertThat(Files.readString(process.log())).contains("1 entries of the journal were not in the database");
            assertThat(restored.texts("select hold from recipient where id = '" + jiro + "'")).containsExactly("CANCELLED");
            await("timers run from then on").atMost(PATIENCE).until(() -> restored.number(
                "select count(*) from audit_leaf join audit_event e on e.id = event_id where e.type = 'RECIPIENT_CANCELLED'") == 1);
        }
    }

    /** As the journal has it: CRC-32 of the rest in eight digits, a space, JSON. */
    private static String entry(String kind, String target) {
        var json = "{\"event\":\"" + UUID.randomUUID() + "\",\"at\":\"2026-11-22T01:00:00Z\",\"kind\":\"" + kind + "\"," + target
            + ",\"as\":\"SENDER\",\"actor\":\"sender\"}";
        var crc = new CRC32();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        return "%08x %s\n".formatted(crc.getValue(), json);
    }

    private void rotatesAndDestroysTheOldVersions() throws Exception {
        var folder = installation.stage().keys().toString();
        installation.data().texts("delete from key_node returning node");   // of processes that have ended; in a minute they would count no more
        assertThat(keys("rotate", folder, "files")).startsWith("0 files has version 2 now");
        assertThat(keys("rotate", folder, "records")).startsWith("0 records has version 2 now");
        try (var _ = start("rotated", installation.stage().database(), REWRAPS_AT_ONCE)) {
            await().atMost(PATIENCE).until(() -> installation.data().number("""
                select count(*) from file where wrap is not null and wrap_version = 1 or record_wrap is not null and record_wrap_version = 1""") == 0);
            for (var pair : List.of("files", "records")) {
                await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() ->
                    assertThat(keys("destroy", folder, pair, "1", "--yes")).startsWith("0 version 1 of " + pair + " is destroyed"));
            }
        }
    }

    /** The objects of a delivery's files, to put them back. */
    private Map<Path, byte[]> saved(String subject) throws Exception {
        var keys = installation.data().texts("select object_key from file where delivery_id = '" + deliveries.get(subject) + "'");
        var found = new HashMap<Path, byte[]>();
        try (var files = Files.walk(installation.stage().objects())) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                if (keys.stream().anyMatch(key -> file.endsWith(key.replace('/', ',')))) {
                    found.put(file, Files.readAllBytes(file));
                }
            }
        }
        assertThat(found).hasSize(2);
        return found;
    }
}
