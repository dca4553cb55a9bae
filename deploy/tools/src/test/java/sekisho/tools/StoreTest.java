package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.embedded.PostgresServer;
import sekisho.gateway.files.FileRecord;
import sekisho.gateway.files.StoreVerifier;
import sekisho.storage.DirectoryStore;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.RecordKey;
import sekisho.storage.Sealed;
import sekisho.storage.Sealer;
import sekisho.storage.SealingKey;
import sekisho.storage.StoreException;

/** An object store and its database, each damaged in every way that an operator may find them in. */
class StoreTest {

    private static final int OCTETS = 2 * 65_504 + 50;
    private static final String NAME = "secret plan.pdf";

    @TempDir
    static Path servers;

    static PostgresServer postgres;
    static String url;

    @TempDir
    Path folder;

    private Path objects;
    private DirectoryStore store;
    private final UUID delivery = UUID.randomUUID();
    private final Map<UUID, RecordKey> recordKeys = new HashMap<>();
    private int position;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start(servers);
        url = postgres.createDatabase("store");
        Migrate.migrate(new DatabaseLogin(url, postgres.owner().user(), postgres.owner().password()), Migrate.APP_ROLE);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void aDeliveryStands() throws Exception {
        execute("truncate file, delivery cascade");
        Keys.generate(folder.resolve("keys"));
        objects = Files.createDirectory(folder.resolve("objects"));
        store = new DirectoryStore(objects);
        execute("""
            insert into delivery (id, source, sender, sender_as_given, subject, message_id, size_octets, accepted_at, policy_version, notice, spool_kind)
            values ('%s', 'MAIL', 'a@b.example', 'a@b.example', 's', '<m@example>', 10, now(), '1', false, 'GONE')""".formatted(delivery));
    }

    private record Result(int status, String text) {
    }

    private Result verify(String... more) {
        var arguments = new ArrayList<>(List.of("store", "verify", "--directory", objects.toString(), "--url", url, "--user", postgres.app().user(),
            "--password-file", servers.resolve("secrets").resolve(postgres.app().user()).toString()));
        arguments.addAll(List.of(more));
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        var before = contents();
        int status = Main.run(arguments, stream, stream);
        assertThat(contents()).as("nothing is changed").isEqualTo(before);
        var text = bytes.toString(StandardCharsets.UTF_8);
        assertThat(text).as("no file's name is told").doesNotContain(NAME, "plan");
        return new Result(status, text);
    }

    private Result deep(String... more) {
        var all = new ArrayList<>(List.of("--deep"));
        all.addAll(List.of(more));
        return verify(all.toArray(String[]::new));
    }

    private Result opened() {
        return deep("--files-key", key("files.private"), "--spool-key", key("spool.private"));
    }

    private String key(String name) {
        return folder.resolve("keys").resolve(name).toString();
    }

    /** Every file of the store with its hash and time. */
    private TreeMap<String, String> contents() {
        var all = new TreeMap<String, String>();
        try (var files = Files.walk(objects)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                all.put(file.toString(), java.util.Arrays.hashCode(Files.readAllBytes(file)) + " " + Files.getLastModifiedTime(file));
            }
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
        return all;
    }

    private static void execute(String sql, Object... values) throws SQLException {
        try (var connection = DriverManager.getConnection(url, postgres.owner().user(), postgres.owner().password());
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.execute();
        }
    }

    private static byte[] octets(int count, long seed) {
        var octets = new byte[count];
        new Random(seed).nextBytes(octets);
        return octets;
    }

    private static byte[] record(RecordKey key, byte[] sha256) {
        return new FileRecord(NAME, "application/pdf", sha256, new byte[16], "", "", "", java.util.List.of()).sealed(key);
    }

    private static Sealed seal(Sealer.SealedObject sealing, byte[] content) throws IOException {
        try (sealing) {
            sealing.out().write(content);
            return sealing.finish();
        }
    }

