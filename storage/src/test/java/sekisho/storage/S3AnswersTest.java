package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

import com.sun.net.httpserver.HttpExchange;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that the S3 server of the contract test doesn't give: versions, overload, nonsense, a connection that breaks. */
class S3AnswersTest {
    private static final String INITIATED = "<InitiateMultipartUploadResult><Bucket>bucket</Bucket><Key>a</Key><UploadId>u1</UploadId>"
            + "</InitiateMultipartUploadResult>";
    private static final String SLOW_DOWN = "<Error><Code>SlowDown</Code><Message>m</Message></Error>";
    private static final String NO_SUCH_KEY = "<Error><Code>NoSuchKey</Code><Message>m</Message></Error>";
    private static final String TAKEN = "<Error><Code>PreconditionFailed</Code><Message>m</Message></Error>";
    private static final byte[] SMALL = ObjectStoreContract.octets(100_000, 7);
    private static final String NO_LOCK = "<Error><Code>ObjectLockConfigurationNotFoundError</Code><Message>m</Message></Error>";
    private static final String NO_VERSIONS = "<ListVersionsResult><Name>bucket</Name><IsTruncated>false</IsTruncated></ListVersionsResult>";
    private static final String WITHOUT_VERSION = "<Version><Key>a</Key><VersionId>null</VersionId><IsLatest>true</IsLatest><Size>1</Size>"
            + "<LastModified>2026-11-22T00:00:00.000Z</LastModified></Version>";
    private static final String WITHOUT_VERSION_OF = "<ListVersionsResult><Name>bucket</Name><IsTruncated>false</IsTruncated><Version><Key>%s</Key>"
            + "<VersionId>null</VersionId><IsLatest>true</IsLatest><Size>1</Size><LastModified>2026-11-22T00:00:00.000Z</LastModified></Version></ListVersionsResult>";
    private static final String MARKER = "<DeleteMarker><Key>a</Key><VersionId>m1</VersionId><IsLatest>true</IsLatest>"
            + "<LastModified>2026-11-22T00:00:00.000Z</LastModified></DeleteMarker>";

    private ScriptedS3 server;
    private S3Store store;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedS3();
        store = server.store();
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    @Test
    void deletingDeletesEveryVersionAndMarkerOfTheKeyAndOfNoOther() throws Exception {
        server.then(200, """
                <ListVersionsResult><Name>bucket</Name><IsTruncated>false</IsTruncated>
                  <Version><Key>a</Key><VersionId>v2</VersionId><IsLatest>false</IsLatest><Size>1</Size><LastModified>2026-11-22T00:00:00.000Z</LastModified></Version>
                  <Version><Key>a</Key><VersionId>null</VersionId><IsLatest>false</IsLatest><Size>1</Size><LastModified>2026-11-22T00:00:00.000Z</LastModified></Version>
                  <Version><Key>ab</Key><VersionId>v9</VersionId><IsLatest>true</IsLatest><Size>1</Size><LastModified>2026-11-22T00:00:00.000Z</LastModified></Version>
                  <DeleteMarker><Key>a</Key><VersionId>v3</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-22T00:00:00.000Z</LastModified></DeleteMarker>
                </ListVersionsResult>""").then(204, "").then(204, "").then(204, "").then(200, NO_VERSIONS);
        store.delete("a");
        assertThat(server.requests()).hasSize(5).element(0).asString().contains("versions").contains("prefix=a");
        assertThat(server.requests().subList(1, 4)).containsExactlyInAnyOrder("DELETE /bucket/a?versionId=v2",
                "DELETE /bucket/a?versionId=null", "DELETE /bucket/a?versionId=v3");
    }

