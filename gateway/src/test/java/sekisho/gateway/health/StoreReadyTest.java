package sekisho.gateway.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sekisho.storage.S3Settings;
import sekisho.storage.S3Store;

class StoreReadyTest {

    private static final int PROBERS = 500;

    /** Takes every connection, and says nothing on any. */
    private static final class SilentServer implements AutoCloseable {

        private final ServerSocket in = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Queue<Socket> taken = new ConcurrentLinkedQueue<>();

        SilentServer() throws IOException {
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        taken.add(in.accept());
                    }
                } catch (IOException closed) {
                    // over
                }
            });
        }

        S3Settings settings() {
            return new S3Settings(URI.create("http://127.0.0.1:" + in.getLocalPort()), "sealed", "us-east-1", "access", "secret", true, 1, Duration.ofMinutes(1));
        }

        @Override
        public void close() throws IOException {
            in.close();
            for (var connection : taken) {
                connection.close();
            }
        }
    }

    @Test
    @Timeout(value = 50, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aStoreThatSaysNothingIsDownAndKeepsNobodyWaiting() throws Exception {
        try (var silent = new SilentServer(); var store = new S3Store(silent.settings())) {
            var ready = new StoreReady(store);
            ready.start();
            try {
                await().until(() -> !silent.taken.isEmpty());
                for (int i = 0; i < PROBERS; i++) {
                    assertThat(ready.call().getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
                }
                await().atMost(Duration.ofSeconds(40)).untilAsserted(() ->
                    assertThat(ready.call().getData()).as("before the store has failed").hasValue(Map.of("reason", "unavailable")));
                assertThat(silent.taken).as("asked once, however many ask us").hasSize(1);
            } finally {
                ready.stop();
            }
        }
    }
}
