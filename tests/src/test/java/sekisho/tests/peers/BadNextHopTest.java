package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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
import sekisho.tests.ScriptedSmartHost.Transaction;

/**
 * A next hop that goes away, falls silent or answers too late, at every stage of a session and by each way to hand over a text: the message
 * arrives all the same, and once where that can be known.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadNextHopTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SENDER = "hanako@example.co.jp";
    /** Far more than one chunk, and than fits between a server that has stopped reading and us (4 MiB by Linux's defaults). */
    private static final int LONG_OCTETS = 8 << 20;
    /** Whoever took it for a message that may have arrived would give it up now. */
    private static final int OFTEN = 2;

    /** How a text is handed over, each to a host and domain of its own: by chunks, by DATA behind commands in a group, or as servers of old took it. */
    private enum Way {
        CHUNKS("BDAT", ScriptedSmartHost.ONE_BY_ONE, "mail-hook.smart-host."),
        GROUPS("DATA", ScriptedSmartHost.EVERYTHING, "mail-hook.routes.groups."),
        OLD("DATA", List.of("SIZE 0", "8BITMIME"), "mail-hook.routes.old.");

        private final String command;
        private final List<String> offers;
        private final String settings;

        Way(String command, List<String> offers, String settings) {
            this.command = command;
            this.offers = offers;
            this.settings = settings;
        }

        String domain() {
            return name().toLowerCase(Locale.ROOT) + ".example";
        }
    }

    private final Map<Way, ScriptedSmartHost> hosts = new EnumMap<>(Way.class);
    private Installation installation;

    @BeforeAll
    void theNextHopsAreUnreliable() throws IOException {
        installation = Installation.alone(Policies.AT_ONCE);
        var settings = new HashMap<>(Map.of("mail-hook.retry.first", "1s", "mail-hook.retry.longest", "1s"));
        for (var way : Way.values()) {
            var host = new ScriptedSmartHost(way.offers);
            hosts.put(way, host);
            for (var timeout : List.of("connect", "command", "block", "data-end")) {
                settings.put(way.settings + "timeouts." + timeout, "2s");
            }
            settings.put(way.settings + "connections", "1");   // what comes behind a message can't take another one
        }
        settings.put("mail-hook.smart-host.port", Integer.toString(hosts.get(Way.CHUNKS).port()));
        for (var way : List.of(Way.GROUPS, Way.OLD)) {
            settings.put(way.settings + "domains", way.domain());
            settings.put(way.settings + "via", "127.0.0.1:" + hosts.get(way).port());
            settings.put(way.settings + "tls", "off");
        }
        installation.start("mail", settings);
    }

    @AfterAll
    void theHouseGoes() throws IOException {
        installation.close();
        for (var host : hosts.values()) {
            host.close();
        }
    }

    private static byte[] longText(String subject) {
        var line = "The quick brown fox jumps over the lazy dog, again and again.\n";
        return Messages.plain(subject, line.repeat(LONG_OCTETS / line.length()));
    }

    private void submits(String to, byte[] message) throws IOException {
        assertThat(installation.mailServer().submits(SENDER, List.of(to), message)).startsWith("250 2.6.0");
    }

    private void outboxComesTo(String subject, String... rows) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().texts("select o.kind || ' ' || o.state || ' ' || o.attempts from outbox o"
            + " join delivery d on d.id = o.delivery_id where d.subject = '" + subject + "'")).containsExactly(rows));
    }

    private static List<Transaction> about(List<Transaction> transactions, String recipient) {
        return transactions.stream().filter(each -> each.to().contains(recipient)).toList();
    }

    /** One message for each host, at the same time. */
    private void arrivesInSpiteOf(Stage stage, Answer answer) throws Exception {
        // in the middle of a text nothing can have arrived, so it is sent as often as it takes
        var answers = Collections.nCopies(stage == Stage.TEXT ? OFTEN : 1, answer);
        for (var way : Way.values()) {
            hosts.get(way).forgetConnections();
            hosts.get(way).expect(stage, recipient(way, stage, answer), answers);
            submits(recipient(way, stage, answer), message(way, stage, answer));
        }
        for (var way : Way.values()) {
            var host = hosts.get(way);
            var to = recipient(way, stage, answer);
            outboxComesTo(to, (stage == Stage.TEXT ? "ORIGINAL" : "LINKED") + " SENT " + (answers.size() + 1));
            assertThat(host.unmet()).as("by %s", way).isEmpty();
            var taken = about(host.taken(), to);
            assertThat(taken).as("copies that the next hop took by %s", way).hasSize(1);
            assertThat(taken.getFirst().way()).isEqualTo(way.command);
            if (stage == Stage.TEXT) {
                var text = new String(message(way, stage, answer), StandardCharsets.ISO_8859_1);
                assertThat(taken.getFirst().text().endsWith(text)).as("the text by %s, from its first to its last octet", way).isTrue();
            }
            assertThat(about(host.seen(), to)).as("copies that it was given whole by %s", way).hasSize(stage == Stage.END ? 2 : 1);
        }
    }

    /** Also the subject. */
    private static String recipient(Way way, Stage stage, Answer answer) {
        return "%s-%s@%s".formatted(stage, answer.getClass().getSimpleName(), way.domain()).toLowerCase(Locale.ROOT);
    }

    private static byte[] message(Way way, Stage stage, Answer answer) {
        var subject = recipient(way, stage, answer);
        return stage == Stage.TEXT ? longText(subject) : Messages.twoAttachments(subject, new byte[100], Messages.octets(1_000, 1));
    }

    @ParameterizedTest
    @EnumSource
    void aDroppedConnection(Stage stage) throws Exception {
        arrivesInSpiteOf(stage, new Answer.Drops());
    }

    @ParameterizedTest
    @EnumSource
    void silenceUntilOurTimeIsOver(Stage stage) throws Exception {
        arrivesInSpiteOf(stage, new Answer.Stalls());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EHLO")
    void aTemporaryRefusal(Stage stage) throws Exception {
        arrivesInSpiteOf(stage, new Answer.Says(stage == Stage.GREETING ? "421 4.3.2 not now" : "451 4.3.0 not now"));
    }

    /** It can't be known, so the recipient has it twice (docs/decisions/0008); what waits behind it gets its own answers, not that one. */
    @ParameterizedTest
    @EnumSource
    void anAnswerToTheEndThatComesTooLateIsNobodysAnswer(Way way) throws Exception {
        var host = hosts.get(way);
        var first = "late@" + way.domain();
        var second = "behind@" + way.domain();
        host.forgetConnections();
        host.expect(Stage.END, first, List.of(new Answer.Late("250 2.6.0 taken at last")));
        host.expect(Stage.END, second, List.of(new Answer.Says("451 4.3.0 not now")));
        submits(first, Messages.plain(first, "x"));
        await().atMost(PATIENCE).until(() -> about(host.seen(), first).size() == 1);
        submits(second, Messages.plain(second, "x"));
        outboxComesTo(first, "ORIGINAL SENT 2");
        outboxComesTo(second, "ORIGINAL SENT 2");
        assertThat(host.unmet()).isEmpty();
        assertThat(about(host.seen(), first)).extracting(Transaction::reply).containsExactly("250 2.6.0 taken at last", "250 2.6.0 taken");
        assertThat(about(host.seen(), second)).extracting(Transaction::reply).containsExactly("451 4.3.0 not now", "250 2.6.0 taken");
    }
}
