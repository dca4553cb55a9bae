package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every object store does, also after each failure. A store of another kind extends this class, in the package and module that it likes
 * (this module's test jar has it), and says how to make an empty store, how to count what is unfinished in it, how something
 * foreign gets into it, and how to take it away.
 */
public abstract class ObjectStoreContract {
    private ObjectStore store;

    /** An empty store that can be written to; closed after each test. */
    protected abstract ObjectStore emptyStore() throws Exception;

    /** How many uploads are begun in the store and neither finished nor removed. */
    protected abstract int unfinishedUploads() throws Exception;

    /** Puts octets into the store by another way, under a name that is no key, and returns how {@link ObjectStore#strays} is to name them. */
    protected abstract String putForeign(byte[] content) throws Exception;

    /** From now on the store can't be reached: its disk isn't mounted, its network is down. What it holds stays. */
    protected abstract void takeAway() throws Exception;

    /** It can be reached again. */
    protected abstract void bringBack() throws Exception;

    @BeforeEach
    void open() throws Exception {
        store = emptyStore();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 1_000_003, 16 << 20, (16 << 20) + 1, (35 << 20) + 7})
    void whatWasFinishedIsReadBackWhole(int octets) throws Exception {
        byte[] content = octets(octets, 1);
        put("a/b-c_d", content);
        assertThat(get("a/b-c_d", 0, octets)).isEqualTo(content);
    }

    @Test
    void aRangeIsReadAndEndsWhereTheObjectDoes() throws Exception {
        byte[] content = octets(200_000, 2);
        put("r", content);
        assertThat(get("r", 0, 10)).isEqualTo(slice(content, 0, 10));
        assertThat(get("r", 65_000, 70_000)).isEqualTo(slice(content, 65_000, 135_000));
        assertThat(get("r", 199_999, 1)).isEqualTo(slice(content, 199_999, 200_000));
        assertThat(get("r", 199_990, 1_000)).isEqualTo(slice(content, 199_990, 200_000));
        assertThat(get("r", 200_000, 5)).isEmpty();
        assertThat(get("r", 900_000, 5)).isEmpty();
        assertThat(get("r", 5, 0)).isEmpty();
    }

    @Test
    void nothingIsVisibleBeforeFinishAndNothingStaysWithoutIt() throws Exception {
        for (int octets : new int[] {0, 1000, (17 << 20)}) {
            try (var upload = store.create("u")) {
                upload.out().write(octets(octets, 3));
                assertThatThrownBy(() -> get("u", 0, 1)).isInstanceOf(ObjectMissingException.class);
                assertThat(keys()).isEmpty();
            }
            assertThatThrownBy(() -> get("u", 0, 1)).isInstanceOf(ObjectMissingException.class);
            assertThat(unfinishedUploads()).isZero();
        }
        put("u", octets(1000, 4));
        assertThat(unfinishedUploads()).isZero();
    }

    @Test
    void aKeyIsUsedOnce() throws Exception {
        put("once", octets(10, 5));
        assertThatThrownBy(() -> put("once", octets(10, 6))).isInstanceOf(ObjectExistsException.class);
        assertThatThrownBy(() -> put("once", octets(17 << 20, 6))).isInstanceOf(ObjectExistsException.class);
        assertThat(get("once", 0, 10)).isEqualTo(octets(10, 5));
        assertThat(unfinishedUploads()).isZero();
    }

    @Test
    void ofUploadsToOneKeyInParallelOneWins() throws Exception {
        int writers = 8;
        List<Future<Boolean>> results = new ArrayList<>();
        var allWritten = new CountDownLatch(writers);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < writers; i++) {
                byte[] content = octets(1000, 100 + i);
                results.add(threads.submit(() -> {
                    try (var upload = store.create("race")) {
                        upload.out().write(content);
                        allWritten.countDown();
                        allWritten.await();
                        upload.finish();
                        return true;
                    } catch (ObjectExistsException _) {
                        return false;
                    }
                }));
            }
        }
        List<Integer> winners = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            if (resultOf(results.get(i))) {
                winners.add(i);
            }
        }
        assertThat(winners).hasSize(1);
        assertThat(get("race", 0, 1000)).isEqualTo(octets(1000, 100 + winners.getFirst()));
        assertThat(unfinishedUploads()).isZero();
    }

    private static boolean resultOf(Future<Boolean> result) throws InterruptedException, ExecutionException {
        return result.get();
    }

    /** As a message does whose text and whose attachments are all long: however little memory there is, each comes to its end. */
    @Test
    void manyCallersWriteOneObjectBesideOthers() throws Exception {
        manyCallers((caller, allHaveBegun) -> {
            try (var beside = store.createBeside("beside/" + caller)) {
                beside.out().write(octets(1000, caller));
                allHaveBegun.await();
                beside.out().write(octets(2 << 20, caller));
                for (int file = 0; file < 2; file++) {
                    put("file/" + caller + "/" + file, octets(2 << 20, 100 + caller));
                }
                beside.finish();
            }
        });
    }

    /** As a signed message does that has another inside it, with files in that: each is written while what is around it is under way. */
    @Test
    void manyCallersWriteObjectsAroundOthers() throws Exception {
        manyCallers((caller, allHaveBegun) -> {
            try (var outer = store.createAround("around/1/" + caller, 1); var inner = store.createAround("around/2/" + caller, 2)) {
                outer.out().write(octets(1000, caller));
                inner.out().write(octets(1000, caller));
                allHaveBegun.await();
                outer.out().write(octets(2 << 20, caller));
                inner.out().write(octets(2 << 20, caller));
                put("file/" + caller, octets(2 << 20, 100 + caller));
                inner.finish();
                outer.finish();
            }
        });
        for (int depth = 1; depth <= 2; depth++) {
            assertThat(get("around/" + depth + "/7", 1000, 2 << 20)).isEqualTo(octets(2 << 20, 7));
        }
    }

    @FunctionalInterface
    private interface Meeting {
        void await() throws Exception;
    }

    @FunctionalInterface
    private interface ThreeObjects {
        void write(int caller, Meeting allHaveBegun) throws Exception;
    }

    private void manyCallers(ThreeObjects objects) throws Exception {
        List<Future<Boolean>> results = new ArrayList<>();
        int callers = 20;
        var allBegun = new CountDownLatch(callers);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < callers; i++) {
                int caller = i;
                results.add(threads.submit(() -> {
                    objects.write(caller, () -> {
                        allBegun.countDown();
                        allBegun.await();
                    });
                    return true;
                }));
            }
        }
        for (var result : results) {
            assertThat(resultOf(result)).isTrue();
        }
        assertThat(keys()).hasSize(3 * callers);
        assertThat(unfinishedUploads()).isZero();
    }

    @Test
    void anUploadIsFinishedOnlyOnce() throws Exception {
        try (var upload = store.create("f")) {
            upload.finish();
            assertThatThrownBy(upload::finish).isInstanceOf(StoreException.class);
        }
        assertThat(keys()).containsExactly("f");
        var closed = store.create("g");
        closed.close();
        closed.close();
        assertThatThrownBy(closed::finish).isInstanceOf(StoreException.class);
        assertThat(keys()).containsExactly("f");
    }

    @Test
    void whatIsWrittenBehindTheEndOfAnUploadIsRefused() throws Exception {
        try (var upload = store.create("f")) {
            upload.out().write(octets(10, 20));
            upload.finish();
            assertThatThrownBy(() -> upload.out().write(octets(10, 21))).isInstanceOf(StoreException.class);
            upload.close();
            assertThatThrownBy(() -> upload.out().write(1)).isInstanceOf(StoreException.class);
        }
        assertThat(get("f", 0, 100)).isEqualTo(octets(10, 20));
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, (17 << 20)})
    void theCallersArrayIsTheirsAgain(int octets) throws Exception {
        byte[] content = octets(octets, 25);
        byte[] used = content.clone();
        try (var upload = store.create("used")) {
            upload.out().write(used);
            Arrays.fill(used, (byte) 0);
            upload.out().close();
            upload.finish();
        }
        assertThat(get("used", 0, octets)).isEqualTo(content);
    }

    @Test
    void aRangeBelowZeroIsRefused() throws Exception {
        put("r", octets(10, 26));
        assertThatThrownBy(() -> get("r", -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> get("r", 0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void streamsThatAreLeftBeforeTheirEndHoldNothingUp() throws Exception {
        byte[] content = octets(17 << 20, 27);
        put("left", content);
        for (int i = 0; i < 40; i++) {
            try (InputStream in = store.read("left", i, Long.MAX_VALUE - i)) {
                assertThat(in.read()).isEqualTo(content[i] & 0xFF);
            }
        }
        assertThat(get("left", 0, content.length)).isEqualTo(content);
    }

    @Test
    void anObjectThatIsDeletedWhileItIsReadIsNotTakenForAShorterOne() throws Exception {
        byte[] content = octets(17 << 20, 28);
        put("read", content);
        try (InputStream in = store.read("read", 0, Long.MAX_VALUE)) {
            byte[] begun = in.readNBytes(10);
            store.delete("read");
            try {
                assertThat(begun.length + in.readAllBytes().length).isEqualTo(content.length);
            } catch (StoreException broken) {
                assertThat(broken.temporary()).isTrue();
            }
        }
    }

    @Test
    void whatTheCallerThrowsWhileItIsToldComesOutAsItIs() throws Exception {
        put("told", octets(10, 29));
        putForeign(octets(10, 30));
        assertThatThrownBy(() -> store.list(_ -> {
            throw new IllegalStateException("enough");
        })).isInstanceOf(IllegalStateException.class).hasMessage("enough");
        assertThatThrownBy(() -> store.strays(_ -> {
            throw new IllegalStateException("enough");
        })).isInstanceOf(IllegalStateException.class).hasMessage("enough");
        assertThat(keys()).containsExactly("told");
    }

    @Test
    @Timeout(60)
    void anInterruptedThreadStaysInterruptedAndTheStoreGoesOn() throws Throwable {
        put("there", octets(10, 31));
        staysInterrupted(() -> put("new", octets(1000, 32)));
        staysInterrupted(() -> get("there", 0, 10));
        staysInterrupted(() -> store.list(_ -> { }));
        staysInterrupted(() -> store.delete("there"));
        putInPlaceOfTheLate("new", octets(10, 33));
        assertThat(get("new", 0, 10)).isEqualTo(octets(10, 33));
        assertThat(unfinishedUploads()).isZero();
    }

    /** A request that nobody waits for any more may still come to its end. */
    private void putInPlaceOfTheLate(String key, byte[] content) throws IOException {
        for (boolean late = true; late; ) {
            store.delete(key);
            try {
                put(key, content);
                late = false;
            } catch (ObjectExistsException _) {
                // it came between
            }
        }
    }

    private static void staysInterrupted(ThrowingCallable call) throws Throwable {
        Thread.currentThread().interrupt();
        try {
            call.call();
        } catch (StoreException _) {
            // or it goes through
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void deletedIsGoneAndAbsentIsSuccess() throws Exception {
        put("d/e", octets(10, 7));
        store.delete("d/e");
        assertThatThrownBy(() -> get("d/e", 0, 1)).isInstanceOf(ObjectMissingException.class);
        store.delete("d/e");
        store.delete("never-there");
        put("d/e", octets(10, 8));
        assertThat(get("d/e", 0, 10)).isEqualTo(octets(10, 8));
    }

    @Test
    void theListNamesFinishedObjectsWithSizeAndTime() throws Exception {
        Instant before = Instant.now().minusSeconds(5);
        for (int i = 0; i < 30; i++) {
            put("list/" + i, octets(i, i));
        }
        try (var unfinished = store.create("list/unfinished")) {
            unfinished.out().write(octets(17 << 20, 9));
            List<StoredObject> listed = new ArrayList<>();
            store.list(listed::add);
            assertThat(listed).hasSize(30).allSatisfy(object -> {
                assertThat(object.key()).isEqualTo("list/" + object.sizeOctets());
                assertThat(object.modifiedAt()).isBetween(before, Instant.now().plusSeconds(5));
            });
        }
    }

    /** Stores that give out lists in pages mostly take 1,000 to a page. */
    @Test
    void theListGoesOnBehindAThousandObjects() throws Exception {
        List<Future<?>> puts = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 1005; i++) {
                String key = "many/" + i;
                puts.add(threads.submit(() -> {
                    put(key, new byte[] {1});
                    return null;
                }));
            }
        }
        for (Future<?> each : puts) {
            each.get();
        }
        assertThat(keys()).doesNotHaveDuplicates().hasSize(1005);
    }

    @Test
    void theSweepRemovesWhatACrashLeftAndNothingElse() throws Exception {
        put("kept", octets(10, 10));
        var abandoned = store.create("abandoned");
        abandoned.out().write(octets(35 << 20, 11));    // past one part, so that S3 knows of it
        assertThat(unfinishedUploads()).isEqualTo(1);
        store.sweepUnfinished(Instant.now().minus(Duration.ofHours(1)));
        assertThat(unfinishedUploads()).isEqualTo(1);
        store.sweepUnfinished(Instant.now().plus(Duration.ofHours(1)));
        assertThat(unfinishedUploads()).isZero();
        assertThat(keys()).containsExactly("kept");
        abandoned.close();
        assertThat(keys()).containsExactly("kept");
    }

    @Test
    void whatIsNoFinishedObjectIsNamedWithItsAgeAndStays() throws Exception {
        assertThat(strays()).isEmpty();
        put("kept", octets(10, 21));
        put("in-parts", octets(17 << 20, 22));
        assertThat(strays()).isEmpty();
        Instant before = Instant.now().minusSeconds(5);
        String foreign = putForeign(octets(10, 23));
        try (var upload = store.create("under/way")) {
            upload.out().write(octets(35 << 20, 24));    // past one part, so that S3 knows of it
            for (int i = 0; i < 2; i++) {
                assertThat(strays()).hasSize(2).extracting(Stray::kind).containsExactlyInAnyOrder(Stray.Kind.UNFINISHED, Stray.Kind.FOREIGN);
            }
            assertThat(strays()).allSatisfy(stray -> assertThat(stray.since()).isBetween(before, Instant.now().plusSeconds(5)))
                    .filteredOn(stray -> stray.kind() == Stray.Kind.FOREIGN).extracting(Stray::name).containsExactly(foreign);
            upload.finish();
        }
        store.sweepUnfinished(Instant.now().plus(Duration.ofHours(1)));
        assertThat(strays()).extracting(Stray::name).as("no sweep takes what isn't ours").containsExactly(foreign);
        assertThat(keys()).containsExactlyInAnyOrder("kept", "in-parts", "under/way");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "a.b", "..", "a\\b", "a b", "a\0", "é", "a,b", "a%2e", "/", "//", "/a", "a//b", "a/"})
    void aKeyThatBreaksTheRuleIsRefusedEverywhere(String key) {
        assertThatThrownBy(() -> store.create(key)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.read(key, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.delete(key)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"etc/passwd", "-", "0", "_/-", "con", "a/b/c/d/e"})
    void anOddKeyThatKeepsTheRuleStaysInsideTheStore(String key) throws Exception {
        put(key, octets(100, 12));
        assertThat(get(key, 0, 100)).isEqualTo(octets(100, 12));
        assertThat(keys()).containsExactly(key);
        store.delete(key);
        assertThat(keys()).isEmpty();
    }

    @Test
    void theLongestKeyFits() throws Exception {
        String key = "k/".repeat(99) + "kk";
        put(key, octets(1, 13));
        assertThat(keys()).containsExactly(key);
    }

    @Test
    void aStoreThatCanBeWrittenPassesTheCheckAndKeepsNothingOfIt() throws Exception {
        store.check();
        assertThat(store.roomOctets()).isPositive();
        assertThat(keys()).isEmpty();
        assertThat(unfinishedUploads()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, (17 << 20)})
    void whileTheStoreIsAwayEveryCallFailsForNowAndNothingChanges(int octets) throws Exception {
        put("kept", octets(1000, 14));
        takeAway();
        assertTemporary(() -> put("new", octets(octets, 15)));
        assertTemporary(() -> get("kept", 0, 1000));
        assertTemporary(() -> get("never-there", 0, 1));
        assertTemporary(() -> store.delete("kept"));
        assertTemporary(() -> store.delete("never-there"));
        assertTemporary(() -> store.list(_ -> { }));
        assertTemporary(() -> store.strays(_ -> { }));
        assertTemporary(() -> store.sweepUnfinished(Instant.now().plus(Duration.ofHours(1))));
        assertTemporary(store::check);
        bringBack();
        store.check();
        assertThat(keys()).containsExactly("kept");
        assertThat(get("kept", 0, 1000)).isEqualTo(octets(1000, 14));
        put("new", octets(octets, 15));
        assertThat(get("new", 0, octets)).isEqualTo(octets(octets, 15));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1000, (17 << 20)})
    void anUploadThatMetAFailureIsLostAndItsKeyFree(int octets) throws Exception {
        put("kept", octets(10, 16));
        try (var upload = store.create("u")) {
            upload.out().write(octets(octets, 17));
            takeAway();
            assertTemporary(() -> {
                upload.out().write(octets(octets, 18));
                upload.finish();
            });
            bringBack();
            assertTemporary(upload::finish);
        }
        assertThat(keys()).containsExactly("kept");
        assertThat(unfinishedUploads()).as("closed after the store was back").isZero();
        put("u", octets(octets, 19));
        assertThat(get("u", 0, octets)).isEqualTo(octets(octets, 19));
    }

    @Test
    void whatCannotBeRemovedBecauseTheStoreIsAwayIsSweptLater() throws Exception {
        try (var upload = store.create("u")) {
            upload.out().write(octets(35 << 20, 20));
            takeAway();
        }
        bringBack();
        assertThat(keys()).isEmpty();
        store.sweepUnfinished(Instant.now().plus(Duration.ofHours(1)));
        assertThat(unfinishedUploads()).isZero();
    }

    @Test
    void aListDuringWhichTheStoreGoesAwayFailsOrNamesAll() throws Exception {
        int objects = 30;
        for (int i = 0; i < objects; i++) {
            put("list/" + i, octets(10, i));
        }
        List<String> named = new ArrayList<>();
        try {
            store.list(object -> {
                if (named.isEmpty()) {
                    nowTakeAway();
                }
                named.add(object.key());
            });
            assertThat(named).hasSize(objects);
        } catch (StoreException failed) {
            assertThat(failed.temporary()).isTrue();
        }
        bringBack();
        assertThat(keys()).hasSize(objects);
    }

    private void nowTakeAway() {
        try {
            takeAway();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void assertTemporary(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).as(e.toString()).isTrue());
    }

    protected ObjectStore store() {
        return store;
    }

    protected void put(String key, byte[] content) throws IOException {
        try (var upload = store.create(key)) {
            for (int at = 0; at < content.length; at += 65_536) {
                upload.out().write(content, at, Math.min(65_536, content.length - at));
            }
            upload.finish();
        }
    }

    protected byte[] get(String key, long offset, long length) throws IOException {
        try (InputStream in = store.read(key, offset, length)) {
            return in.readAllBytes();
        }
    }

    protected List<String> keys() throws IOException {
        List<String> keys = new ArrayList<>();
        store.list(object -> keys.add(object.key()));
        return keys;
    }

    protected List<Stray> strays() throws IOException {
        List<Stray> strays = new ArrayList<>();
        store.strays(strays::add);
        return strays;
    }

    protected static byte[] octets(int count, long seed) {
        byte[] octets = new byte[count];
        new Random(seed).nextBytes(octets);
        return octets;
    }

    private static byte[] slice(byte[] content, int from, int to) {
        return java.util.Arrays.copyOfRange(content, from, to);
    }
}
