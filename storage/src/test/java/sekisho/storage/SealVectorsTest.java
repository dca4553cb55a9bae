package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of {@link VectorWriter}: what was sealed once opens for ever, and what was broken never does. */
class SealVectorsTest {
    private static final Path VECTORS = Path.of("src/test/resources/vectors");

    @TempDir
    private Path folder;
    private DirectoryStore store;
    private OpeningKey key;
    private Opener opener;

    /** What every vector seals: octet i is (i * 7) mod 251. */
    static byte[] plaintext(int octets) {
        byte[] plain = new byte[octets];
        for (int i = 0; i < octets; i++) {
            plain[i] = (byte) (i * 7L % 251);
        }
        return plain;
    }

    @BeforeEach
    void open() throws IOException {
        store = new DirectoryStore(folder);
        Path copy = Files.copy(VECTORS.resolve("vectors.private"), folder.resolve("vectors.private"));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        key = OpeningKey.load(copy);
        opener = new Opener(store, key);
    }

    static Stream<String> vectors(String expectation) throws IOException {
        try (var files = Files.list(VECTORS)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".row")).sorted()
                    .filter(name -> fields(name).get("expect").equals(expectation)).toList().stream();
        }
    }

    static Stream<String> opens() throws IOException {
        return vectors("opens");
    }

    static Stream<String> broken() throws IOException {
        return vectors("broken");
    }

    @Test
    void theVectorsAreThere() throws IOException {
        assertThat(opens()).hasSize(6);
        assertThat(broken()).hasSize(27);
        assertThat(vectors("opens-by p-256.key")).containsExactly("p-256-wrap.row");
        assertThat(vectors("opens-by rsa.key")).containsExactly("rsa-wrap.row");
    }

    /** By another program than ours, in Python: hashlib's PBKDF2 and the AES-GCM of cryptography. */
    @Test
    void theKeyFileThatAPassphraseSealedOnceOpens() throws Exception {
        for (String name : new String[] {"passphrase.private", "passphrase.txt"}) {
            Path copy = Files.copy(VECTORS.resolve(name), folder.resolve(name));
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        }
        opener = new Opener(store, OpeningKey.load(folder.resolve("passphrase.private")));
        whatWasSealedOnceOpens("small.row");
    }

    @ParameterizedTest
    @MethodSource("opens")
    void whatWasSealedOnceOpens(String row) throws Exception {
        for (Sealed sealed : new Sealed[] {stored(row), inline(row)}) {
            try (var open = opener.open(sealed, place(row)); InputStream in = open.read(0, open.plainOctets())) {
                byte[] plain = in.readAllBytes();
                assertThat(plain).isEqualTo(plaintext((int) sealed.plainOctets()));
                assertThat(MessageDigest.getInstance("SHA-256").digest(plain)).isEqualTo(sealed.sha256());
                assertThat(open.derive("vector", new byte[] {0, 1, 2}, 60))
                        .isEqualTo(HexFormat.of().parseHex(fields(row).get("derived")));
            }
        }
    }

    /** The file says the object's row, and the record in hexadecimal. */
    @Test
    void theRecordThatWasSealedOnceOpens() throws Exception {
        var vector = Files.readString(VECTORS.resolve("record.txt")).strip().split(" ");
        String row = vector[0] + ".row";
        try (var open = opener.open(inline(row), place(row))) {
            var record = RecordKey.of(open, place(row));
            assertThat(record.open(RecordKey.LABEL, HexFormat.of().parseHex(vector[1]))).asString().isEqualTo("{\"name\":\"見積書.pdf\"}");
        }
    }

    @Test
    void aRecordThatWasChangedDoesNotOpen() throws Exception {
        var vectors = Files.readAllLines(VECTORS.resolve("record-flipped.txt"));
        assertThat(vectors).hasSize(3);
        for (var vector : vectors) {
            String row = vector.split(" ")[0] + ".row";
            try (var open = opener.open(inline(row), place(row))) {
                var record = RecordKey.of(open, place(row));
                assertThatThrownBy(() -> record.open(RecordKey.LABEL, HexFormat.of().parseHex(vector.split(" ")[1]))).isInstanceOf(SealBrokenException.class);
            }
        }
    }

    /** By FORMAT.md §2 and the JDK alone: what a token or Transit does is what any program with the private half does. */
    @ParameterizedTest
    @ValueSource(strings = {"p-256", "rsa"})
    void whatIsWrappedToAKeyElsewhereOpensByTheDescription(String name) throws Exception {
        String row = name + "-wrap.row";
        var halves = Files.readAllLines(VECTORS.resolve(name + ".key")).stream().map(Base64.getDecoder()::decode).toList();
        boolean rsa = name.equals("rsa");
        var keys = KeyFactory.getInstance(rsa ? "RSA" : "EC");
        var secretHalf = keys.generatePrivate(new PKCS8EncodedKeySpec(halves.get(1)));
        byte[] wrap = inline(row).wrapped().bytes();
        byte[] encapsulation = Arrays.copyOf(wrap, wrap.length - 48);
        byte[] secret = rsa ? oaep(secretHalf, encapsulation) : ecdh(keys, secretHalf, halves.get(0), encapsulation);
        var info = new ByteArrayOutputStream();
        info.write("sekisho/wrap/v2\0".getBytes(StandardCharsets.US_ASCII));
        info.write((inline(row).wrapped().algorithm() + "\0").getBytes(StandardCharsets.US_ASCII));
        info.write(new byte[] {0, 0, 0, 1});
        info.write(encapsulation);
        info.write(halves.get(0));
        byte[] keyAndNonce = KDF.getInstance("HKDF-SHA384").deriveData(HKDFParameterSpec.ofExtract()
                .addSalt("sekisho/wrap/v2".getBytes(StandardCharsets.US_ASCII)).addIKM(secret).thenExpand(info.toByteArray(), 44));
        var gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(Cipher.DECRYPT_MODE, new SecretKeySpec(keyAndNonce, 0, 32, "AES"), new GCMParameterSpec(128, keyAndNonce, 32, 12));
        gcm.updateAAD(place(row).associatedData("sekisho/key/v1"));
        assertThat(gcm.doFinal(wrap, encapsulation.length, 48)).isEqualTo(key.unwrap(inline("small.row").wrapped(), place("small.row")));
    }

    private static byte[] oaep(PrivateKey half, byte[] encapsulation) throws GeneralSecurityException {
        var rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
        rsa.init(Cipher.DECRYPT_MODE, half, new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        return rsa.doFinal(encapsulation);
    }

    private static byte[] ecdh(KeyFactory keys, PrivateKey half, byte[] ownSpki, byte[] point) throws GeneralSecurityException {
        byte[] spki = ownSpki.clone();   // of the same curve, with the other point
        System.arraycopy(point, 0, spki, spki.length - point.length, point.length);
        var agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(half);
        agreement.doPhase(keys.generatePublic(new X509EncodedKeySpec(spki)), true);
        return agreement.generateSecret();
    }

    @ParameterizedTest
    @MethodSource("broken")
    void whatWasBrokenFailsWhereItIsSaidAndGivesOutNothingBeyond(String row) throws Exception {
        var given = new ByteArrayOutputStream();
        var stage = new AtomicReference<>("unwrap");
        Sealed sealed = stored(row);
        assertThatThrownBy(() -> {
            key.unwrap(sealed.wrapped(), place(row));
            stage.set("open");
            try (var open = opener.open(sealed, place(row)); InputStream in = open.read(0, open.plainOctets())) {
                stage.set("segment");
                for (int octet = in.read(); octet >= 0; octet = in.read()) {
                    given.write(octet);
                }
            }
        }).isInstanceOf(SealBrokenException.class);
        assertThat(given.size() % 65_504).isZero();
        assertThat(given.toByteArray()).isEqualTo(plaintext(given.size()));
        assertThat(stage.get() + (stage.get().equals("segment") ? " " + given.size() / 65_504 : "")).isEqualTo(fields(row).get("fails"));
    }

    @Test
    void segmentsBeforeTheBrokenOneMayBeGivenOutAndNoneAfterIt() throws Exception {
        Sealed sealed = stored("truncated-behind-the-row.row");
        try (var open = opener.open(sealed, place("truncated-behind-the-row.row"))) {
            try (InputStream first = open.read(65_000, 504)) {
                assertThat(first.readAllBytes()).isEqualTo(Arrays.copyOfRange(plaintext(65_504), 65_000, 65_504));
            }
            try (InputStream second = open.read(65_504, 1)) {
                assertThatThrownBy(second::read).isInstanceOf(SealBrokenException.class);
                assertThatThrownBy(second::read).isInstanceOf(IOException.class);
            }
        }
    }

    private Sealed stored(String row) throws IOException {
        Sealed inline = inline(row);
        try (var upload = store.create(inline.key())) {
            upload.out().write(inline.inline());
            upload.finish();
        }
        return new Sealed(inline.key(), null, inline.header(), inline.plainOctets(), inline.cipherOctets(), inline.sha256(),
                inline.wrapped());
    }

    static Sealed inline(String row) throws IOException {
        Map<String, String> fields = fields(row);
        HexFormat hex = HexFormat.of();
        return new Sealed("vectors/" + row.replace(".row", ""), Files.readAllBytes(VECTORS.resolve(row.replace(".row", ".bin"))),
                hex.parseHex(fields.get("header")), Long.parseLong(fields.get("plain-octets")),
                Long.parseLong(fields.get("cipher-octets")), hex.parseHex(fields.get("sha256")),
                new WrappedKey(fields.get("wrap-algorithm"), Integer.parseInt(fields.get("wrap-version")),
                        hex.parseHex(fields.get("wrapped-key"))));
    }

    static Place place(String row) {
        Map<String, String> fields = fields(row);
        return new Place(UUID.fromString(fields.get("delivery")), UUID.fromString(fields.get("object")));
    }

    private static Map<String, String> fields(String row) {
        try (var lines = Files.lines(VECTORS.resolve(row))) {
            return lines.collect(Collectors.toMap(line -> line.substring(0, line.indexOf(' ')), line -> line.substring(line.indexOf(' ') + 1)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
