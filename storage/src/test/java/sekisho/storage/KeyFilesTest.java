package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFilesTest {
    private static final Place PLACE = new Place(new UUID(1, 2), new UUID(3, 4));
    private static final Place ELSEWHERE = new Place(new UUID(1, 2), new UUID(3, 5));
    private static final byte[] OBJECT_KEY = ObjectStoreContract.octets(32, 1);

    @TempDir
    private Path folder;
    private Path publicFile;
    private Path privateFile;

    @BeforeEach
    void generate() {
        KeyFiles.generate(folder, "objects");
        publicFile = folder.resolve("objects.public");
        privateFile = folder.resolve("objects.private");
    }

    @Test
    void theHalvesFitAndNothingElseIsLeft() throws Exception {
        SealingKey sealing = SealingKey.load(publicFile);
        OpeningKey opening = OpeningKey.load(privateFile);
        WrappedKey wrapped = sealing.wrap(OBJECT_KEY, PLACE);
        assertThat(wrapped.version()).isEqualTo(1);
        assertThat(opening.unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
        assertThat(opening.opens(sealing)).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(privateFile))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(publicFile))).isEqualTo("rw-r--r--");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(publicFile, privateFile);
        }
    }

    @Test
    void secretsOfItsHolderDifferByLabelAndVersionAndStayTheSame() {
        byte[] first = OpeningKey.load(privateFile).derive("a", 32).getFirst();
        assertThat(OpeningKey.load(privateFile).derive("a", 32)).containsExactly(first);
        assertThat(OpeningKey.load(privateFile).derive("b", 32)).doesNotContain(first);
        KeyFiles.rotate(folder, "objects");
        List<byte[]> secrets = OpeningKey.load(privateFile).derive("a", 32);
        assertThat(secrets).as("the newest first").hasSize(2).endsWith(first).doesNotHaveDuplicates();
        assertThat(secrets.getFirst()).hasSize(32).isNotEqualTo(first);
    }

    @Test
    void aPairIsNeverOverwritten() throws IOException {
        String before = Files.readString(privateFile);
        assertThatThrownBy(() -> KeyFiles.generate(folder, "objects")).isInstanceOf(KeyFileException.class)
                .hasMessageContaining("exists already");
        Files.delete(privateFile);
        assertThatThrownBy(() -> KeyFiles.generate(folder, "objects")).isInstanceOf(KeyFileException.class);
        assertThat(privateFile).doesNotExist();
        Files.writeString(privateFile, before);
        Files.delete(publicFile);
        assertThatThrownBy(() -> KeyFiles.generate(folder, "objects")).isInstanceOf(KeyFileException.class);
        assertThat(privateFile).hasContent(before);
        assertThat(publicFile).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../a", "a/b", "A", ".a", "-a"})
    void aNameStaysInItsFolder(String name) {
        assertThatThrownBy(() -> KeyFiles.generate(folder, name)).isInstanceOf(KeyFileException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx-----x"})
    void aPrivateFileThatOthersMayUseIsRefused(String mode) throws IOException {
        Files.setPosixFilePermissions(privateFile, PosixFilePermissions.fromString(mode));
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("chmod 600");
    }

    @Test
    void aLinkDoesNotHideTheModeOfThePrivateFile() throws IOException {
        Files.setPosixFilePermissions(privateFile, PosixFilePermissions.fromString("rw-r--r--"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), privateFile);
        assertThatThrownBy(() -> OpeningKey.load(link)).isInstanceOf(KeyFileException.class).hasMessageContaining("chmod 600");
    }

    @Test
    void thePublicHalfOpensNothing() throws IOException {
        Path copy = Files.copy(publicFile, folder.resolve("posing.private"));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> OpeningKey.load(copy)).isInstanceOf(KeyFileException.class);
        // also when it is dressed up: public encodings where private ones belong
        List<String> lines = Files.readAllLines(publicFile);
        Files.write(copy, List.of("sekisho-opening-key 1", lines.get(1), lines.get(2), lines.get(3),
                lines.get(2).replace("x25519", "x25519-private"), lines.get(3).replace("ml-kem-768", "ml-kem-768-private")));
        assertThatThrownBy(() -> OpeningKey.load(copy)).isInstanceOf(KeyFileException.class);
    }

    @Test
    void aPrivateFileIsNotTakenForAPublicOne() {
        assertThatThrownBy(() -> SealingKey.load(privateFile)).isInstanceOf(KeyFileException.class);
    }

    @Test
    void aCutOrMixedKeyFileIsRefusedAndItsTextNotQuoted() throws IOException {
        List<String> lines = Files.readAllLines(privateFile);
        for (int kept = 0; kept < lines.size(); kept++) {
            Files.write(privateFile, lines.subList(0, kept));
            assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class);
        }
        String text = String.join("\n", lines);
        for (int cut : new int[] {text.length() - 1, text.length() - 100, text.length() - 3000}) {
            Files.writeString(privateFile, text.substring(0, cut));
            assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasNoCause()
                    .message().hasSizeLessThan(300);
        }
        KeyFiles.generate(folder, "other");
        List<String> other = Files.readAllLines(folder.resolve("other.private"));
        for (int swapped = 2; swapped < lines.size(); swapped++) {
            var mixed = new java.util.ArrayList<>(lines);
            mixed.set(swapped, other.get(swapped));
            Files.write(privateFile, mixed);
            assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class)
                    .hasMessageContaining("belong together");
        }
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = folder.resolve("missing.private");
        assertThatThrownBy(() -> OpeningKey.load(missing)).isInstanceOf(KeyFileException.class).hasMessageContaining(missing.toString());
        assertThatThrownBy(() -> SealingKey.load(missing)).isInstanceOf(KeyFileException.class).hasMessageContaining(missing.toString());
    }

    @Test
    void afterRotationOldWrapsStillOpenUntilTheirVersionIsDestroyed() throws Exception {
        WrappedKey first = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        KeyFiles.rotate(folder, "objects");
        SealingKey second = SealingKey.load(publicFile);
        OpeningKey opening = OpeningKey.load(privateFile);
        assertThat(second.version()).isEqualTo(2);
        assertThat(opening.versions()).containsExactly(1, 2);
        assertThat(opening.unwrap(first, PLACE)).isEqualTo(OBJECT_KEY);
        WrappedKey again = opening.rewrap(first, PLACE, second);
        KeyFiles.destroy(folder, "objects", 1);
        OpeningKey later = OpeningKey.load(privateFile);
        assertThat(later.versions()).containsExactly(2);
        assertThat(later.unwrap(again, PLACE)).isEqualTo(OBJECT_KEY);
        assertThatThrownBy(() -> later.unwrap(first, PLACE)).isInstanceOf(KeyGoneException.class).hasMessageContaining("version 1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(privateFile))).isEqualTo("rw-------");
        assertThatThrownBy(() -> KeyFiles.destroy(folder, "objects", 2)).isInstanceOf(KeyFileException.class);
        assertThatThrownBy(() -> KeyFiles.destroy(folder, "objects", 1)).isInstanceOf(KeyFileException.class);
    }

    @Test
    void theNewVersionIsToldBeforeItIsWrittenAndNotWrittenWhenThatFails() throws IOException {
        String before = Files.readString(privateFile);
        var register = new Entries();
        register.fails = true;
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, register)).hasMessage("nobody could be told");
        assertThat(privateFile).hasContent(before);
        register.fails = false;
        KeyFiles.rotate(privateFile, publicFile, 0, register);
        List<String> told = register.entered;
        OpeningKey opening = OpeningKey.load(privateFile);
        assertThat(told).containsExactly("2 " + SealingKey.load(publicFile).fingerprint());
        assertThat(opening.sealing(2).fingerprint()).isEqualTo(SealingKey.load(publicFile).fingerprint()).isNotEqualTo(opening.sealing(1).fingerprint());
        assertThatThrownBy(() -> opening.sealing(3)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A register in memory; what fails may have been entered before, as with a database whose answer is lost. */
    static final class Entries implements KeyFiles.Register {
        final List<String> entered = new java.util.ArrayList<>();
        boolean fails;
        boolean entersFirst;

        @Override
        public boolean knows(SealingKey next) {
            return entered.contains(next.version() + " " + next.fingerprint());
        }

        @Override
        public void enter(SealingKey next) {
            if (!fails || entersFirst) {
                entered.add(next.version() + " " + next.fingerprint());
            }
            if (fails) {
                throw new IllegalStateException("nobody could be told");
            }
        }
    }

    @Test
    void aVersionThatWasEnteredWithoutAnAnswerIsTheOneThatTheNextRunPutsInPlace() throws Exception {
        var register = new Entries();
        register.fails = true;
        register.entersFirst = true;
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, register)).hasMessage("nobody could be told");
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(1);
        register.fails = false;
        SealingKey made = KeyFiles.rotate(privateFile, publicFile, 2, register);
        assertThat(register.entered).as("no second one").containsExactly(made.version() + " " + made.fingerprint());
        assertThat(SealingKey.load(publicFile).fingerprint()).isEqualTo(made.fingerprint());
        assertThat(OpeningKey.load(privateFile).opens(made)).isTrue();
        assertThat(folder.resolve("objects.private.next")).doesNotExist();
        assertThat(KeyFiles.rotate(privateFile, publicFile, 2, register).version()).isEqualTo(3);
    }

    @Test
    void aRotationThatStoppedBetweenTheTwoFilesIsFinishedByTheNextRun() throws Exception {
        var register = new Entries();
        register.fails = true;
        register.entersFirst = true;
        String oldHalf = Files.readString(publicFile);
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, register)).hasMessage("nobody could be told");
        Path next = folder.resolve("objects.private.next");
        String prepared = Files.readString(next);
        register.fails = false;
        SealingKey made = KeyFiles.rotate(privateFile, publicFile, 2, register);
        Files.writeString(publicFile, oldHalf);
        Files.writeString(next, prepared);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
        assertThat(KeyFiles.prepared(privateFile)).map(SealingKey::fingerprint).contains(made.fingerprint());
        assertThat(KeyFiles.rotate(privateFile, publicFile, 2, register).fingerprint()).isEqualTo(made.fingerprint());
        assertThat(SealingKey.load(publicFile).fingerprint()).isEqualTo(made.fingerprint());
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(1, 2);
        assertThat(KeyFiles.prepared(privateFile)).isEmpty();
    }

    @Test
    void aPreparedVersionGoesBesideThoseThatCameAndWentMeanwhile() throws Exception {
        KeyFiles.rotate(folder, "objects");
        var register = new Entries();
        register.fails = true;
        register.entersFirst = true;
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, register)).hasMessage("nobody could be told");
        KeyFiles.destroy(privateFile, 1);
        register.fails = false;
        KeyFiles.rotate(privateFile, publicFile, 3, register);
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(2, 3);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(privateFile))).isEqualTo("rw-------");
    }

    @Test
    void theHolderSealsForItselfToTheVersionThatItIsTold() throws Exception {
        KeyFiles.rotate(folder, "objects");
        OpeningKey opening = OpeningKey.load(privateFile);
        assertThat(opening.own(1).wrap(OBJECT_KEY, PLACE).version()).isEqualTo(1);
        assertThat(opening.own(2).wrap(OBJECT_KEY, PLACE).version()).isEqualTo(2);
        assertThat(opening.unwrap(opening.own(1).wrap(OBJECT_KEY, PLACE), PLACE)).isEqualTo(OBJECT_KEY);
        assertThatThrownBy(() -> opening.own(3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRotationThatStoppedBeforeThePublicHalfLeavesAPairThatWorks() throws Exception {
        String stillOld = Files.readString(publicFile);
        KeyFiles.rotate(folder, "objects");
        Files.writeString(publicFile, stillOld);
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        assertThat(OpeningKey.load(privateFile).unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
        KeyFiles.rotate(privateFile, publicFile, 6, new Entries());
        assertThat(SealingKey.load(publicFile).version()).isEqualTo(7);
        KeyFiles.rotate(privateFile, publicFile, 3, new Entries());
        assertThat(SealingKey.load(publicFile).version()).isEqualTo(8);
        assertThat(OpeningKey.load(privateFile).opens(SealingKey.load(publicFile))).isTrue();
    }

    @Test
    void aWrappedKeyOpensAtItsPlaceInItsVersionAndUnchangedOnly() throws Exception {
        SealingKey sealing = SealingKey.load(publicFile);
        OpeningKey opening = OpeningKey.load(privateFile);
        WrappedKey wrapped = sealing.wrap(OBJECT_KEY, PLACE);
        assertBroken(opening, wrapped, ELSEWHERE);
        assertBroken(opening, wrapped, new Place(PLACE.object(), PLACE.delivery()));
        assertBroken(opening, new WrappedKey("none", 1, wrapped.bytes()), PLACE);
        assertBroken(opening, new WrappedKey(wrapped.algorithm(), 2, wrapped.bytes()), PLACE);
        assertBroken(opening, new WrappedKey(wrapped.algorithm(), 1, new byte[0]), PLACE);
        assertBroken(opening, new WrappedKey(wrapped.algorithm(), 1, new byte[wrapped.bytes().length]), PLACE);
        for (int at = 0; at < wrapped.bytes().length; at += 7) {
            byte[] changed = wrapped.bytes().clone();
            changed[at] ^= (byte) 1;
            assertBroken(opening, new WrappedKey(wrapped.algorithm(), 1, changed), PLACE);
        }
        KeyFiles.rotate(folder, "objects");
        assertBroken(OpeningKey.load(privateFile), new WrappedKey(wrapped.algorithm(), 2, wrapped.bytes()), PLACE);
        KeyFiles.generate(folder, "other");
        assertBroken(OpeningKey.load(folder.resolve("other.private")), wrapped, PLACE);
        assertThat(OpeningKey.load(folder.resolve("other.private")).opens(sealing)).isFalse();
    }

    private static void assertBroken(OpeningKey key, WrappedKey wrapped, Place place) {
        assertThatThrownBy(() -> key.unwrap(wrapped, place)).isInstanceOf(SealBrokenException.class);
    }

    private List<Path> leftByAKilledCommand() throws IOException {
        var left = List.of(folder.resolve("objects.private." + UUID.randomUUID() + ".new"), folder.resolve("objects.private.next." + UUID.randomUUID() + ".new"),
                folder.resolve("objects.public." + UUID.randomUUID() + ".new"));
        for (Path each : left) {
            Files.copy(privateFile, each);
        }
        return left;
    }

    @Test
    void whatAKilledCommandHasLeftIsNamedAndGoesWithTheNextOne() throws IOException {
        var others = List.of(folder.resolve("objects.private.kept.new"), folder.resolve("other.private." + UUID.randomUUID() + ".new"),
                folder.resolve("objects.private." + UUID.randomUUID() + ".new.kept"));
        for (Path each : others) {
            Files.writeString(each, "not ours");
        }
        var left = leftByAKilledCommand();
        assertThat(KeyFiles.leftovers(privateFile)).containsExactlyInAnyOrder(left.get(0), left.get(1));
        assertThat(KeyFiles.leftovers(publicFile)).containsExactly(left.get(2));
        KeyFiles.rotate(folder, "objects");
        assertThat(left).allSatisfy(each -> assertThat(each).doesNotExist());
        left = leftByAKilledCommand();
        KeyFiles.destroy(privateFile, 1);
        assertThat(left.subList(0, 2)).allSatisfy(each -> assertThat(each).doesNotExist());
        left = leftByAKilledCommand();
        KeyFiles.tidy(privateFile, _ -> false);
        assertThat(left.subList(0, 2)).allSatisfy(each -> assertThat(each).doesNotExist());
        assertThat(others).allSatisfy(each -> assertThat(each).exists());
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(2);
    }

    @Test
    void behindALinkTheFileItselfIsReplaced() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path real = Files.move(privateFile, elsewhere.resolve("real.private"));
        Files.createSymbolicLink(privateFile, real);
        Path left = Files.copy(real, elsewhere.resolve("real.private." + UUID.randomUUID() + ".new"));
        assertThat(KeyFiles.leftovers(privateFile)).containsExactly(left);
        KeyFiles.rotate(folder, "objects");
        KeyFiles.destroy(privateFile, 1);
        assertThat(privateFile).isSymbolicLink();
        assertThat(OpeningKey.load(real).versions()).as("nothing is kept of what is destroyed").containsExactly(2);
        assertThat(OpeningKey.load(privateFile).opens(SealingKey.load(publicFile))).isTrue();
        try (var files = Files.list(elsewhere)) {
            assertThat(files).containsExactly(real);
        }
    }

    @Test
    void whatCannotBeReplacedIsKnownBeforeADestructionIsDecided() throws IOException {
        KeyFiles.rotate(folder, "objects");
        String text = Files.readString(privateFile);
        KeyFiles.requireDestroying(privateFile);
        Path real = Files.move(privateFile, folder.resolve("k".repeat(240)));    // the name of what would replace it is too long
        Files.createSymbolicLink(privateFile, real);
        assertThatThrownBy(() -> KeyFiles.requireDestroying(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("cannot write key files");
        assertThatThrownBy(() -> KeyFiles.destroy(privateFile, 1)).isInstanceOf(KeyFileException.class);
        assertThat(privateFile).hasContent(text);
        assertThat(KeyFiles.leftovers(privateFile)).isEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(privateFile, real, publicFile);
        }
    }

    /** As when the database was restored to before the rotation: the version is that of the public file, perhaps, and of what was sealed since. */
    @Test
    void aVersionThatIsInPlaceIsFinishedThoughTheRegisterHasForgottenIt() throws IOException {
        Path next = preparedButNeverFinished();
        String prepared = Files.readString(next);
        var register = new Entries();
        register.enter(OpeningKey.load(next).sealing(2));
        SealingKey made = KeyFiles.rotate(privateFile, publicFile, 2, register);
        Files.writeString(next, prepared);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
        assertThat(KeyFiles.rotate(privateFile, publicFile, 0, new Entries()).fingerprint()).isEqualTo(made.fingerprint());
        assertThat(SealingKey.load(publicFile).fingerprint()).isEqualTo(made.fingerprint());
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(1, 2);
        assertThat(next).doesNotExist();
    }

    /** As when the newest private file is copied here from another host, over the one whose rotation was broken off. */
    private Path preparedButNeverFinished() throws IOException {
        var register = new Entries();
        register.fails = true;
        register.entersFirst = true;
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, register)).hasMessage("nobody could be told");
        return folder.resolve("objects.private.next");
    }

    @Test
    void destroyingAVersionDestroysItInAPreparedFileToo() throws IOException {
        Path next = preparedButNeverFinished();
        String prepared = Files.readString(next);
        var register = new Entries();
        register.enter(OpeningKey.load(next).sealing(2));
        KeyFiles.rotate(privateFile, publicFile, 2, register);
        KeyFiles.rotate(privateFile, publicFile, 2, register);
        Files.writeString(next, prepared);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
        KeyFiles.destroy(privateFile, 1);
        assertThat(next).as("it holds another version").exists();
        KeyFiles.destroy(privateFile, 2);
        assertThat(next).doesNotExist();
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(3);
    }

    @Test
    void aPreparedVersionThatIsDestroyedGoesThoughThePrivateFileNeverHadIt() throws IOException {
        Path next = preparedButNeverFinished();
        KeyFiles.tidy(privateFile, version -> version == 1);
        assertThat(next).exists();
        KeyFiles.tidy(privateFile, version -> version == 2);
        assertThat(next).doesNotExist();
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(1);
    }

    /** Run as root, as an administrator would; somebody else can only replace files of their own, which stay their own. */
    @Test
    void filesStayTheirOwnersWhoeverChangesThem() throws Exception {
        boolean root = Files.getAttribute(privateFile, "unix:uid").equals(0);
        if (root) {
            for (Path each : List.of(privateFile, publicFile)) {
                Files.setAttribute(each, "unix:uid", 4242);
                Files.setAttribute(each, "unix:gid", 4243);
            }
        }
        var owner = Files.getAttribute(privateFile, "unix:uid");
        var group = Files.getAttribute(privateFile, "unix:gid");
        KeyFiles.rotate(folder, "objects");
        assertOwner(owner, group);
        KeyFiles.destroy(privateFile, 1);
        assertOwner(owner, group);
        Path next = preparedButNeverFinished();
        assertThat(Files.getAttribute(next, "unix:uid")).as("who finishes it may be the service").isEqualTo(owner);
        if (root) {
            Files.delete(next);
            String before = Files.readString(privateFile);
            assertThat(rotatedWithoutTheRightToGiveFilesAway()).contains("belongs to 4242", "run this as 4242");
            assertThat(privateFile).hasContent(before);
            assertOwner(owner, group);
            assertThat(KeyFiles.leftovers(privateFile)).isEmpty();
            assertThat(next).doesNotExist();
        }
    }

    /** As root in a container often is. */
    private String rotatedWithoutTheRightToGiveFilesAway() throws Exception {
        var process = new ProcessBuilder("setpriv", "--bounding-set", "-chown", "--inh-caps", "-chown",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                RotateOnce.class.getName(), folder.toString()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private void assertOwner(Object owner, Object group) throws IOException {
        for (Path each : List.of(privateFile, publicFile)) {
            assertThat(Files.getAttribute(each, "unix:uid")).isEqualTo(owner);
            assertThat(Files.getAttribute(each, "unix:gid")).isEqualTo(group);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(privateFile))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(publicFile))).isEqualTo("rw-r--r--");
    }

    @Test
    void noTextFormShowsAKey() throws IOException {
        assertThat(OpeningKey.load(privateFile).toString()).isEqualTo("OpeningKey[versions [1]]");
        assertThat(SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE).toString()).doesNotContain("[B@");
    }
}
