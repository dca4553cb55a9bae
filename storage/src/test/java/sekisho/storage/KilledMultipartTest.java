package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SIGKILL to a process that puts an object in parts, before each request: the wire holds the request until the process is dead, and then drops it. What
 * the store is left with is what all requests before have done.
 */
class KilledMultipartTest {
    private static final int LARGE = PutInParts.PART_OCTETS + 1;
    private static final int SMALL = 300_000;

    @TempDir
    private static Path folder;
    private static S3ProxyServer server;
    private static FaultyWire wire;
    private final String bucket = "b-" + UUID.randomUUID();

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

    @AfterEach
    void mend() {
        wire.mend();
    }

    static Stream<String> requests() {
        return S3FaultsTest.REQUESTS_OF_PARTS.stream();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void beforeARequestOfAPutInParts(String request) throws Exception {
        wire.order(request.formatted(bucket), FaultyWire.Fault.STALL, 0);
        assertThat(killed(LARGE)).as("nobody has seen it").isFalse();
    }

    /** When all is done but for asking whether it is. */
    @Test
    void beforeTheLastRequestOfAPutInParts() throws Exception {
        wire.orderBehindTheNext("HEAD /", FaultyWire.Fault.STALL, 0);
        assertThat(killed(LARGE)).as("whole, and its writer couldn't say so").isTrue();
    }

    @Test
    void beforeTheOneRequestOfAPut() throws Exception {
        wire.order("PUT /", FaultyWire.Fault.STALL, 0);
        assertThat(killed(SMALL)).isFalse();
    }

    /** @return whether the object is there; then it is whole */
    private boolean killed(int octets) throws Exception {
        server.createBucket(bucket);
        List<String> command = new ArrayList<>(OwnProcess.commandWithLibraries(PutInParts.class));
        command.addAll(List.of(Integer.toString(wire.port()), bucket, Integer.toString(octets)));
        var process = new ProcessBuilder(command).inheritIO().start();
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> wire.met() || !process.isAlive());
            assertThat(process.isAlive()).as("it waits for an answer").isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        wire.breakAll();
        wire.mend();
        try (var store = PutInParts.store(server.endpoint().getPort(), bucket)) {
            boolean there = isThereWhole(store, octets);
            assertThat(strays(store)).hasSizeLessThanOrEqualTo(1).allSatisfy(stray -> {
                assertThat(stray.kind()).isEqualTo(Stray.Kind.UNFINISHED);
                assertThat(stray.name()).isEqualTo(PutInParts.KEY);
            });
            store.sweepUnfinished(Instant.now().plus(Duration.ofHours(1)));
            assertThat(strays(store)).isEmpty();
            assertThat(isThereWhole(store, octets)).isEqualTo(there);
            store.delete(PutInParts.KEY);
            PutInParts.put(store, octets);
            assertThat(isThereWhole(store, octets)).isTrue();
            return there;
        }
    }

    private static boolean isThereWhole(S3Store store, int octets) throws IOException {
        try (InputStream in = store.read(PutInParts.KEY, 0, Long.MAX_VALUE)) {
            assertThat(in.readAllBytes()).isEqualTo(PutInParts.content(octets));
            return true;
        } catch (ObjectMissingException _) {
            return false;
        }
    }

    private static List<Stray> strays(S3Store store) throws IOException {
        List<Stray> strays = new ArrayList<>();
        store.strays(strays::add);
        return strays;
    }
}
