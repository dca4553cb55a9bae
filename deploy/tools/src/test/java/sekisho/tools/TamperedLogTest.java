package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.embedded.PostgresServer;
import sekisho.gateway.audit.CheckpointKey;
import sekisho.gateway.audit.CheckpointLog;

/** What a superuser of the database does to the log is found. */
class TamperedLogTest {

    private static final int EVENTS = 20;

    @TempDir
    static Path folder;

    static PostgresServer postgres;
    static String url;

    @TempDir
    Path keys;

    Connection superuser;
    LogFixture log;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start(folder);
        url = postgres.jdbcUrl();
        Migrate.migrate(new DatabaseLogin(url, postgres.owner().user(), postgres.owner().password()), Migrate.APP_ROLE);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void fill() throws Exception {
        superuser = DriverManager.getConnection(url, postgres.superuser().user(), postgres.superuser().password());
        CheckpointKey.generate(keys);
        log = new LogFixture(superuser, keys);
        log.execute("truncate audit_event, audit_leaf, audit_pending, audit_checkpoint");
        log.write(EVENTS);
    }

    @AfterEach
    void close() throws Exception {
        superuser.close();
    }

    @Test
    void anUntouchedLogHoldsAndSaysWhatWasNotChecked() throws Exception {
        assertThat(verify(true)).startsWith("0 ").contains("20 signed checkpoints in the database, 20 kept elsewhere").doesNotContain("cut off");
        assertThat(verify(false)).startsWith("0 ").contains("cut off its end");
    }

    @Test
    void aChangedEventIsFound() throws Exception {
        log.execute("update audit_event set payload = convert_to(replace(convert_from(payload, 'UTF8'), 'intake', 'hidden'), 'UTF8')"
            + " where id = (select event_id from audit_leaf where leaf_index = 7)");
        assertThat(verify(true)).startsWith("1 ").contains("WRONG: event number 7");
    }

    @Test
    void aChangedEventWhoseHashWasChangedToFitIsFoundByTheRoots() throws Exception {
        log.execute("update audit_event set payload = convert_to(replace(convert_from(payload, 'UTF8'), 'intake', 'hidden'), 'UTF8')"
            + " where id = (select event_id from audit_leaf where leaf_index = 7)");
        log.execute("update audit_event set leaf_hash = sha256('\\x00'::bytea || payload)");
        assertThat(verify(true)).startsWith("1 ").contains("don't give the root that was signed").contains("7 to 7");
    }

    @Test
    void aSearchColumnThatNoLongerSaysWhatTheEventSaysIsFound() throws Exception {
        log.execute("update audit_event set type = 'FILES_LISTED' where id = (select event_id from audit_leaf where leaf_index = 3)");
        assertThat(verify(true)).startsWith("1 ").contains("column type");
    }

    @Test
    void aRemovedEventIsFound() throws Exception {
        log.execute("with gone as (delete from audit_leaf where leaf_index = 5 returning event_id) "
            + "delete from audit_event where id in (select event_id from gone)");
        assertThat(verify(true)).startsWith("1 ").contains("number 5 is missing");
    }

    @Test
    void aRemovedEventWhoseFollowersMovedUpIsFound() throws Exception {
        log.execute("with gone as (delete from audit_leaf where leaf_index = 5 returning event_id) "
            + "delete from audit_event where id in (select event_id from gone)");
        log.execute("update audit_leaf set leaf_index = leaf_index + 1000 where leaf_index > 5");
        log.execute("update audit_leaf set leaf_index = leaf_index - 1001 where leaf_index > 1000");
        assertThat(verify(true)).startsWith("1 ").contains("don't give the root that was signed");
    }

    @Test
    void anInsertedEventIsFound() throws Exception {
        log.event("{\"id\":\"%s\",\"at\":\"%s\",\"type\":\"RECORDS_READ\",\"actor\":\"forged\"}");
        assertThat(verify(true)).startsWith("1 ").contains("inserted beside the log");
    }

    @Test
    void anEventAddedToTheTreeWithoutASignatureIsFound() throws Exception {
        var forged = log.event("{\"id\":\"%s\",\"at\":\"%s\",\"type\":\"RECORDS_READ\",\"actor\":\"forged\"}");
        log.execute("insert into audit_leaf values (?, ?)", (long) EVENTS, forged);
        assertThat(verify(true)).startsWith("1 ").contains("no checkpoint signs them");
    }

    @Test
    void aTailThatWasCutWithItsCheckpointsIsFoundByTheKeptOnes() throws Exception {
        log.execute("with gone as (delete from audit_leaf where leaf_index >= 15 returning event_id) "
            + "delete from audit_event where id in (select event_id from gone)");
        log.execute("delete from audit_checkpoint where size > 15");
        assertThat(verify(false)).startsWith("0 ");
        assertThat(verify(true)).startsWith("1 ").contains("events were removed from its end");
    }

    /** Wherever a crash cut the third; the product was started again and went on, as it does now or as it did before. */
    @Test
    void aKeptCheckpointThatWasCutIsPassedOverAndThoseBehindItCount() throws Exception {
        var whole = Files.readString(log.checkpoints());
        var notes = whole.split("(?<=\n\n)(?=sekisho)");
        for (int cut = 1; cut < notes[2].length() - 1; cut++) {
            for (var end : List.of("", " (broken off)\n\n")) {
                Files.writeString(log.checkpoints(), notes[0] + notes[1] + notes[2].substring(0, cut) + end + String.join("", Arrays.copyOfRange(notes, 2, notes.length)));
                assertThat(CheckpointLog.read(log.checkpoints())).as("cut at %d", cut).isEqualTo(new CheckpointLog.Kept(List.of(notes), true));
            }
        }
        assertThat(verify(true)).startsWith("0 ").contains("a checkpoint that isn't whole", "20 kept elsewhere");
    }

    @Test
    void howManyFaultsAreNotToldIsSaid() throws Exception {
        for (int i = 0; i < 60; i++) {
            log.event("{\"id\":\"%s\",\"at\":\"%s\",\"type\":\"RECORDS_READ\",\"actor\":\"forged\"}");
        }
        assertThat(verify(true)).startsWith("1 ").contains("WRONG: and 10 more");
    }

    @Test
    void aLogThatWasSignedAnewWithAnotherKeyIsFound() throws Exception {
        Files.delete(keys.resolve("audit.private"));
        Files.delete(keys.resolve("audit.public"));
        CheckpointKey.generate(keys);
        assertThat(verify(true)).startsWith("1 ").contains("the signature is not by the given key");
    }

    /** As the product's own role: reading is enough. */
    private String verify(boolean withKept) {
        var arguments = new ArrayList<>(List.of("audit", "verify", "--url", url, "--user", "sekisho_app", "--password-file", password(),
            "--public-key", log.publicKey().toString()));
        if (withKept) {
            arguments.addAll(List.of("--checkpoints", log.checkpoints().toString()));
        }
        return run(arguments.toArray(String[]::new));
    }

    private static String password() {
        return folder.resolve("secrets/sekisho_app").toString();
    }

    private static String run(String... arguments) {
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = Main.run(List.of(arguments), stream, stream);
        return status + " " + bytes.toString(StandardCharsets.UTF_8);
    }
}
