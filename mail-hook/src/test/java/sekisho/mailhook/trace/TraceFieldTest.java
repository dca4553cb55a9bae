package sekisho.mailhook.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.gateway.outbox.OutboxItem.Kind;
import sekisho.mailhook.trace.TraceField.Trace;
import sekisho.storage.KeyFiles;
import sekisho.storage.OpeningKey;

class TraceFieldTest {

    private static final Instant QUEUED = Instant.parse("2026-11-22T01:05:00Z");
    private static final UUID DELIVERY = UUID.fromString("01935a00-0000-7000-8000-000000000001");
    private static final String MESSAGE_ID = "<m1@example.co.jp>";

    @TempDir
    Path folder;

    @BeforeEach
    void aKey() {
        KeyFiles.generate(folder, "spool");
    }

    private TraceField traces(Duration later) {
        return new TraceField(OpeningKey.load(folder.resolve("spool.private")), Clock.fixed(QUEUED.plus(later), ZoneOffset.UTC));
    }

    private String value(Kind kind) {
        var field = traces(Duration.ZERO).compose(kind, DELIVERY, QUEUED, MESSAGE_ID);
        assertThat(field).startsWith("X-Sekisho-Trace: v1; t=1795309500; id=" + DELIVERY + "; kind=").contains(";\r\n\tmac=");
        return field.substring(field.indexOf(':') + 1);
    }

    @Test
    void whatWasComposedIsReadWhateverFoldingItGotOnItsWay() {
        for (Kind kind : Kind.values()) {
            var value = value(kind);
            assertThat(traces(Duration.ZERO).read(value, MESSAGE_ID)).contains(new Trace(DELIVERY, kind));
            assertThat(traces(Duration.ofDays(14)).read(value.replaceAll("\\s+", " "), " " + MESSAGE_ID + "\r\n")).contains(new Trace(DELIVERY, kind));
        }
    }

    @Test
    void noPieceOfItCanBeChanged() {
        var value = value(Kind.LINKED).replaceAll("\\s", "");
        for (var forged : List.of(value.replace("t=1795309500", "t=1795309501"), value.replace(DELIVERY.toString(), UUID.randomUUID().toString()),
                value.replace("linked", "original"), value.replace("linked", "dsn"), value.replace("v1", "v2"), value.replaceAll(".$", "A=").replace("=$", ""),
                value.replaceAll("mac=.*", "mac=" + "A".repeat(43)), value.replaceAll("mac=.*", "mac="), value + "x", "", "v1", value.replace(";mac", ";x=1;mac"))) {
            assertThat(traces(Duration.ZERO).read(forged, MESSAGE_ID)).as(forged).isEmpty();
        }
        assertThat(traces(Duration.ZERO).read(value, "<m2@example.co.jp>")).as("on another message").isEmpty();
        assertThat(traces(Duration.ZERO).read(value, "")).as("on a message without an id").isEmpty();
    }

    @Test
    void anOldOneAndOneFromTheFutureDoNotCount() {
        var value = value(Kind.ORIGINAL);
        assertThat(traces(Duration.ofDays(16)).read(value, MESSAGE_ID)).isEmpty();
        assertThat(traces(Duration.ofHours(-2)).read(value, MESSAGE_ID)).isEmpty();
        assertThat(traces(Duration.ofMinutes(-5)).read(value, MESSAGE_ID)).isPresent();
    }

    @Test
    void anotherInstallationsIsNotOursAndOursOutlivesARotationOfTheKey() {
        var value = value(Kind.LINKED);
        KeyFiles.rotate(folder, "spool");
        assertThat(traces(Duration.ZERO).read(value, MESSAGE_ID)).isPresent();
        assertThat(value(Kind.LINKED)).as("the new version is used").isNotEqualTo(value);
        KeyFiles.destroy(folder, "spool", 1);
        assertThat(traces(Duration.ZERO).read(value, MESSAGE_ID)).isEmpty();
        KeyFiles.generate(folder, "other");
        assertThat(new TraceField(OpeningKey.load(folder.resolve("other.private")), Clock.fixed(QUEUED, ZoneOffset.UTC)).read(value(Kind.LINKED), MESSAGE_ID)).isEmpty();
    }
}
