package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link KeyContract} with private halves in the file itself, sealed by a passphrase. */
class PassphraseKeysTest extends KeyContract {
    private static final String PASSPHRASE = "not to be found in a 辞書";

    /** The first pair that each test makes, and the second: to derive a key costs a fifth of a second of a processor. */
    private static final List<Made> MADE = new ArrayList<>();

    private Path passphraseFile;
    private int pairs;

    private record Made(List<String> privateLines, String publicText) {
    }

    @Override
    void make(String name) throws IOException {
        passphraseFile = folder.resolve("passphrase");
        if (Files.notExists(passphraseFile)) {
            write(PASSPHRASE + "\n");
        }
        Path secret = folder.resolve(name + ".private");
        Path open = folder.resolve(name + ".public");
        if (pairs == MADE.size()) {
            KeyFiles.generate(folder, name, Optional.of(passphraseFile));
            MADE.add(new Made(Files.readAllLines(secret), Files.readString(open)));
        } else {
            var lines = new ArrayList<>(MADE.get(pairs).privateLines);
            lines.set(1, "passphrase-file " + passphraseFile);
            Files.createFile(secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(secret, lines);
            Files.writeString(open, MADE.get(pairs).publicText);
        }
        pairs++;
    }

    private void write(String text) throws IOException {
        Files.writeString(passphraseFile, text);
        Files.setPosixFilePermissions(passphraseFile, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void noPrivateHalfLiesInTheFileAlsoAfterRotatingAndDestroying() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(Files.readAllLines(privateFile)).hasSize(7).first().isEqualTo("sekisho-opening-key 3");
            assertThat(privateFile).content().contains("passphrase-file " + passphraseFile + "\n").doesNotContain("x25519", "ml-kem", PASSPHRASE);
            if (i == 0) {
                KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries());
            } else if (i == 1) {
                KeyFiles.destroy(privateFile, 1);
            }
        }
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(2);
    }

