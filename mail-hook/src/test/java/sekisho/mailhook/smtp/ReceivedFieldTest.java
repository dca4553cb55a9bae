package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReceivedFieldTest {
    private static final Instant WHEN = Instant.parse("2026-11-02T03:04:05Z");

    private static String received(String address, String helo, boolean esmtp, Client.Tls tls, boolean utf8) {
        var client = Client.connected("s", InetAddress.ofLiteral(address), 1, true);
        return received((tls == null ? client : client.over(tls)).greeting(helo, esmtp), utf8);
    }

    private static String received(Client client, boolean utf8) {
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
        for (var name : List.of("x;y<z>", "山田-PC", "pc,office")) {
            assertThat(received("192.0.2.7", name, true, null, false)).startsWith("Received: from unknown ([192.0.2.7])");
        }
    }

    @Test
    void itSaysForWhomAMessageWasForwardedAsFarAsThatIsAName() {
        var filter = Client.connected("s", InetAddress.ofLiteral("127.0.0.1"), 1, true).greeting("mx.example.co.jp", true);
        var origin = InetAddress.ofLiteral("2001:db8::9");
        assertThat(received(filter.forwarding(new Client.Forwarded(origin, "4F3A.b-1")), false)).startsWith(
                "Received: from mx.example.co.jp ([127.0.0.1])\r\n\t(forwarded for [IPv6:2001:db8:0:0:0:0:0:9] as 4F3A.b-1)\r\n\tby hook.example");
        assertThat(received(filter.forwarding(new Client.Forwarded(null, "a)(b")), false)).doesNotContain("forwarded");
    }

    @Test
    void itSaysThatSomebodyHadSignedInAndNotWho() {
        var client = Client.connected("s", InetAddress.ofLiteral("192.0.2.7"), 1, true).over(new Client.Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384"))
                .greeting("laptop", true).signedIn(new Submitter("hanako-7", Set.of(), Set.of(), Instant.MAX));
        assertThat(received(client, false)).contains(" with ESMTPSA id ").doesNotContain("hanako");
        assertThat(received(client, true)).contains(" with UTF8SMTPSA id ");
    }
}
