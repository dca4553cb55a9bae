package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of an object: who has its key, or a wrap of its record's key, reads it, and nobody else. */
class RecordKeyTest {
    private static final byte[] NAME = "merger with Example Trading.xlsx".getBytes(StandardCharsets.UTF_8);
    private final Place place = new Place(UUID.randomUUID(), UUID.randomUUID());

    @TempDir
    private Path folder;
    private DirectoryStore store;
    private Sealed sealed;
    private RecordKey record;
    private byte[] name;

    @BeforeEach
    void seal() throws IOException {
        store = new DirectoryStore(Files.createDirectory(folder.resolve("objects")));
        KeyFiles.generate(folder, "files");
        KeyFiles.generate(folder, "records");
        try (var object = new Sealer(store, SealingKey.load(folder.resolve("files.public"))).create("o", place)) {
            object.out().write(new byte[] {1, 2, 3});
            sealed = object.finish();
            record = RecordKey.of(object, place);
        }
        name = record.seal(RecordKey.LABEL, NAME);
    }

    private OpeningKey key(String name) {
        return OpeningKey.load(folder.resolve(name + ".private"));
    }

    @Test
    void whoOpensTheObjectReadsItsRecord() throws IOException {
        try (var object = new Opener(store, key("files")).open(sealed, place)) {
            assertThat(RecordKey.of(object, place).open(RecordKey.LABEL, name)).isEqualTo(NAME);
        }
    }

    @Test
    void whoHasTheOtherPairReadsTheRecordAndCannotOpenTheObject() throws IOException {
        var wrapped = record.wrappedTo(SealingKey.load(folder.resolve("records.public")));
        assertThat(RecordKey.unwrap(key("records"), wrapped, place).open(RecordKey.LABEL, name)).isEqualTo(NAME);
        assertThatThrownBy(() -> new Opener(store, key("records")).open(sealed, place)).isInstanceOf(SealBrokenException.class);
        var asIfItWereTheObjects = new Sealed(sealed.key(), null, sealed.header(), sealed.plainOctets(), sealed.cipherOctets(), sealed.sha256(), wrapped);
        assertThatThrownBy(() -> new Opener(store, key("records")).open(asIfItWereTheObjects, place)).as("with the record's key as the object's")
            .isInstanceOf(SealBrokenException.class);
        assertThatThrownBy(() -> RecordKey.unwrap(key("files"), wrapped, place)).isInstanceOf(SealBrokenException.class);
    }

    @Test
    void aRecordOpensForItsPlaceAndPurposeAlone() throws IOException {
        var elsewhere = new Place(place.delivery(), UUID.randomUUID());
        var wrapped = record.wrappedTo(SealingKey.load(folder.resolve("records.public")));
        assertThatThrownBy(() -> RecordKey.unwrap(key("records"), wrapped, elsewhere)).isInstanceOf(SealBrokenException.class);
        assertThatThrownBy(() -> record.open("sekisho/find/v1", name)).isInstanceOf(SealBrokenException.class);
        for (int at = 0; at < name.length; at++) {
            var changed = name.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> record.open(RecordKey.LABEL, changed)).as("octet %d", at).isInstanceOf(SealBrokenException.class);
        }
        for (int octets : new int[] {0, 11, 12, 27, 28, name.length - 1}) {
            assertThatThrownBy(() -> record.open(RecordKey.LABEL, Arrays.copyOf(name, octets))).as("%d octets", octets)
                .isInstanceOf(SealBrokenException.class);
        }
        assertThat(record.seal(RecordKey.LABEL, NAME)).as("the same again").isNotEqualTo(name);
    }
}
