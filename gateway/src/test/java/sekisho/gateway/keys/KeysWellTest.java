package sekisho.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.StartupEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.storage.KeyFiles;
import sekisho.storage.OpeningKey;

/** What a process says of its keys. A back end that is away is tried by the whole product, in the end-to-end tests. */
class KeysWellTest {

    @TempDir
    Path folder;
    private Path publicFile;
    private Path privateFile;
    private Instant now = Instant.parse("2026-04-01T00:00:00Z");
    private WrapCounts counts;
    private KeyRing keys;
    private KeyChecks checks;

    @BeforeEach
    @SuppressWarnings("NullAway")   // the counts stay in memory
    void start() {
        KeyFiles.generate(folder, "spool");
        publicFile = folder.resolve("spool.public");
        privateFile = folder.resolve("spool.private");
        InstantSource source = () -> now;
        Clock clock = source.withZone(ZoneOffset.UTC);
        counts = new WrapCounts(null, clock);
        keys = new KeyRing(KeySettings.of(Optional.of(publicFile)), counts);
        checks = new KeyChecks(keys, counts, clock);
    }

    private String said() {
        var response = new KeysWell(checks).call();
        assertThat(response.getName()).isEqualTo("keys");
        return response.getStatus() == Status.UP ? "UP" : response.getData().orElseThrow().get("reason").toString();
    }

    @Test
    void aProcessWithoutKeysIsWell() {
        assertThat(said()).isEqualTo("UP");
        now = now.plus(Duration.ofHours(1));
        assertThat(said()).isEqualTo("UP");
    }

    @Test
    void aFileThatIsNotTakenOverIsToldUntilItIsMended() throws Exception {
        keys.opening(KeyName.SPOOL, privateFile);
        keys.sealing(KeyName.SPOOL);
        var half = Files.readString(publicFile);
        Files.writeString(publicFile, "half a file");
        keys.look();
        assertThat(said()).startsWith("spool has a file that was not taken over").doesNotContain(folder.toString());
        Files.writeString(publicFile, half);
        keys.look();
        assertThat(said()).isEqualTo("UP");
        Files.delete(privateFile);
        keys.look();
        assertThat(said()).startsWith("spool has a file that was not taken over");
    }

    /** Nobody learns whether it opens: the token's library, say, never comes back from a call. */
    @Test
    void aKeyThatWasNotAskedForMinutesIsTold() {
        keys.opening(KeyName.SPOOL, privateFile);
        now = now.plus(KeyChecks.SILENCE);
        assertThat(said()).isEqualTo("UP");
        now = now.plusSeconds(1);
        assertThat(said()).startsWith("spool was not asked for 5 minutes");
        checks.check();
        assertThat(said()).isEqualTo("UP");
    }

    /** A library's fault, whose words quote what it was given. */
    private static OpeningKey failsAtAll() {
        return (OpeningKey) Proxy.newProxyInstance(OpeningKey.class.getClassLoader(), new Class<?>[] {OpeningKey.class}, (_, _, _) -> {
            throw new IllegalArgumentException("invalid value: s.0123456789");
        });
    }

    @Test
    void aFaultThatNobodyExpectedIsToldWithoutItsWordsAndKeepsNoOtherPairFromBeingAsked() {
        var lines = new ArrayList<String>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                var trace = new StringWriter();
                Optional.ofNullable(line.getThrown()).ifPresent(thrown -> thrown.printStackTrace(new PrintWriter(trace)));
                lines.add(new SimpleFormatter().formatMessage(line) + Arrays.toString(line.getParameters()) + trace);
            }

            @Override
            public void flush() {
                // nothing waits
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        var logger = Logger.getLogger(KeyChecks.class.getName());
        logger.addHandler(handler);
        try {
            checks.check(List.of(new KeyRing.Held(KeyName.SPOOL, privateFile, failsAtAll()), new KeyRing.Held(KeyName.FILES, privateFile, failsAtAll())));
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(said()).contains("spool can't open now", "files can't open now");
        assertThat(lines).hasSize(2).allSatisfy(line -> assertThat(line).contains(IllegalArgumentException.class.getName()).doesNotContain("s.0123456789"));
        keys.opening(KeyName.SPOOL, privateFile);
        checks.check();
        assertThat(said()).isEqualTo("UP");
    }

    @Test
    void howFarTheVersionThatSealsIsWornIsAGauge() {
        var metrics = new SimpleMeterRegistry();
        checks.register(new StartupEvent(), metrics);
        keys.sealing(KeyName.SPOOL);
        assertThat(metrics.get("sekisho.key.wraps.ratio").gauges()).hasSize(3).allSatisfy(gauge -> assertThat(gauge.value()).isZero());
        counts.learn(KeyName.SPOOL, 1, KeyLimits.ROTATE_FROM - 1);
        assertThat(said()).isEqualTo("UP");
        counts.learn(KeyName.SPOOL, 1, KeyLimits.ROTATE_FROM);
        assertThat(metrics.get("sekisho.key.wraps.ratio").tag("pair", "spool").gauge().value()).isEqualTo(0.75);
        assertThat(said()).startsWith("spool is worn out");
        KeyFiles.rotate(folder, "spool");
        keys.look();
        assertThat(said()).isEqualTo("UP");
        assertThat(metrics.get("sekisho.key.wraps.ratio").tag("pair", "spool").gauge().value()).isZero();
    }
}
