package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link KeyContract} with private halves in a token of SoftHSM, by the JDK's SunPKCS11. */
class Pkcs11KeysTest extends KeyContract {
    @TempDir
    static Path tokens;
    static SoftToken token;

    @BeforeAll
    static void makeToken() throws Exception {
        token = SoftToken.make(tokens);
    }

    @Override
    void make(String name) throws Exception {
        token.describe(privateFile, name);
        KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries());
    }

    @Test
    void eachWrapNamesItsAlgorithmAndTheFileHasNoPrivateKey() throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        assertThat(wrapped.algorithm()).isEqualTo("P-256+HKDF-SHA384+A256GCM");
        assertThat(wrapped.bytes()).hasSize(65 + 32 + 16);
        assertThat(Files.readAllLines(privateFile)).extracting(line -> line.split(" ")[0])
                .containsExactly("sekisho-opening-key", "back-end", "library", "slot", "pin-file", "name", "version", "algorithm", "key", "label", "seed");
    }

    @Test
    void whatTheTokenHasLostDoesNotOpenThoughTheFileListsIt() throws Exception {
        WrappedKey first = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        OpeningKey before = OpeningKey.load(privateFile);
        assertThat(before.unwrap(first, PLACE)).isEqualTo(OBJECT_KEY);
        KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries());
        Path elsewhere = copied();
        KeyFiles.destroy(privateFile, 1);
        assertThatThrownBy(() -> before.unwrap(first, PLACE)).as("on another host, before it reads its file again").isInstanceOf(KeyGoneException.class);
        assertThat(OpeningKey.load(elsewhere).versions()).containsExactly(2);
        assertThatThrownBy(() -> OpeningKey.load(elsewhere).unwrap(first, PLACE)).isInstanceOf(KeyGoneException.class);
    }

    /** As with another token behind the slot, which has none of the versions. */
    @Test
    void whereTheNewestVersionIsNotNoneIsSaidToBeDestroyed() throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries());
        String both = Files.readString(privateFile);
        String another = both.replaceAll("-2-[0-9a-f]{8}\n", "-2-00000000\n");
        assertThat(another).isNotEqualTo(both);
        Files.writeString(privateFile, another);
        assertThatThrownBy(() -> KeyFiles.requireNewest(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("newest version");
        assertThatThrownBy(() -> KeyFiles.destroy(privateFile, 1)).isInstanceOf(KeyFileException.class).hasMessageContaining("newest version");
        assertThat(privateFile).hasContent(another);
        Files.writeString(privateFile, both);
        assertThat(OpeningKey.load(privateFile).unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
    }

    @Test
    void aPointThatIsNotOnTheCurveNeverComesToTheToken() throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        OpeningKey opening = OpeningKey.load(privateFile);
        // of order 2 on a curve that differs from P-256 in its last coefficient alone; 00 for y
        byte[] other = wrapped.bytes().clone();
        ByteBuffer.wrap(other, 33, 32).put(new byte[32]);
        assertThatThrownBy(() -> opening.unwrap(new WrappedKey(wrapped.algorithm(), 1, other), PLACE)).isInstanceOf(SealBrokenException.class)
                .hasMessageContaining("isn't on the curve");
        byte[] infinity = wrapped.bytes().clone();
        infinity[0] = 0;
        assertThatThrownBy(() -> opening.unwrap(new WrappedKey(wrapped.algorithm(), 1, infinity), PLACE)).isInstanceOf(SealBrokenException.class);
        byte[] beyond = wrapped.bytes().clone();
        ByteBuffer.wrap(beyond, 1, 32).put(HexFormat.of().parseHex("ff".repeat(32)));
        assertThatThrownBy(() -> opening.unwrap(new WrappedKey(wrapped.algorithm(), 1, beyond), PLACE)).isInstanceOf(SealBrokenException.class);
    }

    @Test
    void aMissingTokenAnOpenPinFileAndOddSettingsAreNamed() throws Exception {
        String text = Files.readString(privateFile);
        Files.writeString(privateFile, text.replace("slot " + token.slot(), "slot 99"));
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("slot 99");
        Files.writeString(privateFile, text.replace("slot ", "slut "));
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("slot is missing");
        Files.writeString(privateFile, text.replace("name ", "colour red\nname "));
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("no setting colour");
        Files.writeString(privateFile, text.replace("library /", "library "));
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("whole path");
        Files.writeString(privateFile, text.replace("back-end pkcs11", "back-end sealing-wax"));
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("only pkcs11 and transit");
        Files.writeString(privateFile, text);
        Files.setPosixFilePermissions(token.pinFile(), java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        try {
            assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("token.pin");
        } finally {
            Files.setPosixFilePermissions(token.pinFile(), java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        }
    }
}
