package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@link KeyContract} with private halves in a Transit engine: our own {@link TransitServer}, which is recorded from the documentation of OpenBao
 * and Vault. Neither of them was tried.
 */
class TransitKeysTest extends KeyContract {
    private TransitServer server;

    @BeforeEach
    @Override
    void make() throws Exception {
        server = new TransitServer();
        super.make();
    }

    @Override
    void make(String name) throws Exception {
        server.describe(privateFile, name);
        KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries());
        server.asked.clear();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void eachWrapNamesItsAlgorithmAndTheFileHasNeitherKeyNorToken() throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        assertThat(server.asked).as("who seals asks nobody").isEmpty();
        assertThat(wrapped.algorithm()).isEqualTo("RSA-OAEP-256+HKDF-SHA384+A256GCM");
        assertThat(wrapped.bytes()).hasSize(384 + 32 + 16);
        assertThat(Files.readString(privateFile)).doesNotContain(TransitServer.TOKEN);
    }

    @ParameterizedTest
    @EnumSource(value = TransitServer.Instead.class, names = {"SEALED", "STANDBY", "BREAKS_OFF", "PROXY_PAGE", "ENDLESS"})
    void troubleThatPassesIsTriedAgainAndTroubleThatStaysIsTemporary(TransitServer.Instead trouble) throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        OpeningKey opening = OpeningKey.load(privateFile);
        server.instead.add(trouble);
        server.instead.add(trouble);
        assertThat(opening.unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
        server.asked.clear();
        for (int i = 0; i < 3; i++) {
            server.instead.add(trouble);
        }
        assertThatThrownBy(() -> opening.unwrap(wrapped, PLACE)).isInstanceOf(StoreException.class).hasMessageNotContaining(TransitServer.TOKEN);
        assertThat(server.asked).hasSize(3);
        assertThat(opening.unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
        for (int i = 0; i < 3; i++) {
            server.instead.add(trouble);
        }
        assertThatThrownBy(opening::check).isInstanceOf(StoreException.class);
        opening.check();
    }

    /** Six: for what was asked, and for what surely opens. */
    @Test
    void aServerThatFailsAtAllIsTemporary() throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        OpeningKey opening = OpeningKey.load(privateFile);
        for (int i = 0; i < 6; i++) {
            server.instead.add(TransitServer.Instead.FAILS);
        }
        assertThatThrownBy(() -> opening.unwrap(wrapped, PLACE)).isInstanceOf(StoreException.class).hasMessageContaining("answered 500");
        assertThat(opening.unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
    }

    /** 400 alone doesn't say whether the key is there, and as long as that isn't known nothing is broken for good. */
    @ParameterizedTest
    @EnumSource(value = TransitServer.Instead.class, names = {"FORBIDS", "STANDBY", "SEALED", "FAILS"})
    void aRefusalOfWhichItCannotBeToldWhyIsTemporary(TransitServer.Instead trouble) throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        OpeningKey opening = OpeningKey.load(privateFile);
        server.asked.clear();
        server.instead.add(TransitServer.Instead.REFUSES);
        for (int i = 0; i < 3; i++) {
            server.instead.add(trouble);
        }
        assertThatThrownBy(() -> opening.unwrap(wrapped, PLACE)).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).isTrue());
        assertThat(server.asked).as("the key was asked for").anyMatch(request -> request.startsWith("GET "));
        server.instead.clear();
        server.instead.add(TransitServer.Instead.REFUSES);
        assertThatThrownBy(() -> opening.unwrap(wrapped, PLACE)).as("of a key that is there").isInstanceOf(SealBrokenException.class);
        assertThat(opening.unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
    }

    /** Else a download would be refused for good, a row counted as unreadable, and the start stopped by a key that is said to be another. */
    @ParameterizedTest
    @EnumSource(value = TransitServer.Instead.class, names = {"NO_CONTENT", "EMPTY", "PROXY_JSON", "NOT_BASE64"})
    void anAnswerWithoutWhatWasAskedForIsTemporary(TransitServer.Instead odd) throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        OpeningKey opening = OpeningKey.load(privateFile);
        server.instead.add(odd);
        assertThatThrownBy(() -> opening.unwrap(wrapped, PLACE)).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).isTrue());
        server.instead.add(odd);
        assertThatThrownBy(opening::check).isInstanceOf(StoreException.class);
        server.instead.add(odd);
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("can't be used");
        server.instead.add(TransitServer.Instead.REFUSES);
        server.instead.add(odd);
        assertThatThrownBy(() -> opening.unwrap(wrapped, PLACE)).as("whether the key is there").isInstanceOf(StoreException.class);
        assertThat(opening.unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
    }

    /** Whoever has the public half can seal one of another length, and mustn't look like a server that is away. */
    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33})
    void aSecretOfAnotherLengthIsBrokenWhereTheServerOpensOthers(int octets) throws Exception {
        var half = ((EncapsulatingKey) SealingKey.load(publicFile)).half();
        Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
        rsa.init(Cipher.ENCRYPT_MODE, half.key(), new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        byte[] forged = Arrays.copyOf(rsa.doFinal(new byte[octets]), 384 + 32 + 16);
        OpeningKey opening = OpeningKey.load(privateFile);
        assertBroken(opening, new WrappedKey(EncapsulatedWrap.RSA, 1, forged), PLACE);
    }

    /** Whatever writes the file may leave a second line or a mark in it; an HTTP library says so in words that quote it. */
    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "s.secret\ns.secret", "s.secret\rs.secret", "\uFEFFs.secret", "s.sec\u0000ret", "s.sec\tret", "s.sec ret", "s.secrét", "s.secret\u007F"})
    void aTokenThatCanBeNoneIsNeverQuoted(String text) throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        OpeningKey opening = OpeningKey.load(privateFile);
        Path token = Path.of(Files.readAllLines(privateFile).get(4).substring("token-file ".length()));
        Files.writeString(token, text);
        server.asked.clear();
        for (ThrowingCallable call : List.<ThrowingCallable>of(() -> opening.unwrap(wrapped, PLACE), opening::check, () -> OpeningKey.load(privateFile),
                () -> KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries()))) {
            assertThatThrownBy(call).isInstanceOfAny(StoreException.class, KeyFileException.class).hasMessageContaining(token.toString())
                    .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("s.sec"));
        }
        assertThat(server.asked).isEmpty();
        Files.writeString(token, TransitServer.TOKEN + "\r\n");
        assertThat(opening.unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
    }

    private static String stackTrace(Throwable thrown) {
        var words = new StringWriter();
        thrown.printStackTrace(new PrintWriter(words));
        return words.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/behind/a-proxy", "/behind/a-proxy/", "/"})
    void aServerBehindAPathIsAskedThere(String path) throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        Files.writeString(privateFile, Files.readString(privateFile).replace(server.address(), server.address() + path));
        server.asked.clear();
        assertThat(OpeningKey.load(privateFile).unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
        assertThat(server.asked).hasSize(2).allMatch(request -> request.startsWith("POST " + path.replaceFirst("/$", "") + "/v1/transit/decrypt/"));
    }

    @Test
    void aNamespaceThatNoHeaderFieldCanHoldIsRefused() throws Exception {
        Files.writeString(privateFile, Files.readString(privateFile).replace("mount transit", "mount transit\nnamespace a\u0001b"));
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("namespace");
    }

    @Test
    void anAnswerThatStallsInItsBodyIsNotWaitedForLongerThanATryMayTake() throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        OpeningKey opening = OpeningKey.load(privateFile);
        server.instead.add(TransitServer.Instead.STALLS_IN_BODY);
        assertThat(opening.unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
    }

    @Test
    void whatChangesSomethingIsAskedOnce() throws Exception {
        server.instead.add(TransitServer.Instead.SEALED);
        assertThatThrownBy(() -> KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries())).isInstanceOf(KeyFileException.class)
                .hasMessageContaining("sealed");
        assertThat(server.asked).hasSize(1).allMatch(request -> request.startsWith("POST "));
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(1);
        KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries());
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(1, 2);
    }

    @Test
    void aDestructionThatBreaksOffLeavesTheVersionInTheFileAndIsDoneAgain() throws Exception {
        KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries());
        server.asked.clear();
        server.instead.add(TransitServer.Instead.NOTHING);   // both versions open
        server.instead.add(TransitServer.Instead.NOTHING);
        server.instead.add(TransitServer.Instead.STANDBY);   // the question whether it is there, which is asked again
        server.instead.add(TransitServer.Instead.STANDBY);
        server.instead.add(TransitServer.Instead.STANDBY);
        assertThatThrownBy(() -> KeyFiles.destroy(privateFile, 1)).isInstanceOf(KeyFileException.class);
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(1, 2);
        KeyFiles.destroy(privateFile, 1);
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(2);
        assertThat(server.asked).anyMatch(request -> request.matches("DELETE /v1/transit/keys/objects-[0-9a-f-]+-1-[0-9a-f]{8}"));
    }

    /** A mount that was moved or disabled answers as if each key in it were gone. */
    @Test
    void whereTheNewestVersionIsNotNoneIsSaidToBeDestroyed() throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        KeyFiles.rotate(privateFile, publicFile, 0, new KeyFilesTest.Entries());
        String atItsMount = Files.readString(privateFile);
        Files.writeString(privateFile, atItsMount.replace("mount transit", "mount moved"));
        server.asked.clear();
        assertThatThrownBy(() -> KeyFiles.requireNewest(privateFile)).isInstanceOf(KeyFileException.class);
        assertThatThrownBy(() -> KeyFiles.destroy(privateFile, 1)).isInstanceOf(KeyFileException.class);
        assertThat(server.asked).noneMatch(request -> request.startsWith("DELETE ") || request.endsWith("/config"));
        assertThat(privateFile).hasContent(atItsMount.replace("mount transit", "mount moved"));
        try (var another = new TransitServer()) {    // as an engine that was set up anew at the same place
            Files.writeString(privateFile, atItsMount.replace(server.address(), another.address()));
            assertThatThrownBy(() -> KeyFiles.destroy(privateFile, 1)).isInstanceOf(KeyFileException.class).hasMessageContaining("newest version");
            assertThat(privateFile).hasContent(atItsMount.replace(server.address(), another.address()));
        }
        Files.writeString(privateFile, atItsMount);
        assertThat(OpeningKey.load(privateFile).unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
        KeyFiles.destroy(privateFile, 1);
        assertThat(OpeningKey.load(privateFile).versions()).containsExactly(2);
    }

    @Test
    void aTokenThatIsNoLongerValidIsTemporaryAndANewOneIsReadFromItsFile() throws Exception {
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        OpeningKey opening = OpeningKey.load(privateFile);
        Path token = Path.of(Files.readAllLines(privateFile).get(4).substring("token-file ".length()));
        Files.writeString(token, "another");
        assertThatThrownBy(() -> opening.unwrap(wrapped, PLACE)).isInstanceOf(StoreException.class).hasMessageContaining("token isn't valid");
        Files.writeString(token, TransitServer.TOKEN);
        assertThat(opening.unwrap(wrapped, PLACE)).isEqualTo(OBJECT_KEY);
    }

    @Test
    void whileItIsAwayNothingOpensAndEverythingSeals() throws Exception {
        OpeningKey opening = OpeningKey.load(privateFile);
        WrappedKey wrapped = SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE);
        server.close();
        assertThatThrownBy(() -> opening.unwrap(wrapped, PLACE)).isInstanceOf(StoreException.class);
        assertThatThrownBy(opening::check).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("can't be used");
        assertThat(SealingKey.load(publicFile).wrap(OBJECT_KEY, PLACE).version()).isEqualTo(1);
        assertThat(opening.unwrap(opening.own(1).wrap(OBJECT_KEY, PLACE), PLACE)).as("what it sealed for itself").isEqualTo(OBJECT_KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://vault.example:8200", "ftp://127.0.0.1", "https://user@vault.example", "https://vault.example?x", "vault.example", "https://"})
    void aTokenIsNeverSentInClearNorToAnOddAddress(String address) throws Exception {
        Files.writeString(privateFile, Files.readString(privateFile).replace(server.address(), address));
        assertThatThrownBy(() -> OpeningKey.load(privateFile)).isInstanceOf(KeyFileException.class).hasMessageContaining("address is https://");
        assertThat(server.asked).isEmpty();
    }
}
