package sekisho.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sekisho.tests.Installation;
import sekisho.tests.Policies;
import sekisho.tests.ScriptedScanner;

/** A mail server doesn't wait for ever behind the final dot: what isn't stored and scanned by then is refused for now, whole. */
class SilentScannerTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int ATTACHMENTS = 20;

    /** All of them so small that they wait for the end of the message. */
    private static byte[] message() {
        var text = new StringBuilder("From: hanako@example.co.jp\r\nSubject: Twenty\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nGood day.\r\n");
        for (int i = 0; i < ATTACHMENTS; i++) {
            text.append("--b\r\nContent-Disposition: attachment; filename=").append(i).append(".txt\r\n\r\nfile ").append(i).append("\r\n");
        }
        return text.append("--b--\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void aMessageWhoseAttachmentsTakeTooLongLeavesNothingAndArrivesOnceWhenItComesAgain() throws Exception {
        try (var scanner = new ScriptedScanner(); var installation = Installation.alone(Policies.AT_ONCE)) {
            installation.start("mail", Map.of("gateway.scanner.address", scanner.address(), "gateway.scanner.verdict-timeout", "10m",
                "mail-hook.limits.storing", "2s"));

            assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), message())).startsWith("451 4.3.0");
            assertThat(scanner.unanswered()).as("the scanner was asked and silent").isPositive();
            assertThat(installation.data().number("select count(*) from delivery")).isZero();
            assertThat(installation.data().number("select count(*) from file")).isZero();
            assertThat(installation.objects()).isEmpty();
            assertThat(installation.unfinishedUploads()).isZero();

            scanner.answers();
            assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), message())).startsWith("250 2.6.0");
            installation.inbox().await(TARO, "Twenty");
            assertThat(installation.data().number("select count(*) from file")).isEqualTo(ATTACHMENTS);
            assertThat(installation.orphans()).isEmpty();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().texts("select state from outbox")).containsExactly("SENT"));
            assertThat(installation.mailbox().messages()).hasSize(1);
        }
    }
}
