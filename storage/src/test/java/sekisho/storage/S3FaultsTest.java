package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import io.minio.ListMultipartUploadsArgs;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.storage.FaultyWire.Fault;

/** A real S3 server behind a network that breaks at every request of every call. */
class S3FaultsTest {
    private static final int PART_OCTETS = 5 << 20;
    private static final byte[] SMALL = ObjectStoreContract.octets(300_000, 1);
    private static final byte[] TINY = ObjectStoreContract.octets(1_000, 4);
    private static final byte[] LARGE = ObjectStoreContract.octets(PART_OCTETS + 1, 2);
    private static final List<Fault> ON_REQUEST = List.of(Fault.RESET, Fault.HALF_REQUEST, Fault.STALL, Fault.UNAVAILABLE);
    /** Whoever meets one waits until its time is up. */
    private static final List<Fault> SILENT = List.of(Fault.STALL, Fault.SILENT_ANSWER, Fault.HALF_REQUEST, Fault.TRICKLE);
    /** What is in the request line of each request on the way of {@link #LARGE} into the store; some come more than once. */
    static final List<String> REQUESTS_OF_PARTS = List.of("?uploads", "partNumber=1", "partNumber=2", "HEAD /", "POST /%s/a/b?uploadId");
    private static final List<Fault> ON_ANSWER = List.of(Fault.LOST_ANSWER, Fault.HALF_ANSWER, Fault.ENDED_ANSWER, Fault.TRICKLE);

    @TempDir
    private static Path folder;
    private static S3ProxyServer server;
    private static FaultyWire wire;
    private S3Settings settings;
    private S3Store patient;
    private S3Store impatient;
    /** The impatient one while something is silent, so that nobody waits for long; else the patient one, which a slow machine doesn't disturb. */
    private S3Store store;

    @BeforeAll
    static void start() throws Exception {
        server = S3ProxyServer.start(folder);
        wire = new FaultyWire(server.endpoint().getPort());
    }

    @AfterAll
    static void stop() throws Exception {
        wire.close();
        server.close();
    }

    @BeforeEach
    void open() {
        String bucket = "b-" + UUID.randomUUID();
        server.createBucket(bucket);
        settings = waiting(bucket, Duration.ofSeconds(30));
        var limits = new S3Store.Limits(Duration.ofSeconds(10), PART_OCTETS, S3Store.MAX_PARTS);
        patient = new S3Store(settings, limits);
        impatient = new S3Store(waiting(bucket, Duration.ofSeconds(2)), limits);
        store = patient;
    }

    private static S3Settings waiting(String bucket, Duration silence) {
        return new S3Settings(URI.create("http://127.0.0.1:" + wire.port()), bucket, "us-east-1", S3ProxyServer.ACCESS_KEY,
                S3ProxyServer.SECRET_KEY, true, 2, silence);
    }

    @AfterEach
    void close() {
        wire.mend();
        patient.close();
        impatient.close();
    }

    /** What is in the request line of each request on the way of an object into the store. */
    static Stream<Arguments> requestsOfAPut() {
        List<Arguments> all = new ArrayList<>();
        for (Fault fault : Stream.concat(ON_REQUEST.stream(), ON_ANSWER.stream()).toList()) {
            all.add(Arguments.of(fault == Fault.TRICKLE ? TINY : SMALL, "PUT /", fault));    // the more there is to send, the longer the answer may take
            for (String request : REQUESTS_OF_PARTS) {
                if (fault != Fault.TRICKLE || !request.equals("partNumber=1")) {    // whose answer may take as long as its 5 MiB
                    all.add(Arguments.of(LARGE, request, fault));
                }
            }
        }
        return all.stream();
    }

    private void put(byte[] content) throws IOException {
        try (var upload = store.create("a/b")) {
            upload.out().write(content);
            upload.finish();
        }
    }

    private byte[] get() throws IOException {
        try (InputStream in = store.read("a/b", 0, Long.MAX_VALUE)) {
            return in.readAllBytes();
        }
    }

    private void mend() {
        wire.mend();
        store = patient;
    }

