package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.files.Examiner;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.MessageFacts;
import sekisho.gateway.policy.PolicyFile;

/** What is read of the texts of a message: enough for a long letter in Japanese. */
class TriedMessageTest {

    private static final String PASSWORD = "PW: Xk7#pq29\r\n";

    private static boolean tellsAPassword(String header, byte[] body) {
        byte[] head = ("Subject: files\r\nMIME-Version: 1.0\r\n" + header + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] message = new byte[head.length + body.length];
        System.arraycopy(head, 0, message, 0, head.length);
        System.arraycopy(body, 0, message, head.length, body.length);
        var envelope = new MessageFacts.Envelope(EmailAddress.parse("hanako@example.co.jp"), Set.of(), Instant.parse("2026-11-25T01:30:00Z"));
        var holding = """
            inside: [example.co.jp]
            rules:
              - name: all
                then: { password-mail: hold }
            """;
        var tried = TriedMessage.of(message, PolicyFile.read("policy.yaml", holding), envelope,
            List.of(EmailAddress.parse("taro@partner.example").orElseThrow()), Examiner.alone(Optional.empty()), MessageLimits.defaults());
        return !tried.afterFiles().equals(tried.decisions());
    }

    private static String kana(int count) {
        return "ひらがなで\r\n".repeat(count / 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-8", "iso-2022-jp", "shift_jis"})
    void aPasswordBehindALongJapaneseTextIsSeen(String charset) {
        byte[] text = (kana(4000) + PASSWORD).getBytes(Charset.forName(charset));
        assertThat(tellsAPassword("Content-Type: text/plain; charset=" + charset, text)).isTrue();
        assertThat(tellsAPassword("Content-Type: text/plain; charset=" + charset + "\r\nContent-Transfer-Encoding: base64",
            Base64.getMimeEncoder().encode(text))).isTrue();
        byte[] html = ("<html><head><style>" + "p { margin: 0 }\r\n".repeat(4000) + "</style></head><body><p>" + kana(4000) + "</p><p>" + PASSWORD + "</p></body></html>\r\n")
            .getBytes(Charset.forName(charset));
        assertThat(tellsAPassword("Content-Type: text/html; charset=" + charset, html)).isTrue();
    }

    @Test
    void ofEachTextAndOfAllThereIsAnEnd() {
        assertThat(tellsAPassword("Content-Type: text/plain; charset=utf-8", (kana(6000) + PASSWORD).getBytes(StandardCharsets.UTF_8))).as("16 KiB of one").isFalse();
        assertThat(tellsAPassword("Content-Type: text/plain", ("abcde fgh\r\n".repeat(1400) + PASSWORD).getBytes(StandardCharsets.US_ASCII))).isTrue();
        String parts = ("--b\r\nContent-Type: text/plain\r\n\r\n" + "abcde fgh\r\n".repeat(1000)).repeat(2) + "--b\r\nContent-Type: text/plain\r\n\r\n" + PASSWORD + "--b--\r\n";
        assertThat(tellsAPassword("Content-Type: multipart/mixed; boundary=b", parts.getBytes(StandardCharsets.US_ASCII))).as("16,000 characters of all").isFalse();
    }
}
