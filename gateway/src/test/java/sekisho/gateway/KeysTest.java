package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.files.Vault;
import sekisho.gateway.keys.KeyLimits;
import sekisho.gateway.keys.KeyName;
import sekisho.gateway.keys.KeyNodes;
import sekisho.gateway.keys.KeyRing;
import sekisho.gateway.keys.KeyVersions;
import sekisho.gateway.keys.Rewrap;
import sekisho.gateway.keys.Rewraps;
import sekisho.gateway.keys.WrapCounts;
import sekisho.storage.KeyFiles;
import sekisho.storage.Opener;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.SealBrokenException;
import sekisho.storage.Sealed;
import sekisho.storage.SealingKey;
import sekisho.storage.WrappedKey;

/** The pair that files are sealed to gets new versions and loses old ones, while messages come in and files are read. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class KeysTest {

    private static final String HANAKO = "hanako@example.co.jp";

    @Inject
    Mail mail;
    @Inject
    Vault vault;
    @Inject
    KeyRing keys;
    @Inject
    WrapCounts counts;
    @Inject
    Rewraps rewraps;
    @Inject
    KeyNodes nodes;
    @Inject
    AuditLog audit;

    private Path publicFile;
    private Path privateFile;
    private Opener opener;
    private Connection connection;
    private KeyVersions versions;

    /** What other tests have left isn't looked at: some of it doesn't open on purpose. */
    @BeforeEach
    void connect() throws SQLException {
        publicFile = TestServers.folder.resolve("files.public");
        privateFile = TestServers.folder.resolve("files.private");
        opener = vault.fileOpener(privateFile);
        keys.look();
        TestServers.asOwner("update file set wrap = null, record_wrap = null where wrap is not null");
        connection = TestServers.postgres.connect(TestServers.postgres.app());
        versions = versions(connection);
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    private static KeyVersions versions(Connection connection) throws SQLException {
        return new KeyVersions(connection, Clock.systemUTC(), Actor.part("operator"), Map.of("by", "Suzuki"));
    }

    private Mail.Sent send(int files) {
        var contents = new byte[files][];
        for (int i = 0; i < files; i++) {
            contents[i] = ("content " + i).getBytes();
        }
        return mail.send(HANAKO, List.of("taro@partner.example"), contents);
    }

    private void rotate() {
        KeyFiles.rotate(TestServers.folder, "files");
        keys.look();
        nodes.beat();
    }

    private int newest() {
        return SealingKey.load(publicFile).version();
    }

    private record Row(Place place, Sealed sealed) {
    }

    private List<Row> rows(Mail.Sent sent) throws SQLException {
        try (var select = TestServers.postgres.connect(TestServers.postgres.owner());
                var rows = select.createStatement().executeQuery("select * from file where delivery_id = '" + sent.delivery() + "' order by position")) {
            var found = new ArrayList<Row>();
            while (rows.next()) {
                var wrapped = new WrappedKey(rows.getString("wrap_algorithm"), rows.getInt("wrap_version"), rows.getBytes("wrap"));
                found.add(new Row(new Place(sent.delivery(), rows.getObject("id", UUID.class)), new Sealed(rows.getString("object_key"), null,
                    rows.getBytes("header"), rows.getLong("size_octets"), rows.getLong("cipher_octets"), new byte[0], wrapped)));
            }
            return found;
        }
    }

    private List<Integer> wrappedTo(Mail.Sent sent) throws SQLException {
        return rows(sent).stream().map(row -> row.sealed.wrapped().version()).toList();
    }

    private String content(Row row) throws IOException {
        try (var object = opener.open(row.sealed, row.place); var in = object.read(0, object.plainOctets())) {
            return new String(in.readAllBytes());
        }
    }

    private Rewrap rewrap(Connection on, int batch) throws SQLException {
        return Rewrap.to(on, versions(on), KeyName.FILES, OpeningKey.load(privateFile), Duration.ZERO, batch).orElseThrow();
    }

    private List<AuditRecord> events(AuditType type) {
        return audit.page(Optional.empty(), 10_000).stream().filter(event -> event.type() == type).toList();
    }

    private KeyVersions.Version version(int number) throws SQLException {
        return versions.all(KeyName.FILES).stream().filter(each -> each.number() == number).findFirst().orElseThrow();
    }

    @Test
    void aNewVersionIsTakenOverWhileTheProcessRuns() throws Exception {
        var before = send(1);
        int old = newest();
        rotate();
        var after = send(1);
        assertThat(wrappedTo(before)).containsExactly(old);
        assertThat(wrappedTo(after)).containsExactly(old + 1);
        assertThat(content(rows(before).getFirst())).isEqualTo(content(rows(after).getFirst())).isEqualTo("content 0");
    }

    @Test
    void aBrokenFileLeavesTheOldKeyInUseUntilItIsPutRight() throws Exception {
        int old = newest();
        KeyFiles.rotate(TestServers.folder, "files");
        var half = Files.readString(publicFile);
        var whole = Files.readString(privateFile);
        Files.writeString(publicFile, half.substring(0, 100));
        Files.writeString(privateFile, whole.substring(0, whole.length() - 200));
        keys.look();
        var meanwhile = send(1);
        assertThat(wrappedTo(meanwhile)).containsExactly(old);
        assertThat(content(rows(meanwhile).getFirst())).isEqualTo("content 0");
        Files.delete(publicFile);
        keys.look();
        assertThat(wrappedTo(send(1))).containsExactly(old);
        Files.writeString(publicFile, half);
        Files.writeString(privateFile, whole);
        keys.look();
        assertThat(wrappedTo(send(1))).containsExactly(old + 1);
    }

    @Test
    void aPublicHalfWaitsForThePrivateHalfThatOpensIt() throws Exception {
        int old = newest();
        var without = Files.readString(privateFile);
        KeyFiles.rotate(TestServers.folder, "files");
        var with = Files.readString(privateFile);
        Files.writeString(privateFile, without);
        keys.look();
        assertThat(wrappedTo(send(1))).containsExactly(old);
        Files.writeString(privateFile, with);
        keys.look();
        assertThat(wrappedTo(send(1))).containsExactly(old + 1);
    }

    @Test
    void aVersionThatIsNotKnownYetIsLookedForBeforeAFileIsCalledBroken() throws Exception {
        var sent = send(1);
        KeyFiles.rotate(TestServers.folder, "files");
        rewrap(connection, 10).run();   // by another process, before this one looks
        assertThat(wrappedTo(sent)).containsExactly(newest());
        assertThat(content(rows(sent).getFirst())).isEqualTo("content 0");
    }

    @Test
    void rewrappingThatWasBrokenOffGoesOnWhereItStopped() throws Exception {
        var sent = send(5);
        int old = newest();
        rotate();
        counts.writeDown();
        var wraps = version(old).wraps();
        try (var dies = TestServers.postgres.connect(TestServers.postgres.app())) {
            assertThat(rewrap(dies, 2).next()).isEqualTo(2);
        }
        assertThat(wrappedTo(sent)).containsOnly(old, old + 1).filteredOn(version -> version == old).hasSize(3);
        var events = events(AuditType.KEYS_REWRAPPED).size();
        assertThat(rewrap(connection, 2).run()).isEqualTo(new Rewrap.Report(old + 1, 3, 0, 0));
        assertThat(wrappedTo(sent)).containsOnly(old + 1);
        assertThat(events(AuditType.KEYS_REWRAPPED)).hasSize(events + 2).first().satisfies(event -> assertThat(event.details())
            .containsExactlyInAnyOrderEntriesOf(Map.of("pair", "files", "to", "" + (old + 1), "rows", "1", "from", old + ":1", "by", "Suzuki")));
        for (var row : rows(sent)) {
            assertThat(content(row)).startsWith("content ");
        }
        assertThat(version(old + 1).wraps()).isEqualTo(5);
        assertThat(version(old).wraps()).isEqualTo(wraps);
        assertThat(rewrap(connection, 2).run()).as("nothing is left").isEqualTo(new Rewrap.Report(old + 1, 0, 0, 0));
    }

    @Test
    void aVersionIsWrappedToUntilItIsWornOutAndNotBeyond() throws Exception {
        var sent = send(5);
        int old = newest();
        rotate();
        counts.writeDown();
        var running = rewrap(connection, 2);
        TestServers.asOwner("update key_version set wraps = %d where pair = 'files' and version = %d".formatted(KeyLimits.REFUSED_FROM - 1, old + 1));
        try {
            assertThat(running.run()).isEqualTo(new Rewrap.Report(old + 1, 2, 0, 3));
            assertThat(running.next()).isZero();
            assertThat(version(old + 1).wraps()).isEqualTo(KeyLimits.REFUSED_FROM + 1);
            assertThat(wrappedTo(sent)).filteredOn(version -> version == old).hasSize(3);
        } finally {
            rotate();
        }
        assertThat(rewrap(connection, 2).run()).as("a new version takes them").isEqualTo(new Rewrap.Report(old + 2, 5, 0, 0));
    }

    @Test
    void aBatchThatFailsLeavesItsRowsAndNoEvent() throws Exception {
        var sent = send(3);
        int old = newest();
        rotate();
        var events = events(AuditType.KEYS_REWRAPPED).size();
        TestServers.asOwner("alter table audit_event rename to audit_event_away");
        try {
            var running = rewrap(connection, 2);
            assertThatThrownBy(running::next).isInstanceOf(SQLException.class);
        } finally {
            TestServers.asOwner("alter table audit_event_away rename to audit_event");
        }
        assertThat(wrappedTo(sent)).containsOnly(old);
        assertThat(rewrap(connection, 2).run().rewrapped()).isEqualTo(3);
        assertThat(events(AuditType.KEYS_REWRAPPED)).hasSize(events + 2);
    }

    @Test
    void aVersionThatIsTooYoungToHaveBeenBackedUpIsNotWrappedTo() throws Exception {
        var sent = send(2);
        int old = newest();
        rotate();
        rewraps.run(KeyName.FILES, OpeningKey.load(privateFile), Duration.ofDays(1));
        assertThat(wrappedTo(sent)).containsOnly(old);
        TestServers.asOwner("update key_version set first_seen_at = now() - interval '25 h' where pair = 'files' and version = " + newest());
        rotate();   // each day again: the one before is old enough
        rewraps.run(KeyName.FILES, OpeningKey.load(privateFile), Duration.ofDays(1));
        assertThat(wrappedTo(sent)).containsOnly(old + 1);
        rewraps.run(KeyName.FILES, OpeningKey.load(privateFile), Duration.ZERO);
        assertThat(wrappedTo(sent)).containsOnly(old + 2);
    }

    @Test
    void aVersionThatIsDestroyedOrWornOutIsNotWrappedTo() throws Exception {
        var sent = send(1);
        int old = newest();
        rotate();
        TestServers.asOwner("insert into key_version (pair, version, wraps) values ('files', %d, %d) on conflict (pair, version) do update set wraps = excluded.wraps"
            .formatted(old + 1, KeyLimits.REFUSED_FROM));
        rewraps.run(KeyName.FILES, OpeningKey.load(privateFile), Duration.ZERO);
        assertThat(wrappedTo(sent)).containsOnly(old);
        rotate();
        TestServers.asOwner("update key_version set destroyed_at = now() where pair = 'files' and version = " + (old + 1));
        rewraps.run(KeyName.FILES, OpeningKey.load(privateFile), Duration.ZERO);
        assertThat(wrappedTo(sent)).containsOnly(old + 2);
    }

    @Test
    void twoAtOnceWrapEachRowOnce() throws Exception {
        var sent = send(40);
        rotate();
        var wraps = versions.all(KeyName.FILES).stream().filter(each -> each.number() == newest()).mapToLong(KeyVersions.Version::wraps).sum();
        var together = new CountDownLatch(2);
        Callable<Rewrap.Report> running = () -> {
            try (var own = TestServers.postgres.connect(TestServers.postgres.app())) {
                var rewrap = rewrap(own, 3);
                together.countDown();
                together.await();
                return rewrap.run();
            }
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var reports = threads.invokeAll(List.of(running, running));
            long first = reports.getFirst().get().rewrapped();
            long second = reports.getLast().get().rewrapped();
            assertThat(first + second).isEqualTo(40);
        }
        assertThat(wrappedTo(sent)).containsOnly(newest());
        assertThat(version(newest()).wraps() - wraps).as("each once").isEqualTo(40);
    }

    @Test
    void aRowThatSomebodyHasInHandIsPassedOverAndLeftForTheNextRun() throws Exception {
        var sent = send(3);
        int old = newest();
        rotate();
        try (var other = TestServers.postgres.connect(TestServers.postgres.app())) {
            other.setAutoCommit(false);
            other.createStatement().execute("update file set access = 'REVOKED' where id = '" + sent.files().get(1) + "'");
            assertThat(rewrap(connection, 10).run()).isEqualTo(new Rewrap.Report(old + 1, 2, 0, 1));
            other.commit();
        }
        assertThat(wrappedTo(sent)).containsExactly(old + 1, old, old + 1);
        assertThat(rewrap(connection, 10).run()).isEqualTo(new Rewrap.Report(old + 1, 1, 0, 0));
    }

    /** The real key, with what happens meanwhile in front of each answer: as a server far away takes its time. */
    private record SlowKey(OpeningKey real, Answer meanwhile) implements OpeningKey {

        interface Answer {
            void comes(WrappedKey asked) throws sekisho.storage.StoreException;
        }

        @Override
        public java.util.SortedSet<Integer> versions() {
            return real.versions();
        }

        @Override
        public SealingKey sealing(int version) {
            return real.sealing(version);
        }

        @Override
        public boolean opens(SealingKey key) {
            return real.opens(key);
        }

        @Override
        public List<byte[]> derive(String label, int octets) {
            return real.derive(label, octets);
        }

        @Override
        public SealingKey own(int version) {
            return real.own(version);
        }

        @Override
        public void check() throws sekisho.storage.StoreException {
            real.check();
        }

        @Override
        public byte[] unwrap(WrappedKey wrapped, Place place) throws SealBrokenException, sekisho.storage.StoreException {
            meanwhile.comes(wrapped);
            return real.unwrap(wrapped, place);
        }
    }

    private Rewrap slowly(SlowKey.Answer meanwhile) throws SQLException {
        return Rewrap.to(connection, versions, KeyName.FILES, new SlowKey(OpeningKey.load(privateFile), meanwhile), Duration.ZERO, 10).orElseThrow();
    }

    private void elsewhere(String sql) {
        try (var other = TestServers.postgres.connect(TestServers.postgres.app()); var statement = other.createStatement()) {
            statement.execute("set lock_timeout = '1s'");
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void whileTheHolderOfTheKeyIsAskedNobodyWaits() throws Exception {
        var sent = send(3);
        int old = newest();
        rotate();
        assertThat(slowly(_ -> elsewhere("update file set access = 'REVOKED' where delivery_id = '" + sent.delivery() + "'")).run())
            .isEqualTo(new Rewrap.Report(old + 1, 3, 0, 0));
        assertThat(wrappedTo(sent)).containsOnly(old + 1);
    }

    @Test
    void whatWasAnsweredBeforeTheHolderOfTheKeyFellSilentIsKept() throws Exception {
        var sent = send(3);
        int old = newest();
        rotate();
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        var running = slowly(_ -> {
            if (asked.incrementAndGet() == 3) {
                throw new sekisho.storage.StoreException("no answer");
            }
        });
        assertThatThrownBy(running::run).isInstanceOf(SQLException.class).hasMessageContaining("no answer");
        assertThat(wrappedTo(sent)).containsExactlyInAnyOrder(old + 1, old + 1, old);
        assertThat(slowly(_ -> { }).run().rewrapped()).isEqualTo(1);
    }

    @Test
    void aKeyThatIsNotAnsweredForKeepsNoOtherWaiting() throws Exception {
        var sent = send(25);
        int old = newest();
        rotate();
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        var running = slowly(_ -> {
            if (asked.getAndIncrement() % 12 == 0) {
                throw new sekisho.storage.StoreException("no answer");
            }
        });
        assertThatThrownBy(running::run).isInstanceOfSatisfying(Rewrap.UnansweredException.class,
            away -> assertThat(away.report()).isEqualTo(new Rewrap.Report(old + 1, 22, 0, 3)));
        assertThat(wrappedTo(sent)).filteredOn(version -> version == old).hasSize(3);
        assertThat(slowly(_ -> { }).run()).isEqualTo(new Rewrap.Report(old + 1, 3, 0, 0));
    }

    @Test
    void aVersionThatNothingAnswersForIsLeftSoonAndKeepsNoOtherWaiting() throws Exception {
        var silent = send(25);
        int old = newest();
        rotate();
        var answered = send(3);
        rotate();
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        var running = slowly(wrapped -> {
            if (wrapped.version() == old) {
                asked.incrementAndGet();
                throw new sekisho.storage.StoreException("no answer");
            }
        });
        assertThatThrownBy(running::run).isInstanceOfSatisfying(Rewrap.UnansweredException.class,
            away -> assertThat(away.report()).isEqualTo(new Rewrap.Report(old + 2, 3, 0, 25)));
        assertThat(asked).hasValueLessThan(10);
        assertThat(wrappedTo(silent)).containsOnly(old);
        assertThat(wrappedTo(answered)).containsOnly(old + 2);
    }

    @Test
    void whatWasShreddedMeanwhileStaysShredded() throws Exception {
        var sent = send(2);
        int old = newest();
        rotate();
        var shredded = sent.files().getFirst();
        var events = events(AuditType.KEYS_REWRAPPED).size();
        assertThat(slowly(_ -> elsewhere("update file set wrap = null, record_wrap = null, access = 'SHREDDED' where id = '" + shredded + "'")).run())
            .isEqualTo(new Rewrap.Report(old + 1, 1, 0, 0));
        assertThat(version(old + 1).live()).isEqualTo(1);
        assertThat(events(AuditType.KEYS_REWRAPPED)).hasSize(events + 1).first().satisfies(event -> assertThat(event.details()).containsEntry("rows", "1"));
    }

    @Test
    void whatSomebodyElseHasWrappedAgainMeanwhileIsNotWrittenOver() throws Exception {
        var sent = send(2);
        int old = newest();
        rotate();
        var once = new java.util.concurrent.atomic.AtomicBoolean();
        var report = slowly(_ -> {
            if (once.compareAndSet(false, true)) {
                try (var own = TestServers.postgres.connect(TestServers.postgres.app())) {
                    assertThat(rewrap(own, 10).run().rewrapped()).isEqualTo(2);
                } catch (SQLException failed) {
                    throw new IllegalStateException(failed);
                }
            }
        }).run();
        assertThat(report).isEqualTo(new Rewrap.Report(old + 1, 0, 0, 0));
        assertThat(version(old + 1).wraps()).isEqualTo(2);
        assertThat(content(rows(sent).getFirst())).isEqualTo("content 0");
    }

    @Test
    void whatDoesNotOpenIsCountedAndHoldsUpNothing() throws Exception {
        var sent = send(3);
        int old = newest();
        rotate();
        TestServers.asOwner("update file set wrap = set_byte(wrap, 5, get_byte(wrap, 5) # 1) where id = '" + sent.files().getFirst() + "'");
        assertThat(rewrap(connection, 1).run()).isEqualTo(new Rewrap.Report(old + 1, 2, 1, 1));
        assertThat(wrappedTo(sent)).containsExactly(old, old + 1, old + 1);
    }

    @Test
    void aDownloadGoesOnThroughRotationRewrappingAndDestruction() throws Exception {
        var content = new byte[300_000];
        new java.util.Random(7).nextBytes(content);
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), content);
        int old = newest();
        try (var object = opener.open(rows(sent).getFirst().sealed, rows(sent).getFirst().place); var in = object.read(0, content.length)) {
            var read = new java.io.ByteArrayOutputStream();
            read.write(in.readNBytes(100_000));
            rotate();
            rewrap(connection, 10).run();
            destroyAllBut(newest());
            keys.look();
            read.write(in.readAllBytes());
            assertThat(read.toByteArray()).isEqualTo(content);
        }
        assertThat(wrappedTo(sent)).containsExactly(old + 1);
        try (var object = opener.open(rows(sent).getFirst().sealed, rows(sent).getFirst().place); var in = object.read(150_000, 10)) {
            assertThat(in.readAllBytes()).as("and a range of it afterwards").isEqualTo(java.util.Arrays.copyOfRange(content, 150_000, 150_010));
        }
    }

    private void destroyAllBut(int kept) throws SQLException {
        for (int version : OpeningKey.load(privateFile).versions()) {
            if (version != kept) {
                assertThat(versions.destroy(KeyName.FILES, OpeningKey.load(privateFile).sealing(version))).isEqualTo(new KeyVersions.Destruction.Marked());
                KeyFiles.destroy(TestServers.folder, "files", version);
            }
        }
    }

    @Test
    void aVersionOnWhichARowHangsIsNotDestroyed() throws Exception {
        send(2);
        int old = newest();
        rotate();
        var half = OpeningKey.load(privateFile).sealing(old);
        var events = events(AuditType.KEY_DESTROYED).size();
        assertThat(versions.destroy(KeyName.FILES, half)).isEqualTo(new KeyVersions.Destruction.InUse(2));
        assertThat(version(old).destroyedAt()).isEmpty();
        assertThat(version(old).live()).isEqualTo(2);
        assertThat(events(AuditType.KEY_DESTROYED)).hasSize(events);
        rewrap(connection, 10).run();
        assertThat(versions.destroy(KeyName.FILES, half)).isEqualTo(new KeyVersions.Destruction.Marked());
        assertThat(version(old).destroyedAt()).isPresent();
        assertThat(events(AuditType.KEY_DESTROYED)).hasSize(events + 1).first().satisfies(event -> assertThat(event.details())
            .containsExactlyInAnyOrderEntriesOf(Map.of("pair", "files", "version", "" + old, "fingerprint", half.fingerprint(), "by", "Suzuki")));
    }

    @Test
    void aSpoolThatWaitsHoldsItsVersionToo() throws Exception {
        var half = SealingKey.load(TestServers.folder.resolve("spool.public"));
        send(0);
        assertThat(versions.destroy(KeyName.SPOOL, half)).isInstanceOf(KeyVersions.Destruction.InUse.class);
    }

    @Test
    void whatAnOldDumpHoldsDoesNotOpenAfterwards() throws Exception {
        var dumped = rows(send(1)).getFirst();
        assertThat(content(dumped)).isEqualTo("content 0");
        rotate();
        rewrap(connection, 10).run();
        destroyAllBut(newest());
        keys.look();
        assertThatThrownBy(() -> content(dumped)).isInstanceOf(SealBrokenException.class).hasMessageContaining("version " + dumped.sealed.wrapped().version());
    }

    @Test
    void nothingIsAcceptedAnyMoreThatIsSealedToADestroyedVersion() throws Exception {
        var stale = Files.readString(publicFile);
        int old = newest();
        rotate();
        versions.destroy(KeyName.FILES, OpeningKey.load(privateFile).sealing(old));
        var current = Files.readString(publicFile);
        Files.writeString(publicFile, stale);
        keys.look();
        try {
            assertThatThrownBy(() -> send(1)).as("temporary, so the message stays at the mail server").isInstanceOf(RuntimeException.class)
                .isNotInstanceOf(IllegalArgumentException.class);
        } finally {
            Files.writeString(publicFile, current);
            keys.look();
        }
        assertThat(version(old).live()).isZero();
        assertThat(wrappedTo(send(1))).containsExactly(old + 1);
    }

    @Test
    void whoDestroysWaitsForRowsThatAreNotCommittedYet() throws Exception {
        var sent = send(1);
        int old = newest();
        rotate();
        rewrap(connection, 10).run();
        var half = OpeningKey.load(privateFile).sealing(old);
        var destroying = new FutureTask<>(() -> versions.destroy(KeyName.FILES, half));
        try (var intake = TestServers.postgres.connect(TestServers.postgres.app()); var look = TestServers.postgres.connect(TestServers.postgres.owner())) {
            intake.setAutoCommit(false);
            intake.createStatement().execute("update file set wrap_version = " + old + " where id = '" + sent.files().getFirst() + "'");
            Thread.ofVirtual().start(destroying);
            await().until(() -> {
                try (var rows = look.createStatement().executeQuery("select count(*) from pg_locks where locktype = 'advisory' and not granted")) {
                    return rows.next() && rows.getInt(1) == 1;
                }
            });
            intake.commit();
        }
        assertThat(destroying.get()).isEqualTo(new KeyVersions.Destruction.InUse(1));
    }

    @Test
    void aNumberIsNeverGivenTwice() throws Exception {
        KeyFiles.rotate(TestServers.folder, "files");
        keys.look();
        var half = SealingKey.load(publicFile);
        assertThat(versions.rotated(KeyName.FILES, half)).isTrue();
        assertThat(versions.rotated(KeyName.FILES, half)).isFalse();
        assertThat(events(AuditType.KEY_ROTATED)).first().satisfies(event -> assertThat(event.details()).containsEntry("fingerprint", half.fingerprint()));
    }

    /** As mail's role may, beside which every node counts. */
    @Test
    void aVersionThatSomebodyCallsWornOutKeepsNoCountOfOthersWaiting() throws Exception {
        rotate();
        send(1);
        counts.writeDown();
        int full = newest();
        long before = wrapsOfRecords();
        TestServers.asOwner("update key_version set wraps = 1152921504606846976 where pair = 'files' and version = " + full);
        send(2);
        assertThatCode(counts::writeDown).doesNotThrowAnyException();
        assertThat(wrapsOfRecords()).isEqualTo(before + 2);
        assertThat(version(full).isWornOut()).isTrue();
        rotate();
    }

    private static long wrapsOfRecords() {
        return TestServers.number("select sum(wraps) from key_version where pair = 'records'");
    }

    @Test
    void whatIsWrappedIsCountedByVersionAndAVersionWearsOut() throws Exception {
        rotate();
        send(3);
        counts.writeDown();
        assertThat(version(newest()).wraps()).isEqualTo(3);
        assertThat(version(newest()).lastSealedAt()).isPresent();
        TestServers.asOwner("update key_version set wraps = " + (KeyLimits.ROTATE_FROM - 1) + " where pair = 'files' and version = " + newest());
        assertThat(version(newest()).isWornOut()).isFalse();
        send(1);
        counts.writeDown();
        assertThat(version(newest()).isWornOut()).isTrue();
        assertThat(version(newest()).wraps()).isEqualTo(KeyLimits.ROTATE_FROM);
    }
}
