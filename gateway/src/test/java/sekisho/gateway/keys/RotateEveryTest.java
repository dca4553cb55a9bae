package sekisho.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.hibernate.Session;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.TestServers;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.files.Vault;
import sekisho.storage.OpeningKey;
import sekisho.storage.SealingKey;

/** A pair gets a new version when the one that seals is as old as the setting says. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class RotateEveryTest {

    private static final String OTHER_NODE = "insert into key_node (node, pair, half, version, seen_at) values (gen_random_uuid(), 'files', 'opens', 1, now() - interval '%s')";

    private static final String OTHER_HOST = "insert into key_node (node, pair, half, version, host, seen_at)"
        + " values (gen_random_uuid(), 'files', 'opens', 1, 'web2', now() - interval '%s')";

    @Inject
    AgroalDataSource database;
    @Inject
    Clock clock;
    @Inject
    Vault vault;
    @Inject
    KeyRing keys;
    @Inject
    KeyNodes nodes;
    @Inject
    WrapCounts counts;
    @Inject
    Session entities;

    @BeforeEach
    void aVersionOfNow() {
        vault.fileOpener(TestServers.folder.resolve("files.private"));
        vault.requireSealing();
        keys.look();
        TestServers.asOwner("update file set wrap = null, record_wrap = null where wrap is not null");   // of other tests
        TestServers.asOwner("delete from key_node");
        nodes.beat();
        tend(Optional.empty());
        aged("0 d");
    }

    private void tend(Optional<Duration> rotateEvery) {
        new KeyTending(database, clock, new KeySettings(Optional.empty(), Optional.empty(), Optional.empty(), rotateEvery), keys, nodes).tend();
    }

    private static void aged(String interval) {
        TestServers.asOwner("update key_version set first_seen_at = now() - interval '%s' where pair = 'files' and version = %d".formatted(interval, newest()));
    }

    private static int newest() {
        return SealingKey.load(TestServers.folder.resolve("files.public")).version();
    }

    @Test
    void aVersionThatIsOlderIsReplacedAndAYoungerOneIsNot() {
        int old = newest();
        aged("89 d");
        tend(Optional.of(Duration.ofDays(90)));
        assertThat(newest()).isEqualTo(old);
        aged("91 d");
        tend(Optional.of(Duration.ofDays(90)));
        assertThat(newest()).isEqualTo(old + 1);
        assertThat(OpeningKey.load(TestServers.folder.resolve("files.private")).versions()).contains(old, old + 1);
        tend(Optional.of(Duration.ofDays(90)));
        assertThat(newest()).as("that one is new").isEqualTo(old + 1);
    }

    /** One that is silent, too: it boots, or its site has no power, and lacks the new version when it comes back. */
    @ParameterizedTest
    @ValueSource(strings = {"0 s", "5 min"})
    void whereAnotherNodeOpensItIsLeftToAnOperator(String silent) {
        int old = newest();
        aged("91 d");
        TestServers.asOwner(OTHER_NODE.formatted(silent));
        nodes.beat();
        tend(Optional.of(Duration.ofDays(90)));
        assertThat(newest()).isEqualTo(old);
        TestServers.asOwner("delete from key_node");
        tend(Optional.of(Duration.ofDays(90)));
        assertThat(newest()).isEqualTo(old + 1);
    }

    @Test
    void aHostThatIsOffIsForgottenAfterThirtyDaysOrWhenAnOperatorSaysSo() throws Exception {
        int old = newest();
        aged("91 d");
        TestServers.asOwner(OTHER_HOST.formatted("29 d"));
        nodes.beat();
        tend(Optional.of(Duration.ofDays(90)));
        assertThat(newest()).isEqualTo(old);
        try (var connection = TestServers.connectAsOwner()) {
            var openers = new KeyOpeners(connection, new KeyVersions(connection, clock, Actor.part("operator"), Map.of()));
            assertThat(openers.all(KeyName.FILES)).extracting(KeyOpeners.Opener::host).contains("web2");
            assertThat(openers.forget(KeyName.FILES, "web2")).isEqualTo(1);
        }
        tend(Optional.of(Duration.ofDays(90)));
        assertThat(newest()).isEqualTo(old + 1);
        aged("91 d");
        TestServers.asOwner(OTHER_HOST.formatted("31 d"));
        nodes.beat();
        tend(Optional.of(Duration.ofDays(90)));
        assertThat(newest()).isEqualTo(old + 2);
    }

    @Test
    void aProcessThatWasStartedAgainIsNoOtherNode() {
        int old = newest();
        aged("91 d");
        new KeyNodes(entities, keys, counts).beat();
        tend(Optional.of(Duration.ofDays(90)));
        assertThat(newest()).isEqualTo(old + 1);
    }

    @Test
    void withoutTheSettingNothingIsReplacedHoweverOld() {
        int old = newest();
        aged("4000 d");
        tend(Optional.empty());
        assertThat(newest()).isEqualTo(old);
    }
}
