package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.ScriptedSmartHost;
import sekisho.tests.ScriptedSmartHost.Answer;
import sekisho.tests.ScriptedSmartHost.Stage;

/** A next hop that goes away, or falls silent, at every stage of a session: the message arrives all the same, and once where that can be known. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadNextHopTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Installation installation;
    private ScriptedSmartHost next;

    @BeforeAll
    void theNextHopIsUnreliable() throws IOException {
        installation = Installation.alone(Policies.AT_ONCE);
        next = new ScriptedSmartHost(ScriptedSmartHost.EVERYTHING);
        installation.start("mail", Map.of(
            "mail-hook.smart-host.port", Integer.toString(next.port()),
            "mail-hook.smart-host.timeouts.connect", "2s",
            "mail-hook.smart-host.timeouts.command", "2s",
            "mail-hook.smart-host.timeouts.data-end", "2s",
            "mail-hook.retry.first", "1s",
            "mail-hook.retry.longest", "1s"));
    }

    @AfterAll
    void theHouseGoes() throws IOException {
        installation.close();
        next.close();
    }

    /** @param twice whether it can't be told if the first copy arrived */
    private void arrivesInSpiteOf(Stage stage, Answer answer, boolean twice) throws Exception {
        var to = "%s-%s@partner.example".formatted(stage, answer.getClass().getSimpleName()).toLowerCase(java.util.Locale.ROOT);
        next.forgetConnections();
        next.expect(stage, to, List.of(answer));
        assertThat(installation.mailServer().submits("hanako@example.co.jp", List.of(to), Messages.twoAttachments(to, new byte[100], Messages.octets(1_000, 1))))
            .startsWith("250 2.6.0");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().texts(
            "select o.kind || ' ' || o.state from outbox o join delivery d on d.id = o.delivery_id where d.subject = '" + to + "'")).containsExactly("LINKED SENT"));
        assertThat(next.unmet()).isEmpty();
        assertThat(next.taken().stream().filter(each -> each.to().contains(to))).as("copies that the next hop took").hasSize(1);
        assertThat(next.seen().stream().filter(each -> each.to().contains(to))).as("copies that it was given whole").hasSize(twice ? 2 : 1);
    }

    @ParameterizedTest
    @EnumSource
    void aDroppedConnection(Stage stage) throws Exception {
        arrivesInSpiteOf(stage, new Answer.Drops(), stage == Stage.END);
    }

    @ParameterizedTest
    @EnumSource
    void silenceUntilOurTimeIsOver(Stage stage) throws Exception {
        arrivesInSpiteOf(stage, new Answer.Stalls(), stage == Stage.END);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EHLO")
    void aTemporaryRefusal(Stage stage) throws Exception {
        arrivesInSpiteOf(stage, new Answer.Says(stage == Stage.GREETING ? "421 4.3.2 not now" : "451 4.3.0 not now"), stage == Stage.END);
    }
}
