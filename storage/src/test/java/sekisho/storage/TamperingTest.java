package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An attacker who writes to the object store, to the database, or to both, but has no private key. */
class TamperingTest {
    private static final int OCTETS = 2 * 65_504 + 50;
    private static final Place PLACE = new Place(UUID.randomUUID(), UUID.randomUUID());
    private static final Place OTHER = new Place(UUID.randomUUID(), UUID.randomUUID());

    @TempDir
    private Path folder;
    private DirectoryStore store;
    private Sealer sealer;
    private Opener opener;
    private final byte[] plain = ObjectStoreContract.octets(OCTETS, 1);
    private Sealed sealed;

    @BeforeEach
    void seal() throws IOException {
        KeyFiles.generate(folder, "objects");
        store = new DirectoryStore(folder);
        sealer = new Sealer(store, SealingKey.load(folder.resolve("objects.public")));
        opener = new Opener(store, OpeningKey.load(folder.resolve("objects.private")));
        sealed = seal(plain, PLACE);
    }

    @Test
    void noOctetOfAnObjectCanBeChanged() throws IOException {
        byte[] cipher = octetsOf(seal(Arrays.copyOf(plain, 200), PLACE));
        Sealed small = inline(seal(Arrays.copyOf(plain, 200), PLACE));
        byte[] kept = small.inline();
        assertThat(cipher).hasSameSizeAs(kept);
        for (int at = 74; at < kept.length; at++) {
            kept[at] ^= (byte) (1 << at % 8);
            assertBroken(small, PLACE);
            kept[at] ^= (byte) (1 << at % 8);
        }
        assertThat(read(small, PLACE)).isEqualTo(Arrays.copyOf(plain, 200));
    }

    @Test
    void noOctetOfTheRowsHeaderCanBeChanged() throws IOException {
        for (int at = 0; at < 74; at++) {
            byte[] header = sealed.header().clone();
            header[at] ^= (byte) 1;
            assertBroken(row(sealed, header, sealed.plainOctets(), sealed.cipherOctets(), sealed.wrapped()), PLACE);
        }
        assertBroken(row(sealed, new byte[0], sealed.plainOctets(), sealed.cipherOctets(), sealed.wrapped()), PLACE);
    }

    @Test
    void theHeaderInTheStoreIsNotAskedFor() throws IOException {
        byte[] octets = octetsOf(sealed);
        Arrays.fill(octets, 0, 74, (byte) 0);
        replace(sealed.key(), octets);
        assertThat(read(sealed, PLACE)).isEqualTo(plain);
    }

    @Test
    void theRowsLengthsCannotHideOrAddATail() {
        long[] changes = {-OCTETS, -65_536, -65_504, -100, -50, -49, -1, 1, 50, 65_504, 65_536, 1L << 50, Long.MAX_VALUE - OCTETS - 1000};
        for (long change : changes) {
            assertBroken(row(sealed, sealed.header(), sealed.plainOctets() + change, sealed.cipherOctets(), sealed.wrapped()), PLACE);
            assertBroken(row(sealed, sealed.header(), sealed.plainOctets(), sealed.cipherOctets() + change, sealed.wrapped()), PLACE);
            assertBroken(row(sealed, sealed.header(), sealed.plainOctets() + change, sealed.cipherOctets() + change, sealed.wrapped()),
                    PLACE);
        }
        // fewer segments, consistently: the segment that becomes the last wasn't sealed as the last
        assertBroken(row(sealed, sealed.header(), 65_504, 74 + 65_536, sealed.wrapped()), PLACE);
        assertBroken(row(sealed, sealed.header(), 0, 74 + 32, sealed.wrapped()), PLACE);
        assertBroken(row(sealed, sealed.header(), -32, 74, sealed.wrapped()), PLACE);
        assertBroken(row(sealed, sealed.header(), -106, 0, sealed.wrapped()), PLACE);
        assertBroken(row(sealed, sealed.header(), Long.MIN_VALUE, Long.MIN_VALUE, sealed.wrapped()), PLACE);
    }

