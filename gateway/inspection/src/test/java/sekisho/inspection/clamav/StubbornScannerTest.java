package sekisho.inspection.clamav;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Peers that a real clamd can't be made into: none of them may block for ever, and none makes a file clean. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class StubbornScannerTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void oneThatReadsNothingDoesNotBlockForEver() throws Exception {
        try (var peer = new Peer((_, done) -> done.await()); var scanner = new ClamdScanner(peer.address(), SHORT, LONG); var scan = scanner.begin()) {
            byte[] much = new byte[1 << 20];
            for (int i = 0; i < 64; i++) {
                scan.write(much, 0, much.length);
            }
            assertThat(scan.finish()).isEqualTo(new Verdict.Unavailable("the scanner takes too long"));
        }
    }

    @Test
    void oneThatNeverAnswersDoesNotBlockForEver() throws Exception {
        try (var peer = new Peer((socket, _) -> socket.getInputStream().readAllBytes());
                var scanner = new ClamdScanner(peer.address(), LONG, SHORT); var scan = scanner.begin()) {
            scan.write(new byte[10], 0, 10);
            assertThat(scan.finish()).isEqualTo(new Verdict.Unavailable("the scanner takes too long"));
        }
        try (var peer = new Peer((socket, _) -> socket.getInputStream().readAllBytes()); var scanner = new ClamdScanner(peer.address(), SHORT)) {
            assertThat(scanner.ping()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        stream: OK\\0                                     | Clean[]
        stream: OK                                       | Unavailable[reason=the scanner closed the connection, tooLarge=false]
        stream: OK\\nstream: OK\\0                          | Unavailable[reason=the scanner answers: stream: OK?stream: OK, tooLarge=false]
        OK\\0                                             | Unavailable[reason=the scanner answers: OK, tooLarge=false]
        stream: Win.Test.A-1 FOUND\\0                     | Infected[find=Win.Test.A-1]
        stream: OK FOUND\\0                               | Infected[find=OK]
        stream:  FOUND\\0                                 | Unavailable[reason=the scanner answers: stream:  FOUND, tooLarge=false]
        stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\\0 | Unavailable[reason=beyond the limits of the scanner, tooLarge=true]
        INSTREAM size limit exceeded. ERROR\\0            | Unavailable[reason=too large for the scanner, tooLarge=true]
        COMMAND READ TIMED OUT\\0                         | Unavailable[reason=the scanner answers: COMMAND READ TIMED OUT, tooLarge=false]
        stream: lstat() failed ERROR\\0                   | Unavailable[reason=the scanner answers: stream: lstat() failed ERROR, tooLarge=false]
        \\0                                               | Unavailable[reason=the scanner answers: , tooLarge=false]
        """)
    void onlyOkInTheRightPlaceIsClean(String answer, String verdict) throws Exception {
        byte[] octets = answer.replace("\\0", "\0").replace("\\n", "\n").getBytes(StandardCharsets.US_ASCII);
        try (var peer = new Peer((socket, _) -> {
            byte[] sent = socket.getInputStream().readNBytes("zINSTREAM\0".length() + 4 + 10 + 4);
            assertThat(sent).endsWith(0, 0, 0, 0);
            socket.getOutputStream().write(octets);
        }); var scanner = new ClamdScanner(peer.address(), LONG); var scan = scanner.begin()) {
            scan.write(new byte[10], 0, 10);
            assertThat(scan.finish()).hasToString(verdict);
        }
    }

    @Test
    void anAnswerWithoutEndIsNotReadWithoutEnd() throws Exception {
        try (var peer = new Peer((socket, _) -> {
            byte[] much = "stream: OK ".repeat(1000).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 100; i++) {
                socket.getOutputStream().write(much);
            }
        }); var scanner = new ClamdScanner(peer.address(), LONG); var scan = scanner.begin()) {
            scan.write(new byte[10], 0, 10);
            assertThat(scan.finish()).isInstanceOf(Verdict.Unavailable.class);
        }
    }

    @Test
    void nobodyThereIsUnavailable() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        for (String address : new String[] {"127.0.0.1:" + port, "/nonexistent/clamd.ctl"}) {
            try (var scanner = new ClamdScanner(ClamdAddress.parse(address), LONG); var scan = scanner.begin()) {
                scan.write(new byte[10], 0, 10);
                assertThat(scan.finish()).isEqualTo(new Verdict.Unavailable("no connection to the scanner at " + address));
                assertThat(scanner.ping()).isFalse();
            }
        }
    }

    /** A server for one connection. */
    private static final class Peer implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final CountDownLatch done = new CountDownLatch(1);
        private final Thread thread;

        @FunctionalInterface
        interface Behaviour {
            void on(Socket socket, CountDownLatch done) throws Exception;
        }

        Peer(Behaviour behaviour) throws IOException {
            thread = Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept()) {
                    behaviour.on(socket, done);
                } catch (Exception _) {
                    // the other side has gone
                }
            });
        }

        ClamdAddress address() {
            return new ClamdAddress.Tcp("127.0.0.1", server.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            done.countDown();
            server.close();
            thread.interrupt();
        }
    }
}
