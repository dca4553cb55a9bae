package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of {@link VectorWriter}: what was sealed once opens for ever, and what was broken never does. */
class SealVectorsTest {
    private static final Path VECTORS = Path.of("src/test/resources/vectors");

    @TempDir
    private Path folder;
    private DirectoryStore store;
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
        Path key = Files.copy(VECTORS.resolve("vectors.private"), folder.resolve("vectors.private"));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        opener = new Opener(store, OpeningKey.load(key));
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
        assertThat(opens()).hasSize(5);
        assertThat(broken()).hasSize(19);
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

    @ParameterizedTest
    @MethodSource("broken")
    void whatWasBrokenGivesOutNoOctetThatWasNotSealedThere(String row) throws Exception {
        var given = new ByteArrayOutputStream();
        assertThatThrownBy(() -> {
            Sealed sealed = stored(row);
            try (var open = opener.open(sealed, place(row)); InputStream in = open.read(0, open.plainOctets())) {
                for (int octet = in.read(); octet >= 0; octet = in.read()) {
                    given.write(octet);
                }
            }
        }).isInstanceOf(SealBrokenException.class);
        assertThat(given.size() % 65_504).isZero();
        assertThat(given.toByteArray()).isEqualTo(plaintext(given.size()));
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

    private static Sealed inline(String row) throws IOException {
        Map<String, String> fields = fields(row);
        HexFormat hex = HexFormat.of();
        return new Sealed("vectors/" + row.replace(".row", ""), Files.readAllBytes(VECTORS.resolve(row.replace(".row", ".bin"))),
                hex.parseHex(fields.get("header")), Long.parseLong(fields.get("plain-octets")),
                Long.parseLong(fields.get("cipher-octets")), hex.parseHex(fields.get("sha256")),
                new WrappedKey(fields.get("wrap-algorithm"), Integer.parseInt(fields.get("wrap-version")),
                        hex.parseHex(fields.get("wrapped-key"))));
    }

    private static Place place(String row) {
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