    @Test
    void anObjectDoesNotOpenAtAnotherPlace() throws IOException {
        assertBroken(sealed, OTHER);
        assertBroken(sealed, new Place(PLACE.delivery(), OTHER.object()));
        assertBroken(sealed, new Place(OTHER.delivery(), PLACE.object()));
        // nor when its row is exchanged with that of another object, in whole or in any part
        Sealed other = seal(ObjectStoreContract.octets(OCTETS, 2), OTHER);
        assertBroken(other, PLACE);
        assertBroken(row(sealed, other.header(), OCTETS, sealed.cipherOctets(), sealed.wrapped()), PLACE);
        assertBroken(row(sealed, other.header(), OCTETS, sealed.cipherOctets(), other.wrapped()), PLACE);
        assertBroken(row(sealed, sealed.header(), OCTETS, sealed.cipherOctets(), other.wrapped()), PLACE);
        replace(sealed.key(), octetsOf(other));
        assertBroken(sealed, PLACE);
    }

    @Test
    void aSegmentOfAnotherObjectOfTheSamePlaceDoesNotFit() throws IOException {
        Sealed twin = seal(plain, PLACE);
        byte[] mixed = octetsOf(sealed);
        System.arraycopy(octetsOf(twin), 74 + 65_536, mixed, 74 + 65_536, 65_536);
        replace(sealed.key(), mixed);
        var given = new ByteArrayOutputStream();
        assertThatThrownBy(() -> {
            try (var open = opener.open(sealed, PLACE); InputStream in = open.read(0, OCTETS)) {
                in.transferTo(given);
            }
        }).isInstanceOf(SealBrokenException.class);
        assertThat(given.toByteArray()).isEqualTo(Arrays.copyOf(plain, 65_504));
    }

    @Test
    void aCallersBufferNeverHoldsWhatWasNotVerified() throws IOException {
        byte[] octets = octetsOf(sealed);
        octets[74 + 65_536 - 1] ^= (byte) 1;    // the tag of the first segment
        replace(sealed.key(), octets);
        byte[] buffer = new byte[OCTETS];
        try (var open = opener.open(sealed, PLACE); InputStream in = open.read(0, OCTETS)) {
            assertThatThrownBy(() -> in.read(buffer)).isInstanceOf(SealBrokenException.class);
            assertThatThrownBy(() -> in.read(buffer)).isInstanceOf(IOException.class);
        }
        assertThat(buffer).containsOnly(0);
    }

    @Test
    void aRowThatNamesAFileElsewhereOpensNothing() {
        for (String key : new String[] {"../../etc/passwd", "/etc/passwd", "", "a".repeat(201)}) {
            var row = new Sealed(key, null, sealed.header(), sealed.plainOctets(), sealed.cipherOctets(), sealed.sha256(), sealed.wrapped());
            assertBroken(row, PLACE);
        }
    }

    @Test
    void anInlineObjectMustBeWhole() throws IOException {
        Sealed small = inline(seal(new byte[10], PLACE));
        var cut = new Sealed(small.key(), Arrays.copyOf(small.inline(), 100), small.header(), 10, small.cipherOctets(), small.sha256(),
                small.wrapped());
        assertBroken(cut, PLACE);
    }

    private Sealed seal(byte[] octets, Place place) throws IOException {
        try (var object = sealer.create(UUID.randomUUID().toString(), place)) {
            object.out().write(octets);
            return object.finish();
        }
    }

    private Sealed inline(Sealed stored) throws IOException {
        return new Sealed(stored.key(), octetsOf(stored), stored.header(), stored.plainOctets(), stored.cipherOctets(), stored.sha256(),
                stored.wrapped());
    }

    private static Sealed row(Sealed sealed, byte[] header, long plainOctets, long cipherOctets, WrappedKey wrapped) {
        return new Sealed(sealed.key(), null, header, plainOctets, cipherOctets, sealed.sha256(), wrapped);
    }

    private byte[] octetsOf(Sealed stored) throws IOException {
        try (InputStream in = store.read(stored.key(), 0, Long.MAX_VALUE)) {
            return in.readAllBytes();
        }
    }

    private void replace(String key, byte[] octets) throws IOException {
        store.delete(key);
        try (var upload = store.create(key)) {
            upload.out().write(octets);
            upload.finish();
        }
    }

    private byte[] read(Sealed row, Place place) throws IOException {
        try (var open = opener.open(row, place); InputStream in = open.read(0, open.plainOctets())) {
            return in.readAllBytes();
        }
    }

    private void assertBroken(Sealed row, Place place) {
        assertThatThrownBy(() -> read(row, place)).isInstanceOf(SealBrokenException.class);
    }
}
