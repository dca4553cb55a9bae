package sekisho.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.storage.KeyFiles;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.SealingKey;
import sekisho.storage.StoreException;

/** What a process makes of its key files, in whatever order they come. Nothing is counted in a database here. */
class KeyRingTest {

    private static final Place PLACE = new Place(new UUID(1, 2), new UUID(1, 2));

    @TempDir
    Path folder;
    private Path publicFile;
    private Path privateFile;
    private WrapCounts counts;
    private KeyRing keys;

    @BeforeEach
    @SuppressWarnings("NullAway")   // the counts stay in memory
    void generate() {
        KeyFiles.generate(folder, "spool");
        publicFile = folder.resolve("spool.public");
        privateFile = folder.resolve("spool.private");
        counts = new WrapCounts(null, Clock.systemUTC());
        keys = new KeyRing(KeySettings.of(Optional.of(publicFile)), counts);
    }

    /** Another host of mail gets spool.private later than this one: what is sealed to its newest version would wait there. */
    @Test
    void whoSealsForItselfSealsToTheVersionOfItsPublicHalf() throws Exception {
        var own = keys.own(KeyName.SPOOL, privateFile);
        var half = Files.readString(publicFile);
        KeyFiles.rotate(folder, "spool");
        var newHalf = Files.readString(publicFile);
        Files.writeString(publicFile, half);
        keys.look();
        assertThat(keys.opening(KeyName.SPOOL, privateFile).versions()).containsExactly(1, 2);
        assertThat(own.wrap(new byte[32], PLACE).version()).isEqualTo(1);
        assertThat(own.version()).isEqualTo(1);
        assertThat(keys.sealingVersions()).containsOnly(java.util.Map.entry(KeyName.SPOOL, 1));
        Files.writeString(publicFile, newHalf);
        keys.look();
        assertThat(own.wrap(new byte[32], PLACE).version()).isEqualTo(2);
        assertThat(OpeningKey.load(privateFile).unwrap(own.wrap(new byte[32], PLACE), PLACE)).isEqualTo(new byte[32]);
        assertThat(keys.sealingVersions()).containsOnly(java.util.Map.entry(KeyName.SPOOL, 2));
    }

    @Test
    void withoutAPublicHalfItSealsToTheNewestAndSaysSo() throws Exception {
        keys = new KeyRing(KeySettings.of(Optional.empty()), counts);
        var own = keys.own(KeyName.SPOOL, privateFile);
        KeyFiles.rotate(folder, "spool");
        keys.look();
        assertThat(own.wrap(new byte[32], PLACE).version()).isEqualTo(2);
        assertThat(keys.sealingVersions()).containsOnly(java.util.Map.entry(KeyName.SPOOL, 2));
    }

    /** The private file was looked at, then both were replaced in the right order, then the public one is looked at. */
    @Test
    void aPublicFileThatIsSeenBeforeThePrivateOneIsTakenOverAtOnce() {
        keys.opening(KeyName.SPOOL, privateFile);
        var sealing = keys.sealing(KeyName.SPOOL);
        KeyFiles.rotate(folder, "spool");
        keys.publicHalf(KeyName.SPOOL).look();
        assertThat(sealing.version()).isEqualTo(2);
        assertThat(sealing.fingerprint()).isEqualTo(SealingKey.load(publicFile).fingerprint());
    }

    @Test
    void aPublicFileWithoutItsPrivateHalfIsStillRefused() throws Exception {
        keys.opening(KeyName.SPOOL, privateFile);
        var sealing = keys.sealing(KeyName.SPOOL);
        var without = Files.readString(privateFile);
        KeyFiles.rotate(folder, "spool");
        Files.writeString(privateFile, without);
        keys.publicHalf(KeyName.SPOOL).look();
        assertThat(sealing.version()).isEqualTo(1);
    }

    @Test
    void aVersionThatIsWornOutSealsNoMoreAndTheNextOneDoes() throws Exception {
        var sealing = keys.sealing(KeyName.SPOOL);
        var own = keys.own(KeyName.SPOOL, privateFile);
        counts.learn(KeyName.SPOOL, 1, KeyLimits.REFUSED_FROM - 1);
        sealing.wrap(new byte[32], PLACE);
        counts.learn(KeyName.SPOOL, 1, KeyLimits.REFUSED_FROM);
        assertThatThrownBy(() -> sealing.wrap(new byte[32], PLACE)).isInstanceOf(StoreException.class).hasMessageContaining("run ./sekisho keys rotate");
        assertThatThrownBy(() -> own.wrap(new byte[32], PLACE)).isInstanceOf(StoreException.class);
        KeyFiles.rotate(folder, "spool");
        keys.look();
        assertThat(sealing.wrap(new byte[32], PLACE).version()).isEqualTo(2);
        assertThat(own.wrap(new byte[32], PLACE).version()).isEqualTo(2);
    }
}
