package sekisho.web.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sekisho.storage.SealBrokenException;

/** Sealed objects in a real store, served over real sockets. */
@Timeout(120)
class ServingTest {

    private static final int SIZE = 16 << 20;
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int PATIENCE_SECONDS = 20;

    @TempDir
    Path folder;

    private FileServer server;

    @BeforeEach
    void start() throws Exception {
        server = FileServer.start(folder);
    }

    @AfterEach
    void stopAndEveryBufferIsFree() throws Exception {
        server.close();
        while (Chunks.lent() > 0) {
            Thread.onSpinWait();
        }
    }

    private ClientStream.GoneException goneAfter(FileServer.Run run) {
        return (ClientStream.GoneException) Assertions.catchThrowable(() -> run.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS))
            .getCause();
    }

    @Test
    void aFileArrivesWhole() throws Exception {
        for (int size : new int[] {0, 1, Chunks.SEGMENT_OCTETS - 1, Chunks.SEGMENT_OCTETS, Chunks.SEGMENT_OCTETS + 1, SIZE}) {
            var content = FileServer.content(size);
            var run = server.offer(content, 0, size, LONG);
            var response = server.get(BodyHandlers.ofByteArray());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(size);
            assertThat(response.headers().firstValue("Transfer-Encoding")).isEmpty();
            assertThat(Arrays.equals(response.body(), content)).isTrue();
            assertThat(run.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(run.served()).isEqualTo(size);
        }
    }

    @Test
    void aRangeArrivesExactly() throws Exception {
        var content = FileServer.content(200_000);
        for (long[] range : new long[][] {{0, 1}, {65_503, 65_505}, {65_504, 131_008}, {199_999, 200_000}, {1, 199_999}}) {
            var run = server.offer(content, range[0], range[1], LONG);
            var response = server.get(BodyHandlers.ofByteArray());
            assertThat(response.statusCode()).isEqualTo(206);
            assertThat(response.headers().firstValue("Content-Range")).hasValue("bytes " + range[0] + "-" + (range[1] - 1) + "/200000");
            assertThat(response.body()).isEqualTo(Arrays.copyOfRange(content, (int) range[0], (int) range[1]));
            assertThat(run.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(run.served()).isEqualTo(range[1] - range[0]);
        }
    }

    @Test
    void octetsAreNotCountedFarAheadOfAReaderThatStops() throws Exception {
        var run = server.offer(FileServer.content(SIZE), 0, SIZE, LONG);
        try (var client = server.slowReader()) {
            client.readHead();
            run.awaitBlocked();
            assertThat(run.served()).isLessThan(2 << 20);
        }
        assertThat(goneAfter(run)).isNotNull();
    }

    @Test
    void norOfOneThatReadMuchAndThenStops() throws Exception {
        var run = server.offer(FileServer.content(SIZE), 0, SIZE, LONG);
        try (var client = server.slowReader()) {
            client.readHead();
            client.read(SIZE / 2);
            run.awaitBlocked();
            assertThat(run.served() - client.octetsRead()).isLessThan(2 << 20);
        }
        assertThat(goneAfter(run)).isNotNull();
    }

    @Test
    void aCutBreaksTheConnectionWhileAWriteBlocks() throws Exception {
        var run = server.offer(FileServer.content(SIZE), 0, SIZE, LONG);
        try (var client = server.slowReader()) {
            client.readHead();
            run.awaitBlocked();
            long before = run.served();
            long cutAt = System.nanoTime();
            run.client().abort();
            assertThat(goneAfter(run)).isNotNull();
            assertThatThrownBy(client::readToEnd).isInstanceOf(IOException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - cutAt)).isLessThan(Duration.ofSeconds(5));
            assertThat(run.served()).isLessThanOrEqualTo(before + 2L * Chunks.SEGMENT_OCTETS);
            assertThat(client.octetsRead()).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void aClientThatStopsReadingIsCutAfterTheStallLimit() throws Exception {
        var run = server.offer(FileServer.content(SIZE), 0, SIZE, Duration.ofMillis(300));
        try (var client = server.slowReader()) {
            client.readHead();
            assertThat(goneAfter(run)).hasMessageContaining("too little in PT0.3S");
            assertThatThrownBy(client::readToEnd).isInstanceOf(IOException.class);
        }
        assertThat(run.served()).isLessThan(SIZE);
    }

    @Test
    void theThreadEndsWhenTheClientGoesAway() throws Exception {
        var run = server.offer(FileServer.content(SIZE), 0, SIZE, LONG);
        try (var client = server.slowReader()) {
            client.readHead();
            run.awaitBlocked();
        }
        assertThat(goneAfter(run)).isNotNull();
        assertThat(run.served()).isLessThan(SIZE);
    }

    @Test
    void theLastOctetIsNotCountedWhenTheConnectionBreaksBefore() throws Exception {
        int size = 4 * Chunks.SEGMENT_OCTETS;
        var run = server.offer(FileServer.content(size), 0, size, LONG);
        run.whenServing(size, ClientStream::abort);
        assertThatThrownBy(() -> server.get(BodyHandlers.ofByteArray())).isInstanceOf(IOException.class);
        assertThat(goneAfter(run)).isNotNull();
        assertThat(run.served()).isLessThan(size);
    }

    /** As programs do that count: they close with the last octet, and a reset may come before we have ended the body. */
    @Test
    void aClientThatLeavesWithTheLastOctetHasTheWholeFile() throws Exception {
        for (int i = 0; i < 300; i++) {
            int size = 1 + i % 3 * Chunks.SEGMENT_OCTETS;
            var run = server.offer(FileServer.content(size), 0, size, LONG);
            try (var client = server.slowReader()) {
                client.readHead();
                client.read(size);
                client.resets();
            }
            assertThat(run.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(run.served()).isEqualTo(size);
        }
    }

    @Test
    void accessThatEndsInTheMiddleNeverEndsTheBodyCleanly() throws Exception {
        var run = server.offer(FileServer.content(SIZE), 0, SIZE, LONG);
        run.closeAccessAt(10 * Chunks.SEGMENT_OCTETS);
        assertThatThrownBy(() -> server.get(BodyHandlers.ofByteArray())).isInstanceOf(IOException.class);
        assertThat(run.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isFalse();
        assertThat(run.served()).isEqualTo(10L * Chunks.SEGMENT_OCTETS);
    }

    @Test
    void aBrokenSealInTheMiddleNeverEndsTheBodyCleanly() throws Exception {
        var run = server.offer(FileServer.content(SIZE), 0, SIZE, LONG);
        try (var object = new RandomAccessFile(server.objectFile().toFile(), "rw")) {
            object.seek(SIZE / 2);
            int octet = object.read();
            object.seek(SIZE / 2);
            object.write(octet ^ 1);
        }
        assertThatThrownBy(() -> server.get(BodyHandlers.ofByteArray())).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> run.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).hasCauseInstanceOf(SealBrokenException.class);
        assertThat(run.served()).isLessThanOrEqualTo(SIZE / 2);
    }

    @Test
    void anObjectThatIsCutShortNeverEndsTheBodyCleanly() throws Exception {
        var run = server.offer(FileServer.content(SIZE), 0, SIZE, LONG);
        try (var object = new RandomAccessFile(server.objectFile().toFile(), "rw")) {
            object.setLength(SIZE / 2);
        }
        assertThatThrownBy(() -> server.get(BodyHandlers.ofByteArray())).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> run.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).hasCauseInstanceOf(SealBrokenException.class);
    }

    @Test
    void anObjectThatIsGoneIsNoticedBeforeTheHeadIsSent() throws Exception {
        var run = server.offer(FileServer.content(1_000), 0, 1_000, LONG);
        Files.delete(server.objectFile());
        assertThat(server.get(BodyHandlers.discarding()).statusCode()).isEqualTo(503);
        assertThatThrownBy(() -> run.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        assertThat(run.served()).isZero();
    }
}
