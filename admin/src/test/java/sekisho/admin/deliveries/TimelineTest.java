package sekisho.admin.deliveries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.Unfit;
import sekisho.gateway.outbox.OutboxItem;

class TimelineTest {

    private static AuditRecord event(AuditType type, Map<String, String> details) {
        return new AuditRecord(UUID.randomUUID(), Optional.empty(), Instant.EPOCH, type, "relay", Optional.empty(), Optional.empty(), Optional.empty(),
            details);
    }

    private static Properties words(String language) throws IOException {
        var words = new Properties();
        try (var in = Timeline.class.getResourceAsStream("/META-INF/sekisho/words_" + language + ".properties")) {
            words.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        }
        return words;
    }

    @ParameterizedTest
    @EnumSource(AuditType.class)
    void everyEventOfEveryKindHasItsWords(AuditType type) throws IOException {
        for (var kind : OutboxItem.Kind.values()) {
            var key = Timeline.key(event(type, Map.of("kind", kind.name())));
            assertThat(words("en")).containsKey(key);
            assertThat(words("ja")).containsKey(key);
        }
    }

    @ParameterizedTest
    @EnumSource(Unfit.class)
    void everyReasonToRefuseAMessageHasItsWords(Unfit reason) throws IOException {
        assertThat(words("en")).containsKey("event.unfit." + reason);
        assertThat(words("ja")).containsKey("event.unfit." + reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"COPY_FAILED", "COPY_DEFERRED", "COPY_UNCONFIRMED"})
    void whatTheSenderDidNotGetIsNoCopyOfARecipient(String type) {
        var keys = List.of("LINKED", "ORIGINAL", "NOTICE", "DSN").stream().map(kind -> Timeline.key(event(AuditType.valueOf(type), Map.of("kind", kind))));
        var end = type.substring("COPY".length());
        assertThat(keys).containsExactly("event." + type, "event." + type, "event.NOTICE" + end, "event.REPORT" + end);
    }

    @Test
    void aRemovalThatTellsWhoDestroyedTheKeySaysSo() throws IOException {
        var key = Timeline.key(event(AuditType.OBJECT_REMOVED, Map.of("destroyedBy", "person:" + UUID.randomUUID())));
        assertThat(words("en").getProperty(key)).contains("{0}", "{1}");
        assertThat(words("ja").getProperty(key)).contains("{0}", "{1}");
        assertThat(Timeline.key(event(AuditType.OBJECT_REMOVED, Map.of()))).isEqualTo("event.OBJECT_REMOVED");
    }

    @Test
    void aReportIsNotCalledANotice() {
        assertThat(Timeline.key(event(AuditType.NOTICE_RELAYED, Map.of("kind", "DSN")))).isEqualTo("event.REPORT_RELAYED");
        assertThat(Timeline.key(event(AuditType.NOTICE_RELAYED, Map.of("kind", "NOTICE")))).isEqualTo("event.NOTICE_RELAYED");
    }
}
