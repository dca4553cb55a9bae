package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.files.Vault;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.keys.KeyName;
import sekisho.gateway.keys.KeyNodes;
import sekisho.gateway.keys.KeyRing;
import sekisho.gateway.keys.KeyVersions;
import sekisho.gateway.keys.Rotation;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.Settlement;
import sekisho.storage.KeyFiles;
import sekisho.storage.KeyGoneException;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.Sealed;
import sekisho.storage.WrappedKey;

/** A backup that was taken while a delivery was held has its message, under the pair of spools. Rotating the pairs of files and names doesn't reach it. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class HeldInABackupTest {

    private static final String HANAKO = "hanako@example.co.jp";

    @Inject
    Mail mail;
    @Inject
    Holds holds;
    @Inject
    Outbox outbox;
    @Inject
    Vault vault;
    @Inject
    KeyRing keys;
    @Inject
    KeyNodes nodes;

    private Connection connection;
    private KeyVersions versions;

    @BeforeEach
    void connect() throws SQLException {
        vault.fileOpener(file("files.private"));
        vault.spoolOpener(file("spool.private"));
        vault.requireSealing();
        keys.look();
        TestServers.asOwner("delete from key_node");
        connection = TestServers.postgres.connect(TestServers.postgres.app());
        versions = new KeyVersions(connection, Clock.systemUTC(), Actor.part("operator"), Map.of());
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    private static Path file(String name) {
        return TestServers.folder.resolve(name);
    }

    /** @return the version before */
    private int rotate(KeyName name) throws SQLException {
        int old = OpeningKey.load(file(name.text() + ".private")).versions().last();
        new Rotation(versions, name, file(name.text() + ".private"), file(name.text() + ".public")).run(Set.of());
        keys.look();
        nodes.beat();
        return old;
    }

    private KeyVersions.Destruction destroy(KeyName name, int version) throws SQLException {
        var decided = versions.destroy(name, OpeningKey.load(file(name.text() + ".private")).sealing(version));
        if (decided instanceof KeyVersions.Destruction.Marked) {
            KeyFiles.destroy(TestServers.folder, name.text(), version);
            keys.look();
        }
        return decided;
    }

    /** What stands in the delivery's row, and so in the backup. */
    private static Sealed dumped(UUID delivery) throws SQLException {
        try (var owner = TestServers.connectAsOwner();
                var rows = owner.createStatement().executeQuery("select * from delivery where id = '" + delivery + "'")) {
            rows.next();
            return new Sealed("inline", rows.getBytes("spool_inline"), rows.getBytes("spool_header"), rows.getLong("spool_plain_octets"),
                rows.getLong("spool_cipher_octets"), new byte[0],
                new WrappedKey(rows.getString("spool_wrap_algorithm"), rows.getInt("spool_wrap_version"), rows.getBytes("spool_wrap")));
        }
    }

    private String opened(Sealed spool, UUID delivery) throws IOException {
        try (var object = vault.spoolOpener(file("spool.private")).open(spool, new Place(delivery, delivery)); var in = object.read(0, object.plainOctets())) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** The sender was told that it is held, and that needs the message, too. */
    private void noticesGo() {
        for (var items = outbox.claim(1000, Mail.ONE_DESTINATION); !items.isEmpty(); items = outbox.claim(1000, Mail.ONE_DESTINATION)) {
            items.forEach(item -> outbox.settle(item, item.rows().stream().<Settlement>map(row -> Mail.taken(row)).toList()));
        }
    }

    @Test
    void itOpensUntilTheVersionOfThePairOfSpoolsIsDestroyedToo() throws Exception {
        rotate(KeyName.SPOOL);   // what other tests left hangs on older ones
        var delivery = mail.send(HANAKO, List.of("taro@slow.example"), "content".getBytes()).delivery();
        var backup = dumped(delivery);
        int version = rotate(KeyName.SPOOL);
        assertThat(backup.wrapped().version()).isEqualTo(version);
        assertThat(backup.inline()).as("the message itself is in the row").isNotNull();

        assertThat(destroy(KeyName.SPOOL, version)).as("it is held still").isEqualTo(new KeyVersions.Destruction.InUse(1));
        assertThat(holds.cancel(mail.person(HANAKO, "sender"), delivery)).isEqualTo(new Holds.Outcome.Done(1));
        noticesGo();
        TestServers.asOwner("update file set wrap = null, record_wrap = null where wrap is not null");
        for (var pair : List.of(KeyName.FILES, KeyName.RECORDS)) {
            assertThat(destroy(pair, rotate(pair))).isEqualTo(new KeyVersions.Destruction.Marked());
        }
        assertThat(opened(backup, delivery)).as("a backup, beside the keys of today").contains("Subject: x");

        assertThat(destroy(KeyName.SPOOL, version)).isEqualTo(new KeyVersions.Destruction.Marked());
        assertThatThrownBy(() -> opened(backup, delivery)).isInstanceOf(KeyGoneException.class);
    }
}
