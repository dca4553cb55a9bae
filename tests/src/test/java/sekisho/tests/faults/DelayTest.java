package sekisho.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.tests.Installation;
import sekisho.tests.MailServer;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.ScriptedSmartHost;
import sekisho.tests.ScriptedSmartHost.Answer;
import sekisho.tests.ScriptedSmartHost.Stage;

/** Mail that can't be handed on for longer than {@code warn-after}: its sender hears of it once, and it is delivered all the same. */
class DelayTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String LATE = "late@partner.example";
    /** Whose delay the sender didn't want to hear of. */
    private static final String QUIET = "quiet@partner.example";

    private Installation installation;
    private ScriptedSmartHost next;

    @BeforeEach
    void theNextHopIsBusyForAWhile() throws IOException {
        installation = Installation.alone(Policies.AT_ONCE);
        next = new ScriptedSmartHost(ScriptedSmartHost.EVERYTHING);
        for (var to : List.of(LATE, QUIET)) {
            next.expect(Stage.RCPT, to, Collections.nCopies(6, new Answer.Says("450 4.2.0 busy")));
        }
        installation.start("mail", Map.of("mail-hook.smart-host.port", Integer.toString(next.port()), "mail-hook.retry.first", "1s", "mail-hook.retry.longest", "1s",
            "mail-hook.retry.warn-after", "2s"));
    }

    @AfterEach
    void allGo() throws IOException {
        installation.close();
        next.close();
    }

    @Test
    void theSenderIsToldOnceThatAMessageIsLateAndThenItArrives() throws Exception {
        try (var connection = new MailServer.Connection(installation.stage().ports().smtp())) {
            for (var line : List.of("EHLO mail.example.co.jp", "MAIL FROM:<" + HANAKO + "> ENVID=order-66", "RCPT TO:<" + LATE + ">",
                    "RCPT TO:<" + QUIET + "> NOTIFY=FAILURE", "DATA")) {
                assertThat(connection.says(line)).as(line).matches("(?s)[23].*");
            }
            assertThat(connection.data(Messages.plain("Late", "x"))).startsWith("250 2.6.0");
        }
        var warning = next.await("the warning", each -> each.from().isEmpty() && each.to().contains(HANAKO), PATIENCE);
        assertThat(warning.text()).contains("Auto-Submitted: auto-replied", "Content-Type: multipart/report", "Original-Envelope-Id: order-66",
            "Final-Recipient: rfc822; " + LATE, "Action: delayed", "Status: 4.2.0", "Will-Retry-Until: ").doesNotContain(QUIET, "Action: failed");
        assertThat(warning.rcpts()).singleElement().asString().contains("NOTIFY=NEVER");
        next.await("the message", each -> each.to().contains(LATE), PATIENCE);
        next.await("the other copy", each -> each.to().contains(QUIET), PATIENCE);
        await().atMost(PATIENCE).until(() -> installation.data().number("select count(*) from outbox where state <> 'SENT'") == 0);
        assertThat(next.unmet()).as("every refusal was heard, so it was late for longer than one attempt").isEmpty();
        assertThat(next.taken().stream().filter(each -> each.from().isEmpty())).as("warnings").hasSize(1);
        assertThat(next.taken().stream().filter(each -> each.to().contains(LATE))).as("copies").hasSize(1);
    }
}
