package sekisho.web.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.web.fair.Pace;

/** Bodies over real sockets. */
class RequestBodyTest {

    private static final int PATIENCE_SECONDS = 20;

    private final Vertx vertx = Vertx.vertx();
    private final CompletableFuture<Long> octets = new CompletableFuture<>();
    private final CountDownLatch mayRead = new CountDownLatch(1);
    private volatile long limit = 1L << 30;
    private volatile Duration idle = Duration.ofMinutes(1);
    private volatile long rate = 1;
    private volatile boolean answerAtOnce;
    private volatile boolean late;
    private volatile Throwable fault;
    private HttpServer http;

    @BeforeEach
    void start() throws Exception {
        http = vertx.createHttpServer().requestHandler(request -> {
            request.pause();
            Thread.ofVirtual().start(() -> read(request));
        }).listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get();
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    private void read(HttpServerRequest request) {
        var body = new RequestBody(request, limit, new Pace(idle, rate), () -> late);
        try {
            mayRead.await();
            if (!answerAtOnce) {
                long count = 0;
                var chunk = new byte[1000];
                for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
                    count += read;
                }
                octets.complete(count);
            }
        } catch (IOException broken) {
            octets.completeExceptionally(body.failure() == null ? broken : body.failure());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        request.response().end("done");
        try {
            RequestBody.discardRest(request, vertx);
        } catch (RuntimeException ours) {
            fault = ours;
        }
    }

    private Socket connect(String head) throws IOException {
        var socket = new Socket("127.0.0.1", http.actualPort());
        socket.setSoTimeout(PATIENCE_SECONDS * 1000);
        socket.getOutputStream().write(("POST /send HTTP/1.1\r\nHost: x\r\n" + head + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String line(Socket socket) throws IOException {
        var line = new StringBuilder();
        for (int c = socket.getInputStream().read(); c >= 0 && c != '\n'; c = socket.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private Throwable failure() {
        try {
            octets.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("it was read to its end");
        } catch (ExecutionException broken) {
            return broken.getCause();
        } catch (Exception slow) {
            throw new AssertionError(slow);
        }
    }

    @Test
    void aBodyIsReadToItsEnd() throws Exception {
        mayRead.countDown();
        int size = 5_000_001;
        try (var socket = connect("Content-Length: " + size + "\r\n")) {
            socket.getOutputStream().write(new byte[size]);
            assertThat(octets.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(size);
            assertThat(line(socket)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void whatIsLateIsRefusedWhileItComesIn() throws Exception {
        mayRead.countDown();
        try (var socket = connect("Content-Length: 5000000\r\n")) {
            socket.getOutputStream().write(new byte[1_000]);
            late = true;
            socket.getOutputStream().write(new byte[1_000]);
            assertThat(failure()).isInstanceOf(RequestBody.LateException.class);
            assertThat(line(socket)).as("answered before the rest has come").isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void anEmptyBodyEndsAtOnce() throws Exception {
        mayRead.countDown();
        try (var _ = connect("Content-Length: 0\r\n")) {
            assertThat(octets.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void aClientIsAskedToGoOnOnlyWhenSomebodyReads() throws Exception {
        try (var socket = connect("Content-Length: 3\r\nExpect: 100-continue\r\n")) {
            mayRead.countDown();
            assertThat(line(socket)).isEqualTo("HTTP/1.1 100 Continue");
            socket.getOutputStream().write("abc".getBytes(StandardCharsets.US_ASCII));
            assertThat(octets.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(3);
        }
    }

    @Test
    void aSenderIsHeldBackWhileNobodyReads() throws Exception {
        try (var socket = connect("Content-Length: 100000000\r\n")) {
            var sent = new long[1];
            var writer = Thread.ofVirtual().start(() -> {
                try {
                    for (; sent[0] < 100_000_000; sent[0] += 10_000) {
                        socket.getOutputStream().write(new byte[10_000]);
                    }
                } catch (IOException closed) {
                    // the test ended
                }
            });
            assertThat(writer.join(Duration.ofSeconds(2))).isFalse();
            assertThat(sent[0]).isLessThan(50_000_000);
            mayRead.countDown();
            assertThat(octets.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(100_000_000);
        }
    }

    @Test
    void aClientThatGoesAwayIsNoticed() throws Exception {
        mayRead.countDown();
        try (var socket = connect("Content-Length: 1000\r\n")) {
            socket.getOutputStream().write(new byte[10]);
        }
        assertThat(failure()).isInstanceOf(IOException.class).hasMessageContaining("broke off");
    }

    @Test
    void aClientThatFallsSilentIsGivenUp() throws Exception {
        mayRead.countDown();
        idle = Duration.ofMillis(300);
        try (var socket = connect("Content-Length: 1000\r\n")) {
            socket.getOutputStream().write(new byte[10]);
            assertThat(failure()).hasMessageContaining("too little arrived");
            while (!line(socket).isEmpty()) {
                // until the connection is closed
            }
        }
    }

    @Test
    void aClientThatTricklesIsGivenUp() throws Exception {
        mayRead.countDown();
        idle = Duration.ofMillis(300);
        rate = 1_000_000_000;   // nobody is that fast, octet by octet
        try (var socket = connect("Content-Length: 2000000000\r\n")) {
            assertThatThrownBy(() -> {
                for (int i = 0; i < 2_000_000_000; i++) {
                    socket.getOutputStream().write(0);
                }
            }).isInstanceOf(SocketException.class);
            assertThat(failure()).hasMessageContaining("too little arrived");
        }
    }

    @Test
    void aBodyThatEndsJustWhenItIsNotWantedAnyMoreIsNoFault() throws Exception {
        answerAtOnce = true;
        mayRead.countDown();
        for (int i = 0; i < 500 && fault == null; i++) {
            try (var socket = connect("Content-Length: 1\r\nConnection: close\r\n")) {
                socket.getOutputStream().write(0);
                assertThat(line(socket)).isEqualTo("HTTP/1.1 200 OK");
            }
        }
        assertThat(fault).isNull();
    }

    @Test
    void aBodyOverTheLimitIsRefusedWithAnAnswer() throws Exception {
        mayRead.countDown();
        limit = 1_000_000;
        try (var socket = connect("Transfer-Encoding: chunked\r\n")) {
            for (int i = 0; i < 150; i++) {
                socket.getOutputStream().write("2710\r\n".getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(new byte[10_000]);
                socket.getOutputStream().write("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(failure()).isInstanceOf(RequestBody.TooLargeException.class);
            assertThat(line(socket)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void aClientThatSendsOnAfterAnEarlyAnswerIsClosedInTheEnd() throws Exception {
        answerAtOnce = true;
        mayRead.countDown();
        try (var socket = connect("Content-Length: 1000000000\r\n")) {
            assertThatThrownBy(() -> {
                for (int i = 0; i < 100_000; i++) {
                    socket.getOutputStream().write(new byte[10_000]);
                }
            }).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aClientThatSendsLittleAfterAnEarlyAnswerReadsTheAnswer() throws Exception {
        answerAtOnce = true;
        mayRead.countDown();
        int size = 20_000_000;
        try (var socket = connect("Content-Length: " + size + "\r\n")) {
            socket.getOutputStream().write(new byte[size]);
            assertThat(line(socket)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void aBodyOfUnknownLengthIsRead() throws Exception {
        mayRead.countDown();
        try (var socket = connect("Transfer-Encoding: chunked\r\n")) {
            socket.getOutputStream().write("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(octets.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(5);
        }
    }
}
