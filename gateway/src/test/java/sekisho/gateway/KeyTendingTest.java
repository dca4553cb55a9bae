package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.files.Vault;
import sekisho.gateway.keys.KeyLimits;
import sekisho.gateway.keys.KeyName;
import sekisho.gateway.keys.KeyNodes;
import sekisho.gateway.keys.KeyRing;
import sekisho.gateway.keys.KeyTending;
import sekisho.gateway.keys.KeyVersions;
import sekisho.gateway.keys.Rewrap;
import sekisho.gateway.keys.Rotation;
import sekisho.gateway.keys.WrapCounts;
import sekisho.storage.KeyFiles;
import sekisho.storage.OpeningKey;
import sekisho.storage.SealingKey;

/** What the process that holds a private half does by itself: destroying versions that nobody needs, replacing one that is nearly worn out. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class KeyTendingTest {

    @Inject
    Mail mail;
    @Inject
    Vault vault;
    @Inject
    KeyRing keys;
    @Inject
    KeyNodes nodes;
    @Inject
    KeyTending tending;
    @Inject
    WrapCounts counts;
    @Inject
    AuditLog audit;

    private Path publicFile;
    private Path privateFile;
    private Connection connection;
    private KeyVersions versions;

    /** What other tests have left isn't looked at. */
    @BeforeEach
    void connect() throws SQLException {
        publicFile = TestServers.folder.resolve("files.public");
        privateFile = TestServers.folder.resolve("files.private");
        vault.fileOpener(privateFile);
        vault.requireSealing();
        keys.look();
        TestServers.asOwner("update file set wrap = null, record_wrap = null where wrap is not null");
        TestServers.asOwner("delete from key_node");
        nodes.beat();
        connection = TestServers.postgres.connect(TestServers.postgres.app());
        versions = new KeyVersions(connection, Clock.systemUTC(), Actor.part("operator"), Map.of());
    }

    @AfterEach
    void disconnect() throws SQLException {
        TestServers.asOwner("update key_version set destroyed_at = now() where pair = 'files' and destroyed_at is null and version not in (%s)"
            .formatted(here().stream().map(Object::toString).collect(Collectors.joining(","))));
        connection.close();
    }

    private void send() {
        mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "content".getBytes());
    }

    private int newest() {
        return SealingKey.load(publicFile).version();
    }

    private List<Integer> here() {
        return List.copyOf(OpeningKey.load(privateFile).versions());
    }

    private int rotate() throws SQLException {
        int old = newest();
        new Rotation(versions, KeyName.FILES, privateFile, publicFile).run(java.util.Set.of());
        keys.look();
        nodes.beat();
        return old;
    }

    private void rewrap() throws SQLException {
        Rewrap.to(connection, versions, KeyName.FILES, OpeningKey.load(privateFile), Duration.ZERO, 10).orElseThrow().run();
    }

    private KeyVersions.Version version(int number) throws SQLException {
        return versions.all(KeyName.FILES).stream().filter(each -> each.number() == number).findFirst().orElseThrow();
    }

    private void idleForEightDays(String pair, int version) {
        counts.writeDown();   // what was sealed until now is long ago
        TestServers.asOwner("update key_version set idle_since = now() - interval '8 d', last_sealed_at = now() - interval '8 d' where pair = '%s' and version = %d"
            .formatted(pair, version));
    }

    private List<AuditRecord> events(AuditType type) {
        return audit.page(Optional.empty(), 10_000).stream().filter(event -> event.type() == type).toList();
    }

    @Test
    void aVersionThatNobodyHasNeededForTheHorizonIsDestroyed() throws Exception {
        send();
        int old = rotate();
        tending.tend();
        assertThat(version(old).idleSince()).as("a file hangs on it").isEmpty();
        rewrap();
        tending.tend();
        assertThat(version(old).idleSince()).isPresent();
        assertThat(here()).contains(old);
        int before = events(AuditType.KEY_DESTROYED).size();
        idleForEightDays("files", old);
        tending.tend();
        assertThat(here()).doesNotContain(old).contains(newest());
        assertThat(version(old).destroyedAt()).isPresent();
        assertThat(keys.opening(KeyName.FILES, privateFile).versions()).doesNotContain(old);
        assertThat(events(AuditType.KEY_DESTROYED)).hasSize(before + 1).first().satisfies(event -> {
            assertThat(event.actor()).isEqualTo("keys");
            assertThat(event.details()).containsEntry("pair", "files").containsEntry("version", "" + old);
        });
    }

    @Test
    void theHorizonBeginsAgainWhenSomethingNeedsItOnceMore() throws Exception {
        send();
        int old = rotate();
        idleForEightDays("files", old);
        tending.tend();
        assertThat(here()).as("a file hangs on it").contains(old);
        assertThat(version(old).idleSince()).isEmpty();
        rewrap();
        TestServers.asOwner("insert into key_node (node, pair, half, version, seen_at) values (gen_random_uuid(), 'files', 'seals', %d, now())".formatted(old));
        idleForEightDays("files", old);
        tending.tend();
        assertThat(here()).as("another node seals with it, though nothing hangs on it").contains(old);
        assertThat(version(old).idleSince()).isEmpty();
        assertThat(version(old).sealers()).isEqualTo(1);
        TestServers.asOwner("update key_node set seen_at = now() - interval '61 s' where version = " + old);
        tending.tend();
        assertThat(version(old).idleSince()).as("that node is dead, from now on it counts").isPresent();
        assertThat(here()).contains(old);
    }

    /** A node with the old public half was back and accepted a file, which was wrapped again before anybody looked. */
    @Test
    void whatCameAndWentBetweenTwoLooksBeginsTheHorizonAgain() throws Exception {
        var stale = Files.readString(publicFile);
        int old = rotate();
        var current = Files.readString(publicFile);
        tending.tend();
        idleForEightDays("files", old);
        Files.writeString(publicFile, stale);
        keys.look();
        send();
        Files.writeString(publicFile, current);
        keys.look();
        nodes.beat();
        assertThat(version(old).live()).isEqualTo(1);
        rewrap();
        assertThat(version(old).live()).isZero();
        counts.writeDown();
        TestServers.asOwner("update key_version set last_sealed_at = null where pair = 'files'");   // that node died before it could say so
        tending.tend();
        assertThat(here()).as("a backup of that hour needs it").contains(old);
        assertThat(version(old).idleSince().orElseThrow()).isAfter(Clock.systemUTC().instant().minus(Duration.ofHours(1)));
    }

    @Test
    void whatWasWrappedToAnIdleVersionEndsItsIdlenessWithTheSameCommit() throws Exception {
        var stale = Files.readString(publicFile);
        int old = rotate();
        var current = Files.readString(publicFile);
        tending.tend();
        assertThat(version(old).idleSince()).isPresent();
        Files.writeString(publicFile, stale);
        keys.look();
        send();
        Files.writeString(publicFile, current);
        keys.look();
        assertThat(version(old).idleSince()).as("before anybody looks: the file may be shredded until then").isEmpty();
    }

    /** A look missed it: the row went before it was seen, and the trigger of V70 wasn't there yet. */
    @Test
    void wrappingAgainEndsTheIdlenessOfTheVersionThatIsLeft() throws Exception {
        send();
        int old = rotate();
        idleForEightDays("files", old);
        rewrap();
        assertThat(version(old).idleSince()).isEmpty();
    }

    @Test
    void whatANodeSealedWithinTheHorizonKeepsTheVersionThoughNoRowIsLeft() throws Exception {
        int old = rotate();
        tending.tend();
        idleForEightDays("files", old);
        TestServers.asOwner("update key_version set last_sealed_at = now() - interval '6 d' where pair = 'files' and version = " + old);
        tending.tend();
        assertThat(here()).contains(old);
        TestServers.asOwner("update key_version set last_sealed_at = now() - interval '8 d' where pair = 'files' and version = " + old);
        tending.tend();
        assertThat(here()).doesNotContain(old);
    }

    /** A host lost power in the middle of an intake: for hours the database waits for a transaction that nobody ends. */
    @Test
    @Timeout(120)
    void aTransactionThatNobodyEndsStopsNeitherTheTendingNorTheIntake() throws Exception {
        int old = rotate();
        send();
        tending.tend();
        idleForEightDays("files", old);
        try (var lost = TestServers.postgres.connect(TestServers.postgres.app())) {
            lost.setAutoCommit(false);
            try (var statement = lost.createStatement()) {
                assertThat(statement.executeUpdate("update file set wrap_version = wrap_version where wrap is not null")).isPositive();
            }
            tending.tend();
            assertThat(here()).as("what that transaction wraps isn't known").contains(old);
            send();
            assertThatThrownBy(() -> versions.destroy(KeyName.FILES, OpeningKey.load(privateFile).sealing(old)))
                .isInstanceOf(SQLException.class).hasMessageContaining("hasn't ended").hasMessageContaining("docs/operations/keys.md");
            lost.rollback();
        }
        tending.tend();
        assertThat(here()).doesNotContain(old);
    }

    /** Whoever rewraps takes the rows of versions in ascending order. In another order the two would wait for each other, and one would be broken off. */
    @Test
    @Timeout(120)
    void whoMarksVersionsIdleTakesThemInTheOrderOfWhoRewraps() throws Exception {
        int low = rotate();
        int high = rotate();
        TestServers.asOwner("update key_version set wraps = wraps where pair = 'files' and version = " + low);   // in the table it is behind the other now
        try (var other = TestServers.postgres.connect(TestServers.postgres.app()); var statement = other.createStatement();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            other.setAutoCommit(false);
            statement.executeUpdate("update key_version set wraps = wraps where pair = 'files' and version = " + low);
            var marking = threads.submit(tending::tend);
            await().until(TestServers::somebodyWaitsForARow);
            statement.executeUpdate("update key_version set wraps = wraps where pair = 'files' and version = " + high);
            other.commit();
            marking.get();
        }
        assertThat(version(low).idleSince()).isPresent();
        assertThat(version(high).idleSince()).isPresent();
    }

    /** It ends while the second version waits for it. */
    @Test
    @Timeout(120)
    void aVersionThatHadToBePutOffKeepsNoLaterOneFromBeingDestroyed() throws Exception {
        int first = rotate();
        int second = rotate();
        send();
        tending.tend();
        idleForEightDays("files", first);
        idleForEightDays("files", second);
        try (var lost = TestServers.postgres.connect(TestServers.postgres.app()); var thread = java.util.concurrent.Executors.newSingleThreadExecutor()) {
            lost.setAutoCommit(false);
            try (var statement = lost.createStatement()) {
                assertThat(statement.executeUpdate("update file set wrap_version = wrap_version where wrap is not null")).isPositive();
            }
            var tended = thread.submit(tending::tend);
            var waited = await().pollInterval(Duration.ofMillis(20)).until(this::waiting, Objects::nonNull);
            await().pollInterval(Duration.ofMillis(20)).until(this::waiting, since -> since != null && !since.equals(waited));
            lost.rollback();
            tended.get();
        }
        assertThat(here()).contains(first).doesNotContain(second);
        tending.tend();
        assertThat(here()).doesNotContain(first, second);
    }

    /** Since when somebody waits for a lock that the database knows by number; null when nobody does. */
    private String waiting() throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("select max(waitstart)::text from pg_locks where locktype = 'advisory' and not granted")) {
            rows.next();
            return rows.getString(1);
        } finally {
            connection.commit();
        }
    }

    @Test
    void theNewestIsNeverDestroyed() throws Exception {
        rotate();
        tending.tend();
        for (int version : here()) {
            idleForEightDays("files", version);
        }
        tending.tend();
        assertThat(here()).contains(newest());
        assertThat(version(newest()).destroyedAt()).isEmpty();
        tending.tend();
        assertThat(here()).containsExactly(newest());
    }

    @Test
    void aWaitingMessageKeepsTheVersionOfItsSpool() throws Exception {
        var spool = TestServers.folder.resolve("spool.private");
        vault.spoolOpener(spool);
        send();
        int old = SealingKey.load(TestServers.folder.resolve("spool.public")).version();
        new Rotation(versions, KeyName.SPOOL, spool, TestServers.folder.resolve("spool.public")).run(java.util.Set.of());
        keys.look();
        nodes.beat();
        idleForEightDays("spool", old);
        tending.tend();
        assertThat(OpeningKey.load(spool).versions()).contains(old);
    }

    @Test
    void whatWasDecidedElsewhereOrBeforeACrashIsCarriedOut() throws Exception {
        int old = rotate();
        assertThat(versions.destroy(KeyName.FILES, OpeningKey.load(privateFile).sealing(old))).isEqualTo(new KeyVersions.Destruction.Marked());
        assertThat(here()).contains(old);
        tending.tend();
        assertThat(here()).doesNotContain(old);
    }

    /** The process may not write beside it; here, since the longer name of what would be put in its place is no name. */
    private void whileThePrivateFileCannotBeReplaced(Executable work) throws Throwable {
        var elsewhere = privateFile.resolveSibling("k".repeat(240));
        Files.move(privateFile, elsewhere);
        Files.createSymbolicLink(privateFile, elsewhere.getFileName());
        try {
            work.execute();
        } finally {
            Files.move(elsewhere, privateFile, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void nothingIsDecidedOrRecordedWhileTheFileCannotBeReplaced() throws Throwable {
        int old = rotate();
        tending.tend();
        idleForEightDays("files", old);
        int before = events(AuditType.KEY_DESTROYED).size();
        whileThePrivateFileCannotBeReplaced(() -> {
            tending.tend();
            assertThat(here()).contains(old);
            assertThat(version(old).destroyedAt()).isEmpty();
            assertThat(events(AuditType.KEY_DESTROYED)).hasSize(before);
        });
        tending.tend();
        assertThat(here()).doesNotContain(old);
        assertThat(events(AuditType.KEY_DESTROYED)).hasSize(before + 1);
    }

    @Test
    void aDecisionIsRecordedOnceHoweverOftenItIsTriedToCarryItOut() throws Throwable {
        int old = rotate();
        versions.destroy(KeyName.FILES, OpeningKey.load(privateFile).sealing(old));
        int decided = events(AuditType.KEY_DESTROYED).size();
        whileThePrivateFileCannotBeReplaced(() -> {
            tending.tend();
            tending.tend();
        });
        assertThat(here()).contains(old);
        tending.tend();
        assertThat(here()).doesNotContain(old);
        assertThat(events(AuditType.KEY_DESTROYED)).hasSize(decided);
    }

    /** The file lost it before; then a dump of the database from before that was restored. */
    @Test
    void aVersionThatTheFileHasLostIsDestroyedAndKeepsNothingFromBeingRotated() throws Exception {
        int lost = rotate();
        KeyFiles.destroy(privateFile, lost);
        keys.look();
        var rotation = new Rotation(versions, KeyName.FILES, privateFile, publicFile);
        assertThatThrownBy(() -> rotation.run(java.util.Set.of())).hasMessageContaining("lacks version " + lost);
        tending.tend();
        assertThat(version(lost).idleSince()).isPresent();
        assertThat(version(lost).destroyedAt()).as("a node may have another file").isEmpty();
        idleForEightDays("files", lost);
        int worn = newest();
        TestServers.asOwner("update key_version set wraps = %d where pair = 'files' and version = %d".formatted(KeyLimits.ROTATED_FROM, worn));
        tending.tend();
        assertThat(version(lost).destroyedAt()).isPresent();
        assertThat(events(AuditType.KEY_DESTROYED)).first().satisfies(event -> assertThat(event.details()).containsEntry("version", "" + lost));
        assertThat(newest()).isEqualTo(worn + 1);
    }

    @Test
    void aRotationThatCannotBeDoneKeepsNothingFromBeingDestroyed() throws Exception {
        int lost = rotate();
        int old = rotate();
        KeyFiles.destroy(privateFile, lost);
        keys.look();
        tending.tend();
        idleForEightDays("files", old);
        int worn = newest();
        TestServers.asOwner("update key_version set wraps = %d where pair = 'files' and version = %d".formatted(KeyLimits.ROTATED_FROM, worn));
        tending.tend();
        assertThat(newest()).as("the file lacks " + lost).isEqualTo(worn);
        assertThat(here()).doesNotContain(old);
    }

    /** Of another host, which wasn't given the newest. */
    @Test
    void aHostWithAnOlderFileDoesNotBeginTheHorizonAgain() throws Exception {
        var stale = Files.readString(privateFile);
        int old = rotate();
        var current = Files.readString(privateFile);
        tending.tend();
        idleForEightDays("files", old);
        var since = version(old).idleSince();
        Files.writeString(privateFile, stale);
        try {
            tending.tend();
        } finally {
            Files.writeString(privateFile, current);
        }
        assertThat(version(old).idleSince()).isEqualTo(since);
        tending.tend();
        assertThat(here()).doesNotContain(old);
    }

    /** An operator's rotation was killed; the private file that has the newest version came from another host since, and that rotation's is destroyed. */
    @Test
    void whatAKilledCommandHasLeftBesideTheFileIsRemoved() throws Exception {
        int old = rotate();
        var left = Files.copy(privateFile, privateFile.resolveSibling("files.private." + java.util.UUID.randomUUID() + ".new"));
        var next = privateFile.resolveSibling("files.private.next");
        Files.copy(privateFile, next);
        Files.setPosixFilePermissions(next, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        try {
            Files.writeString(next, versionAlone(Files.readString(privateFile), old));
            tending.tend();
            assertThat(left).doesNotExist();
            assertThat(next).as("that version is alive").exists();
            TestServers.asOwner("update key_version set destroyed_at = now() where pair = 'files' and version = " + old);
            tending.tend();
            assertThat(next).doesNotExist();
            assertThat(here()).doesNotContain(old);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    /** The title and the five lines of that version. */
    private static String versionAlone(String text, int version) {
        var lines = text.lines().toList();
        int at = lines.indexOf("version " + version);
        return lines.getFirst() + "\n" + String.join("\n", lines.subList(at, at + 5)) + "\n";
    }

    @Test
    void whileAnOperatorIsAtTheFilesNothingIsDone() throws Exception {
        int old = rotate();
        versions.destroy(KeyName.FILES, OpeningKey.load(privateFile).sealing(old));
        assertThat(versions.alone()).isTrue();
        tending.tend();
        assertThat(here()).contains(old);
        connection.close();
        await().untilAsserted(() -> {   // the server notices a little later
            tending.tend();
            assertThat(here()).doesNotContain(old);
        });
        try (var again = TestServers.postgres.connect(TestServers.postgres.app())) {
            assertThat(new KeyVersions(again, Clock.systemUTC(), Actor.part("operator"), Map.of()).alone()).as("it has let go").isTrue();
        }
    }

    @Test
    void aVersionThatIsNearlyWornOutIsReplacedWhereNobodyElseOpens() throws Exception {
        rotate();
        int worn = newest();
        TestServers.asOwner("update key_version set wraps = %d where pair = 'files' and version = %d".formatted(KeyLimits.ROTATED_FROM, worn));
        TestServers.asOwner("insert into key_node (node, pair, half, version, seen_at) values (gen_random_uuid(), 'files', 'opens', %d, now())".formatted(worn));
        tending.tend();
        assertThat(newest()).as("another host would not open what it seals").isEqualTo(worn);
        TestServers.asOwner("delete from key_node where half = 'opens' and version = " + worn);
        tending.tend();
        assertThat(newest()).isEqualTo(worn + 1);
        assertThat(here()).contains(worn, worn + 1);
        assertThat(events(AuditType.KEY_ROTATED)).first().satisfies(event -> assertThat(event.actor()).isEqualTo("keys"));
        nodes.beat();
        send();
        assertThat(version(worn + 1).live()).isEqualTo(1);
    }

    @Test
    void nothingIsAcceptedOnceTheLimitIsNear() throws Exception {
        rotate();
        int worn = newest();
        TestServers.asOwner("update key_version set wraps = %d where pair = 'files' and version = %d".formatted(KeyLimits.REFUSED_FROM - 1, worn));
        nodes.beat();
        send();
        counts.writeDown();
        assertThat(version(worn).wraps()).isEqualTo(KeyLimits.REFUSED_FROM);
        assertThatThrownBy(this::send).hasStackTraceContaining("run ./sekisho keys rotate");
        rotate();
        send();
        assertThat(version(worn + 1).live()).isEqualTo(1);
    }

    @Test
    void aNodeThatStartsLearnsWhatTheOthersHaveWrapped() throws Exception {
        rotate();
        TestServers.asOwner("update key_version set wraps = %d where pair = 'files' and version = %d".formatted(KeyLimits.REFUSED_FROM, newest()));
        nodes.beat();
        assertThatThrownBy(this::send).hasStackTraceContaining("run ./sekisho keys rotate");
        rotate();
        send();
    }

    @Test
    void aPrivateFileThatLacksAVersionIsNotRotatedByItselfEither() throws Exception {
        var without = Files.readString(privateFile);
        var half = Files.readString(publicFile);
        int old = rotate();
        int lacking = newest();
        var whole = Files.readString(privateFile);
        var newHalf = Files.readString(publicFile);
        Files.writeString(publicFile, half);
        Files.writeString(privateFile, without);
        assertThatThrownBy(() -> new Rotation(versions, KeyName.FILES, privateFile, publicFile).run(java.util.Set.of()))
            .hasMessageContaining("lacks version " + lacking);
        assertThat(here()).contains(old).doesNotContain(lacking);
        Files.writeString(privateFile, whole);
        Files.writeString(publicFile, newHalf);
        keys.look();
    }
}
