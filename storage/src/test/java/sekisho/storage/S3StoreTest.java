package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;

import io.minio.ListMultipartUploadsArgs;
import io.minio.PutObjectAPIArgs;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3StoreTest extends ObjectStoreContract {
    private static final int OVER_READ = 128 << 10;
    private static final int ANSWER_HEAD = 4 << 10;
    @TempDir
    private static Path folder;
    private static S3ProxyServer server;
    private static FaultyWire wire;
    private S3Settings settings;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3ProxyServer.start(folder);
        wire = new FaultyWire(server.endpoint().getPort());
    }

    @AfterAll
    static void stopServer() throws Exception {
        wire.close();
        server.close();
    }

    @Override
    protected ObjectStore emptyStore() {
        String bucket = "test-" + UUID.randomUUID();
        server.createBucket(bucket);
        settings = new S3Settings(URI.create("http://127.0.0.1:" + wire.port()), bucket, "us-east-1", S3ProxyServer.ACCESS_KEY,
                S3ProxyServer.SECRET_KEY, true);
        return new S3Store(settings);
    }

    @Test
    void anObjectOfMorePartsThanS3TakesIsRefusedForGoodAndNothingStays() throws Exception {
        emptyStore().close();
        int part = 5 << 20;
        try (var store = new S3Store(settings, new S3Store.Limits(Duration.ZERO, part, 2))) {
            assertThat(store.largestOctets()).isEqualTo(2L * part);
            try (var fits = store.create("fits")) {
                fits.out().write(new byte[2 * part]);
                fits.finish();
            }
            try (var larger = store.create("larger")) {
                assertThatThrownBy(() -> {
                    larger.out().write(new byte[2 * part + 1]);
                    larger.finish();
                }).isInstanceOfSatisfying(ObjectTooLargeException.class, refused -> {
                    assertThat(refused.temporary()).isFalse();
                    assertThat(refused.largestOctets()).isEqualTo(2L * part);
                });
            }
            try (var read = store.read("fits", 0, 2L * part)) {
                assertThat(read.readAllBytes()).hasSize(2 * part);
            }
        }
        assertThat(unfinishedUploads()).isZero();
    }

    @Override
    protected int unfinishedUploads() throws Exception {
        try (var client = new S3Client(settings)) {
            return client.call("", () -> client.sdk().listMultipartUploads(
                    ListMultipartUploadsArgs.builder().bucket(settings.bucket()).build())).result().uploads().size();
        }
    }

    @Override
    protected String putForeign(byte[] content) throws Exception {
        return putForeign(settings, content);
    }

    /** An object that somebody else has put into the bucket. */
    static String putForeign(S3Settings settings, byte[] content) throws Exception {
        String name = "Backup of/Tuesday.tar";
        try (var client = new S3Client(settings)) {
            client.call(name, () -> client.sdk().putObject(PutObjectAPIArgs.builder().bucket(settings.bucket()).object(name)
                    .data(content, content.length).headers(S3Client.checksum(S3Client.crc32(content, content.length))).build()));
        }
        return name;
    }

    @Override
    protected void takeAway() {
        wire.breakDown();
    }

    @Override
    protected void bringBack() {
        wire.mend();
    }

    @Test
    void aLargeUploadWaitsForItsPartBuffer() throws Exception {
        var tight = new S3Settings(settings.endpoint(), settings.bucket(), "us-east-1", S3ProxyServer.ACCESS_KEY,
                S3ProxyServer.SECRET_KEY, true, 1, Duration.ofMinutes(1));
        try (var store = new S3Store(tight)) {
            var second = new FutureTask<Void>(() -> {
                try (var upload = store.create("second")) {
                    upload.out().write(octets(2 << 20, 2));
                    upload.finish();
                }
                return null;
            });
            try (var holder = store.create("holder")) {
                holder.out().write(octets(2 << 20, 1));
                var thread = Thread.ofPlatform().start(second);
                while (!second.isDone() && !waitsForABuffer(thread)) {
                    Thread.onSpinWait();
                }
                assertThat(second.isDone()).as("while the only buffer is taken").isFalse();
                assertThat(keys()).isEmpty();
                holder.finish();
            }
            second.get();
        }
        assertThat(keys()).containsExactlyInAnyOrder("holder", "second");
    }

    /** The one who has both an object and another beside it would wait for itself. */
    @Test
    void anUploadBesideAnotherTakesNoBufferFromIt() throws Exception {
        var tight = new S3Settings(settings.endpoint(), settings.bucket(), "us-east-1", S3ProxyServer.ACCESS_KEY, S3ProxyServer.SECRET_KEY, true, 1, Duration.ofMinutes(1));
        try (var store = new S3Store(tight, new S3Store.Limits(Duration.ZERO, S3Store.PART_OCTETS, S3Store.MAX_PARTS));
                var beside = store.createBeside("beside")) {
            beside.out().write(octets(17 << 20, 1));
            for (int i = 0; i < 2; i++) {
                try (var upload = store.create("file-" + i)) {
                    upload.out().write(octets(2 << 20, 2));
                    upload.finish();
                }
            }
            beside.finish();
        }
        assertThat(keys()).containsExactlyInAnyOrder("beside", "file-0", "file-1");
    }

    /** As a signed message inside a signed message comes, with a file in it: each longer than what is inside it. */
    @Test
    void uploadsInsideEachOtherTakeNoBufferFromEachOther() throws Exception {
        var tight = new S3Settings(settings.endpoint(), settings.bucket(), "us-east-1", S3ProxyServer.ACCESS_KEY, S3ProxyServer.SECRET_KEY, true, 1, Duration.ofMinutes(1));
        try (var store = new S3Store(tight, new S3Store.Limits(Duration.ZERO, S3Store.PART_OCTETS, S3Store.MAX_PARTS));
                var beside = store.createBeside("beside"); var outer = store.createAround("outer", 1); var inner = store.createAround("inner", 2)) {
            for (var upload : List.of(beside, outer, inner)) {
                upload.out().write(octets(17 << 20, 1));
            }
            try (var upload = store.create("file")) {
                upload.out().write(octets(17 << 20, 2));
                upload.finish();
            }
            inner.finish();
            outer.finish();
            beside.finish();
        }
        assertThat(keys()).containsExactlyInAnyOrder("beside", "outer", "inner", "file");
        assertThat(get("outer", 0, 17 << 20)).isEqualTo(octets(17 << 20, 1));
        assertThatThrownBy(() -> store().createAround("x", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean waitsForABuffer(Thread thread) {
        boolean takes = Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(BufferPool.class.getName()) && frame.getMethodName().equals("take"));
        return takes && thread.getState() == Thread.State.TIMED_WAITING;
    }

    /** The sweep has to see it, and the verifier: else it stays for ever. */
    @Test
    void whatAKillDuringTheTrialLeavesIsListed() throws Exception {
        store().check();
        assertThat(keys()).as("it cleans up behind itself").isEmpty();
        String left = S3Probe.KEYS + UUID.randomUUID();
        try (var upload = store().create(left)) {
            upload.finish();
        }
        assertThat(keys()).containsExactly(left);
        store().delete(left);
        assertThat(keys()).isEmpty();
    }

    @Test
    void aMissingBucketIsNamed() {
        try (var store = storeWith("no-such-bucket", S3ProxyServer.SECRET_KEY)) {
            assertThatThrownBy(store::check).isInstanceOf(StoreException.class).hasMessageContaining("no bucket no-such-bucket");
        }
    }

    @Test
    void wrongCredentialsAreToldAndNeverShown() {
        try (var store = storeWith(settings.bucket(), "another secret")) {
            assertThatThrownBy(store::check).isInstanceOf(StoreException.class).hasMessageContaining("credentials").hasNoCause()
                    .message().doesNotContain("another secret");
            assertThatThrownBy(() -> store.read("a", 0, 1)).isNotInstanceOf(ObjectMissingException.class);
            assertThatThrownBy(() -> store.delete("a")).isInstanceOf(StoreException.class);
        }
        assertThat(settings.toString()).doesNotContain(S3ProxyServer.SECRET_KEY).doesNotContain(S3ProxyServer.ACCESS_KEY);
    }

    @Test
    void aStoreThatCannotBeReachedIsATemporaryFailure() {
        var nowhere = new S3Settings(URI.create("http://127.0.0.1:1"), "bucket", "us-east-1", "a", "s", true);
        try (var store = new S3Store(nowhere)) {
            assertThatThrownBy(store::check).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).isTrue())
                    .hasMessageContaining("http://127.0.0.1:1");
        }
    }

    @Test
    void withoutAFreePartBufferALargeUploadFailsForNowAndSmallOnesPass() throws Exception {
        var tight = new S3Settings(settings.endpoint(), settings.bucket(), "us-east-1", S3ProxyServer.ACCESS_KEY,
                S3ProxyServer.SECRET_KEY, true, 1, Duration.ofMinutes(1));
        try (var store = new S3Store(tight, new S3Store.Limits(Duration.ZERO, S3Store.PART_OCTETS, S3Store.MAX_PARTS))) {
            try (var holder = store.create("holder"); var second = store.create("second"); var small = store.create("small")) {
                holder.out().write(octets(2 << 20, 1));
                assertThatThrownBy(() -> second.out().write(octets(2 << 20, 2))).isInstanceOf(StoreException.class)
                        .hasMessageContaining("too many");
                assertThatThrownBy(second::finish).isInstanceOf(StoreException.class);
                small.out().write(octets(1 << 20, 3));
                small.finish();
            }
            try (var next = store.create("next")) {
                next.out().write(octets(2 << 20, 4));
                next.finish();
            }
        }
        assertThat(keys()).containsExactlyInAnyOrder("small", "next");
    }

    /** A thousand clients at once, each with something small, have no more memory than the pool's. */
    @Test
    void withoutASmallBufferAnUploadFailsForNowAndTheSmallestPass() throws Exception {
        var tight = new S3Settings(settings.endpoint(), settings.bucket(), "us-east-1", S3ProxyServer.ACCESS_KEY,
                S3ProxyServer.SECRET_KEY, true, 1, Duration.ofMinutes(1));
        try (var store = new S3Store(tight, new S3Store.Limits(Duration.ZERO, S3Store.PART_OCTETS, S3Store.MAX_PARTS))) {
            List<ObjectStore.Upload> underWay = new ArrayList<>();
            for (int i = 0; i < UploadMemory.SMALLS_FOR_EACH_PART; i++) {
                var upload = store.create("under-way-" + i);
                upload.out().write(octets((64 << 10) + 1, i));
                underWay.add(upload);
            }
            try (var oneMore = store.create("one-more"); var smallest = store.create("smallest"); var large = store.create("large")) {
                oneMore.out().write(octets(64 << 10, 1));
                assertThatThrownBy(() -> oneMore.out().write(1)).isInstanceOf(StoreException.class).hasMessageContaining("too many");
                smallest.out().write(octets(64 << 10, 2));
                smallest.finish();
                large.out().write(octets(2 << 20, 3));
                large.finish();
            }
            underWay.removeFirst().close();
            underWay.removeFirst().finish();
            for (int i = 0; i < 2; i++) {
                var next = store.create("next-" + i);
                next.out().write(octets(1 << 20, i));
                underWay.add(next);
            }
            underWay.getFirst().out().write(octets(3 << 20, 9));   // on to a part, which gives its small buffer back
            try (var last = store.create("last")) {
                last.out().write(octets(100 << 10, 4));
                last.finish();
            }
            for (var upload : underWay) {
                upload.finish();
            }
            assertThat(content(store, "under-way-2")).isEqualTo(joined(octets((64 << 10) + 1, 2), octets(3 << 20, 9)));
        }
        assertThat(keys()).hasSize(UploadMemory.SMALLS_FOR_EACH_PART - 1 + 5).doesNotContain("under-way-0", "one-more");
    }

    private static byte[] content(ObjectStore store, String key) throws IOException {
        try (var in = store.read(key, 0, Long.MAX_VALUE)) {
            return in.readAllBytes();
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void ofASealedObjectOfManyPartsNoMoreComesOverTheWireThanTheSegmentsOfARange() throws Exception {
        KeyFiles.generate(folder, "objects");
        Place place = new Place(UUID.randomUUID(), UUID.randomUUID());
        byte[] plain = octets((33 << 20) + 5, 7);
        Sealed sealed;
        try (var object = new Sealer(store(), SealingKey.load(folder.resolve("objects.public"))).create("many/parts", place)) {
            object.out().write(plain);
            sealed = object.finish();
        }
        try (var open = new Opener(store(), OpeningKey.load(folder.resolve("objects.private"))).open(sealed, place)) {
            for (int[] range : new int[][] {{17 << 20, 1000}, {65_503, 2}, {0, 1}, {(33 << 20) + 4, 1}, {65_504, 65_504}, {1, 300_000}}) {
                long before = wire.answeredOctets();
                try (InputStream part = open.read(range[0], range[1])) {
                    assertThat(part.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(plain, range[0], range[0] + range[1]));
                }
                assertThat(wire.answeredOctets() - before - range[1]).as("octets from %d", range[0]).isLessThanOrEqualTo(OVER_READ + ANSWER_HEAD);
            }
        }
    }

    private S3Store storeWith(String bucket, String secretKey) {
        return new S3Store(new S3Settings(settings.endpoint(), bucket, "us-east-1", S3ProxyServer.ACCESS_KEY, secretKey, true));
    }
}
