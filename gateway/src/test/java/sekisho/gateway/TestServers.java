package sekisho.gateway;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import sekisho.embedded.FileTree;
import sekisho.embedded.PostgresServer;
import sekisho.gateway.audit.CheckpointKey;
import sekisho.storage.KeyFiles;

/** A real PostgreSQL with our schema, a directory store, keys and a policy, for the whole test run of this module. */
public class TestServers implements QuarkusTestResourceLifecycleManager {

    static PostgresServer postgres;
    public static Path folder;
    static ScriptedClamd clamd;

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("sekisho-gateway-test");
            postgres = PostgresServer.start(folder.resolve("postgres"));
            Flyway.configure().dataSource(postgres.jdbcUrl(), postgres.owner().user(), postgres.owner().password())
                .placeholders(Map.of("app", postgres.app().user())).load().migrate();
            KeyFiles.generate(folder, "files");
            KeyFiles.generate(folder, "spool");
            KeyFiles.generate(folder, "records");
            CheckpointKey.generate(folder);
            Files.createDirectory(folder.resolve("store"));
            Files.writeString(folder.resolve("policy.yaml"), """
                inside: [example.co.jp]
                groups: { managers: { account: /managers } }
                rules:
                  - name: managers
                    when: { sender-group: managers, recipient: "@slow.example" }
                    then: { hold: none }
                  - name: competitors
                    when: { recipient: "@rival.example", attachments: present }
                    then: { attachments: refuse }
                  - name: slow
                    when: { recipient: "@slow.example" }
                    then: { hold: 5m }
                  - name: trusting
                    when: { recipient: "@trusting.example" }
                    then: { unscanned: pass, hold: none }
                  - name: no passwords
                    when: { recipient: "@open.example" }
                    then: { password-protected: refuse, password-mail: hold, hold: none }
                  - name: warned
                    when: { recipient: "@warned.example" }
                    then: { password-mail: warn, hold: none, names: count }
                  - name: held then a password
                    when: { recipient: "@held.example" }
                    then: { password-mail: warn, hold: 30m }
                  - name: as it came
                    when: { recipient: "@passed.example" }
                    then: { attachments: pass, password-mail: warn, hold: none }
                  - name: waits as it came
                    when: { recipient: "@waits.example" }
                    then: { attachments: pass, hold: 5m }
                  - name: whole
                    when: { recipient: "@whole.example" }
                    then: { signed: link-whole, hold: none }
                  - name: quiet
                    when: { recipient: "@quiet.example" }
                    then: { hold: 5m, notice: false }
                  - name: the board
                    when: { recipient: [aoi@example.co.jp, bunta@example.co.jp, chie@example.co.jp, daiki@example.co.jp, emi@example.co.jp] }
                    then: { hold: 5m }
                  - name: quick
                    when: { recipient: "@quick.example" }
                    then: { hold: none, expires: 1h, downloads: 1 }
                """);
            clamd = new ScriptedClamd();
            return Map.ofEntries(
                Map.entry("quarkus.datasource.jdbc.url", postgres.jdbcUrl()),
                Map.entry("quarkus.datasource.username", postgres.app().user()),
                Map.entry("quarkus.datasource.password", postgres.app().password()),
                Map.entry("gateway.store.directory", folder.resolve("store").toString()),
                Map.entry("gateway.keys.files", folder.resolve("files.public").toString()),
                Map.entry("gateway.keys.spool", folder.resolve("spool.public").toString()),
                Map.entry("gateway.keys.records", folder.resolve("records.public").toString()),
                Map.entry("gateway.journal.file", folder.resolve("journal").toString()),
                Map.entry("gateway.audit.checkpoint-key", folder.resolve("audit.private").toString()),
                Map.entry("gateway.audit.checkpoint-log", folder.resolve("checkpoints").toString()),
                Map.entry("gateway.policy.file", folder.resolve("policy.yaml").toString()),
                Map.entry("gateway.scanner.address", clamd.address()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public static void asOwner(String sql) {
        try (var connection = postgres.connect(postgres.owner()); var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    public static Connection connectAsOwner() throws SQLException {
        return postgres.connect(postgres.owner());
    }

    /** The one number that the query asks for. */
    public static long number(String query) {
        try (var connection = connectAsOwner(); var statement = connection.createStatement(); var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    /** Whether a transaction waits for the end of another one. */
    public static boolean somebodyWaitsForARow() {
        return number("select count(*) from pg_locks where not granted and locktype in ('transactionid', 'tuple')") > 0;
    }

    /** Stops every process of the database where it stands; its connections stay open and answer nothing, and neither does a new one. */
    static void freezeDatabase() throws Exception {
        signalDatabase("STOP");
    }

    static void thawDatabase() throws Exception {
        signalDatabase("CONT");
    }

    private static void signalDatabase(String signal) throws Exception {
        var command = new ArrayList<>(List.of("sh", "-c", "kill -s \"$0\" \"$@\"", signal));
        var first = ProcessHandle.of(postgres.process().pid()).orElseThrow();
        Stream.concat(Stream.of(first), first.descendants()).map(process -> Long.toString(process.pid())).forEach(command::add);
        new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    @Override
    public void stop() {
        clamd.close();
        postgres.close();
        FileTree.delete(folder);
    }
}