    /** Path style off: the bucket is in the name of the host, and in no path. */
    @Test
    void aBucketThatIsAHostIsAskedForByItsName() throws Exception {
        server.then(200, "", "ETag", "\"e\"");
        server.then(exchange -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-0/1");
            exchange.sendResponseHeaders(206, 1);
            exchange.getResponseBody().write(1);
        });
        server.then(200, WITHOUT_VERSION_OF.formatted("f/a")).then(204, "").then(200, NO_VERSIONS);
        server.then(200, INITIATED.replace("<Key>a</Key>", "<Key>f/b</Key>")).then(200, "", "ETag", "\"p\"").then(200, "", "ETag", "\"p\"").then(404, NO_SUCH_KEY)
                .then(200, "<CompleteMultipartUploadResult><Bucket>bucket</Bucket><Key>f/b</Key><ETag>\"e\"</ETag></CompleteMultipartUploadResult>")
                .then(exchange -> answerLength(exchange, (16 << 20) + 1));
        assertThat(AskedByHost.run(server.port())).isEqualTo("done");
        assertThat(server.hosts()).hasSize(11).containsOnly("bucket.localhost:" + server.port());
        assertThat(server.requests()).allMatch(request -> request.matches("[A-Z]+ /(f/[ab])?([?].*)?")).element(0).isEqualTo("PUT /f/a");
        assertThat(server.requests().get(1)).isEqualTo("GET /f/a");
        assertThat(server.requests().get(3)).isEqualTo("DELETE /f/a");
        assertThat(server.requests().get(5)).startsWith("POST /f/b?uploads");
        assertThat(server.requests().get(9)).startsWith("POST /f/b?uploadId=");
        assertThat(server.requests().get(10)).isEqualTo("HEAD /f/b");
    }

    @Test
    void aListOfVersionsIsReadToTheEndOfTheKey() throws Exception {
        server.then(200, """
                <ListVersionsResult><Name>bucket</Name><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>
                  <NextVersionIdMarker>v1</NextVersionIdMarker>
                  <Version><Key>a</Key><VersionId>v1</VersionId><IsLatest>true</IsLatest><Size>1</Size><LastModified>2026-11-22T00:00:00.000Z</LastModified></Version>
                </ListVersionsResult>""").then(200, """
                <ListVersionsResult><Name>bucket</Name><IsTruncated>true</IsTruncated><NextKeyMarker>ab</NextKeyMarker>
                  <Version><Key>a</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest><Size>1</Size><LastModified>2026-11-22T00:00:00.000Z</LastModified></Version>
                </ListVersionsResult>""").then(204, "").then(204, "").then(200, NO_VERSIONS);
        store.delete("a");
        assertThat(server.requests()).hasSize(5).element(3).isEqualTo("DELETE /bucket/a?versionId=v2");
    }

    /** Versioning was switched on behind us: a plain deletion only lays a marker over what was there before. */
    @Test
    void whatWasPutBeforeTheBucketKeptVersionsIsDeletedToo() throws Exception {
        server.then(200, versions(WITHOUT_VERSION)).then(204, "").then(200, versions(WITHOUT_VERSION, MARKER)).then(204, "").then(204, "").then(200, NO_VERSIONS);
        store.delete("a");
        assertThat(server.requests()).element(1).isEqualTo("DELETE /bucket/a");
        assertThat(server.requests().subList(3, 5)).containsExactlyInAnyOrder("DELETE /bucket/a?versionId=null", "DELETE /bucket/a?versionId=m1");
        assertThat(server.requests()).hasSize(6);
    }

    @Test
    void aVersionThatStaysAfterAllIsNotReportedAsDeleted() {
        server.then(200, versions(WITHOUT_VERSION)).then(204, "").then(200, versions(WITHOUT_VERSION, MARKER)).then(204, "").then(204, "")
                .then(200, versions(WITHOUT_VERSION));
        assertThatThrownBy(() -> store.delete("a")).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).isTrue())
                .hasMessageContaining("versions");
    }

    private static String versions(String... of) {
        return "<ListVersionsResult><Name>bucket</Name><IsTruncated>false</IsTruncated>" + String.join("", of) + "</ListVersionsResult>";
    }

    @Test
    void aLockedVersionIsNotReportedAsDeleted() {
        server.then(200, """
                <ListVersionsResult><Name>bucket</Name><IsTruncated>false</IsTruncated>
                  <Version><Key>a</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest><Size>1</Size><LastModified>2026-11-22T00:00:00.000Z</LastModified></Version>
                </ListVersionsResult>""").then(403, "<Error><Code>AccessDenied</Code><Message>m</Message></Error>");
        assertThatThrownBy(() -> store.delete("a")).isInstanceOf(StoreException.class);
    }

    @Test
    void aConnectionThatBreaksIsNotTheEndOfTheObject() throws Exception {
        server.then(exchange -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-999/1000");
            exchange.sendResponseHeaders(206, 1000);
            exchange.getResponseBody().write(new byte[400]);
            exchange.getResponseBody().flush();
        });
        try (InputStream in = store.read("a", 0, 1000)) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void aStoreThatIgnoresRangesIsFoundOut() {
        server.then(200, "the whole object");
        assertThatThrownBy(() -> store.read("a", 4, 2)).isInstanceOf(StoreException.class).hasMessageContaining("range");
    }

    @Test
    void anOverloadedStoreIsAskedAgainForAPart() throws Exception {
        server.then(200, INITIATED).then(503, SLOW_DOWN).then(503, SLOW_DOWN).then(200, "", "ETag", "\"e1\"")
                .then(200, "", "ETag", "\"e2\"").then(404, NO_SUCH_KEY).then(200, """
                <CompleteMultipartUploadResult><Bucket>bucket</Bucket><Key>a</Key><ETag>e</ETag></CompleteMultipartUploadResult>""")
                .then(S3AnswersTest::largeObjectIsThere);
        byte[] content = ObjectStoreContract.octets(S3Store.PART_OCTETS + 1, 1);
        try (var upload = store.create("a")) {
            upload.out().write(content);
            upload.finish();
        }
        assertThat(server.requests()).filteredOn(request -> request.contains("partNumber=1")).hasSize(3);
        for (int request = 1; request <= 3; request++) {
            assertThat(server.bodies().get(request)).as("the same ciphertext each time").isEqualTo(Arrays.copyOf(content, S3Store.PART_OCTETS));
        }
        assertThat(server.requests()).noneMatch(request -> request.startsWith("DELETE"));
    }

    private void put(byte[] content) throws IOException {
        try (var upload = store.create("a")) {
            upload.out().write(content);
            upload.finish();
        }
    }

    @Test
    void anOverloadedStoreIsAskedAgainForAWholeObject() throws Exception {
        server.then(503, SLOW_DOWN).then(503, SLOW_DOWN).then(200, "", "ETag", "\"e1\"");
        put(SMALL);
        assertThat(server.requests()).containsOnly("PUT /bucket/a").hasSize(3);
        assertThat(server.bodies()).as("the same ciphertext each time").allMatch(body -> Arrays.equals(body, SMALL));
        server.then(503, SLOW_DOWN).then(503, SLOW_DOWN).then(503, SLOW_DOWN);
        assertThatThrownBy(() -> put(SMALL)).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).isTrue());
        assertThat(server.requests()).as("no more often than a part").hasSize(6);
    }

    /** The first attempt was done and not answered, or another was faster: its octets tell. */
    @Test
    void whatHasTheKeyAfterALostAnswerIsOursOnlyIfItIsOctetForOctet() throws Exception {
        server.then(503, SLOW_DOWN).then(412, TAKEN).then(exchange -> answerRange(exchange, SMALL));
        put(SMALL);
        byte[] lastOctetChanged = SMALL.clone();
        lastOctetChanged[SMALL.length - 1]++;
        for (byte[] another : List.of(lastOctetChanged, Arrays.copyOf(SMALL, SMALL.length - 1), Arrays.copyOf(SMALL, SMALL.length + 1))) {
            server.then(503, SLOW_DOWN).then(412, TAKEN).then(exchange -> answerRange(exchange, another));
            assertThatThrownBy(() -> put(SMALL)).isInstanceOf(ObjectExistsException.class);
        }
        for (int status : new int[] {404, 503}) {
            server.then(503, SLOW_DOWN).then(412, TAKEN).then(status, status == 404 ? NO_SUCH_KEY : SLOW_DOWN);
            assertThatThrownBy(() -> put(SMALL)).as("%d", status).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).isTrue());
        }
        assertThat(server.requests()).hasSize(18).noneMatch(request -> request.startsWith("DELETE"));
    }

    @Test
    void whatHasTheKeyAtTheFirstAttemptIsAnothers() {
        server.then(412, TAKEN);
        assertThatThrownBy(() -> put(SMALL)).isInstanceOf(ObjectExistsException.class);
        assertThat(server.requests()).hasSize(1);
    }

    private static void answerRange(HttpExchange exchange, byte[] octets) throws IOException {
        exchange.getResponseHeaders().set("Content-Range", "bytes 0-" + (octets.length - 1) + "/" + octets.length);
        exchange.sendResponseHeaders(206, octets.length);
        exchange.getResponseBody().write(octets);
    }

    @Test
    void anUploadThatFailsIsAborted() throws Exception {
        server.then(200, INITIATED).then(503, SLOW_DOWN).then(503, SLOW_DOWN).then(503, SLOW_DOWN).then(204, "");
        try (var upload = store.create("a")) {
            assertThatThrownBy(() -> upload.out().write(new byte[S3Store.PART_OCTETS + 1])).isInstanceOfSatisfying(StoreException.class,
                    e -> assertThat(e.temporary()).isTrue());
            assertThatThrownBy(upload::finish).isInstanceOf(StoreException.class);
        }
        assertThat(server.requests()).last().asString().startsWith("DELETE").contains("uploadId=u1");
    }

    private static String unfinished(boolean truncated, String... keysAndIds) {
        StringBuilder xml = new StringBuilder("<ListMultipartUploadsResult><Bucket>bucket</Bucket><KeyMarker></KeyMarker><UploadIdMarker></UploadIdMarker>"
                + "<NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>u1</NextUploadIdMarker><MaxUploads>2</MaxUploads>");
        xml.append("<IsTruncated>").append(truncated).append("</IsTruncated>");
        for (int i = 0; i < keysAndIds.length; i += 2) {
            xml.append("<Upload><Key>").append(keysAndIds[i]).append("</Key><UploadId>").append(keysAndIds[i + 1]).append("""
                    </UploadId><Initiator><ID>i</ID><DisplayName>i</DisplayName></Initiator><Owner><ID>o</ID><DisplayName>o</DisplayName></Owner>
                    <StorageClass>STANDARD</StorageClass><Initiated>2026-11-22T00:00:00.000Z</Initiated></Upload>""");
        }
        return xml.append("</ListMultipartUploadsResult>").toString();
    }

    /** A store may ignore the prefix, and tell in pages. */
    @Test
    void anUploadWhoseBeginningWasNotAnsweredIsLookedForToTheEndAndAborted() throws Exception {
        server.then(503, SLOW_DOWN).then(200, unfinished(true, "0", "u0", "a", "u1")).then(200, unfinished(false, "a", "u2", "ab", "u3"))
                .then(404, "<Error><Code>NoSuchUpload</Code><Message>m</Message></Error>").then(204, "");
        try (var upload = store.create("a")) {
            assertThatThrownBy(() -> upload.out().write(new byte[S3Store.PART_OCTETS + 1])).isInstanceOf(StoreException.class);
        }
        assertThat(server.requests()).hasSize(5).element(1).asString().contains("uploads").contains("prefix=a");
        assertThat(server.requests()).filteredOn(request -> request.startsWith("DELETE")).containsExactly("DELETE /bucket/a?uploadId=u1",
                "DELETE /bucket/a?uploadId=u2");
    }

    @Test
    void oneUploadThatCannotBeAbortedKeepsNoOtherFromTheSweep() throws Exception {
        server.then(200, unfinished(true, "a", "u1", "b", "u2")).then(403, "<Error><Code>AccessDenied</Code><Message>m</Message></Error>").then(503, SLOW_DOWN)
                .then(200, unfinished(false, "c", "u3")).then(204, "");
        assertThatThrownBy(() -> store.sweepUnfinished(Instant.now().plus(Duration.ofDays(36_500)))).isInstanceOf(StoreException.class);
        assertThat(server.requests()).filteredOn(request -> request.startsWith("DELETE")).containsExactly("DELETE /bucket/a?uploadId=u1",
                "DELETE /bucket/b?uploadId=u2", "DELETE /bucket/c?uploadId=u3");
    }

    @Test
    void anUploadThatTheStoreRefusedToBeginIsNotLookedFor() throws Exception {
        for (String code : new String[] {"AccessDenied", "InvalidRequest"}) {
            server.then(403, "<Error><Code>" + code + "</Code><Message>m</Message></Error>");
            try (var upload = store.create("a")) {
                assertThatThrownBy(() -> upload.out().write(new byte[S3Store.PART_OCTETS + 1])).isInstanceOf(StoreException.class);
            }
        }
        assertThat(server.requests()).hasSize(2).allMatch(request -> request.startsWith("POST"));
    }

    /** Whoever sent a message is waiting for its answer. */
    @Test
    void nobodyWaitsForASilentStoreToAbort() throws Exception {
        var answer = new CountDownLatch(1);
        server.then(503, SLOW_DOWN).then(exchange -> {
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(503, -1);
        });
        try (var upload = store.create("a")) {
            assertThatThrownBy(() -> upload.out().write(new byte[S3Store.PART_OCTETS + 1])).isInstanceOf(StoreException.class);
        }
        assertThat(server.requests()).as("asked, and not answered yet").hasSize(2);
        answer.countDown();
    }

    @Test
    void anErrorInsideOfASuccessfulAnswerIsAnError() throws Exception {
        server.then(200, INITIATED).then(200, "", "ETag", "\"e1\"").then(200, "", "ETag", "\"e2\"").then(404, NO_SUCH_KEY)
                .then(200, "<Error><Code>InternalError</Code><Message>m</Message></Error>").then(404, "").then(204, "");
        try (var upload = store.create("a")) {
            upload.out().write(new byte[S3Store.PART_OCTETS + 1]);
            assertThatThrownBy(upload::finish).isInstanceOf(StoreException.class).isNotInstanceOf(ObjectMissingException.class);
        }
        assertThat(server.requests()).last().asString().startsWith("DELETE").contains("uploadId=u1");
    }

    private static void largeObjectIsThere(HttpExchange exchange) throws IOException {
        answerLength(exchange, S3Store.PART_OCTETS + 1);
    }

    @Test
    void whatIsNoS3ServerIsTemporarilyUnusableAndItsPageNotQuoted() {
        for (int status : new int[] {200, 302, 404, 500}) {
            server.then(status, "<html>the proxy of the house: user=hanako</html>", "Content-Type", "text/html");
            assertThatThrownBy(() -> store.list(_ -> { })).isInstanceOfSatisfying(StoreException.class,
                    e -> assertThat(e.temporary()).isTrue()).message().doesNotContain("hanako");
        }
        server.then(404, "<html>not here</html>", "Content-Type", "text/html");
        assertThatThrownBy(() -> store.read("a", 0, 1)).isInstanceOf(StoreException.class).isNotInstanceOf(ObjectMissingException.class);
    }

    @Test
    void aBucketThatLocksWhatIsPutIntoItIsRefusedBeforeAnythingIs() {
        server.then(200, """
                <ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode>
                <Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>""");
        assertThatThrownBy(store::check).isInstanceOf(StoreUnfitException.class).hasMessageContaining("bucket bucket").hasMessageContaining("object lock");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aStoreWithoutMultipartUploadsIsRefused() {
        server.then(404, NO_LOCK).then(501, "<Error><Code>NotImplemented</Code><Message>m</Message></Error>");
        assertThatThrownBy(store::check).isInstanceOf(StoreUnfitException.class).hasMessageContaining("multipart upload")
                .hasMessageContaining("NotImplemented");
    }

    @Test
    void aStoreThatIsOverloadedWhenItIsTriedIsNotRefused() {
        server.then(404, NO_LOCK).then(503, SLOW_DOWN);
        assertThatThrownBy(store::check).isInstanceOf(StoreException.class).isNotInstanceOf(StoreUnfitException.class);
        for (String code : List.of("TooManyRequests", "RequestTimeout", "RequestTimeTooSkewed", "OperationAborted")) {
            int status = code.startsWith("Too") ? 429 : 403;
            server.then(404, NO_LOCK).then(status, "<Error><Code>" + code + "</Code><Message>m</Message></Error>");
            assertThatThrownBy(store::check).as(code).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).isTrue())
                    .isNotInstanceOf(StoreUnfitException.class);
            server.forget();
        }
    }

    /** A bucket that keeps versions whose deletion isn't allowed, for example. */
    @Test
    void aStoreThatDoesNotDeleteIsRefused() {
        probedUpToTheRange().then(412, "<Error><Code>PreconditionFailed</Code><Message>m</Message></Error>").then(200, """
                <ListVersionsResult><Name>bucket</Name><IsTruncated>false</IsTruncated></ListVersionsResult>""")
                .then(403, "<Error><Code>AccessDenied</Code><Message>m</Message></Error>");
        assertThatThrownBy(store::check).isInstanceOf(StoreUnfitException.class).hasMessageContaining("DeleteObjectVersion");
    }

    @Test
    void aStoreThatReplacesWhatItHasIsRefused() {
        probedUpToTheRange().then(200, "", "ETag", "\"e3\"").then(200, """
                <ListVersionsResult><Name>bucket</Name><IsTruncated>false</IsTruncated></ListVersionsResult>""").then(204, "").then(200, NO_VERSIONS).then(404, NO_SUCH_KEY);
        assertThatThrownBy(store::check).isInstanceOf(StoreUnfitException.class).hasMessageContaining("If-None-Match");
        assertThat(server.requests()).as("the object of the probe").filteredOn(request -> request.startsWith("DELETE")).hasSize(1);
    }

    private ScriptedS3 probedUpToTheRange() {
        return server.then(404, NO_LOCK).then(200, INITIATED).then(200, "", "ETag", "\"e1\"").then(200, "", "ETag", "\"e2\"").then(404, NO_SUCH_KEY)
                .then(200, "<CompleteMultipartUploadResult><Bucket>bucket</Bucket><Key>a</Key><ETag>e</ETag></CompleteMultipartUploadResult>")
                .then(exchange -> answerLength(exchange, server.bodies().get(2).length + server.bodies().get(3).length))
                .then(exchange -> {
                    byte[] first = server.bodies().get(2);
                    byte[] second = server.bodies().get(3);
                    exchange.getResponseHeaders().set("Content-Range", "bytes 5241880-5243879/5243880");
                    exchange.sendResponseHeaders(206, 2L * second.length);
                    exchange.getResponseBody().write(first, first.length - second.length, second.length);
                    exchange.getResponseBody().write(second);
                });
    }

    private static void answerLength(HttpExchange exchange, long octets) throws IOException {
        exchange.getResponseHeaders().set("Content-Length", String.valueOf(octets));
        exchange.getResponseHeaders().set("Last-Modified", "Sun, 22 Nov 2026 00:00:00 GMT");
        exchange.getResponseHeaders().set("ETag", "\"e\"");
        exchange.sendResponseHeaders(200, -1);
    }

    @Test
    @Timeout(120)
    void anAnswerWithoutAnEndIsNotReadToIt() {
        for (int attempt = 0; attempt < 3; attempt++) {
            server.then(exchange -> {
                exchange.sendResponseHeaders(200, 0);
                var octets = new byte[1 << 16];
                while (true) {   // until the other side has had enough
                    exchange.getResponseBody().write(octets);
                }
            });
        }
        assertThatThrownBy(() -> store.versionsOf("a")).isInstanceOf(StoreException.class).hasMessageContaining("its answer is longer than");
    }

    @Test
    @Timeout(120)
    void aListThatGoesOnWhereItWasBeforeIsNotFollowed() {
        for (int circle = 1; circle <= 3; circle++) {
            round(circle, marker -> unfinished(true, "a", "u").replaceAll("(<NextUploadIdMarker>)[^<]*", "$1" + marker));
            assertThatThrownBy(() -> store.sweepUnfinished(Instant.EPOCH)).as("%d", circle).isInstanceOf(StoreException.class).hasMessageContaining("goes on where it was");
            round(circle, marker -> "<ListVersionsResult><Name>bucket</Name><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>"
                    + "<NextVersionIdMarker>" + marker + "</NextVersionIdMarker>" + WITHOUT_VERSION + "</ListVersionsResult>");
            assertThatThrownBy(() -> store.versionsOf("a")).as("%d", circle).isInstanceOf(StoreException.class).hasMessageContaining("goes on where it was");
            round(circle, marker -> "<ListBucketResult><Name>bucket</Name><IsTruncated>true</IsTruncated><NextContinuationToken>" + marker
                    + "</NextContinuationToken></ListBucketResult>");
            assertThatThrownBy(() -> store.list(_ -> { })).as("%d", circle).isInstanceOf(StoreException.class).hasMessageContaining("goes on where it was");
        }
        server.then(200, "<ListBucketResult><Name>bucket</Name><IsTruncated>true</IsTruncated></ListBucketResult>");
        assertThatThrownBy(() -> store.list(_ -> { })).isInstanceOf(StoreException.class).hasMessageContaining("goes on where it was");
    }

    /** Pages whose markers come again and again, until the store has had enough; what nobody asked for is forgotten. */
    private void round(int circle, UnaryOperator<String> page) {
        server.forget();
        for (int i = 0; i < 12; i++) {
            server.then(200, page.apply("m" + i % circle));
        }
    }

    @Test
    void aListThatFindsNothingMoreIsNotFollowedForEver() throws Exception {
        S3Pages pages = new S3Pages();
        for (int page = 0; page < 10_000; page++) {
            pages.goOn(false, "m" + page);
        }
        pages.goOn(true, "found");
        pages.goOn(false, "next");
        S3Pages endless = new S3Pages();
        assertThatThrownBy(() -> {
            for (int page = 0; page < 20_000; page++) {
                endless.goOn(false, "m" + page);
            }
        }).isInstanceOf(StoreException.class).hasMessageContaining("nothing for 10000 pages");
    }

    /** More than are removed at a time: the rest at the next time, and until then it isn't gone. */
    @Test
    void aKeyWithVersionsWithoutEndIsNotCollectedWhole() throws Exception {
        for (int page = 0; page < 20; page++) {
            var of = new StringBuilder("<ListVersionsResult><Name>bucket</Name><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>")
                    .append(page).append("</NextVersionIdMarker>");
            for (int version = 0; version < 1000; version++) {
                of.append(WITHOUT_VERSION.replace("null", page + "-" + version));
            }
            server.then(200, of.append("</ListVersionsResult>").toString());
        }
        assertThat(store.versionsOf("a")).hasSize(S3Store.MOST_AT_A_TIME);
        assertThat(server.requests()).hasSize(10);
    }

    /** A proxy that knows ranges badly: what it gives out may be of this object, and isn't what was asked for. */
    @Test
    void onlyTheRangeThatWasAskedForIsRead() throws Exception {
        server.then(exchange -> answerRange(exchange, SMALL));
        assertThatThrownBy(() -> store.read("a", 4, 2)).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).isTrue())
                .hasMessageContaining("another range");
        server.then(exchange -> answerRange(exchange, SMALL));
        try (InputStream in = store.read("a", 0, 2)) {
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOf(SMALL, 2));
        }
    }

    @Test
    @Timeout(120)
    void anAnswerToAWriteIsReadAsFarAsOneNeedsToBe() {
        for (int attempt = 0; attempt < 3; attempt++) {
            server.then(200, " ".repeat(70_000), "ETag", "\"e\"");
        }
        assertThatThrownBy(() -> put(new byte[] {1})).isInstanceOf(StoreException.class).hasMessageContaining("longer than 65536");
    }

    @Test
    void aListGoesOnBehindAnEmptyPage() throws Exception {
        var page = "<ListBucketResult><Name>bucket</Name><EncodingType>url</EncodingType><IsTruncated>%s</IsTruncated>%s</ListBucketResult>";
        var object = "<Contents><Key>f/%61</Key><LastModified>2026-11-22T00:00:00.000Z</LastModified><Size>3</Size></Contents>";
        server.then(200, page.formatted(true, "<NextContinuationToken>t1</NextContinuationToken>" + object))
                .then(200, page.formatted(true, "<NextContinuationToken>t2</NextContinuationToken>"))
                .then(200, page.formatted(false, object.replace("%61", "b")));
        List<String> keys = new ArrayList<>();
        store.list(found -> keys.add(found.key()));
        assertThat(keys).containsExactly("f/a", "f/b");
    }

    /** A name that XML can't hold would end every list: so stores are asked to write names in percent signs, and to go on behind them. */
    @Test
    void foreignNamesEndNoListOfUploadsOrVersions() throws Exception {
        server.then(200, urlEncoded(unfinished(true, "a%01%2B", "u1")).replace("<NextKeyMarker>a<", "<NextKeyMarker>a%01%2B<"))
                .then(200, urlEncoded(unfinished(false, "f/%61", "u2")));
        store.sweepUnfinished(Instant.EPOCH);
        assertThat(server.requests()).hasSize(2).allMatch(request -> request.contains("encoding-type=url")).element(1).asString()
                .contains("key-marker=a%01%2B").contains("upload-id-marker=u1");
        server.then(200, "<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated></ListBucketResult>")
                .then(200, urlEncoded(unfinished(false, "a%01%2B", "u1")));
        List<String> strays = new ArrayList<>();
        store.strays(stray -> strays.add(stray.name()));
        assertThat(strays).containsExactly("a\u0001+");
        server.then(200, "<ListVersionsResult><Name>bucket</Name><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
                + WITHOUT_VERSION.replace(">a<", ">f/%61<") + WITHOUT_VERSION.replace(">a<", ">f/a%01<") + "</ListVersionsResult>");
        assertThat(store.versionsOf("f/a")).hasSize(1);
        assertThat(server.requests()).last().asString().contains("encoding-type=url");
    }

    private static String urlEncoded(String list) {
        return list.replace("<Bucket>bucket</Bucket>", "<Bucket>bucket</Bucket><EncodingType>url</EncodingType>");
    }

    @Test
    void aNameThatIsWrittenInNoWayIsAnAnswerThatIsNotUnderstood() {
        server.then(200, urlEncoded(unfinished(false, "%zz", "u")));
        assertThatThrownBy(() -> store.sweepUnfinished(Instant.EPOCH)).isInstanceOf(StoreException.class).hasMessageContaining("isn't understood");
        server.then(200, "<ListVersionsResult><Name>bucket</Name><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
                + WITHOUT_VERSION.replace(">a<", ">%zz<") + "</ListVersionsResult>");
        assertThatThrownBy(() -> store.versionsOf("a")).isInstanceOf(StoreException.class).hasMessageContaining("isn't understood");
        server.then(200, "<ListBucketResult><Name>bucket</Name><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
                + "<Contents><Key>%zz</Key><LastModified>2026-11-22T00:00:00.000Z</LastModified><Size>3</Size></Contents></ListBucketResult>");
        assertThatThrownBy(() -> store.list(_ -> { })).isInstanceOf(StoreException.class).hasMessageContaining("isn't understood");
    }

    @Test
    void aClockThatIsWrongIsNamedAndPasses() {
        for (int attempt = 0; attempt < 3; attempt++) {
            server.then(403, "<Error><Code>RequestTimeTooSkewed</Code><Message>m</Message></Error>");
        }
        assertThatThrownBy(() -> put(new byte[] {1})).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.temporary()).isTrue())
                .hasMessageContaining("clock").hasMessageContaining("NTP");
    }

    /** The scope of a signature, AWS Signature Version 4: date/region/service/aws4_request. */
    @Test
    void requestsAreSignedForTheRegionThatIsConfigured() throws Exception {
        try (S3Store elsewhere = server.store("ap-northeast-77")) {
            server.then(200, versions(WITHOUT_VERSION)).then(204, "").then(200, NO_VERSIONS);
            elsewhere.delete("a");
        }
        assertThat(server.authorizations()).hasSize(3).allMatch(value -> value.matches("AWS4-HMAC-SHA256 Credential=access/\\d{8}/ap-northeast-77/s3/aws4_request, .*"));
    }

    @Test
    void aBucketThatCannotBeCalledSoIsRefusedAtOnce() {
        for (String name : List.of("My_Bucket", "b", "a".repeat(64), "bucket..dots", "-bucket", "192.0.2.1")) {
            assertThatThrownBy(() -> new S3Settings(URI.create("http://127.0.0.1:1"), name, "us-east-1", "k", "secretsecret", true))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name).hasMessageContaining("name another");
        }
    }
}
