package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReceivedFieldTest {
    private static final Instant WHEN = Instant.parse("2026-11-02T03:04:05Z");

    private static String received(String address, String helo, boolean esmtp, Client.Tls tls, boolean utf8) {
        var client = new Client("s", InetAddress.ofLiteral(address), 1, true, helo, esmtp, tls);
        return ReceivedField.compose(client, utf8, "hook.example", "D-1", WHEN);
    }

    @Test
    void itSaysWhoWithWhatAndWhen() {
        assertThat(received("192.0.2.7", "mx.example.co.jp", true, null, false)).isEqualTo(
                "Received: from mx.example.co.jp ([192.0.2.7])\r\n\tby hook.example (Sekisho) with ESMTP id D-1;\r\n\tMon, 2 Nov 2026 03:04:05 +0000\r\n");
        assertThat(received("2001:db8::1", "[192.0.2.1]", true, new Client.Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384"), true))
                .contains("from [192.0.2.1] ([IPv6:2001:db8:0:0:0:0:0:1])\r\n\t(using TLSv1.3 with TLS_AES_256_GCM_SHA384)\r\n", "with UTF8SMTPS id");
        assertThat(received("192.0.2.7", "old", false, null, false)).contains(" with SMTP id ");
    }

    @Test
    void aNameThatIsNoneIsNotTakenOver() {
        assertThat(received("192.0.2.7", "x;y<z>", true, null, false)).startsWith("Received: from unknown ([192.0.2.7])");
    }
}
