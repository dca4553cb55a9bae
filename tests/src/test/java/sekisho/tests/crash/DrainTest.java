package sekisho.tests.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.JIRO;
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
import sekisho.tests.ScriptedSmartHost;
import sekisho.tests.ScriptedSmartHost.Answer;
import sekisho.tests.ScriptedSmartHost.Stage;

/**
 * The process is told to stop while messages come in at two listeners: what is being received comes to its end, the rest hears 421. Or while they
 * go out: how far each got is written down.
 */
class DrainTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

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

    private static void submits(Installation installation, String to) throws IOException {
        assertThat(installation.mailServer().submits(HANAKO, List.of(to), Messages.plain(to, "x"))).startsWith("250 2.6.0");
    }

    /** Whoever didn't know of it would send it as if for the first time, and once more when nobody answers again (docs/decisions/0008). */
    @Test
    void whatTheNextHopHasAndDoesNotAnswerCountsAsUnansweredAndWhatItHasNotGoesOnceMore() throws Exception {
        try (var host = new ScriptedSmartHost(ScriptedSmartHost.EVERYTHING); var installation = Installation.alone(Policies.AT_ONCE)) {
            var settings = Map.of("mail-hook.smart-host.port", Integer.toString(host.port()), "mail-hook.retry.first", "1s");
            var mail = installation.start("mail", settings);
            host.expect(Stage.END, TARO, List.of(new Answer.Stalls()));
            submits(installation, TARO);
            await().atMost(PATIENCE).until(() -> host.seen().size() == 1);
            host.expect(Stage.RCPT, JIRO, List.of(new Answer.Stalls()));
            submits(installation, JIRO);
            await().atMost(PATIENCE).until(() -> host.unmet().isEmpty());
            mail.process().signal("TERM");
            mail.process().awaitEnd(PATIENCE);
            var rows = "select d.subject || ' ' || o.state || ' ' || o.unconfirmed || ' ' || o.attempts from outbox o join delivery d on d.id = o.delivery_id order by 1";
            assertThat(installation.data().texts(rows)).containsExactly(JIRO + " DUE false 1", TARO + " DUE true 1");
            installation.start("mail", settings);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().texts(rows)).containsExactly(JIRO + " SENT false 2", TARO + " SENT true 2"));
            assertThat(host.seen()).extracting(seen -> seen.to().getFirst()).as("texts that came to their end").containsExactlyInAnyOrder(TARO, TARO, JIRO);
        }
    }
}
