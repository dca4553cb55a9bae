package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.embedded.PostgresServer;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.keys.KeyVersions;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.SealBrokenException;
import sekisho.storage.SealingKey;
import sekisho.storage.TransitServer;
import sekisho.storage.WrappedKey;

/** What an administrator does with keys, as the product's role and with its files. */
class KeyRotationTest {

    private static final byte[] OBJECT_KEY = new byte[32];

    @TempDir
    static Path servers;

    static PostgresServer postgres;
    static String url;

    @TempDir
    Path folder;

    private UUID delivery = UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start(servers);
        url = postgres.createDatabase("keys");
        Migrate.migrate(new DatabaseLogin(url, postgres.owner().user(), postgres.owner().password()), Migrate.APP_ROLE);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void generate() throws Exception {
        execute("truncate file, delivery, key_version, key_node, audit_event, audit_pending cascade");
        Arrays.fill(OBJECT_KEY, (byte) 7);
        Keys.generate(folder);
        delivery = UUID.randomUUID();
        execute("""
            insert into delivery (id, source, sender, sender_as_given, subject, message_id, size_octets, accepted_at, policy_version, notice, spool_kind)
            values ('%s', 'MAIL', 'a@b.example', 'a@b.example', 's', '<m@example>', 10, now(), '1', false, 'GONE')""".formatted(delivery));
    }

    private record Result(int status, String text) {
    }

    private static Result run(String... arguments) {
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return new Result(Main.run(List.of(arguments), stream, stream), bytes.toString(StandardCharsets.UTF_8));
    }

    private Result keys(String command, String... more) {
        var arguments = new ArrayList<>(List.of("keys"));
        arguments.addAll(words(command, more));
        return run(arguments.toArray(String[]::new));
    }

    private List<String> words(String command, String... more) {
        var words = new ArrayList<>(List.of(command, folder.toString()));
        words.addAll(List.of(more));
        words.addAll(List.of("--url", url, "--user", postgres.app().user(), "--password-file",
            servers.resolve("secrets").resolve(postgres.app().user()).toString(), "--by", "Suzuki"));
        return words;
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(url, postgres.owner().user(), postgres.owner().password());
    }

