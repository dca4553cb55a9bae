package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.embedded.PostgresServer;
import sekisho.embedded.ProductProcess;
import sekisho.storage.DirectoryStore;
import sekisho.storage.KeyFileException;
import sekisho.storage.Opener;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.SealBrokenException;
import sekisho.storage.Sealed;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.SealedFiles;
import sekisho.tests.Visitor;
import sekisho.tools.CommandException;
import sekisho.tools.Keys;

/** The key of files gets a new version and loses the old one while mail and web run as processes of their own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RotationTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final String TARO = "taro@partner.example";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int LARGE_OCTETS = 20 << 20;
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");

    private Installation installation;
    private ProductProcess mail;
    private String node;

    @BeforeAll
    void rolesStart() {
        installation = Installation.inTheHouse("rotation", """
            inside: [example.co.jp]
            rules:
              - name: a moment
                when: { recipient: "jiro@partner.example" }
                then: { hold: 2s }
              - name: at once
                when: { sender: inside }
                then: { hold: none }
            """);
        node = House.open().takePage();
        mail = installation.start("mail", Map.of());
        installation.startPages("web", "web", node, Map.of("web.rewrap.every", "1s", "web.rewrap.after", "0s", "web.download.stall-limit", "10m"));
    }

    @AfterAll
    void theyStop() {
        installation.close();
    }

    private void submit(String subject, byte[] content) throws Exception {
        assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), Messages.twoAttachments(subject, content, new byte[] {1, 2, 3}))).startsWith("250");
    }

    private String keys(String... words) throws CommandException {
        var arguments = new ArrayList<>(List.of(words));
        var postgres = installation.stage().postgres();
        arguments.addAll(List.of("--url", installation.stage().database(), "--user", postgres.app().user(), "--password-file",
            postgres.passwordFile(postgres.app()).toString()));
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = new Keys().run(arguments, out);
        return status + " " + bytes.toString(StandardCharsets.UTF_8);
    }

    private long wrappedTo(int version) {
        return installation.data().number("select count(*) from file where wrap is not null and wrap_version = " + version);
    }

    @Test
    void aDownloadAndTheMailGoOnWhileTheKeyIsRotatedAndItsOldVersionDestroyed() throws Exception {
        var folder = installation.stage().keys().toString();
        var content = Messages.octets(LARGE_OCTETS, 5);
        var oldHalf = Files.readString(installation.stage().keys().resolve("files.public"));
        submit("Before", content);
        List<SealedFiles.FileRow> dumped;
        try (var store = new DirectoryStore(installation.stage().objects())) {
            dumped = new SealedFiles(installation, store).all();
        }
        assertThat(dumped).hasSizeGreaterThanOrEqualTo(2).allMatch(row -> row.sealed().wrapped().version() == 1);
        try (var taro = new Visitor(node, "taro")) {
            var token = installation.inbox().token(installation.inbox().await(TARO, "Before"));
            var files = FILE.matcher(taro.opens("/d/" + token + "/files").html()).results().map(found -> found.group(1)).distinct().toList();
            var download = taro.gets(taro.ticket(token, files.getFirst()), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(download.statusCode()).isEqualTo(200);
            try (var body = download.body()) {   // more than lies in buffers between us and the node
                var begun = body.readNBytes(1_000_000);
                assertThat(begun).isEqualTo(Arrays.copyOf(content, 1_000_000));
                assertThat(keys("rotate", folder, "files")).startsWith("0 files has version 2 now");
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(wrappedTo(1)).as("by web's own timer").isZero());
                await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {   // until mail has looked at the file
                    long before = wrappedTo(2);
                    submit("After", new byte[] {7});
                    assertThat(installation.data().number("select wraps from key_version where pair = 'files' and version = 2")).isPositive();
                    assertThat(installation.data().number("select count(*) from key_version where version = 2 and last_sealed_at is not null")).isEqualTo(1);
                    assertThat(wrappedTo(2)).isGreaterThan(before);
                });
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(keys("destroy", folder, "files", "1", "--yes")).startsWith("0 version 1 of files is destroyed"));
                assertThat(installation.data().number("select max(served_octets) from access_grant")).as("it is still running").isLessThan(LARGE_OCTETS);
                assertThat(body.readAllBytes()).as("the download that began before").isEqualTo(Arrays.copyOfRange(content, 1_000_000, LARGE_OCTETS));
            }
            var second = taro.gets(taro.ticket(token, files.getLast()), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(second.statusCode()).isEqualTo(200);
            assertThat(second.body()).as("one that begins after").isEqualTo(new byte[] {1, 2, 3});
            wrapTo(99, files.getLast());
            var third = taro.gets(taro.ticket(token, files.getLast()), HttpResponse.BodyHandlers.ofString());
            assertThat(third.statusCode()).as("wrapped to a version that isn't here").isEqualTo(503);
            assertThat(third.body()).containsAnyOf("can't be opened here", "can&#39;t be opened here", "このファイルを開くことができません");
            wrapTo(2, files.getLast());
        }
        whoStillSealsToADestroyedVersionAnswers451(oldHalf);
        submit("Afterwards", new byte[] {8});
        assertThat(wrappedTo(1)).isZero();
        try (var store = new DirectoryStore(installation.stage().objects())) {
            var files = new SealedFiles(installation, store);
            for (var row : dumped) {
                assertThatThrownBy(() -> files.open(row)).as("a row of yesterday's dump").isInstanceOf(SealBrokenException.class).hasMessageContaining("version 1");
            }
            assertThat(files.all()).allSatisfy(row -> assertThat(files.open(row)).isEqualTo(row.sha256()));
        }
        assertThat(installation.data().texts("select distinct type from audit_event where type like 'KEY%' order by 1"))
            .containsExactlyInAnyOrder("KEYS_REWRAPPED", "KEY_DESTROYED", "KEY_ROTATED");
    }

    private void wrapTo(int version, String file) {
        assertThat(installation.data().texts("update file set wrap_version = %d where id = '%s' returning id".formatted(version, file))).hasSize(1);
    }

    private void whoStillSealsToADestroyedVersionAnswers451(String oldHalf) throws Exception {
        var half = installation.stage().keys().resolve("files.public");
        var current = Files.readString(half);
        Files.writeString(half, oldHalf);
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> assertThat(installation.mailServer().submits(HANAKO, List.of(TARO),
                Messages.twoAttachments("Refused", new byte[] {7}, new byte[] {1, 2, 3}))).startsWith("451 4.3.0"));
        } finally {
            Files.writeString(half, current);
        }
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> submit("Taken again", new byte[] {7}));
    }

    /** Its key files are those that its settings name; another test holds that its settings can't name more. */
    @Test
    void whatMailIsGivenOpensNeitherContentNorNames() throws Exception {
        submit("Sealed", new byte[] {9});
        var rows = all();
        var keys = privateKeys("mail");
        assertThat(keys).as("private keys: that of spools").hasSize(1);
        assertThat(rows).isNotEmpty().allSatisfy(row -> {
            assertThatThrownBy(() -> keys.getFirst().unwrap(row.sealed().wrapped(), place(row))).isInstanceOf(SealBrokenException.class);
            assertThatThrownBy(() -> keys.getFirst().unwrap(row.recordWrap(), place(row))).isInstanceOf(SealBrokenException.class);
        });
    }

    /**
     * As the role that mail is in the database. A delivery that is there gets no reader, nothing that is shut opens, and mail does its own work: another
     * test tries every statement on that role.
     */
    @Test
    void whatMailMayWriteInTheDatabaseLetsNobodyOpenWhatItSealed() throws Exception {
        submit("For Taro alone", new byte[] {9});
        installation.inbox().await(TARO, "For Taro alone");
        var delivery = installation.data().texts("select id from delivery where subject = 'For Taro alone'").getFirst();
        var file = installation.data().texts("select id from file where delivery_id = '%s' order by position".formatted(delivery)).getFirst();
        var taro = installation.data().texts("select id from recipient where delivery_id = '%s'".formatted(delivery)).getFirst();
        var mallory = "insert into recipient (id, delivery_id, address, address_given, outside, attachments, rule, expires_after, downloads, hold, release_at,"
            + " expires_at, link_hash) values (gen_random_uuid(), '%s', 'mallory@evil.example', 'x', true, 'LINK', 'r', 600, 5, 'RELEASED', now(), '9999-01-01', '\\x00')";
        asMailIsDenied(mallory.formatted(delivery));
        asMailIsDenied("update delivery set next_release_at = null where id = '%s'; %s".formatted(delivery, mallory.formatted(delivery)));
        asMailIsDenied("insert into access_grant (id, delivery_id, file_id, recipient_id) values (gen_random_uuid(), '%s', '%s', '%s')".formatted(delivery, file, taro));
        asMailIsDenied("update recipient set address = 'mallory@evil.example' where id = '%s'".formatted(taro));
        asMailIsDenied("update recipient set link_hash = '\\x00' where id = '%s'".formatted(taro));
        asMailIsDenied("update recipient set expires_at = '9999-01-01' where id = '%s'".formatted(taro));
        asMailIsDenied("insert into person (id, issuer, subject, address, salt, first_seen_at, last_seen_at) values (gen_random_uuid(), 'i', 's', '" + TARO + "', '', now(), now())");
        asMailIsDenied("update person set address = 'mallory@evil.example'");
        asMailIsDenied("insert into ticket (id, grant_id, delivery_id, person_id, opened_at, expires_at) select gen_random_uuid(), id, delivery_id, id, now(), now() from access_grant");
        asMailIsDenied("update ticket set person_id = person_id");
        asMailIsDenied("delete from sign_out");
        asMailIsDenied("update file set delivery_id = delivery_id");
        installation.data().change("update file set access = 'REVOKED', revoked_as = 'SENDER' where id = '%s'".formatted(file));
        asMailIsDenied("update file set access = 'OPEN' where id = '%s'".formatted(file));
        assertThat(installation.data().number("select count(*) from recipient where delivery_id = '%s'".formatted(delivery))).isEqualTo(1);
        assertThat(installation.mailServer().submits(HANAKO, List.of("jiro@partner.example"), Messages.twoAttachments("Held", new byte[] {9}, new byte[] {1})))
            .startsWith("250");
        assertThat(installation.data().texts("select hold from recipient where address = 'jiro@partner.example'")).hasSize(1);
        installation.inbox().await("jiro@partner.example", "Held");
        assertThat(installation.data().texts("select hold from recipient where address = 'jiro@partner.example'")).containsExactly("RELEASED");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().texts(
            "select spool_kind from delivery where subject in ('Held', 'For Taro alone')")).containsOnly("GONE"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().number(
            "select count(*) from key_node where pair = 'spool' and half = 'opens'")).as("its timers have run").isPositive());
        assertThat(Files.readString(mail.log())).doesNotContain("permission denied", "open none");
    }

    private void asMailIsDenied(String statements) {
        assertThatThrownBy(() -> {
            try (var connection = DriverManager.getConnection(installation.stage().database(), mailLogin().user(), mailLogin().password());
                    var statement = connection.createStatement()) {
                statement.execute(statements);
            }
        }).as(statements).isInstanceOfSatisfying(SQLException.class, denied -> assertThat(denied.getSQLState()).as(denied.getMessage()).isEqualTo("42501"));
    }

    private PostgresServer.Login mailLogin() {
        var login = installation.stage().postgres().mail();
        assertThat(installation.stage().properties("mail")).as("it has no other").containsEntry("gateway.database.user", login.user())
            .containsEntry("gateway.database.password-file", installation.stage().postgres().passwordFile(login).toString());
        return login;
    }

    @Test
    void whatAdminIsGivenOpensNamesAndNoContent() throws Exception {
        submit("Named", new byte[] {9});
        var keys = privateKeys("admin");
        assertThat(keys).as("private keys: that of records").hasSize(1);
        try (var store = new DirectoryStore(installation.stage().objects())) {
            assertThat(all()).isNotEmpty().allSatisfy(row -> {
                assertThat(keys.getFirst().unwrap(row.recordWrap(), place(row))).as("the key of its name").hasSize(32);
                assertThatThrownBy(() -> keys.getFirst().unwrap(row.sealed().wrapped(), place(row))).isInstanceOf(SealBrokenException.class);
                var sealed = row.sealed();
                var withTheOther = new Sealed(sealed.key(), null, sealed.header(), sealed.plainOctets(), sealed.cipherOctets(), sealed.sha256(), row.recordWrap());
                assertThatThrownBy(() -> new Opener(store, keys.getFirst()).open(withTheOther, place(row))).as("the key of its name as its own")
                    .isInstanceOf(SealBrokenException.class);
            });
        }
    }

    private static Place place(SealedFiles.FileRow row) {
        return new Place(row.delivery(), row.id());
    }

    private List<SealedFiles.FileRow> all() {
        try (var store = new DirectoryStore(installation.stage().objects())) {
            var files = new SealedFiles(installation, store);
            var rows = files.all();
            assertThat(rows).allSatisfy(row -> assertThat(files.open(row)).as("with web's key").isEqualTo(row.sha256()));
            return rows;
        }
    }

    /** Whatever files a role is given: those of them that open something. */
    private List<OpeningKey> privateKeys(String role) {
        var keys = new ArrayList<OpeningKey>();
        for (var value : installation.stage().properties(role).values()) {
            if (value.startsWith("/") && Files.isRegularFile(Path.of(value))) {
                try {
                    keys.add(OpeningKey.load(Path.of(value)));
                } catch (KeyFileException noPrivateKey) {
                    assertThat(value).doesNotEndWith("files.private");
                }
            }
        }
        return keys;
    }
}