    @Test
    void aPreparedVersionIsSealedToo() {
        var register = new KeyFilesTest.Entries();
        register.fails = true;
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, register)).hasMessage("nobody could be told");
        assertThat(privateFile.resolveSibling(privateFile.getFileName() + ".next")).content().startsWith("sekisho-opening-key 3\n").doesNotContain("x25519");
    }

    @Test
    void whatIsWrittenTwiceIsNeverTheSame() throws Exception {
        var before = Files.readAllLines(privateFile);
        KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries());
        var after = Files.readAllLines(privateFile);
        assertThat(after.subList(4, 7)).as("salt, nonce, sealed").doesNotContainAnyElementsOf(before.subList(4, 7));
    }

    @Test
    void anotherPassphraseAMissingOneAndOneThatOthersReadAreTold() throws Exception {
        write("not to be found in a dictionary");
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class)
                .hasMessageContaining(privateFile + " doesn't open by the passphrase in " + passphraseFile).hasMessageNotContaining("dictionary");
        write("");
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining(passphraseFile + " is empty");
        write(PASSPHRASE);
        OpeningKey.load(privateFile);
        Files.setPosixFilePermissions(passphraseFile, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("chmod 600 " + passphraseFile);
        Files.delete(passphraseFile);
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class)
                .hasMessageContaining("there is no passphrase file " + passphraseFile);
        var before = Files.readString(privateFile);
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries())).isInstanceOf(KeyFileException.class);
        assertThat(privateFile).hasContent(before);
    }

    /** Made without one, which then seals it; and that one leaks. */
    @Test
    void aRotationPutsAPassphraseOnAPairOrChangesIt() throws Exception {
        KeyFiles.generate(folder, "bare");
        Path bare = folder.resolve("bare.private");
        WrappedKey early = SealingKey.load(folder.resolve("bare.public")).wrap(OBJECT_KEY, PLACE);
        KeyFiles.rotate(bare, folder.resolve("bare.public"), 0, Optional.of(passphraseFile), new KeyFilesTest.Entries());
        assertThat(bare).content().startsWith("sekisho-opening-key 3\npassphrase-file " + passphraseFile + "\n").doesNotContain("x25519", "ml-kem");
        assertThat(OpeningKey.load(bare).versions()).containsExactly(1, 2);
        assertThat(OpeningKey.load(bare).unwrap(early, PLACE)).isEqualTo(OBJECT_KEY);

        Path leaked = passphraseFile;
        Path taken = Files.copy(bare, folder.resolve("taken.private"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        passphraseFile = folder.resolve("another");
        write("drawn again, and not the old one");
        KeyFiles.rotate(bare, folder.resolve("bare.public"), 0, Optional.of(passphraseFile), new KeyFilesTest.Entries());
        Files.delete(leaked);
        assertThat(OpeningKey.load(bare).versions()).containsExactly(1, 2, 3);
        assertThat(OpeningKey.load(bare).unwrap(early, PLACE)).isEqualTo(OBJECT_KEY);
        assertThatThrownBy(() -> OpeningKey.load(taken)).as("of the old passphrase").isInstanceOf(KeyFileException.class);
        KeyFiles.rotate(bare, folder.resolve("bare.public"), 0, new KeyFilesTest.Entries());
        assertThat(bare).as("without being told again").content().contains("passphrase-file " + passphraseFile + "\n");
    }

    /** Broken off before anybody was told, after that, and run again without the new passphrase: each file opens by the one that it names. */
    @Test
    void aRotationToAnotherPassphraseThatWasBrokenOffIsFinishedOrUndone() throws Exception {
        Path old = passphraseFile;
        passphraseFile = folder.resolve("another");
        write("drawn again, and not the old one");
        var register = new KeyFilesTest.Entries();
        register.fails = true;
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, Optional.of(passphraseFile), register)).hasMessage("nobody could be told");
        assertThat(privateFile).content().contains("passphrase-file " + old + "\n");
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(1);
        register.fails = false;
        int made = KeyFiles.rotate(privateFile, publicFile, 0, register).version();
        assertThat(privateFile).content().contains("passphrase-file " + old + "\n");
        assertThat(OpeningKey.load(privateFile).versions()).contains(1, made);
        KeyFiles.rotate(privateFile, publicFile, made, Optional.of(passphraseFile), register);
        Files.delete(old);
        assertThat(OpeningKey.load(privateFile).opens(SealingKey.load(publicFile))).isTrue();
    }

    @Test
    void aPassphraseThatCannotBeUsedRotatesNothing() throws Exception {
        var before = Files.readString(privateFile);
        var sealing = Files.readString(publicFile);
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, Optional.of(folder.resolve("nowhere")), new KeyFilesTest.Entries()))
                .isInstanceOf(KeyFileException.class).hasMessageContaining("there is no passphrase file");
        assertThat(privateFile).hasContent(before);
        assertThat(publicFile).hasContent(sealing);
    }

    @Test
    void aPassphraseMayBeElsewhereOnAnotherHost() throws Exception {
        Path moved = Files.move(passphraseFile, folder.resolve("moved"));
        var lines = new ArrayList<>(Files.readAllLines(privateFile));
        lines.set(1, "passphrase-file moved");
        Files.write(privateFile, lines);
        assertThat(OpeningKey.load(privateFile).opens(SealingKey.load(publicFile))).isTrue();
        lines.set(1, "passphrase-file " + moved);
        Files.write(privateFile, lines);
        KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries());
        assertThat(Files.readAllLines(privateFile)).contains("passphrase-file " + moved);
    }

    /** One of each of the lines that go in as associated data, and of what is sealed. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6})
    void aLineThatWasChangedOpensNothing(int line) throws Exception {
        var lines = new ArrayList<>(Files.readAllLines(privateFile));
        make("other");
        var other = Files.readAllLines(folder.resolve("other.private"));
        lines.set(line, switch (line) {
            case 2 -> "kdf PBKDF2-HMAC-SHA1";
            case 3 -> "iterations 210001";
            default -> other.get(line);
        });
        Files.write(privateFile, lines);
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class);
    }

    /** Few make guessing cheap, many keep a process from starting. */
    @ParameterizedTest
    @ValueSource(strings = {"1", "209999", "10000001", "2147483648", "-1", "many"})
    void iterationsAreBounded(String iterations) throws Exception {
        var lines = new ArrayList<>(Files.readAllLines(privateFile));
        lines.set(3, "iterations " + iterations);
        Files.write(privateFile, lines);
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("is not a whole opening key");
    }

    @Test
    void aPassphraseThatIsTooShortOrCannotBeNamedMakesNoKey() throws Exception {
        write("fifteen letters");
        assertThatThrownBy(() -> KeyFiles.generate(folder, "short", Optional.of(passphraseFile))).isInstanceOf(KeyFileException.class)
                .hasMessageContaining("16 characters").hasMessageNotContaining("fifteen");
        passphraseFile = folder.resolve("pass\nphrase");
        write(PASSPHRASE);
        assertThatThrownBy(() -> KeyFiles.generate(folder, "lines", Optional.of(passphraseFile))).isInstanceOf(KeyFileException.class);
        for (String name : List.of("short", "lines")) {
            assertThat(folder.resolve(name + ".private")).doesNotExist();
            assertThat(folder.resolve(name + ".public")).doesNotExist();
        }
    }
}