    /** Half of a request that carries an object is some of the object; of any other, and of an answer, some of its head. */
    private void order(String request, Fault fault, int times) {
        boolean carries = request.equals("PUT /") || request.equals("partNumber=1");
        store = SILENT.contains(fault) ? impatient : patient;
        wire.order(request.formatted(settings.bucket()), fault, fault == Fault.SLOW ? 0 : fault == Fault.HALF_REQUEST && carries ? 200_000 : 20, times);
    }

    /** While it lasts, the caller is told to come back later; afterwards everything is as it was, or whole. */
    @ParameterizedTest
    @MethodSource("requestsOfAPut")
    void nothingHalfDoneIsVisible(byte[] content, String request, Fault fault) throws Exception {
        order(request, fault, Integer.MAX_VALUE);
        assertTemporary(() -> put(content));
        assertThat(wire.met()).as("the request was made").isTrue();
        mend();
        if (isThere()) {
            assertThat(fault == Fault.STALL || ON_ANSWER.contains(fault)).as("only what the store did and couldn't say, or got late: " + fault).isTrue();
            assertThat(get()).isEqualTo(content);
        }
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {   // what stalled may come to the store only now
            store.sweepUnfinished(Instant.now().plus(Duration.ofHours(1)));
            assertThat(unfinishedUploads()).isZero();
        });
        store.delete("a/b");
        put(content);
        assertThat(get()).isEqualTo(content);
    }

    /** The abort of an upload that broke off is a call of its own, and needs a network that works again. */
    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "HALF_REQUEST", "STALL", "UNAVAILABLE", "LOST_ANSWER", "HALF_ANSWER", "ENDED_ANSWER"})
    void anUploadThatBreaksOffIsAbortedAtOnceWhenTheStoreCanBeReached(Fault fault) throws Exception {
        order("partNumber=2", fault, Integer.MAX_VALUE);
        assertTemporary(() -> put(LARGE));
        assertThat(unfinishedUploads()).isZero();
        assertThat(isThere()).isFalse();
    }

    /** The id is in the answer: who didn't get it asks for what is under way for that key. Connections that were used before are the HTTP client's to try again. */
    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "HALF_REQUEST", "UNAVAILABLE", "LOST_ANSWER", "HALF_ANSWER", "ENDED_ANSWER"})
    void anUploadWhoseBeginningBrokeIsAbortedAtOnceAndNoOther(Fault fault) throws Exception {
        try (var other = store.create("a/bc")) {
            other.out().write(LARGE);
            for (int usedBefore = 0; usedBefore <= 1; usedBefore++) {
                if (usedBefore == 1) {
                    store.list(_ -> { });
                }
                order("POST /%s/a/b?uploads", fault, 1);
                assertTemporary(() -> put(LARGE));
                assertThat(wire.met()).isTrue();
                assertThat(unfinishedUploads()).as("the other one").isEqualTo(1);
                assertThat(isThere()).isFalse();
            }
            other.finish();
        }
        put(LARGE);
        assertThat(get()).isEqualTo(LARGE);
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "HALF_REQUEST", "STALL", "UNAVAILABLE", "LOST_ANSWER", "HALF_ANSWER", "ENDED_ANSWER", "SLOW"})
    void aPartThatFailsOnceOrTwiceIsSentAgain(Fault fault) throws Exception {
        order("partNumber=1", fault, 2);
        put(LARGE);
        assertThat(wire.met()).isTrue();
        assertThat(get()).isEqualTo(LARGE);
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "HALF_REQUEST", "STALL", "UNAVAILABLE", "LOST_ANSWER", "HALF_ANSWER", "ENDED_ANSWER", "SLOW"})
    void aSmallObjectThatFailsOnceOrTwiceIsSentAgain(Fault fault) throws Exception {
        order("PUT /", fault, 2);
        put(SMALL);
        assertThat(wire.met()).isTrue();
        assertThat(get()).isEqualTo(SMALL);
        assertThatThrownBy(() -> put(SMALL)).as("at the first attempt it is another's").isInstanceOf(ObjectExistsException.class);
    }

    /** On a connection that was used before, HTTP clients like to send a request again by themselves. */
    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"LOST_ANSWER", "HALF_ANSWER", "ENDED_ANSWER"})
    void anObjectWhoseAnswerWasLostIsNeverTakenForAnothers(Fault fault) throws Exception {
        store.check();
        store.list(_ -> { });
        order("PUT /", fault, 1);
        put(SMALL);
        assertThat(wire.met()).isTrue();
        assertThat(get()).isEqualTo(SMALL);
        store.delete("a/b");
        store.list(_ -> { });
        order("POST /%s/a/b?uploadId", fault, 1);
        assertTemporary(() -> put(LARGE));
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "STALL", "UNAVAILABLE", "LOST_ANSWER", "HALF_ANSWER", "ENDED_ANSWER", "SHORT_ANSWER", "SILENT_ANSWER"})
    void aReadThatBreaksOffNeverEndsAsIfItWereWhole(Fault fault) throws Exception {
        put(LARGE);
        store = SILENT.contains(fault) ? impatient : patient;
        wire.order("GET /" + settings.bucket() + "/a/b", fault, 1_000_000);
        if (fault == Fault.SHORT_ANSWER) {
            assertThat(get().length).as("the caller knows the length, and who opens a sealed object holds it to that").isLessThan(LARGE.length);
        } else {
            assertTemporary(this::get);
        }
        mend();
        assertThat(get()).isEqualTo(LARGE);
    }

    @Test
    void aSealedObjectCutShortIsBrokenAndNotAtItsEnd() throws Exception {
        KeyFiles.generate(folder, settings.bucket());
        Place place = new Place(UUID.randomUUID(), UUID.randomUUID());
        byte[] plain = ObjectStoreContract.octets(500_000, 3);
        Sealed sealed;
        try (var object = new Sealer(store, SealingKey.load(folder.resolve(settings.bucket() + ".public"))).create("a/b", place)) {
            object.out().write(plain);
            sealed = object.finish();
        }
        var opener = new Opener(impatient, OpeningKey.load(folder.resolve(settings.bucket() + ".private")));
        try (var open = opener.open(sealed, place)) {
            for (Fault fault : List.of(Fault.SHORT_ANSWER, Fault.HALF_ANSWER, Fault.ENDED_ANSWER, Fault.SILENT_ANSWER, Fault.TRICKLE, Fault.STALL)) {
                wire.order("GET /" + settings.bucket() + "/a/b", fault, 100_000);
                try (InputStream in = fault == Fault.STALL ? null : open.read(0, plain.length)) {
                    if (in == null) {
                        assertTemporary(() -> open.read(0, plain.length));
                    } else {
                        assertThatThrownBy(in::readAllBytes).as(fault.name()).isInstanceOfAny(StoreException.class, SealBrokenException.class);
                        assertThatThrownBy(in::read).as("never the end").isInstanceOf(IOException.class);
                    }
                }
                mend();
            }
            wire.order("GET /" + settings.bucket() + "/a/b", Fault.SLOW, 0);
            try (InputStream in = open.read(0, plain.length)) {
                assertThat(in.readAllBytes()).isEqualTo(plain);
            }
        }
    }

    /** Everything else that is asked of a store: told as temporary, and done when it is asked again. */
    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "STALL", "UNAVAILABLE", "LOST_ANSWER", "HALF_ANSWER", "ENDED_ANSWER", "TRICKLE"})
    void everyOtherCallSaysSoAndSucceedsWhenItIsAskedAgain(Fault fault) throws Exception {
        put(SMALL);
        List<String> listed = new ArrayList<>();
        fails("list-type=2", fault, () -> store.list(object -> listed.add(object.key())));
        store.list(object -> listed.add(object.key()));
        assertThat(listed).containsExactly("a/b");
        fails("&uploads", fault, () -> store.sweepUnfinished(Instant.now()));
        fails("versions", fault, () -> store.delete("a/b"));
        assertThat(isThere()).isTrue();
        fails("DELETE /", fault, () -> store.delete("a/b"));
        store.delete("a/b");
        assertThat(isThere()).isFalse();
        fails(" /" + settings.bucket(), fault, () -> store.check());
        store.check();
        fails(" /" + settings.bucket(), fault, () -> store.check());
        store.check();
        listed.clear();
        store.list(object -> listed.add(object.key()));
        assertThat(listed).isEmpty();
    }

    /** No thread waits for as long as octets come. */
    @Test
    void aReadThatComesInDropsFromItsBeginningBreaksOff() throws Exception {
        put(SMALL);
        fails("GET /" + settings.bucket() + "/a/b", Fault.TRICKLE, () -> impatient.read("a/b", 0, Long.MAX_VALUE));
        assertThat(get()).isEqualTo(SMALL);
        store.delete("a/b");
        fails("GET /" + settings.bucket() + "/a/b", Fault.TRICKLE, () -> impatient.read("a/b", 0, Long.MAX_VALUE));
    }

    @Test
    void aStoreThatAnswersFewOctetsAtATimeIsWaitedFor() throws Exception {
        for (byte[] content : List.of(SMALL, LARGE)) {
            wire.order("", Fault.SLOW, 3);
            put(content);
            List<String> listed = new ArrayList<>();
            store.list(object -> listed.add(object.key()));
            assertThat(listed).containsExactly("a/b");
            store.sweepUnfinished(Instant.now());
            store.check();
            wire.order("GET /", Fault.SLOW, 5_000);
            assertThat(get()).isEqualTo(content);
            wire.order("", Fault.SLOW, 3);
            store.delete("a/b");
            assertThat(isThere()).isFalse();
        }
    }

    /** What is in each request of a trial; some of them it makes twice, and then the second is met. */
    @ParameterizedTest
    @CsvSource({"?object-lock, 1", "?uploads, 1", "partNumber=1, 1", "partNumber=2, 1", "HEAD /, 1", "POST /%s/sekisho-check/, 1", "HEAD /, 2",
        "GET /%s/sekisho-check/, 1", "If-None-Match, 2", "versions, 1", "DELETE /, 1", "versions, 2", "GET /%s/sekisho-check/, 2"})
    void aTrialWhoseAnswerIsLostIsClearedAwayByTheNext(String request, int nth) throws Exception {
        if (nth == 2) {
            wire.orderBehindTheNext(request.formatted(settings.bucket()), Fault.LOST_ANSWER, 0);
        } else {
            wire.order(request.formatted(settings.bucket()), Fault.LOST_ANSWER, 0);
        }
        assertTemporary(store::check);
        assertTemporary(store::check);
        assertThat(wire.met()).isTrue();
        mend();
        assertThat(keys()).hasSizeLessThanOrEqualTo(1);
        store.check();
        assertThat(keys()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT /", "versions", "DELETE /"})
    void aSmallTrialWhoseAnswerIsLostIsClearedAwayByTheNext(String request) throws Exception {
        store.check();
        fails("HEAD /" + settings.bucket(), Fault.LOST_ANSWER, store::check);
        wire.order(request, Fault.LOST_ANSWER, 0);
        for (int poll = 0; poll < 5; poll++) {
            assertTemporary(store::check);
        }
        assertThat(wire.met()).isTrue();
        mend();
        assertThat(keys()).as("however often it was tried").hasSizeLessThanOrEqualTo(1);
        store.check();
        assertThat(keys()).isEmpty();
        store.check();
    }

    private List<String> keys() throws IOException {
        List<String> keys = new ArrayList<>();
        store.list(object -> keys.add(object.key()));
        return keys;
    }

    private void fails(String request, Fault fault, ThrowingCallable call) {
        order(request, fault, Integer.MAX_VALUE);
        assertTemporary(call);
        assertThat(wire.met()).as(request).isTrue();
        mend();
    }

    @Test
    void withoutANetworkEveryCallFailsForNow() throws Exception {
        put(SMALL);
        wire.breakDown();
        assertTemporary(() -> put(SMALL));
        assertTemporary(this::get);
        assertTemporary(() -> store.delete("a/b"));
        assertTemporary(() -> store.list(_ -> { }));
        assertTemporary(() -> store.sweepUnfinished(Instant.now()));
        assertTemporary(store::check);
        mend();
        assertThat(get()).isEqualTo(SMALL);
        store.check();
    }

    private static void assertTemporary(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).as(e.toString()).isTrue());
    }

    private boolean isThere() throws IOException {
        try {
            get();
            return true;
        } catch (ObjectMissingException _) {
            return false;
        }
    }

    private int unfinishedUploads() throws Exception {
        try (var client = new S3Client(settings)) {
            return client.call("", () -> client.sdk().listMultipartUploads(
                    ListMultipartUploadsArgs.builder().bucket(settings.bucket()).build())).result().uploads().size();
        }
    }
}
