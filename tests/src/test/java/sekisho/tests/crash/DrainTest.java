package sekisho.tests.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sekisho.embedded.FreePorts;
import sekisho.tests.Installation;
import sekisho.tests.MailServer;
import sekisho.tests.Messages;
import sekisho.tests.Policies;

/** The process is told to stop while messages come in at two listeners: what is being received comes to its end, the rest hears 421. */
class DrainTest {

    private static MailServer.Connection inTheMiddleOf(int port, String subject) throws IOException {
        var connection = new MailServer.Connection(port);
        for (var line : List.of("EHLO mail.example.co.jp", "MAIL FROM:<" + HANAKO + ">", "RCPT TO:<" + TARO + ">", "DATA")) {
            assertThat(connection.says(line)).as(line).matches("(?s)[23].*");
        }
        connection.sends(new String(Messages.plain(subject, "Half of it"), StandardCharsets.ISO_8859_1));
        return connection;
    }

    @Test
    void whoIsStillSendingWhenTheTimeIsOverHears421AndSendsItAgain() throws Exception {
        try (var installation = Installation.alone(Policies.AT_ONCE)) {
            int port = installation.stage().ports().smtp();
            var mail = installation.start("mail", Map.of("mail-hook.drain", "1s"));
            var message = Messages.twoAttachments("Broken off", Messages.octets(300_000, 1), Messages.octets(300_000, 2));
            try (var silent = inTheMiddleOf(port, "Silent"); var half = new MailServer.Connection(port)) {
                for (var line : List.of("EHLO mail.example.co.jp", "MAIL FROM:<" + HANAKO + ">", "RCPT TO:<" + TARO + ">", "DATA")) {
                    assertThat(half.says(line)).as(line).matches("(?s)[23].*");
                }
                half.sends(new String(message, 0, message.length - 200_000, StandardCharsets.ISO_8859_1));
                mail.process().signal("TERM");
                assertThat(silent.reply()).startsWith("421 4.3.2");
                assertThat(half.reply()).startsWith("421 4.3.2");
                assertThatThrownBy(half::reply).as("closed").isInstanceOf(IOException.class);
                mail.process().awaitEnd(Duration.ofSeconds(60));
            }
            assertThat(installation.data().number("select count(*) from delivery")).isZero();
            assertThat(installation.objects()).as("nothing of it stays").isEmpty();
            assertThat(installation.unfinishedUploads()).isZero();
            installation.start("mail", Map.of());
            assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), message)).startsWith("250 2.6.0");
            installation.inbox().await(TARO, "Broken off");
            assertThat(installation.inbox().count(TARO, "Broken off")).isEqualTo(1);
        }
    }

    @Test
    void nothingAcceptedIsLeftHalfWay() throws Exception {
        try (var installation = Installation.alone("inside: [example.co.jp]")) {
            int second = FreePorts.take();
            var settings = Map.of("mail-hook.listeners.second.port", Integer.toString(second), "mail-hook.drain", "15s");
            int first = installation.stage().ports().smtp();
            var mail = installation.start("mail", settings);
            try (var one = inTheMiddleOf(first, "Drained one"); var two = inTheMiddleOf(second, "Drained two"); var cut = inTheMiddleOf(second, "Never ended");
                 var idle = new MailServer.Connection(first); var otherIdle = new MailServer.Connection(second)) {
                mail.process().signal("TERM");
                assertThat(idle.reply()).startsWith("421 4.3.2");
                assertThat(otherIdle.reply()).startsWith("421 4.3.2");
                for (int port : new int[] {first, second}) {
                    assertThatThrownBy(() -> new MailServer.Connection(port)).as("nobody new is greeted").isInstanceOf(IOException.class);
                }
                cut.close();
                one.sends("and the other half\r\n.\r\n");
                assertThat(one.reply()).startsWith("250 2.6.0");
                assertThat(one.reply()).startsWith("421 4.3.2");
                two.sends("and the other half\r\n.\r\n");
                assertThat(two.reply()).startsWith("250 2.6.0");
                mail.process().awaitEnd(Duration.ofSeconds(60));
            }
            assertThat(installation.data().texts("select subject from delivery order by subject")).containsExactly("Drained one", "Drained two");
            installation.start("mail", settings);
            for (var subject : List.of("Drained one", "Drained two")) {
                var arrived = new String(installation.inbox().octets(installation.inbox().await(TARO, subject)), StandardCharsets.ISO_8859_1);
                assertThat(arrived).contains("Half of it").endsWith("and the other half\r\n");
                assertThat(installation.inbox().count(TARO, subject)).isEqualTo(1);
            }
        }
    }
}
