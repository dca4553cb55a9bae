package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of {@link VectorWriter}: what was sealed once opens for ever, and what was broken never does. */
class SealVectorsTest {
    static final Path VECTORS = Path.of("src/test/resources/vectors");

    /** Plaintext of a full one. */
    private static final int SEGMENT = 65_504;

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
        assertThat(broken()).hasSize(32);
        assertThat(vectors("opens-by p-256.key")).containsExactly("p-256-wrap.row");
        assertThat(vectors("opens-by rsa.key")).containsExactly("rsa-wrap.row");
        assertThat(vectors("broken-by p-256.key")).containsExactly("flipped-p-256-key.row", "flipped-p-256-point.row", "flipped-p-256-tag.row");
        assertThat(vectors("broken-by rsa.key")).containsExactly("flipped-rsa-encapsulation.row", "flipped-rsa-key.row", "flipped-rsa-tag.row");
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

    /** Of one, nonce, ciphertext and tag were changed in turn; the other is as it was sealed, but of another object. */
    @Test
    void aRecordThatWasChangedOrMovedDoesNotOpen() throws Exception {
        var vectors = new ArrayList<>(Files.readAllLines(VECTORS.resolve("record-flipped.txt")));
        vectors.addAll(Files.readAllLines(VECTORS.resolve("record-swapped.txt")));
        assertThat(vectors).hasSize(4);
        for (var vector : vectors) {
            String row = vector.split(" ")[0] + ".row";
            try (var open = opener.open(inline(row), place(row))) {
                var record = RecordKey.of(open, place(row));
                assertThatThrownBy(() -> record.open(RecordKey.LABEL, HexFormat.of().parseHex(vector.split(" ")[1]))).isInstanceOf(SealBrokenException.class);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("broken")
    void whatWasBrokenFailsWhereItIsSaidAndGivesOutNothingBeyond(String row) throws Exception {
        var given = new ByteArrayOutputStream();
        var stage = new AtomicReference<>("unwrap");
        Sealed sealed = stored(row);
        var failure = catchThrowable(() -> {
            key.unwrap(sealed.wrapped(), place(row));
            stage.set("open");
            try (var open = opener.open(sealed, place(row)); InputStream in = open.read(0, open.plainOctets())) {
                stage.set("segment");
                for (int octet = in.read(); octet >= 0; octet = in.read()) {
                    given.write(octet);
                }
            }
        });
        assertThat(failure).isInstanceOf(SealBrokenException.class);
        String reached = switch (stage.get()) {
            case "open" -> failure.getMessage().startsWith("the header ") ? "header" : "lengths";
            case "segment" -> "segment " + given.size() / SEGMENT;
            default -> stage.get();
        };
        assertThat(reached).isEqualTo(fields(row).get("fails"));
        assertThat(given.toByteArray()).as("whole segments, each verified").isEqualTo(plaintext(given.size() / SEGMENT * SEGMENT));
    }

    /** By FORMAT.md §1 alone: only what is said to fail by its lengths has such that can't be. */
    @ParameterizedTest
    @MethodSource("broken")
    void onlyLengthsThatContradictEachOtherFailAsLengths(String row) throws Exception {
        Sealed sealed = inline(row);
        long segments = Math.max(1, (sealed.plainOctets() + SEGMENT - 1) / SEGMENT);
        assertThat(sealed.cipherOctets() != 74 + sealed.plainOctets() + 32 * segments).isEqualTo(fields(row).get("fails").equals("lengths"));
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

    static Map<String, String> fields(String row) {
        try (var lines = Files.lines(VECTORS.resolve(row))) {
            return lines.collect(Collectors.toMap(line -> line.substring(0, line.indexOf(' ')), line -> line.substring(line.indexOf(' ') + 1)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
