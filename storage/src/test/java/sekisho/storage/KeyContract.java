package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a key pair does, wherever its private halves are kept: sealing, opening, wrapping again, rotating, destroying, telling whether it can. */
abstract class KeyContract {
    static final Place PLACE = new Place(new UUID(1, 2), new UUID(3, 4));
    static final byte[] OBJECT_KEY = ObjectStoreContract.octets(32, 1);

    @TempDir
    Path folder;
    Path publicFile;
    Path privateFile;

    /** Puts {@code privateFile} and {@code publicFile} there, with version 1 and no other; different ones for each name. */
    abstract void make(String name) throws Exception;

    /** Another file that says the same, on another host. */
    Path copied() throws Exception {
        return Files.copy(privateFile, folder.resolve(UUID.randomUUID() + ".private"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }

    @BeforeEach
    void make() throws Exception {
        named("objects-" + UUID.randomUUID());
    }

    private void named(String name) throws Exception {
        publicFile = folder.resolve(name + ".public");
        privateFile = folder.resolve(name + ".private");
        make(name);
    }

    private SealingKey rotate() {
        return KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries());
    }

    static void assertBroken(OpeningKey key, WrappedKey wrapped, Place place) {
        assertThatThrownBy(() -> key.unwrap(wrapped, place)).isInstanceOf(SealBrokenException.class);
    }

    @Test
    void whatThePublicHalfSealsThePrivateHalfOpens() throws Exception {
        SealingKey sealing = SealingKey.load(publicFile);
        OpeningKey opening = OpeningKey.load(privateFile);
        WrappedKey wrapped = sealing.wrap(OBJECT_KEY, PLACE);
        assertThat(wrapped.version()).isEqualTo(1);
        assertThat(opening.unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
        assertThat(sealing.wrap(OBJECT_KEY, PLACE).bytes()).as("never the same twice").isNotEqualTo(wrapped.bytes());
        assertThat(opening.opens(sealing)).isTrue();
        assertThat(opening.sealing(1).fingerprint()).isEqualTo(sealing.fingerprint());
        opening.check();
    }

    @Test
    void aWrappedKeyOpensAtItsPlaceInItsVersionAndUnchangedOnly() throws Exception {
        rotate();
        SealingKey sealing = SealingKey.load(publicFile);
        OpeningKey opening = OpeningKey.load(privateFile);
        WrappedKey wrapped = sealing.wrap(OBJECT_KEY, PLACE);
        assertBroken(opening, wrapped, new Place(PLACE.delivery(), new UUID(3, 5)));
        assertBroken(opening, wrapped, new Place(PLACE.object(), PLACE.delivery()));
        assertBroken(opening, new WrappedKey("none", 2, wrapped.bytes()), PLACE);
        assertBroken(opening, new WrappedKey(opening.own(2).wrap(OBJECT_KEY, PLACE).algorithm(), 2, wrapped.bytes()), PLACE);
        assertBroken(opening, new WrappedKey(wrapped.algorithm(), 1, wrapped.bytes()), PLACE);
        assertBroken(opening, new WrappedKey(wrapped.algorithm(), 2, new byte[0]), PLACE);
        assertBroken(opening, new WrappedKey(wrapped.algorithm(), 2, new byte[wrapped.bytes().length]), PLACE);
        assertBroken(opening, new WrappedKey(wrapped.algorithm(), 2, java.util.Arrays.copyOf(wrapped.bytes(), wrapped.bytes().length + 1)), PLACE);
        for (int at = 0; at < wrapped.bytes().length; at += wrapped.bytes().length / 16) {
            byte[] changed = wrapped.bytes().clone();
            changed[at] ^= (byte) 1;
            assertBroken(opening, new WrappedKey(wrapped.algorithm(), 2, changed), PLACE);
        }
        byte[] last = wrapped.bytes().clone();
        last[last.length - 1] ^= (byte) 1;
        assertBroken(opening, new WrappedKey(wrapped.algorithm(), 2, last), PLACE);
        assertThat(opening.unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
    }

    @Test
    void anotherPairOpensNothing() throws Exception {
        SealingKey sealing = SealingKey.load(publicFile);
        WrappedKey wrapped = sealing.wrap(OBJECT_KEY, PLACE);
        named("others-" + UUID.randomUUID());
        OpeningKey other = OpeningKey.load(privateFile);
        assertBroken(other, wrapped, PLACE);
        assertThat(other.opens(sealing)).isFalse();
        assertThat(other.derive("a", 32)).hasSize(1);
    }

    @Test
    void aKeyIsWrappedAgainToANewerVersionAndTheOldOneDestroyed() throws Exception {
        WrappedKey first = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        SealingKey second = rotate();
        assertThat(second.version()).isEqualTo(2);
        assertThat(SealingKey.load(publicFile).fingerprint()).isEqualTo(second.fingerprint());
        Path elsewhere = copied();
        OpeningKey opening = OpeningKey.load(privateFile);
        assertThat(opening.versions()).containsExactly(1, 2);
        assertThat(opening.unwrap(first, PLACE)).isEqualTo(OBJECT_KEY);
        WrappedKey again = opening.rewrap(first, PLACE, second);
        assertThat(again.version()).isEqualTo(2);
        KeyFiles.destroy(privateFile, 1);
        OpeningKey later = OpeningKey.load(privateFile);
        assertThat(later.versions()).containsExactly(2);
        assertThat(later.unwrap(again, PLACE)).isEqualTo(OBJECT_KEY);
        assertThatThrownBy(() -> later.unwrap(first, PLACE)).isInstanceOf(KeyGoneException.class).hasMessageContaining("version 1");
        assertThatThrownBy(() -> KeyFiles.destroy(privateFile, 2)).as("the newest").isInstanceOf(KeyFileException.class);
        assertThatThrownBy(() -> KeyFiles.destroy(privateFile, 1)).as("it is gone").isInstanceOf(KeyFileException.class);
        KeyFiles.destroy(elsewhere, 1);
        assertThat(OpeningKey.load(elsewhere).versions()).as("the other host's").containsExactly(2);
        assertThat(OpeningKey.load(elsewhere).unwrap(again, PLACE)).isEqualTo(OBJECT_KEY);
    }

    @Test
    void itsHolderHasSecretsAndSealsForItself() throws Exception {
        byte[] first = OpeningKey.load(privateFile).derive("a", 32).getFirst();
        assertThat(OpeningKey.load(privateFile).derive("a", 32)).containsExactly(first);
        assertThat(OpeningKey.load(privateFile).derive("b", 32)).doesNotContain(first);
        rotate();
        OpeningKey opening = OpeningKey.load(privateFile);
        assertThat(opening.derive("a", 32)).as("the newest first").hasSize(2).endsWith(first).doesNotHaveDuplicates();
        for (int version : opening.versions()) {
            WrappedKey own = opening.own(version).wrap(OBJECT_KEY, PLACE);
            assertThat(own.version()).isEqualTo(version);
            assertThat(OpeningKey.load(copied()).unwrap(own, PLACE)).isEqualTo(OBJECT_KEY);
            assertThat(opening.own(version).fingerprint()).isEqualTo(opening.sealing(version).fingerprint());
        }
    }

    @Test
    void aRotationThatWasBrokenOffIsFinishedOrUndone() throws Exception {
        var register = new KeyFilesTest.Entries();
        register.fails = true;
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, register)).hasMessage("nobody could be told");
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(1);
        register.entersFirst = true;
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, register)).as("undoes that one").hasMessage("nobody could be told");
        register.fails = false;
        SealingKey made = KeyFiles.rotate(privateFile, publicFile, 2, register);
        assertThat(register.entered).containsExactly(made.version() + " " + made.fingerprint());
        OpeningKey opening = OpeningKey.load(privateFile);
        assertThat(opening.versions()).containsExactly(1, 2);
        assertThat(opening.unwrap(made.wrap(OBJECT_KEY, PLACE), PLACE)).isEqualTo(OBJECT_KEY);
    }

    /** The number is the same, and the back end may be. */
    @Test
    void undoingARotationDoesNotTouchAVersionOfTheSameNumberThatAnotherHostHasMade() throws Exception {
        Path other = copied();
        var register = new KeyFilesTest.Entries();
        register.fails = true;
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, register)).hasMessage("nobody could be told");
        register.fails = false;
        SealingKey made = KeyFiles.rotate(other, folder.resolve("other.public"), 0, register);
        WrappedKey wrapped = made.wrap(OBJECT_KEY, PLACE);
        assertThat(made.version()).isEqualTo(2);
        assertThat(KeyFiles.rotate(privateFile, publicFile, 2, register).version()).isEqualTo(3);
        assertThat(OpeningKey.load(other).unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
    }

    @Test
    void manyOpenAtATime() throws Exception {
        SealingKey sealing = SealingKey.load(publicFile);
        OpeningKey opening = OpeningKey.load(privateFile);
        List<Callable<byte[]>> tasks = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            byte[] key = ObjectStoreContract.octets(32, i);
            Place place = new Place(new UUID(5, i), new UUID(6, i));
            WrappedKey wrapped = sealing.wrap(key, place);
            tasks.add(() -> java.util.Arrays.equals(opening.unwrap(wrapped, place), key) ? key : new byte[0]);
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<byte[]> each : threads.invokeAll(tasks)) {
                assertThat(each.get()).hasSize(32);
            }
        }
    }

    @Test
    void whatThePublicFileSaysOpensNothing() throws Exception {
        Path posing = Files.copy(publicFile, folder.resolve("posing.private"));
        Files.setPosixFilePermissions(posing, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> OpeningKey.load(posing)).isInstanceOf(KeyFileException.class);
        assertThatThrownBy(() -> SealingKey.load(privateFile)).isInstanceOf(KeyFileException.class);
        Files.setPosixFilePermissions(privateFile, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("chmod 600");
    }

    @Test
    void aCutFileIsRefused() throws Exception {
        rotate();
        List<String> lines = Files.readAllLines(privateFile);
        for (int kept = 0; kept < lines.size(); kept++) {
            Files.write(privateFile, lines.subList(0, kept));
            if (!lines.get(kept).startsWith("version ")) {
                assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class);
            }
        }
        lines = Files.readAllLines(publicFile);
        for (int kept = 0; kept < lines.size(); kept++) {
            Files.write(publicFile, lines.subList(0, kept));
            assertThatThrownBy(() -> SealingKey.load(publicFile)).isInstanceOf(KeyFileException.class);
        }
    }
}