    /** A file as mail takes it in. */
    private UUID file(int octets) throws Exception {
        var id = UUID.randomUUID();
        var sealer = new Sealer(store, SealingKey.load(folder.resolve("keys/files.public")));
        var sealing = sealer.create("f/" + id, new Place(delivery, id));
        var recordKey = RecordKey.of(sealing, new Place(delivery, id));
        var sealed = seal(sealing, octets(octets, position));
        recordKeys.put(id, recordKey);
        execute("""
            insert into file (id, delivery_id, position, record, record_wrap_algorithm, record_wrap_version, size_octets, object_key, header, cipher_octets,
                wrap_algorithm, wrap_version, wrap)
            values (?, ?, ?, ?, 'none', 1, ?, ?, ?, ?, ?, ?, ?)""", id, delivery, position++, record(recordKey, sealed.sha256()), sealed.plainOctets(), sealed.key(),
            sealed.header(), sealed.cipherOctets(), sealed.wrapped().algorithm(), sealed.wrapped().version(), sealed.wrapped().bytes());
        return id;
    }

    /** Gives the delivery a message that waits. */
    private void spool(int octets) throws Exception {
        var sealer = new Sealer(store, OpeningKey.load(folder.resolve("keys/spool.private")).own(1));
        var sealed = seal(sealer.createInline("s/" + delivery, new Place(delivery, delivery), 1000), octets(octets, 99));
        execute("""
            update delivery set spool_kind = 'MESSAGE', spool_key = ?, spool_inline = ?, spool_header = ?, spool_plain_octets = ?, spool_cipher_octets = ?,
                spool_wrap_algorithm = ?, spool_wrap_version = ?, spool_wrap = ?""", sealed.stored() ? sealed.key() : null, sealed.inline(),
            sealed.header(), sealed.plainOctets(), sealed.cipherOctets(), sealed.wrapped().algorithm(), sealed.wrapped().version(), sealed.wrapped().bytes());
    }

    private Path objectOf(String key) throws IOException {
        try (var files = Files.walk(objects)) {
            return files.filter(file -> file.getFileName().toString().equals(key.replace('/', ','))).findFirst().orElseThrow();
        }
    }

    private void change(Path object, int at) throws IOException {
        var octets = Files.readAllBytes(object);
        octets[at] ^= 1;
        Files.write(object, octets);
    }

    private void hasFault(Result result, String kind, UUID file, String how) {
        assertThat(result.text()).contains(kind + ": file " + file + " of delivery " + delivery + ", object f/" + file + ": " + how, "not all that is needed is there");
        assertThat(result.text().lines().filter(line -> line.contains("object f/")).count()).as("one fault").isEqualTo(1);
        assertThat(result.status()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 200_000})
    void whatIsWholeHoldsHoweverDeepOneLooks(int spoolOctets) throws Exception {
        for (int octets : new int[] {0, 1, 65_504, OCTETS}) {
            file(octets);
        }
        spool(spoolOctets);
        assertThat(verify().text()).contains("4 files and 1 waiting messages", "by their lengths", "0 missing, 0 damaged, 0 unreadable, 0 shut, 0 unknown",
            "all that is needed is there");
        assertThat(verify().status()).isZero();
        assertThat(deep()).satisfies(result -> {
            assertThat(result.text()).contains("files by their frames, messages by their frames", "0 missing, 0 damaged");
            assertThat(result.status()).isZero();
        });
        assertThat(opened()).satisfies(result -> {
            assertThat(result.text()).contains("files opened, messages opened", "0 missing, 0 damaged");
            assertThat(result.status()).isZero();
        });
    }

    @Test
    void aMissingObjectIsNamed() throws Exception {
        file(10);
        var lost = file(10);
        Files.delete(objectOf("f/" + lost));
        for (var result : List.of(verify(), deep(), opened())) {
            hasFault(result, "MISSING", lost, "not in the store");
        }
    }

