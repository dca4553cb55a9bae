package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;

import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The vectors of wraps whose private half a token or Transit would have. Each is opened twice: by FORMAT.md §2 and the JDK alone, as any program
 * with that half does, and by what the product does with what such a back end answers.
 */
class WrapVectorsTest {
    @TempDir
    private Path folder;

    static Stream<String> opens() throws IOException {
        return Stream.concat(SealVectorsTest.vectors("opens-by p-256.key"), SealVectorsTest.vectors("opens-by rsa.key"));
    }

    static Stream<String> broken() throws IOException {
        return Stream.concat(SealVectorsTest.vectors("broken-by p-256.key"), SealVectorsTest.vectors("broken-by rsa.key"));
    }

    @ParameterizedTest
    @MethodSource("opens")
    void aWrapToAKeyElsewhereHoldsTheKeyOfItsObject(String row) throws Exception {
        byte[] objectKey = objectKey();
        assertThat(byTheDescription(row)).isEqualTo(objectKey);
        assertThat(byTheProduct(row)).isEqualTo(objectKey);
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aWrapWithAChangedFieldIsNotUnwrapped(String row) {
        assertThat(SealVectorsTest.fields(row)).containsEntry("fails", "unwrap");
        assertThatThrownBy(() -> byTheDescription(row)).isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> byTheProduct(row)).isInstanceOf(SealBrokenException.class);
    }

    /** Of the object that all of them are of, by the pair that it was sealed to. */
    private byte[] objectKey() throws IOException {
        Path copy = Files.copy(SealVectorsTest.VECTORS.resolve("vectors.private"), folder.resolve("vectors.private"));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        return OpeningKey.load(copy).unwrap(SealVectorsTest.inline("small.row").wrapped(), SealVectorsTest.place("small.row"));
    }

    private static byte[] byTheProduct(String row) throws Exception {
        var wrapped = SealVectorsTest.inline(row).wrapped();
        var pair = new PairInAFile(row);
        var half = EncapsulatedWrap.decode(wrapped.version(), wrapped.algorithm(), pair.spki);
        return EncapsulatedWrap.unwrap(half, pair, "any", wrapped.bytes(), SealVectorsTest.place(row));
    }

    private static byte[] byTheDescription(String row) throws Exception {
        var wrapped = SealVectorsTest.inline(row).wrapped();
        var pair = new PairInAFile(row);
        byte[] encapsulation = Arrays.copyOf(wrapped.bytes(), wrapped.bytes().length - 48);
        var info = new ByteArrayOutputStream();
        info.write("sekisho/wrap/v2\0".getBytes(StandardCharsets.US_ASCII));
        info.write((wrapped.algorithm() + "\0").getBytes(StandardCharsets.US_ASCII));
        info.write(new byte[] {0, 0, 0, 1});
        info.write(encapsulation);
        info.write(pair.spki);
        byte[] keyAndNonce = KDF.getInstance("HKDF-SHA384").deriveData(HKDFParameterSpec.ofExtract()
                .addSalt("sekisho/wrap/v2".getBytes(StandardCharsets.US_ASCII)).addIKM(pair.secret(encapsulation))
                .thenExpand(info.toByteArray(), 44));
        var gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(Cipher.DECRYPT_MODE, new SecretKeySpec(keyAndNonce, 0, 32, "AES"), new GCMParameterSpec(128, keyAndNonce, 32, 12));
        gcm.updateAAD(SealVectorsTest.place(row).associatedData("sekisho/key/v1"));
        return gcm.doFinal(wrapped.bytes(), encapsulation.length, 48);
    }

    /** Stands where a token or Transit would: a file can't hold either of them, only the pair. */
    private static final class PairInAFile implements KeyBackEnd {
        private final KeyFactory keys;
        private final PrivateKey half;
        private final byte[] spki;

        /** @param row says the file */
        PairInAFile(String row) throws IOException, GeneralSecurityException {
            String file = SealVectorsTest.fields(row).get("expect").split(" ")[1];
            var halves = Files.readAllLines(SealVectorsTest.VECTORS.resolve(file)).stream().map(Base64.getDecoder()::decode).toList();
            keys = KeyFactory.getInstance(file.equals("rsa.key") ? "RSA" : "EC");
            spki = halves.get(0);
            half = keys.generatePrivate(new PKCS8EncodedKeySpec(halves.get(1)));
        }

        private byte[] secret(byte[] encapsulation) throws GeneralSecurityException {
            if (half.getAlgorithm().equals("RSA")) {
                var rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
                rsa.init(Cipher.DECRYPT_MODE, half, new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
                return rsa.doFinal(encapsulation);
            }
            byte[] other = spki.clone();   // of the same curve, with the other point
            System.arraycopy(encapsulation, 0, other, other.length - encapsulation.length, encapsulation.length);
            var agreement = KeyAgreement.getInstance("ECDH");
            agreement.init(half);
            agreement.doPhase(keys.generatePublic(new X509EncodedKeySpec(other)), true);
            return agreement.generateSecret();
        }

        @Override
        public byte[] decapsulate(String label, byte[] encapsulation) throws SealBrokenException {
            try {
                return secret(encapsulation);
            } catch (GeneralSecurityException e) {
                throw new SealBrokenException("not an encapsulation to this pair", e);
            }
        }

        @Override
        public PublicKey generate(String label) {
            throw new UnsupportedOperationException("the pair is in the file");
        }

        @Override
        public void destroy(String label) {
            throw new UnsupportedOperationException("the file stays");
        }
    }
}
