package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.audit.Commitment;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryView.FileView;
import sekisho.gateway.files.FileRecord;
import sekisho.gateway.files.Shredder;
import sekisho.gateway.keys.KeyName;
import sekisho.gateway.keys.KeyRing;
import sekisho.gateway.keys.KeyVersions;
import sekisho.gateway.keys.Rewrap;
import sekisho.storage.KeyFiles;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.RecordKey;
import sekisho.storage.SealBrokenException;
import sekisho.storage.SealingKey;
import sekisho.storage.WrappedKey;

/** What is known of a file lives as long as its key: who may shows it, and nobody can tell it afterwards. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class RecordsTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final byte[] CONTENT = "the figures".getBytes(StandardCharsets.UTF_8);

    @Inject
    Mail mail;
    @Inject
    DeliveryRecords records;
    @Inject
    Shredder shredder;
    @Inject
    KeyRing keys;
    @Inject
    AuditLog audit;

    private Mail.Sent send() {
        return mail.send(HANAKO, List.of("taro@partner.example"), CONTENT);
    }

    private FileView file(Mail.Sent sent) {
        return records.view(mail.person(HANAKO, "sender"), sent.delivery()).orElseThrow().files().getFirst();
    }

    private boolean contradicted(Mail.Sent sent) {
        return records.view(mail.person(HANAKO, "sender"), sent.delivery()).orElseThrow().contradicted();
    }

    private void shred(Mail.Sent sent) {
        TestServers.asOwner("update delivery set expired_at = now(), shred_at = '2000-01-01' where id = '" + sent.delivery() + "'");
        shredder.run();
        shredder.remove();
    }

    /** Everything that the database holds, but for ids and sizes, as PostgreSQL would dump it. */
    private static String dump(Mail.Sent sent) throws SQLException {
        var text = new StringBuilder();
        try (var connection = TestServers.postgres.connect(TestServers.postgres.owner()); var statement = connection.createStatement()) {
            for (var table : List.of("delivery where id", "file where delivery_id", "recipient where delivery_id", "access_grant where delivery_id",
                    "outbox where delivery_id", "audit_event where delivery_id")) {
                try (var rows = statement.executeQuery("select * from " + table + " = '" + sent.delivery() + "'")) {
                    while (rows.next()) {
                        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                            byte[] octets = rows.getMetaData().getColumnTypeName(column).equals("bytea") ? rows.getBytes(column) : null;
                            text.append(octets == null ? rows.getString(column) : new String(octets, StandardCharsets.ISO_8859_1) + HexFormat.of().formatHex(octets))
                                .append('\n');
                        }
                    }
                }
            }
        }
        return text.toString();
    }

    @Test
    void nothingOfANameOrHashLiesInTheDatabaseInClear() throws Exception {
        var sent = send();
        var file = file(sent);
        assertThat(file.name()).isEqualTo("report-0.pdf");
        assertThat(file.mediaType()).isEqualTo("application/pdf");
        assertThat(file.sha256()).hasSize(64);
        assertThat(dump(sent)).contains(sent.delivery().toString()).doesNotContain("report-0", "application/pdf", file.sha256());
        var spool = MessageDigest.getInstance("SHA-256").digest(Mail.SPOOL);
        assertThat(dump(sent)).as("of what waits to be sent, which has names").doesNotContain(HexFormat.of().formatHex(spool), new String(spool, StandardCharsets.ISO_8859_1));
    }

    @Test
    void aShreddedFileHasNoNameAndItsEventsStillProveThatNoRowWasChanged() throws Exception {
        var sent = send();
        var guess = record(sent);
        shred(sent);
        assertThat(file(sent)).satisfies(file -> {
            assertThat(file.shredded()).isTrue();
            assertThat(file.name() + file.mediaType() + file.sha256()).isEmpty();
            assertThat(file.sizeOctets()).isEqualTo(CONTENT.length);
        });
        assertThat(contradicted(sent)).isFalse();
        TestServers.asOwner("update file set record = set_byte(record, 20, get_byte(record, 20) # 1) where delivery_id = '" + sent.delivery() + "'");
        assertThat(contradicted(sent)).as("after a change").isTrue();
        assertThatThrownBy(() -> TestServers.asOwner("update file set record_wrap = '' where delivery_id = '" + sent.delivery() + "'"))
            .as("a wrap that outlives its file").hasMessageContaining("record_dies_with_its_file");
        assertThat(guess.hash()).isNotEmpty();
    }

    /** Who kept the salt can prove what it was; who only guesses the file has nothing in the database to try the guess on. */
    @Test
    void afterShreddingNobodyCanConfirmAGuess() throws Exception {
        var sent = send();
        var known = record(sent);
        var said = accepted(sent).details().get("file:" + sent.files().getFirst());
        assertThat(known.commitment(sent.files().getFirst(), CONTENT.length)).isEqualTo(said);
        shred(sent);
        var dump = dump(sent);
        assertThat(dump).contains(said);
        var salt = known.salt();
        assertThat(dump).as("the salt").doesNotContain(HexFormat.of().formatHex(salt), new String(salt, StandardCharsets.ISO_8859_1));
        assertThat(salt).hasSize(16);
        try (var connection = TestServers.postgres.connect(TestServers.postgres.owner()); var statement = connection.createStatement();
                var rows = statement.executeQuery("select salt from delivery where id = '" + sent.delivery() + "' union select salt from recipient where delivery_id = '"
                    + sent.delivery() + "'")) {
            while (rows.next()) {
                assertThat(Commitment.ofFile(rows.getBytes(1), sent.files().getFirst(), known.name(), known.sha256(), CONTENT.length)).isNotEqualTo(said);
            }
        }
    }

    private AuditRecord accepted(Mail.Sent sent) {
        return audit.ofDelivery(sent.delivery(), Optional.empty(), 100).stream().filter(event -> event.type() == AuditType.DELIVERY_ACCEPTED).findFirst().orElseThrow();
    }

    private record Row(Place place, byte[] record, WrappedKey wrap) {
    }

    private static List<Row> rows(Mail.Sent sent) throws SQLException {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.app()); var statement = connection.createStatement();
                var rows = statement.executeQuery("select * from file where delivery_id = '" + sent.delivery() + "' order by position")) {
            var found = new ArrayList<Row>();
            while (rows.next()) {
                found.add(new Row(new Place(sent.delivery(), rows.getObject("id", UUID.class)), rows.getBytes("record"),
                    new WrappedKey(rows.getString("record_wrap_algorithm"), rows.getInt("record_wrap_version"), rows.getBytes("record_wrap"))));
            }
            return found;
        }
    }

    private static FileRecord record(Mail.Sent sent) throws Exception {
        var row = rows(sent).getFirst();
        return FileRecord.open(RecordKey.unwrap(key("records"), row.wrap, row.place), row.record);
    }

    private static OpeningKey key(String name) {
        return OpeningKey.load(TestServers.folder.resolve(name + ".private"));
    }

    /** Whoever seals one may leave out any of it. */
    @Test
    void aRecordThatLacksSomethingIsNotOpened() throws Exception {
        var row = rows(send()).getFirst();
        var recordKey = RecordKey.unwrap(key("records"), row.wrap, row.place);
        for (var record : List.of("{\"sha256\":null}", "{\"name\":\"a\",\"mediaType\":\"a/b\",\"sha256\":null,\"salt\":\"AAAA\",\"type\":\"\",\"protection\":\"\",\"find\":\"\"}")) {
            byte[] sealed = recordKey.seal(RecordKey.LABEL, record.getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> FileRecord.open(recordKey, sealed)).as(record).isInstanceOf(SealBrokenException.class);
        }
    }

    @Test
    void aRecordKeepsWhatTheSenderWroteAndOneFromBeforeOpens() throws Exception {
        var row = rows(send()).getFirst();
        var recordKey = RecordKey.unwrap(key("records"), row.wrap, row.place);
        var written = new FileRecord("passwd", "a/b", new byte[32], new byte[16], "", "", "", List.of("../../etc/passwd", "n".repeat(2000), "c", "d", "e"));
        assertThat(FileRecord.open(recordKey, written.sealed(recordKey)).otherNames()).containsExactly("../../etc/passwd", "n".repeat(1000), "c", "d");
        byte[] before = recordKey.seal(RecordKey.LABEL, """
            {"name":"a.pdf","mediaType":"a/b","sha256":"","salt":"","type":"","protection":"","find":""}""".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(FileRecord.open(recordKey, before).name()).isEqualTo("a.pdf");
        assertThat(FileRecord.open(recordKey, before).otherNames()).isEmpty();
    }

    @Test
    void howLongANameIsCannotBeTold() throws Exception {
        var short1 = new FileRecord("a", "a/b", new byte[32], new byte[16], "", "", "", List.of());
        var longer = new FileRecord("a".repeat(60), "a/b", new byte[32], new byte[16], "", "", "", List.of());
        assertThat(rows(send()).getFirst().record().length % 256).as("nonce and tag").isEqualTo(28);
        var row = rows(send()).getFirst();
        var recordKey = RecordKey.unwrap(key("records"), row.wrap, row.place);
        assertThat(short1.sealed(recordKey)).hasSameSizeAs(longer.sealed(recordKey));
    }

    @Test
    void namesAreRewrappedAndTheOldVersionIsDestroyed() throws Exception {
        var sent = send();
        var before = rows(sent).getFirst();
        int old = before.wrap.version();
        KeyFiles.rotate(TestServers.folder, "records");
        keys.look();
        assertThat(rows(send()).getFirst().wrap.version()).as("of a file that comes after").isEqualTo(old + 1);
        try (var connection = TestServers.postgres.connect(TestServers.postgres.app())) {
            var versions = new KeyVersions(connection, Clock.systemUTC(), Actor.part("operator"), Map.of());
            Rewrap.to(connection, versions, KeyName.RECORDS, key("records"), Duration.ZERO, 10).orElseThrow().run();
            assertThat(rows(sent).getFirst().wrap.version()).isEqualTo(old + 1);
            TestServers.asOwner("delete from key_node");
            var half = key("records").sealing(old);
            assertThat(versions.destroy(KeyName.RECORDS, half)).isInstanceOf(KeyVersions.Destruction.Marked.class);
            assertThatThrownBy(() -> TestServers.asOwner("update file set record_wrap_version = " + old + " where id = '" + sent.files().getFirst() + "'"))
                .hasMessageContaining("version " + old + " of the key records is destroyed");
        }
        KeyFiles.destroy(TestServers.folder, "records", old);
        keys.look();
        assertThat(file(sent).name()).isEqualTo("report-0.pdf");
        assertThatThrownBy(() -> RecordKey.unwrap(key("records"), before.wrap, before.place)).as("yesterday's row").isInstanceOf(SealBrokenException.class);
        assertThat(SealingKey.load(TestServers.folder.resolve("records.public")).version()).isEqualTo(old + 1);
    }
}