    @Test
    void anObjectInAnotherFolderIsMissingSinceNobodyFindsItThere() throws Exception {
        var lost = file(10);
        var object = objectOf("f/" + lost);
        var elsewhere = Files.createDirectories(object.getParent().resolveSibling(object.getParent().endsWith("00") ? "01" : "00"));
        Files.move(object, elsewhere.resolve(object.getFileName()));
        hasFault(verify(), "MISSING", lost, "not in the store");
    }

    @Test
    void anotherLengthIsFoundWithoutReading() throws Exception {
        var file = file(OCTETS);
        var object = objectOf("f/" + file);
        var whole = Files.readAllBytes(object);
        Files.write(object, java.util.Arrays.copyOf(whole, whole.length - 1));
        hasFault(verify(), "DAMAGED", file, "the object is shorter than the");
        hasFault(deep(), "DAMAGED", file, "the object ends early, in segment 2");
        Files.write(object, java.util.Arrays.copyOf(whole, whole.length + 1));
        hasFault(verify(), "DAMAGED", file, "the object is longer than the");
        hasFault(deep(), "DAMAGED", file, "the object goes on after its last segment");
        hasFault(opened(), "DAMAGED", file, "the object is longer than the");
        Files.write(object, new byte[0]);
        hasFault(verify(), "DAMAGED", file, "the object is shorter");
    }

    @Test
    void aChangedFrameIsFoundWithoutAKeyAndChangedContentWithOne() throws Exception {
        var file = file(OCTETS);
        var object = objectOf("f/" + file);
        change(object, 20);
        assertThat(verify().status()).as("lengths say nothing of it").isZero();
        hasFault(deep(), "DAMAGED", file, "the object's header is not that of its row");
        hasFault(opened(), "DAMAGED", file, "the object's header is not that of its row");
        change(object, 20);
        change(object, 74 + 65_536 + 1);
        hasFault(deep(), "DAMAGED", file, "segment 1 is marked with another length");
        hasFault(opened(), "DAMAGED", file, "segment 1 is marked with another length");
        change(object, 74 + 65_536 + 1);
        change(object, 74 + 65_536 + 100);
        assertThat(deep().status()).as("no frame shows it").isZero();
        hasFault(opened(), "DAMAGED", file, "segment 1 is not what was written there");
    }

    @Test
    void anObjectOfAnotherFileOrAnotherHashIsFound() throws Exception {
        var one = file(OCTETS);
        var other = file(OCTETS);
        execute("update file set record = ? where id = ?", record(Objects.requireNonNull(recordKeys.get(other)), new byte[32]), other);
        hasFault(opened(), "DAMAGED", other, "the SHA-256 in its row is that of another content");
        execute("delete from file where id = ?", other);
        Files.write(objectOf("f/" + one), Files.readAllBytes(objectOf("f/" + other)));
        assertThat(deep("--orphan-age", "1h").text()).contains("DAMAGED: file " + one, "the object's header is not that of its row");
        Files.delete(objectOf("f/" + other));
    }

    @Test
    void aRowThatCannotBeIsDamage() throws Exception {
        var file = file(OCTETS);
        execute("update file set cipher_octets = cipher_octets + 1");
        hasFault(verify(), "DAMAGED", file, "the lengths in its row contradict each other");
        execute("update file set cipher_octets = 5");
        hasFault(verify(), "DAMAGED", file, "its row says a length that can't be");
    }

    /** As one may be from before the database refused such. */
    @Test
    void aRowThatNamesWhatIsNoObjectIsDamageOnOneLine() throws Exception {
        var file = file(OCTETS);
        execute("alter table file disable trigger user");
        try {
            execute("update file set object_key = ?", "../x\nMISSING: \u001B[2J");
        } finally {
            execute("alter table file enable trigger user");
        }
        for (var result : List.of(verify(), verify("--deep"))) {
            assertThat(result.text()).contains("DAMAGED: file " + file + " of delivery " + delivery + ", object \"../x\\u000aMISSING: \\u001b[2J\": its row names no object")
                .doesNotContain("\u001B").doesNotContainPattern("(?m)^MISSING");
            assertThat(result.status()).isEqualTo(1);
        }
    }

