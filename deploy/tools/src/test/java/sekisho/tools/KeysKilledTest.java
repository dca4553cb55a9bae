package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.embedded.PostgresServer;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.SealingKey;
import sekisho.storage.WrappedKey;

/** SIGKILL to a process that rotates, wraps again and destroys, at every place in turn; the commands of an administrator make it good. */
class KeysKilledTest {

    private static final int FILES = 5;

    @TempDir
    static Path servers;
    static PostgresServer postgres;
    static String url;

    @TempDir
    Path parent;
    private Path folder;
    private UUID delivery;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start(servers);
        url = postgres.createDatabase("killed");
        Migrate.migrate(new DatabaseLogin(url, postgres.owner().user(), postgres.owner().password()), Migrate.APP_ROLE);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Connection connect() throws Exception {
        return DriverManager.getConnection(url, postgres.owner().user(), postgres.owner().password());
    }

    private static void execute(String sql) throws Exception {
        try (var connection = connect(); var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void prepare(int place) throws Exception {
        folder = Files.createDirectory(parent.resolve("keys-" + place));
        Keys.generate(folder);
        delivery = UUID.randomUUID();
        execute("truncate file, delivery, key_version, key_node, audit_event, audit_pending cascade");
        execute("""
            insert into delivery (id, source, sender, sender_as_given, subject, message_id, size_octets, accepted_at, policy_version, notice, spool_kind)
            values ('%s', 'MAIL', 'a@b.example', 'a@b.example', 's', '<m@example>', 10, now(), '1', false, 'GONE')""".formatted(delivery));
        for (int i = 0; i < FILES; i++) {
            seal(i);
        }
    }

    private static byte[] objectKey(int position) {
        var key = new byte[32];
        Arrays.fill(key, (byte) position);
        return key;
    }

    private void seal(int position) throws Exception {
        var id = UUID.randomUUID();
        var wrapped = SealingKey.load(folder.resolve("files.public")).wrap(objectKey(position), new Place(delivery, id));
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
    }

    private List<Integer> requireThatEveryFileOpens() throws Exception {
        var key = OpeningKey.load(folder.resolve("files.private"));
        var versions = new ArrayList<Integer>();
        try (var connection = connect(); var rows = connection.createStatement().executeQuery("select * from file order by position")) {
            while (rows.next()) {
                var wrapped = new WrappedKey(rows.getString("wrap_algorithm"), rows.getInt("wrap_version"), rows.getBytes("wrap"));
                assertThat(key.unwrap(wrapped, new Place(delivery, rows.getObject("id", UUID.class)))).isEqualTo(objectKey(rows.getInt("position")));
                versions.add(wrapped.version());
            }
        }
        return versions;
    }

    private String keys(String command, String... more) {
        var arguments = new ArrayList<>(List.of("keys", command, folder.toString()));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("--url", url, "--user", postgres.app().user(), "--password-file",
            servers.resolve("secrets").resolve(postgres.app().user()).toString()));
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return Main.run(arguments, stream, stream) + " " + bytes.toString(StandardCharsets.UTF_8);
    }

    /** @return false when it had come to its end before that place */
    private boolean killedAt(int place) throws Exception {
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto", "-XX:TieredStopAtLevel=1",
            "-cp", System.getProperty("java.class.path"), KilledKeys.class.getName(), url, postgres.app().user(), postgres.app().password(),
            folder.toString(), Integer.toString(place)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (var said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            var line = said.readLine();
            assertThat(line).isIn("stands", "ended");
            process.destroyForcibly().waitFor();
            return line.equals("stands");
        } finally {
            process.destroyForcibly();
        }
    }

    /** How many files hold private halves under a name that nothing reads. */
    private long halfWritten() throws Exception {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("files\\.private.*\\.new")).count();
        }
    }

    @Test
    void whereverItIsKilledNoFileIsLostAndTheCommandsMakeItGood() throws Exception {
        int place = 1;
        int named = 0;
        prepare(place);
        while (killedAt(place)) {
            requireThatEveryFileOpens();
            seal(FILES + place);   // mail goes on, with the public half that is there
            requireThatEveryFileOpens();
            if (halfWritten() > 0) {
                named++;
                assertThat(keys("status")).as("at %d", place).startsWith("1 ").contains("left of a command that was killed");
            }
            int had = SealingKey.load(folder.resolve("files.public")).version();
            if (had == 1 || Files.exists(folder.resolve("files.private.next"))) {
                assertThat(keys("rotate", "files")).as("at %d", place).startsWith("0 files has version 2 now");
            }
            assertThat(keys("rewrap")).as("at %d", place).startsWith("0 ");
            assertThat(requireThatEveryFileOpens()).containsOnly(2);
            if (OpeningKey.load(folder.resolve("files.private")).versions().contains(1)) {
                assertThat(keys("destroy", "files", "1", "--yes")).as("at %d", place).startsWith("0 version 1 of files is destroyed");
            }
            assertThat(OpeningKey.load(folder.resolve("files.private")).versions()).containsExactly(2);
            assertThat(requireThatEveryFileOpens()).containsOnly(2);
            assertThat(keys("status")).isEqualTo("0 nothing is to be done\n");
            try (var files = Files.list(folder)) {
                assertThat(files.map(file -> file.getFileName().toString())).as("nothing half-written").containsExactlyInAnyOrder("audit.private", "audit.public",
                    "files.private", "files.public", "spool.private", "spool.public", "records.private", "records.public");
            }
            prepare(++place);
        }
        assertThat(named).as("before the prepared, the private and the smaller private file are put in place").isEqualTo(3);
        assertThat(place).as("places where it was killed: before and after each commit and renaming").isGreaterThan(18);
        assertThat(requireThatEveryFileOpens()).containsOnly(2);
        assertThat(OpeningKey.load(folder.resolve("files.private")).versions()).containsExactly(2);
    }
}