    private static void execute(String sql) throws SQLException {
        try (var connection = connect(); var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> texts(String sql) throws SQLException {
        try (var connection = connect(); var statement = connection.createStatement(); var rows = statement.executeQuery(sql)) {
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

    /** As mail takes it in: with the public half. */
    private UUID file(int position) throws Exception {
        var id = UUID.randomUUID();
        var wrapped = SealingKey.load(folder.resolve("files.public")).wrap(OBJECT_KEY, new Place(delivery, id));
        try (var connection = connect(); var insert = connection.prepareStatement("""
                insert into file (id, delivery_id, position, record, record_wrap_algorithm, record_wrap_version, size_octets, object_key, header, cipher_octets, wrap_algorithm,
                    wrap_version, wrap)
                values (?, ?, ?, '', '', 1, 1, 'f/x', '', 1, ?, ?, ?)""")) {
            insert.setObject(1, id);
            insert.setObject(2, delivery);
            insert.setInt(3, position);
            insert.setString(4, wrapped.algorithm());
            insert.setInt(5, wrapped.version());
            insert.setBytes(6, wrapped.bytes());
            insert.executeUpdate();
        }
        return id;
    }

    private WrappedKey wrapped(UUID file) throws SQLException {
        try (var connection = connect(); var rows = connection.createStatement().executeQuery("select * from file where id = '" + file + "'")) {
            rows.next();
            return new WrappedKey(rows.getString("wrap_algorithm"), rows.getInt("wrap_version"), rows.getBytes("wrap"));
        }
    }

    private OpeningKey opening() {
        return OpeningKey.load(folder.resolve("files.private"));
    }

    @Test
    void keysThatLieWithTheObjectsAreWarnedOfAndLeaveNothingToBeDone() throws Exception {
        var objects = Files.createDirectory(folder.resolve("objects")).toString();
        var status = keys("status", "--directory", objects);
        assertThat(status.status()).isZero();
        assertThat(status.text()).containsOnlyOnce("warning: the private key " + folder.toRealPath().resolve("files.private"))
            .containsOnlyOnce("warning: the private key " + folder.toRealPath().resolve("spool.private")).endsWith("nothing is to be done\n");
        assertThat(keys("list", "--directory", objects).status()).isEqualTo(2);
    }

    /** A monitoring that alarms after each rotation is switched off. */
    @Test
    void aVersionThatWaitsForTheHorizonLeavesNothingToBeDone() throws Exception {
        keys("rotate", "files");
        assertThat(keys("status").status()).as("before anybody has looked").isZero();
        execute("update key_version set idle_since = now() - interval '8 days' + interval '1 hour' where pair = 'files' and version = 1");
        assertThat(keys("status").status()).isZero();
        assertThat(keys("status", "--shred-horizon", "6d").status()).isEqualTo(1);
        execute("update key_version set idle_since = now() - interval '8 days' - interval '1 hour' where pair = 'files' and version = 1");
        assertThat(keys("status")).isEqualTo(new Result(1, "files: version 1 is old: nothing has needed it for longer than the horizon, and the product hasn't destroyed it; "
            + "its log says why, or run ./sekisho keys destroy\n"));
        assertThat(keys("status", "--shred-horizon", "30d")).isEqualTo(new Result(0, "files: version 1 is old: nothing hangs on it; the product destroys it\nnothing is to be done\n"));
        execute("update key_version set idle_since = null, first_seen_at = now() - interval '9 days' where pair = 'files'");
        assertThat(keys("status").status()).as("nobody looks").isEqualTo(1);
        assertThat(keys("status", "--shred-horizon", "soon").text()).contains("gateway.keys.shred-horizon");
        assertThat(keys("list", "--shred-horizon", "30d").status()).isEqualTo(2);
    }

    @Test
    void aPairThatCannotBeUsedKeepsNoOtherFromBeingWrappedAgain() throws Exception {
        Files.setPosixFilePermissions(folder.resolve("files.private"), PosixFilePermissions.fromString("rw-r--r--"));
        var result = keys("rewrap");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.text()).contains("not done for files: ", "wrapping to version 1, fingerprint " + SealingKey.load(folder.resolve("records.public")).fingerprint());
    }

    @Test
    void aVersionsWholeLife() throws Exception {
        var file = file(0);
        file(1);
        assertThat(keys("status")).isEqualTo(new Result(0, "nothing is to be done\n"));
        assertThat(keys("list").text()).contains("files:\n  version 1  " + opening().sealing(1).fingerprint() + "  2 files  2 wrapped  seals\n", "spool:\n  version 1  ");
        var dumped = wrapped(file);

        assertThat(keys("rotate", "files").text()).contains("files has version 2 now, fingerprint " + opening().sealing(2).fingerprint(),
            "copy files.private to every other host that opens, then files.public");
        assertThat(SealingKey.load(folder.resolve("files.public")).version()).isEqualTo(2);
        assertThat(opening().versions()).containsExactly(1, 2);
        assertThat(keys("status")).isEqualTo(new Result(1, "files: version 1 is old: 2 files hang on it; run ./sekisho keys rewrap\n"));
        assertThat(keys("destroy", "files", "1", "--yes")).isEqualTo(new Result(1, "not done: 2 files hang on version 1; run ./sekisho keys rewrap first\n"));
        assertThat(opening().versions()).containsExactly(1, 2);

        assertThat(keys("rewrap")).isEqualTo(new Result(0, "wrapping to version 2, fingerprint %s. From now on nothing else opens these files: keep a copy of %s%n2 files are wrapped to version 2 now%n"
            .formatted(opening().sealing(2).fingerprint(), folder.resolve("files.private"))
            + "wrapping to version 1, fingerprint %s. From now on nothing else opens these names of files: keep a copy of %s%n0 names of files are wrapped to version 1 now%n"
            .formatted(OpeningKey.load(folder.resolve("records.private")).sealing(1).fingerprint(), folder.resolve("records.private"))));
        assertThat(opening().unwrap(wrapped(file), new Place(delivery, file))).isEqualTo(OBJECT_KEY);
        assertThat(keys("status")).isEqualTo(new Result(0, "files: version 1 is old: nothing hangs on it; the product destroys it\nnothing is to be done\n"));
        assertThat(keys("destroy", "files", "1").text()).as("without --yes").contains("say --yes");
        assertThat(opening().versions()).containsExactly(1, 2);
        assertThat(keys("destroy", "files", "1", "--yes").text()).startsWith("version 1 of files is destroyed; do the same on every other host");
        assertThat(opening().versions()).containsExactly(2);
        assertThatThrownBy(() -> opening().unwrap(dumped, new Place(delivery, file))).as("of an old dump").isInstanceOf(SealBrokenException.class);
        assertThat(opening().unwrap(wrapped(file), new Place(delivery, file))).isEqualTo(OBJECT_KEY);
        assertThat(keys("status").status()).isZero();
        assertThat(keys("list").text()).containsPattern("version 1  \\(not here\\) +0 files  0 wrapped  destroyed ")
            .contains("version 2  " + opening().sealing(2).fingerprint() + "  2 files  2 wrapped  seals\n");
        assertThat(events()).hasSize(3).allSatisfy(event -> assertThat(event).contains("\"actor\":\"operator\"", "\"by\":\"Suzuki\"", "\"pair\":\"files\"")
            .doesNotContain("plan.pdf", file.toString()));
        assertThat(events().get(0)).contains("KEY_ROTATED", "\"version\":\"2\"", opening().sealing(2).fingerprint());
        assertThat(events().get(1)).contains("KEYS_REWRAPPED", "\"from\":\"1:2\"", "\"rows\":\"2\"", "\"to\":\"2\"");
        assertThat(events().get(2)).contains("KEY_DESTROYED", "\"version\":\"1\"");
    }

    @Test
    void aDestructionThatStoppedBeforeTheFileIsMadeGoodByDoingItAgain() throws Exception {
        keys("rotate", "files");
        var stillWithBoth = Files.readString(folder.resolve("files.private"));
        assertThat(keys("destroy", "files", "1", "--yes").status()).isZero();
        Files.writeString(folder.resolve("files.private"), stillWithBoth);
        assertThat(opening().versions()).containsExactly(1, 2);
        assertThat(keys("destroy", "files", "1", "--yes").status()).isZero();
        assertThat(opening().versions()).containsExactly(2);
        assertThat(texts("select count(distinct destroyed_at) from key_version where version = 1")).containsExactly("1");
        assertThat(events()).as("decided once").filteredOn(event -> event.contains("KEY_DESTROYED")).hasSize(1);
    }

    @Test
    void whatCannotBeTakenOutOfTheFileIsNotWrittenDownAsDestroyed() throws Exception {
        keys("rotate", "files");
        var file = folder.resolve("files.private");
        var real = Files.move(file, folder.resolve("k".repeat(240)));   // the name of what would replace it is too long
        Files.createSymbolicLink(file, real);
        assertThat(keys("destroy", "files", "1", "--yes")).satisfies(result -> {
            assertThat(result.status()).isEqualTo(2);
            assertThat(result.text()).contains("cannot write key files");
        });
        assertThat(texts("select version from key_version where destroyed_at is not null")).isEmpty();
        assertThat(events()).noneMatch(event -> event.contains("KEY_DESTROYED"));
    }

    @Test
    void whatSealsOrIsNewestOrIsNotThereIsNotDestroyed() throws Exception {
        assertThat(keys("destroy", "files", "1", "--yes").text()).contains("has no older version 1");
        var old = Files.readString(folder.resolve("files.public"));
        keys("rotate", "files");
        assertThat(keys("destroy", "files", "2", "--yes").text()).contains("has no older version 2");
        assertThat(keys("destroy", "files", "3", "--yes").text()).contains("has no older version 3");
        assertThat(keys("destroy", "files", "x", "--yes").text()).contains("'x' is no version");
        Files.writeString(folder.resolve("files.public"), old);
        assertThat(keys("destroy", "files", "1", "--yes").text()).contains("still seals with version 1");
        assertThat(keys("status").text()).contains("the public file here is still of version 1");
        assertThat(opening().versions()).containsExactly(1, 2);
        assertThat(texts("select version from key_version where destroyed_at is not null")).isEmpty();
    }

    /** Its mount was moved: each key looks as if it were gone. Were that taken for a destruction, the log would say so of a key that opens every backup. */
    @Test
    void whatTheBackEndCannotDestroyIsNotWrittenDownAsDestroyed() throws Exception {
        try (var transit = new TransitServer(2)) {
            Files.delete(folder.resolve("files.private"));
            Files.delete(folder.resolve("files.public"));
            transit.describe(folder.resolve("files.private"), "files");
            assertThat(keys("rotate", "files").text()).contains("version 1");
            transit.ready();
            assertThat(keys("rotate", "files").text()).contains("version 2");
            var here = Files.readString(folder.resolve("files.private"));
            Files.writeString(folder.resolve("files.private"), here.replace("mount transit", "mount moved"));
            transit.asked.clear();
            assertThat(keys("destroy", "files", "1", "--yes").status()).isEqualTo(2);
            assertThat(folder.resolve("files.private")).hasContent(here.replace("mount transit", "mount moved"));
            assertThat(texts("select version from key_version where destroyed_at is not null")).isEmpty();
            assertThat(events()).noneMatch(event -> event.contains("KEY_DESTROYED"));
            assertThat(transit.asked).noneMatch(request -> request.startsWith("DELETE "));
            Files.writeString(folder.resolve("files.private"), here);
            assertThat(keys("destroy", "files", "1", "--yes").status()).isZero();
            assertThat(opening().versions()).containsExactly(2);
            assertThat(events()).anyMatch(event -> event.contains("KEY_DESTROYED"));
        }
    }

    @Test
    void aNumberThatAnotherHostHasGivenIsNotGivenAgain() throws Exception {
        execute("insert into key_version (pair, version) values ('files', 4)");
        assertThat(keys("rotate", "files", "--without", "4").text()).contains("version 5");
        assertThat(opening().versions()).containsExactly(1, 5);
        assertThat(keys("rotate", "spool").text()).contains("spool has version 2");
    }

    /** Rotating there and copying the file over the other host's would lose what the other host has made. */
    @Test
    void aHostWhosePrivateFileLacksALivingVersionDoesNotRotate() throws Exception {
        var onTheOtherHost = Files.readString(folder.resolve("files.private"));
        keys("rotate", "files");
        var newest = Files.readString(folder.resolve("files.private"));
        var half = Files.readString(folder.resolve("files.public"));
        file(0);
        Files.writeString(folder.resolve("files.private"), onTheOtherHost);
        assertThat(keys("rotate", "files")).satisfies(result -> {
            assertThat(result.status()).isEqualTo(2);
            assertThat(result.text()).contains("nothing was changed: ", "lacks version 2 of files", "copy the newest private file here first", "--without 2");
        });
        assertThat(folder.resolve("files.private")).hasContent(onTheOtherHost);
        assertThat(folder.resolve("files.public")).hasContent(half);
        assertThat(events()).hasSize(1);
        assertThat(keys("rotate", "files", "--without", "3").text()).as("of another").contains("lacks version 2");
        assertThat(keys("rotate", "files", "--without", "2;drop").text()).contains("numbers of versions");
        Files.writeString(folder.resolve("files.private"), newest);
        assertThat(keys("rotate", "files").text()).contains("version 3");
        assertThat(opening().versions()).containsExactly(1, 2, 3);
    }

    @Test
    void aVersionThatANodeStillSealsWithIsNotDestroyed() throws Exception {
        keys("rotate", "files");
        execute("insert into key_node (node, pair, half, version, seen_at) values (gen_random_uuid(), 'files', 'seals', 1, now())");
        assertThat(keys("status")).isEqualTo(new Result(1, "files: version 1 is old: 1 nodes still seal with it; give them the newest public file\n"));
        assertThat(keys("destroy", "files", "1", "--yes")).isEqualTo(new Result(1,
            "not done: 1 nodes still seal with version 1; give them the newest files.public first\n"));
        assertThat(opening().versions()).containsExactly(1, 2);
        execute("update key_node set seen_at = now() - interval '61 s'");
        assertThat(keys("destroy", "files", "1", "--yes").status()).isZero();
        assertThat(opening().versions()).containsExactly(2);
    }

    @Test
    void aHostThatIsGoneForGoodIsForgotten() throws Exception {
        execute("insert into key_node (node, pair, half, version, host, seen_at) values (gen_random_uuid(), 'files', 'opens', 1, 'web2', now() - interval '3 d'),"
            + " (gen_random_uuid(), 'files', 'opens', 1, 'web1', now()), (gen_random_uuid(), 'records', 'opens', 1, 'web2', now() - interval '3 d')");
        assertThat(keys("list").text()).containsPattern("web1 opens, up to version 1  last heard of 2").containsPattern("web2 opens, up to version 1  last heard of 2");
        assertThat(keys("forget", "files", "web1")).as("alive").satisfies(result -> {
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.text()).startsWith("not done: ");
        });
        assertThat(keys("forget", "files", "web3").status()).isEqualTo(1);
        assertThat(keys("forget", "files", "web2")).isEqualTo(new Result(0,
            "web2 is forgotten; whoever opens files there again has to be given the newest files.private first\n"));
        assertThat(texts("select pair || ' ' || host from key_node order by 1")).containsExactly("files web1", "records web2");
        assertThat(keys("forget", "files").text()).contains("keys is called as");
    }

    @Test
    void withoutTheAuditLogNothingIsChanged() throws Exception {
        var before = Files.readString(folder.resolve("files.private"));
        execute("alter table audit_event rename to away");
        try {
            assertThat(keys("rotate", "files")).satisfies(result -> {
                assertThat(result.status()).isEqualTo(2);
                assertThat(result.text()).contains("nothing was changed, the audit log can't be written");
            });
        } finally {
            execute("alter table away rename to audit_event");
        }
        assertThat(folder.resolve("files.private")).hasContent(before);
        assertThat(keys("rotate", "files").text()).contains("version 2");
    }

    /** The pair was made in clear, or its passphrase is known to somebody. */
    @Test
    void aPairGetsAPassphraseByRotatingIt() throws Exception {
        var file = file(0);
        var clear = Files.readString(folder.resolve("files.private"));
        var passphrase = Files.writeString(folder.resolve("passphrase"), "0123456789abcdef\n");
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(keys("rotate", "files", "--passphrase-file", passphrase.toString())).satisfies(result -> {
            assertThat(result.status()).isEqualTo(2);
            assertThat(result.text()).contains("chmod 600 " + passphrase);
        });
        assertThat(folder.resolve("files.private")).hasContent(clear);
        assertThat(events()).isEmpty();
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
        assertThat(keys("rotate", "files", "--passphrase-file", passphrase.toString())).satisfies(result -> {
            assertThat(result.status()).isZero();
            assertThat(result.text()).contains("files has version 2 now", "by the passphrase in " + passphrase + " alone", "delete every copy of the file as it was");
        });
        assertThat(folder.resolve("files.private")).content().startsWith("sekisho-opening-key 3\n").doesNotContain("x25519");
        assertThat(keys("rewrap").status()).isZero();
        assertThat(keys("destroy", "files", "1", "--yes").status()).isZero();
        assertThat(folder.resolve("files.private")).content().startsWith("sekisho-opening-key 3\n");
        assertThat(opening().unwrap(wrapped(file), new Place(delivery, file))).isEqualTo(OBJECT_KEY);
        for (var command : List.of(List.of("status"), List.of("rewrap"), List.of("destroy", "files", "1", "--yes"))) {
            var more = new ArrayList<>(command.subList(1, command.size()));
            more.addAll(List.of("--passphrase-file", passphrase.toString()));
            assertThat(keys(command.getFirst(), more.toArray(String[]::new)).text()).as(command.getFirst()).contains("is for keys generate and rotate");
        }
    }

    /** In a token or in Transit there is nothing in the file that it could protect. */
    @Test
    void aPairInABackEndTakesNoPassphrase() throws Exception {
        var passphrase = Files.writeString(folder.resolve("passphrase"), "0123456789abcdef\n");
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
        try (var transit = new TransitServer(0)) {
            Files.delete(folder.resolve("files.private"));
            Files.delete(folder.resolve("files.public"));
            transit.describe(folder.resolve("files.private"), "files");
            assertThat(keys("rotate", "files", "--passphrase-file", passphrase.toString())).satisfies(result -> {
                assertThat(result.status()).isEqualTo(2);
                assertThat(result.text()).contains("a passphrase would protect nothing");
            });
            assertThat(transit.asked).isEmpty();
            assertThat(events()).isEmpty();
        }
    }

    @Test
    void aVersionThatHasSealedForAYearIsReported() throws Exception {
        execute("insert into key_version (pair, version, first_seen_at) values ('files', 1, now() - interval '364 d')");
        assertThat(keys("status").status()).isZero();
        execute("update key_version set first_seen_at = now() - interval '366 d'");
        assertThat(keys("status")).isEqualTo(new Result(1,
            "files: version 1 is older than 365 days: what was shredded since then opens from backups; run ./sekisho keys rotate\n"));
        keys("rotate", "files");
        assertThat(keys("status").text()).contains("version 1 is old: nothing hangs on it").doesNotContain("365 days");
    }

    @Test
    void onlyOneProgramChangesKeyFilesAtATime() throws Exception {
        var hasty = new Keys(Duration.ofMillis(100));
        var out = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        try (var connection = connect()) {
            assertThat(new KeyVersions(connection, Clock.systemUTC(), Actor.part("operator"), Map.of()).alone()).isTrue();
            for (var words : List.of(words("rotate", "files"), words("destroy", "files", "1", "--yes"))) {
                assertThatThrownBy(() -> hasty.run(words, out)).isInstanceOf(CommandException.class)
                    .hasMessageContaining("another ./sekisho keys is changing key files");
            }
        }
        assertThat(opening().versions()).containsExactly(1);
    }

    /** Whether the commands' login has ended a transaction; only the superuser sees what others do. */
    private boolean itHasAsked() throws SQLException {
        try (var connection = postgres.connect(postgres.superuser()); var statement = connection.createStatement();
                var rows = statement.executeQuery("select 1 from pg_stat_activity where usename = '" + postgres.app().user() + "' and query = 'COMMIT'")) {
            return rows.next();
        }
    }

    @Test
    void itWaitsForATimerThatIsAtItForAMoment() throws Exception {
        var waiting = new CompletableFuture<Result>();
        try (var connection = connect()) {
            assertThat(new KeyVersions(connection, Clock.systemUTC(), Actor.part("keys"), Map.of()).alone()).isTrue();
            Thread.ofVirtual().start(() -> waiting.complete(keys("rotate", "files")));
            await().until(this::itHasAsked);
            assertThat(opening().versions()).containsExactly(1);
        }
        assertThat(waiting.get(1, TimeUnit.MINUTES).text()).startsWith("files has version 2 now");
    }

    @Test
    void aWornOutVersionAndOneThatIsMissingHereAreReported() throws Exception {
        var file = file(0);
        execute("insert into key_version (pair, version, wraps) values ('files', 1, 1073741824)");
        assertThat(keys("status")).isEqualTo(new Result(1,
            "files: rotation is due: version 1 has wrapped 1073741824 keys, of 1073741824 at most; run ./sekisho keys rotate\n"));
        keys("rotate", "files");
        execute("update file set wrap_version = 9 where id = '" + file + "'");
        assertThat(keys("status").text()).contains("1 files hang on version 9, which the private file here doesn't have").doesNotContain("rotation is due");
    }

    @Test
    void aHostThatSealsAndWasForgottenIsTold() throws Exception {
        Files.delete(folder.resolve("files.private"));   // as on a host of mail
        execute("insert into key_version (pair, version) values ('files', 2)");
        assertThat(keys("status").status()).as("a number that was given and never used").isZero();
        execute("update key_version set last_sealed_at = now()");
        assertThat(keys("status")).isEqualTo(new Result(1, "files: the public file here is still of version 1; copy the newest, or run ./sekisho keys rotate\n"));
    }

    @Test
    void wrapsThatDoNotOpenAreToldAndLeft() throws Exception {
        var file = file(0);
        keys("rotate", "files");
        execute("update file set wrap = set_byte(wrap, 5, get_byte(wrap, 5) # 1) where id = '" + file + "'");
        assertThat(keys("rewrap")).satisfies(result -> {
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.text()).contains("0 files are wrapped", "1 files don't open with");
        });
        assertThat(wrapped(file).version()).isEqualTo(1);
        assertThat(events()).as("of the rotation alone").hasSize(1);
    }

    @Test
    void wrongCallsSayHow() {
        assertThat(keys("rotate").text()).contains("keys is called as");
        assertThat(keys("rotate", "audit").text()).contains("there is no key pair 'audit'");
        assertThat(keys("rewrap", "files").text()).contains("keys is called as");
        assertThat(run("keys", "list", folder.toString()).status()).isEqualTo(2);
        assertThat(run("keys", "list", folder.resolve("nothing").toString(), "--url", url, "--user", postgres.app().user(), "--password-file",
            servers.resolve("secrets").resolve(postgres.app().user()).toString()).text()).contains("there is no key file in");
    }
}