    @Test
    void aVersionThatTheGivenKeyLacksIsToldAndNotCalledDamage() throws Exception {
        var file = file(10);
        execute("update file set wrap_version = 7 where id = ?", file);
        hasFault(opened(), "SHUT", file, "the private key given has no version 7");
        execute("update file set wrap_version = 1, wrap = set_byte(wrap, 5, get_byte(wrap, 5) # 1) where id = ?", file);
        hasFault(opened(), "DAMAGED", file, "");
    }

    @Test
    void messagesThatWaitAreHeldAgainstTheStoreToo() throws Exception {
        spool(200_000);
        change(objectOf("s/" + delivery), 5_000);
        assertThat(deep().status()).isZero();
        assertThat(opened()).satisfies(result -> {
            assertThat(result.text()).contains("DAMAGED: spool of delivery " + delivery + ", object s/" + delivery + ": segment 0 is not what was written there");
            assertThat(result.status()).isEqualTo(1);
        });
        Files.delete(objectOf("s/" + delivery));
        assertThat(verify().text()).contains("MISSING: spool of delivery " + delivery);
        execute("update delivery set spool_wrap = null");
        assertThat(verify().text()).contains("DAMAGED: spool of delivery " + delivery, "its row is incomplete");
        spool(500);
        execute("update delivery set spool_inline = set_byte(spool_inline, 200, get_byte(spool_inline, 200) # 1)");
        assertThat(deep().status()).isZero();
        assertThat(opened().text()).contains("DAMAGED: spool of delivery " + delivery + ", object inline: segment 0");
    }

