package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.embedded.PostfixServer;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.ScriptedSmartHost;

/** A real Postfix as next hop that greylists, refuses recipients and refuses texts, each message getting what it deserves. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NextHopTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Installation installation;
    private ScriptedSmartHost beyond;
    private PolicyServer greylist;
    private PostfixServer postfix;

    @BeforeAll
    void theNextHopIsAStrictPostfix() throws IOException {
        installation = Installation.alone(Policies.AT_ONCE);
        beyond = new ScriptedSmartHost(ScriptedSmartHost.EVERYTHING);
        greylist = new PolicyServer();
        var checks = Files.createTempFile("sekisho-header", ".checks");
        Files.writeString(checks, "/^Subject: forbidden/ REJECT no such words here\n");
        Files.setPosixFilePermissions(checks, PosixFilePermissions.fromString("rw-r--r--"));
        postfix = PostfixServer.start("mx.partner.example", beyond.port(), Map.of(
            "smtpd_recipient_restrictions", "check_policy_service inet:127.0.0.1:" + greylist.port() + ", permit_mynetworks, reject",
            "header_checks", "regexp:" + checks));
        installation.start("mail", new HashMap<>(Map.of(
            "mail-hook.smart-host.port", Integer.toString(postfix.port()), "mail-hook.retry.first", "1s", "mail-hook.retry.longest", "1s")));
    }

    @AfterAll
    void theHouseGoes() throws IOException {
        installation.close();
        postfix.close();
        greylist.close();
        beyond.close();
    }

    private void submits(String subject, String... to) throws IOException {
        assertThat(installation.mailServer().submits(HANAKO, List.of(to), Messages.plain(subject, "text"))).startsWith("250 2.6.0");
    }

    private static byte[] withSubject(String subject) {
        return ("From: " + HANAKO + "\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject.hashCode() + "@example.co.jp>\r\n\r\ntext\r\n").getBytes(StandardCharsets.UTF_8);
    }

    private void outboxComesTo(String subject, String... rows) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().texts("select o.kind || ' ' || o.state || ' ' || o.attempts from outbox o "
            + "join delivery d on d.id = o.delivery_id where d.subject = '" + subject + "' order by 1")).containsExactly(rows));
    }

    @Test
    void greylistedMailArrivesOnceAtTheNextAttempt() throws Exception {
        submits("Greylisted", "grey@partner.example", "white@partner.example");
        for (var address : List.of("grey@partner.example", "white@partner.example")) {
            beyond.await("greylisted for " + address, each -> each.to().contains(address), PATIENCE);
        }
        outboxComesTo("Greylisted", "ORIGINAL SENT 1", "ORIGINAL SENT 2");
        assertThat(beyond.taken().stream().filter(each -> each.to().contains("white@partner.example"))).as("copies for who was not greylisted").hasSize(1);
        assertThat(greylist.asked("grey@partner.example")).isEqualTo(2);
    }

    @Test
    void aRecipientThatPostfixRefusesIsReportedAndTheOtherIsServed() throws Exception {
        submits("One is gone", "gone@partner.example", "here@partner.example");
        beyond.await("the other's copy", each -> each.to().contains("here@partner.example"), PATIENCE);
        var report = beyond.await("the report", each -> each.from().isEmpty() && each.text().contains("gone@partner.example"), PATIENCE);
        assertThat(report.to()).containsExactly(HANAKO);
        assertThat(report.text()).contains("Action: failed", "Status: 5.7.1", "Diagnostic-Code: smtp; 554 5.7.1").doesNotContain("here@partner.example\r\nAction");
        outboxComesTo("One is gone", "DSN SENT 1", "ORIGINAL FAILED 1", "ORIGINAL SENT 1");
    }

    @Test
    void aTextThatPostfixRefusesAtTheEndIsReportedToItsSender() throws Exception {
        assertThat(installation.mailServer().submits(HANAKO, List.of("words@partner.example"), withSubject("forbidden words"))).startsWith("250 2.6.0");
        var report = beyond.await("the report", each -> each.from().isEmpty() && each.text().contains("words@partner.example"), PATIENCE);
        assertThat(report.text()).contains("Action: failed", "Status: 5.7.1", "550 5.7.1 no such words here");
        outboxComesTo("forbidden words", "DSN SENT 1", "ORIGINAL FAILED 1");
    }

    /** Postfix's policy delegation protocol: attributes up to an empty line, answered by one action. Defers who is grey the first time, refuses who is gone. */
    private static final class PolicyServer implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 20, InetAddress.ofLiteral("127.0.0.1"));
        private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

        PolicyServer() throws IOException {
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try {
                        var client = server.accept();
                        Thread.ofVirtual().start(() -> serve(client));
                    } catch (IOException _) {
                        return;   // closed
                    }
                }
            });
        }

        int port() {
            return server.getLocalPort();
        }

        int asked(String recipient) {
            return asked.getOrDefault(recipient, new AtomicInteger()).get();
        }

        private void serve(Socket client) {
            try (client; var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
                var attributes = new HashMap<String, String>();
                for (var line = in.readLine(); line != null; line = in.readLine()) {
                    if (line.isEmpty()) {
                        client.getOutputStream().write(("action=" + action(attributes.getOrDefault("recipient", "")) + "\n\n").getBytes(StandardCharsets.US_ASCII));
                        attributes.clear();
                    } else {
                        var parts = line.split("=", 2);
                        attributes.put(parts[0], parts[1]);
                    }
                }
            } catch (IOException _) {
                // Postfix has closed
            }
        }

        private String action(String recipient) {
            int times = asked.computeIfAbsent(recipient, _ -> new AtomicInteger()).incrementAndGet();
            return switch (recipient.substring(0, recipient.indexOf('@') + 1)) {
                case "grey@" -> times == 1 ? "DEFER_IF_PERMIT greylisted, come back later" : "DUNNO";
                case "gone@" -> "REJECT no such mailbox";
                default -> "DUNNO";
            };
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
