package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealingTest {
    private static final int SEGMENT = 65_504;
    private static final Place PLACE = new Place(UUID.randomUUID(), UUID.randomUUID());

    @TempDir
    private static Path folder;
    private static DirectoryStore store;
    private static Sealer sealer;
    private static Opener opener;

    @BeforeAll
    static void keys() {
        KeyFiles.generate(folder, "objects");
        store = new DirectoryStore(folder);
        sealer = new Sealer(store, SealingKey.load(folder.resolve("objects.public")));
        opener = new Opener(store, OpeningKey.load(folder.resolve("objects.private")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT - 1, 2 * SEGMENT, 2 * SEGMENT + 1, 40 * SEGMENT + 17})
    void whatWasSealedOpensWholeAndInAnyRange(int octets) throws Exception {
        byte[] plain = ObjectStoreContract.octets(octets, octets);
        Sealed sealed = seal(plain);
        long segments = Math.max(1, (octets + SEGMENT - 1) / SEGMENT);
        assertThat(sealed.plainOctets()).isEqualTo(octets);
        assertThat(sealed.cipherOctets()).isEqualTo(74 + octets + 32 * segments);
        assertThat(sealed.sha256()).isEqualTo(MessageDigest.getInstance("SHA-256").digest(plain));
        assertThat(store.read(sealed.key(), 0, Long.MAX_VALUE).readAllBytes()).hasSize((int) sealed.cipherOctets())
                .startsWith(sealed.header());
        try (var open = opener.open(sealed, PLACE)) {
            assertThat(open.plainOctets()).isEqualTo(octets);
            assertThat(read(open, 0, octets)).isEqualTo(plain);
            Random random = new Random(octets);
            for (int i = 0; i < 60; i++) {
                int from = random.nextInt(octets + 1);
                int length = random.nextInt(octets - from + 1);
                assertThat(read(open, from, length)).isEqualTo(Arrays.copyOfRange(plain, from, from + length));
            }
            for (int edge = 0; edge <= octets; edge += SEGMENT) {
                for (int from = Math.max(0, edge - 1); from <= Math.min(octets, edge + 1); from++) {
                    int length = Math.min(octets - from, 2);
                    assertThat(read(open, from, length)).isEqualTo(Arrays.copyOfRange(plain, from, from + length));
                }
            }
            assertThatThrownBy(() -> open.read(0, octets + 1L)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> open.read(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> open.read(octets, Long.MAX_VALUE)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    /** Of a key that is overwritten meanwhile it would be one that everybody can make. */
    @Test
    void aSecretIsOfTheWholeKeyOrThereIsNone() throws Exception {
        Sealed sealed = seal(new byte[] {1});
        byte[] secret;
        try (var open = opener.open(sealed, PLACE)) {
            secret = open.derive("a", new byte[0], 32);
        }
        for (int i = 0; i < 200; i++) {
            var open = opener.open(sealed, PLACE);
            var begun = new CountDownLatch(1);
            Thread closing = Thread.ofPlatform().start(() -> {
                while (begun.getCount() > 0) {
                    Thread.onSpinWait();
                }
                open.close();
            });
            assertThatThrownBy(() -> {
                while (true) {
                    assertThat(open.derive("a", new byte[0], 32)).isEqualTo(secret);
                    begun.countDown();
                }
            }).isInstanceOf(IllegalStateException.class).hasMessage("closed before");
            closing.join();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 17})
    void whatIsBeingSealedOpensAgainForWhoSealsItBetweenFinishAndClose(int octets) throws Exception {
        byte[] plain = ObjectStoreContract.octets(octets, octets);
        for (int inline : new int[] {0, 1 << 20}) {
            var object = sealer.createInline(UUID.randomUUID().toString(), PLACE, inline);
            object.out().write(plain);
            assertThatThrownBy(object::reopen).isInstanceOf(IllegalStateException.class);
            object.finish();
            var open = object.reopen();
            assertThat(open.plainOctets()).isEqualTo(octets);
            assertThat(read(open, 0, octets)).isEqualTo(plain);
            assertThat(read(open, octets / 2, octets - octets / 2)).isEqualTo(Arrays.copyOfRange(plain, octets / 2, octets));
            assertThat(object.reopen()).as("one object, opened once").isSameAs(open);
            object.close();
            assertThatThrownBy(() -> open.read(0, octets)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(object::reopen).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whatTheHolderSealsForItselfOpensForTheHolderAloneAndAtItsPlaceAlone() throws Exception {
        var key = OpeningKey.load(folder.resolve("objects.private"));
        byte[] plain = ObjectStoreContract.octets(1000, 3);
        Sealed sealed;
        try (var object = new Sealer(store, key.own(1)).create(UUID.randomUUID().toString(), PLACE)) {
            object.out().write(plain);
            sealed = object.finish();
        }
        assertThat(sealed.wrapped().algorithm()).isEqualTo("HKDF-SHA384+A256GCM");
        assertThat(sealed.wrapped().version()).isEqualTo(1);
        try (var open = opener.open(sealed, PLACE)) {
            assertThat(read(open, 0, plain.length)).isEqualTo(plain);
        }
        assertThatThrownBy(() -> opener.open(sealed, new Place(PLACE.delivery(), UUID.randomUUID()))).isInstanceOf(SealBrokenException.class);
        KeyFiles.generate(folder, "others");
        var others = OpeningKey.load(folder.resolve("others.private"));
        assertThatThrownBy(() -> new Opener(store, others).open(sealed, PLACE)).isInstanceOf(SealBrokenException.class);
        for (int octet = 0; octet < 80; octet++) {
            byte[] changed = sealed.wrapped().bytes().clone();
            changed[octet] ^= 1;
            assertThatThrownBy(() -> key.unwrap(new WrappedKey(sealed.wrapped().algorithm(), 1, changed), PLACE)).isInstanceOf(SealBrokenException.class);
        }
        for (var algorithm : new String[] {HybridWrap.ALGORITHM, "A256GCM"}) {
            assertThatThrownBy(() -> key.unwrap(new WrappedKey(algorithm, 1, sealed.wrapped().bytes()), PLACE)).isInstanceOf(SealBrokenException.class);
        }
        assertThatThrownBy(() -> key.unwrap(new WrappedKey(sealed.wrapped().algorithm(), 1, new byte[79]), PLACE)).isInstanceOf(SealBrokenException.class);
    }

    @Test
    void whatFailedToBeSealedNeverOpensAgain() throws Exception {
        String key = UUID.randomUUID().toString();
        try (var object = sealer.create(key, PLACE); var faster = sealer.create(key, PLACE)) {
            object.out().write(1);
            faster.finish();
            assertThatThrownBy(object::finish).isInstanceOf(ObjectExistsException.class);
            assertThatThrownBy(object::reopen).isInstanceOf(IllegalStateException.class);
        }
    }

    /** From 32 MiB on another thread hashes, of as many objects as there are processors to spare. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, SEGMENT, SEGMENT + 1, 100 * SEGMENT - 1, 100 * SEGMENT})
    void severalLargeObjectsAtOnceHaveTheirOwnHashes(int more) throws Exception {
        int octets = 513 * SEGMENT + more;   // the first multiple of a segment past 32 MiB
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new java.util.ArrayList<java.util.concurrent.Future<?>>();
            for (int i = 0; i < 3; i++) {
                byte[] plain = ObjectStoreContract.octets(octets, i);
                int piece = new int[] {16_000, SEGMENT, 3_000_000}[i];
                running.add(threads.submit(() -> {
                    try (var object = sealer.create(UUID.randomUUID().toString(), PLACE)) {
                        for (int at = 0; at < octets; at += piece) {
                            object.out().write(plain, at, Math.min(piece, octets - at));
                        }
                        var sealed = object.finish();
                        assertThat(sealed.sha256()).isEqualTo(MessageDigest.getInstance("SHA-256").digest(plain));
                        assertThat(read(object.reopen(), 0, octets)).isEqualTo(plain);
                        store.delete(sealed.key());
                    }
                    return null;
                }));
            }
            for (var each : running) {
                each.get();
            }
        }
    }

    /** An object whose hash is that of some segments is worse than none, and one that waits for it holds its session. */
    @Test
    @Timeout(60)
    void whereHashingBreaksOffNobodyWaitsAndNothingIsFinished() throws Exception {
        var broken = new MessageDigest("broken") {
            @Override
            protected void engineUpdate(byte octet) {
                throw new InternalError("no memory");
            }

            @Override
            protected void engineUpdate(byte[] octets, int offset, int length) {
                throw new InternalError("no memory");
            }

            @Override
            protected byte[] engineDigest() {
                return new byte[0];
            }

            @Override
            protected void engineReset() {
                // nothing is kept
            }
        };
        var hash = HashThread.begin(broken, 16);
        assertThatThrownBy(() -> {
            for (byte[] segment = new byte[16]; true; ) {
                segment = hash.exchange(segment);
            }
        }).isInstanceOf(InternalError.class);
        assertThatThrownBy(hash::end).isInstanceOf(InternalError.class);
        hash.close();
        var few = HashThread.begin(broken, 16);
        few.exchange(new byte[16]);
        assertThatThrownBy(few::end).isInstanceOf(InternalError.class);
        few.close();
        assertThat(HashThread.turns()).isEqualTo(Runtime.getRuntime().availableProcessors() / 2);
    }

    /** Were a turn lost with each, the last would hang or be hashed by one thread for ever after. */
    @Test
    void aLargeObjectThatIsBrokenOffGivesItsTurnBack() throws Exception {
        byte[] plain = ObjectStoreContract.octets(540 * SEGMENT, 1);
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
            try (var object = sealer.create(UUID.randomUUID().toString(), PLACE)) {
                object.out().write(plain);
                assertThat(HashThread.turns()).isEqualTo(Runtime.getRuntime().availableProcessors() / 2 - 1);
            }
            assertThat(HashThread.turns()).isEqualTo(Runtime.getRuntime().availableProcessors() / 2);
        }
        var interrupted = Thread.ofVirtual().unstarted(() -> {
            try (var object = sealer.create(UUID.randomUUID().toString(), PLACE)) {
                object.out().write(plain);
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> {
                    while (true) {
                        object.out().write(plain);
                    }
                }).isInstanceOf(IOException.class);
                assertThatThrownBy(object::finish).isInstanceOf(StoreException.class);
            } catch (IOException unexpected) {
                throw new AssertionError(unexpected);
            }
        });
        var failures = new java.util.concurrent.atomic.AtomicReference<Throwable>();
        interrupted.setUncaughtExceptionHandler((_, failure) -> failures.set(failure));
        interrupted.start();
        interrupted.join();
        assertThat(failures).hasNullValue();
        assertThat(HashThread.turns()).isEqualTo(Runtime.getRuntime().availableProcessors() / 2);
    }

    @Test
    void theSizeOfThePiecesMakesNoDifference() throws Exception {
        byte[] plain = ObjectStoreContract.octets(5 * SEGMENT + 3, 9);
        for (int piece : new int[] {1, 4095, 4096, 4097, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT, plain.length}) {
            String key = UUID.randomUUID().toString();
            try (var object = sealer.create(key, PLACE)) {
                for (int at = 0; at < plain.length; at += piece) {
                    object.out().write(plain, at, Math.min(piece, plain.length - at));
                }
                Sealed sealed = object.finish();
                assertThat(sealed.cipherOctets()).isEqualTo(74 + plain.length + 6 * 32);
                try (var open = opener.open(sealed, PLACE)) {
                    assertThat(read(open, 0, plain.length)).isEqualTo(plain);
                    assertThat(readInPieces(open, piece)).isEqualTo(plain);
                }
            }
        }
    }

    @Test
    void withoutFinishNothingStays() throws IOException {
        String key = UUID.randomUUID().toString();
        assertThatThrownBy(() -> {
            try (var object = sealer.create(key, PLACE)) {
                object.out().write(new byte[3 * SEGMENT]);
                throw new IllegalStateException("the client went away");
            }
        }).hasMessage("the client went away");
        assertThatThrownBy(() -> store.read(key, 0, 1)).isInstanceOf(ObjectMissingException.class);
        try (var files = java.nio.file.Files.list(folder.resolve("tmp"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aFinishedOrClosedObjectTakesNothingMore() throws IOException {
        var object = sealer.create(UUID.randomUUID().toString(), PLACE);
        object.out().write(1);
        object.finish();
        assertThatThrownBy(() -> object.out().write(1)).isInstanceOf(StoreException.class);
        assertThatThrownBy(object::finish).isInstanceOf(IllegalStateException.class);
        object.close();
        object.close();
        assertThatThrownBy(() -> object.derive("a", new byte[0], 32)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void smallObjectsStayWithTheCallerAndLargerOnesSpill() throws Exception {
        for (int octets : new int[] {0, 1, 1000, 10_000 - 106, 10_000 - 105, 2 * SEGMENT}) {
            byte[] plain = ObjectStoreContract.octets(octets, octets);
            String key = UUID.randomUUID().toString();
            try (var object = sealer.createInline(key, PLACE, 10_000)) {
                object.out().write(plain);
                Sealed sealed = object.finish();
                if (octets + 106 <= 10_000) {
                    assertThat(sealed.inline()).isNotNull().hasSize((int) sealed.cipherOctets());
                    assertThatThrownBy(() -> store.read(key, 0, 1)).isInstanceOf(ObjectMissingException.class);
                } else {
                    assertThat(sealed.inline()).isNull();
                    assertThat(store.read(key, 0, Long.MAX_VALUE).readAllBytes()).hasSize((int) sealed.cipherOctets());
                }
                try (var open = opener.open(sealed, PLACE)) {
                    assertThat(read(open, 0, octets)).isEqualTo(plain);
                }
            }
        }
    }

    @Test
    void bothSidesDeriveTheSame() throws Exception {
        try (var object = sealer.create(UUID.randomUUID().toString(), PLACE)) {
            byte[] name = object.derive("name", new byte[] {1}, 32);
            Sealed sealed = object.finish();
            try (var open = opener.open(sealed, PLACE)) {
                assertThat(open.derive("name", new byte[] {1}, 32)).isEqualTo(name);
                assertThat(open.derive("name", new byte[] {2}, 32)).isNotEqualTo(name);
                assertThat(open.derive("nam", new byte[] {'e', 1}, 32)).isNotEqualTo(name);
                assertThat(open.derive("name", new byte[] {1}, 64)).startsWith(name);
            }
        }
    }

    @Test
    void twoSealingsOfTheSameOctetsShareNothing() throws Exception {
        byte[] plain = new byte[1000];
        Sealed one = seal(plain);
        Sealed two = seal(plain);
        assertThat(one.header()).isNotEqualTo(two.header());
        assertThat(one.wrapped().bytes()).isNotEqualTo(two.wrapped().bytes());
    }

    @Test
    void aClosedStreamIsNotMistakenForAWholeOne() throws Exception {
        Sealed sealed = seal(new byte[10]);
        try (var open = opener.open(sealed, PLACE)) {
            InputStream in = open.read(0, 10);
            in.read();
            in.close();
            assertThatThrownBy(in::read).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, SEGMENT - 1, SEGMENT, 5 * SEGMENT - 1, 40 * SEGMENT + 16})
    void aRangeReadsOnlyTheSegmentsThatHoldIt(int from) throws Exception {
        byte[] plain = ObjectStoreContract.octets(40 * SEGMENT + 17, 5);
        Sealed sealed = seal(plain);
        var counting = new CountingStore(store);
        try (var open = new Opener(counting, OpeningKey.load(folder.resolve("objects.private"))).open(sealed, PLACE)) {
            assertThat(counting.asked()).as("for opening").isZero();
            for (int length : new int[] {1, 2, 1000, SEGMENT, 3 * SEGMENT}) {
                int octets = Math.min(length, plain.length - from);
                assertThat(read(open, from, octets)).isEqualTo(Arrays.copyOfRange(plain, from, from + octets));
                assertThat(counting.asked() - octets).isLessThanOrEqualTo(128 << 10);
                assertThat(counting.read() - octets).isLessThanOrEqualTo(128 << 10);
            }
        }
    }

    @Test
    void aStreamReadsTheSameIntoABufferOutsideOfTheHeap() throws Exception {
        byte[] plain = ObjectStoreContract.octets(3 * SEGMENT + 17, 6);
        Sealed sealed = seal(plain);
        try (var open = opener.open(sealed, PLACE)) {
            for (int room : new int[] {1000, SEGMENT, SEGMENT + 1, plain.length}) {
                var all = ByteBuffer.allocate(plain.length);
                var buffer = ByteBuffer.allocateDirect(room);
                try (var in = open.read(0, plain.length)) {
                    assertThat(in.read(ByteBuffer.allocate(0))).isZero();
                    while (in.read(buffer) >= 0) {
                        all.put(buffer.flip());
                        buffer.clear();
                    }
                    assertThat(in.read(buffer)).isEqualTo(-1);
                }
                assertThat(all.array()).isEqualTo(plain);
            }
            try (var in = open.read(5, 0)) {
                assertThat(in.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
        }
    }

    @Test
    void streamsThatAreReadInTurnKeepTheirOctetsApart() throws Exception {
        byte[] plain = ObjectStoreContract.octets(4 * SEGMENT, 7);
        Sealed sealed = seal(plain);
        try (var open = opener.open(sealed, PLACE); var first = open.read(0, plain.length); var second = open.read(100, plain.length - 100)) {
            for (int at = 0; at < plain.length - 100; at += 1009) {
                int octets = Math.min(1009, plain.length - 100 - at);
                assertThat(first.readNBytes(octets)).isEqualTo(Arrays.copyOfRange(plain, at, at + octets));
                assertThat(second.readNBytes(octets)).isEqualTo(Arrays.copyOfRange(plain, 100 + at, 100 + at + octets));
            }
        }
    }

    @Test
    void aDeletedObjectIsMissing() throws Exception {
        Sealed sealed = seal(new byte[10]);
        store.delete(sealed.key());
        try (var open = opener.open(sealed, PLACE)) {
            assertThatThrownBy(() -> open.read(0, 10)).isInstanceOf(ObjectMissingException.class);
        }
    }

    private static Sealed seal(byte[] plain) throws IOException {
        try (var object = sealer.create("test/" + UUID.randomUUID(), PLACE)) {
            object.out().write(plain);
            return object.finish();
        }
    }

    private static byte[] read(Opener.OpenObject open, long from, long length) throws IOException {
        var out = new ByteArrayOutputStream();
        try (InputStream in = open.read(from, length)) {
            assertThat(in.transferTo(out)).isEqualTo(length);
        }
        return out.toByteArray();
    }

    private static byte[] readInPieces(Opener.OpenObject open, int piece) throws IOException {
        var out = new ByteArrayOutputStream();
        byte[] buffer = new byte[piece];
        try (InputStream in = open.read(0, open.plainOctets())) {
            for (int octets = in.read(buffer); octets >= 0; octets = in.read(buffer)) {
                out.write(buffer, 0, octets);
            }
        }
        return out.toByteArray();
    }
}