    @Test
    void whatNoRowNamesIsUnknownOnceItIsOldAndNoFault() throws Exception {
        var seal = new Sealer(store, SealingKey.load(folder.resolve("keys/files.public")));
        seal(seal.create("f/coming-in", new Place(delivery, delivery)), octets(100, 1));
        assertThat(verify()).satisfies(result -> {
            assertThat(result.text()).contains("1 are too young to judge", "0 unknown").doesNotContain("UNKNOWN");
            assertThat(result.status()).isZero();
        });
        Files.setLastModifiedTime(objectOf("f/coming-in"), FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        assertThat(verify()).satisfies(result -> {
            assertThat(result.text()).contains("UNKNOWN: object f/coming-in, 206 octets, since ", "no row names it", "1 unknown", "all that is needed is there");
            assertThat(result.status()).isZero();
        });
        assertThat(verify("--orphan-age", "48h").text()).doesNotContain("UNKNOWN");
        assertThat(verify("--orphan-age", "7d").text()).as("as the product takes it").doesNotContain("UNKNOWN").contains("1 are too young to judge");
        assertThat(verify("--orphan-age", "90m").text()).contains("UNKNOWN");
    }

    @Test
    void uploadsThatBrokeOffAndWhatIsNotOursAreNamedAndNoFault() throws Exception {
        file(10);
        var upload = store.create("f/breaks-off");
        upload.out().write(octets(100_000, 1));
        var temporary = onlyFile(objects.resolve("tmp"));
        assertThat(verify().text()).as("it may still come in").contains("1 are too young to judge", "0 unfinished, 0 stray").doesNotContain("UNFINISHED");
        Files.setLastModifiedTime(temporary, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        var steersATerminal = Files.createFile(objects.resolve("objects").resolve("\033[2J\nMISSING: file\\of Taro.pdf"));
        for (var result : List.of(verify(), deep(), opened())) {
            assertThat(result.text()).contains("UNFINISHED: upload \"tmp/" + temporary.getFileName() + "\", since ",
                "STRAY: \"objects/\\u001b[2J\\u000aMISSING: file\\u005cof Taro.pdf\", since ", "1 unfinished, 1 stray", "all that is needed is there");
            assertThat(result.text().chars()).allMatch(c -> c == '\n' || c >= ' ' && c <= '~');
            assertThat(result.text().lines()).noneMatch(line -> line.startsWith("MISSING"));
            assertThat(result.status()).isZero();
        }
        assertThat(verify("--orphan-age", "48h").text()).doesNotContain("UNFINISHED").contains("1 are too young to judge", "STRAY");
        Files.delete(steersATerminal);
        upload.close();
        assertThat(verify().text()).contains("0 unfinished, 0 stray");
    }

    private static Path onlyFile(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            var all = files.toList();
            assertThat(all).hasSize(1);
            return all.getFirst();
        }
    }

    @Test
    void whatIsAboutToBeRemovedIsNoFaultAndWhatCameBackIsUnknown() throws Exception {
        var shredded = file(10);
        spool(200_000);
        execute("update file set wrap = null, record_wrap = null, access = 'SHREDDED'");
        execute("update delivery set spool_kind = 'GONE', spool_wrap = null, spool_header = null");
        assertThat(verify()).satisfies(result -> {
            assertThat(result.text()).contains("0 files and 0 waiting messages", "2 objects are about to be removed", "0 unknown");
            assertThat(result.status()).isZero();
        });
        execute("update file set object_gone_at = now()");
        assertThat(verify()).satisfies(result -> {
            assertThat(result.text()).contains("UNKNOWN: object f/" + shredded, "its file was shredded and its removal recorded");
            assertThat(result.status()).isZero();
        });
    }

    @Test
    void anObjectThatTheDiskDoesNotGiveOutIsNamedAndAStoreThatIsAwayIsNoVerdict() throws Exception {
        var file = file(10);
        var object = objectOf("f/" + file);
        var aside = Files.move(object, folder.resolve("aside"));
        Files.createDirectory(object);    // reading a folder fails as a bad disk does
        hasFault(deep(), "UNREADABLE", file, "cannot read an object's file");
        Files.delete(object);
        Files.move(aside, object);
        Files.move(objects, folder.resolve("elsewhere"));
        objects = folder.resolve("not-mounted");
        var before = objects;
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        assertThat(Main.run(List.of("store", "verify", "--directory", before.toString(), "--url", url, "--user", postgres.app().user(), "--password-file",
            servers.resolve("secrets").resolve(postgres.app().user()).toString()), stream, stream)).isEqualTo(2);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("doesn't exist; create or mount it").doesNotContain("MISSING");
    }

    @Test
    void theEmptyFolderBelowAMountThatIsMissingIsNoVerdict() throws Exception {
        file(10);
        Files.move(objects, folder.resolve("elsewhere"));
        Files.createDirectory(objects);
        assertThat(verify()).satisfies(result -> {
            assertThat(result.text()).contains("there are objects that should be in it; mount what belongs there").doesNotContain("MISSING");
            assertThat(result.status()).isEqualTo(2);
        });
        execute("delete from file");
        assertThat(verify()).as("of a new installation").satisfies(result -> {
            assertThat(result.text()).contains("0 objects of 0 octets", "all that is needed is there");
            assertThat(result.status()).isZero();
        });
    }

    /** It lies in a bad region of the disk, or came back as somebody else's; here a file is in its place. */
    @Test
    void aFolderThatCannotBeListedIsNamedAndKeepsNothingElseFromBeing() throws Exception {
        var shut = file(10);
        var bad = objectOf("f/" + shut).getParent();
        UUID lost;
        Path its;
        do {
            lost = file(10);
            its = objectOf("f/" + lost);
        } while (its.startsWith(bad));
        Files.delete(its);
        Files.createFile(objects.resolve("notes.txt"));
        Files.move(bad, folder.resolve("aside"));
        Files.createFile(bad);
        for (var result : List.of(verify(), deep(), opened())) {
            assertThat(result.text()).contains("UNREADABLE: cannot list all objects below " + objects, bad.toString(), "UNREADABLE: file " + shut,
                "MISSING: file " + lost, "STRAY: \"notes.txt\"", "not all that is needed is there");
            assertThat(result.status()).isEqualTo(1);
        }
    }

    /** What a kill left, which lies in a bad region of the disk or came back as somebody else's. */
    @Test
    void whatNoRowNamesAndTheDiskDoesNotGiveOutEndsNoLook() throws Exception {
        var shredded = file(10);
        execute("update file set wrap = null, record_wrap = null, access = 'SHREDDED', object_gone_at = now()");
        cannotBeRead("f/" + shredded);
        var seal = new Sealer(store, SealingKey.load(folder.resolve("keys/files.public")));
        for (int i = 0; i < 41; i++) {
            seal(seal.create("f/left-behind-" + i, new Place(delivery, delivery)), octets(10, i));
            cannotBeRead("f/left-behind-" + i);
        }
        file(10);
        Files.createFile(objects.resolve("notes.txt"));
        for (var result : List.of(verify(), deep(), opened())) {
            assertThat(result.text()).contains("UNKNOWN: object f/left-behind-40, ", "no row names it; it can't be read: cannot read an object's file",
                "UNKNOWN: object f/" + shredded, "42 unknown", "STRAY: \"notes.txt\"", "all that is needed is there");
            assertThat(result.status()).isZero();
        }
    }

    /** Reading a folder fails as a bad disk does. */
    private void cannotBeRead(String key) throws IOException {
        var object = objectOf(key);
        Files.delete(object);
        Files.createDirectory(object);
        Files.setLastModifiedTime(object, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
    }

    @Test
    void howeverManyInARowCannotBeReadWhatIsBehindThemIsNamedToo() throws Exception {
        var files = filesThatCannotBeRead(42, -1);
        Files.delete(objectOf("f/" + files.getLast()));
        var found = deep();
        assertThat(found.status()).isEqualTo(1);
        assertThat(found.text().lines().filter(line -> line.startsWith("UNREADABLE"))).hasSize(41);
        assertThat(found.text()).contains("MISSING: file " + files.getLast());
    }

    @Test
    void aStoreThatGoesAwayInTheMiddleIsNoVerdictOnWhatIsBehind() throws Exception {
        int region = 50;
        filesThatCannotBeRead(100, region);
        var faults = new ArrayList<StoreVerifier.Fault>();
        var elsewhere = folder.resolve("elsewhere");
        try (var connection = DriverManager.getConnection(url, postgres.app().user(), postgres.app().password())) {
            var verifier = new StoreVerifier(connection, store, new StoreVerifier.Depth(true, Optional.empty(), Optional.empty()), Instant.now(), fault -> {
                faults.add(fault);
                if (faults.size() == region + 10) {
                    goesAway(elsewhere);
                }
            });
            assertThatThrownBy(verifier::verify).isInstanceOf(StoreException.class);
        }
        assertThat(faults).hasSizeBetween(region + 10, region + 20);
    }

    private void goesAway(Path elsewhere) {
        try {
            Files.move(objects, elsewhere);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    /** In the order in which they are looked at. @param whole the one among them that can be read */
    private List<UUID> filesThatCannotBeRead(int number, int whole) throws Exception {
        var files = new ArrayList<UUID>();
        for (int i = 0; i < number; i++) {
            files.add(file(10));
        }
        files.sort(Comparator.comparing(UUID::toString));
        for (int i = 0; i < number; i++) {
            if (i != whole) {
                cannotBeRead("f/" + files.get(i));
            }
        }
        return files;
    }

    @Test
    void wrongCallsSayHow() {
        assertThat(verify("--files-key", key("files.private")).text()).contains("are for --deep");
        assertThat(verify("--s3", "https://s3.example").text()).contains("by --directory or by --s3");
        for (var wrong : List.of("soon", "-1h", "1h30m", "", "24", "99999999999d")) {
            assertThat(verify("--orphan-age", wrong)).satisfies(result -> assertThat(result.status()).as(wrong).isEqualTo(2));
        }
        assertThat(verify("--orphan-age", "-1h").text()).contains("--orphan-age is a time such as");
        assertThat(deep("--files-key", key("files.public")).status()).isEqualTo(2);
        assertThat(verify("again").text()).contains("store is called as");
    }
}
