package sekisho.mailhook.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.mailhook.relay.HopSettings;
import sekisho.mailhook.smtp.TestCertificate;

class NextHopTest {

    private static final String KEYS = "mail-hook.smart-host.";

    @TempDir
    Path folder;

    private HopSettings settings(Map<String, String> more) {
        var config = TestConfig.of(folder, more);
        return NextHop.settings(config.smartHost(), KEYS, config.hostName());
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("file"), text);
    }

    @Test
    void withoutMoreThanAHostTheDefaultsHold() {
        var settings = settings(Map.of());
        assertThat(settings.hello()).isEqualTo("hook.example.co.jp");
        assertThat(settings.tls()).isEqualTo(HopSettings.Tls.OPPORTUNISTIC);
        assertThat(settings.chunking()).isTrue();
        assertThat(settings.timeouts()).isEqualTo(HopSettings.Timeouts.DEFAULT);
        assertThat(settings.credentials()).isEmpty();
        assertThat(settings.trustOrNull()).isNull();
    }

    @Test
    void everyKeyIsObeyed() throws IOException {
        var settings = settings(Map.of(KEYS + "tls", "required", KEYS + "user", "sekisho", KEYS + "password-file", file("open sesame\n").toString(),
            KEYS + "trusted-certificates", TestCertificate.chain().toString(), KEYS + "chunking", "false", KEYS + "timeouts.connect", "1s",
            KEYS + "timeouts.command", "2s", KEYS + "timeouts.block", "3s", KEYS + "timeouts.data-end", "4s"));
        assertThat(settings.tls()).isEqualTo(HopSettings.Tls.REQUIRED);
        assertThat(settings.credentials()).contains(new HopSettings.Credentials("sekisho", "open sesame"));
        assertThat(settings.trustOrNull()).isNotNull();
        assertThat(settings.chunking()).isFalse();
        assertThat(settings.timeouts()).isEqualTo(
            new HopSettings.Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(4)));
    }

    @Test
    void aPasswordIsNeverSentInClearOrToJustAnybody() throws IOException {
        var password = file("open sesame").toString();
        for (String tls : new String[] {"off", "opportunistic"}) {
            assertThatThrownBy(() -> settings(Map.of(KEYS + "tls", tls, KEYS + "user", "sekisho", KEYS + "password-file", password)))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("tls=required").hasMessageNotContaining("sesame");
        }
    }

    @Test
    void whatCannotBeUsedIsNamedAtTheStart() throws IOException {
        assertThatThrownBy(() -> settings(Map.of(KEYS + "tls", "required", KEYS + "user", "sekisho"))).hasMessageContaining("password-file");
        assertThatThrownBy(() -> settings(Map.of(KEYS + "tls", "required", KEYS + "user", "sekisho", KEYS + "password-file", "/nowhere")))
            .hasMessageContaining("/nowhere").hasMessageContaining("password-file");
        var blank = file(" \n").toString();
        assertThatThrownBy(() -> settings(Map.of(KEYS + "tls", "required", KEYS + "user", "sekisho", KEYS + "password-file", blank)))
            .hasMessageContaining("is empty");
        assertThatThrownBy(() -> settings(Map.of(KEYS + "tls", "required", KEYS + "trusted-certificates", blank)))
            .hasMessageContaining("trusted-certificates");
        assertThatThrownBy(() -> settings(Map.of(KEYS + "trusted-certificates", TestCertificate.chain().toString())))
            .as("it would be trusted by nobody").hasMessageContaining("tls=required");
        assertThatThrownBy(() -> settings(Map.of(KEYS + "timeouts.command", "0s"))).hasMessageContaining("timeouts");
    }
}
