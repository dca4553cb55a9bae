package sekisho.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.demo.mailbox.DemoMailbox;
import sekisho.embedded.FreePorts;
import sekisho.tests.Inbox;
import sekisho.tests.Installation;
import sekisho.tests.MailServer;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tools.Queue;

/** One partner's host is down; everybody else's mail doesn't notice, and when it is back an operator sends what waited. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadHostTest {

    private static final String DEAD = "saburo@dead.example";
    private static final String LIVE = "taro@partner.example";
    private static final int WAITING = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final int port = FreePorts.take();
    private Installation installation;

    @BeforeAll
    void twoRoutes() {
        installation = Installation.alone(Policies.AT_ONCE);
        var settings = new HashMap<String, String>();
        settings.put("mail-hook.routes.dead.domains", "dead.example");
        settings.put("mail-hook.routes.dead.via", "127.0.0.1:" + port);
        settings.put("mail-hook.routes.dead.tls", "off");
        settings.put("mail-hook.retry.dead-after", "3");
        settings.put("mail-hook.retry.probe", "1h");
        installation.start("mail", settings);
    }

    @AfterAll
    void theHouseGoes() {
        installation.close();
    }

    private void submits(String subject, String... to) throws IOException {
        assertThat(installation.mailServer().submits(HANAKO, List.of(to), Messages.plain(subject, "x"))).startsWith("250");
    }

    private long rows(String condition) {
        return installation.data().number("select count(*) from outbox where " + condition);
    }

    private String queue(String... words) throws Exception {
        var owner = installation.stage().postgres().owner();
        var arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--url", installation.stage().database(), "--user", owner.user(), "--password-file",
            installation.stage().postgres().passwordFile(owner).toString()));
        var out = new ByteArrayOutputStream();
        assertThat(new Queue().run(arguments, new PrintStream(out, true, StandardCharsets.UTF_8))).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private String metrics() throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + installation.stage().ports().health() + "/metrics")).build();
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }

    @Test
    void mailToALiveHostFlowsPastADeadOneAndWhatWaitedIsSentLater() throws Exception {
        submits("First for both", DEAD, LIVE);
        for (int i = 1; i < WAITING; i++) {
            submits("Waits " + i, DEAD);
        }
        installation.inbox().await(LIVE, "First for both");
        await().atMost(PATIENCE).until(() -> installation.data().number(
            "select count(*) from outbox_destination where name = 'dead' and suspended_until > now() and last_reply like '451 4.4.1 cannot open 127.0.0.1:%'") == 1);
        for (int i = 0; i < 10; i++) {
            submits("Flows " + i, LIVE);
        }
        for (int i = 0; i < 10; i++) {
            installation.inbox().await(LIVE, "Flows " + i);
        }
        await().atMost(PATIENCE).until(() -> rows("destination = 'dead' and state = 'DUE'") == WAITING);
        assertThat(rows("destination = 'dead' and attempts > 0")).as("few were tried").isBetween(3L, 8L);
        assertThat(queue("list")).contains("dead: " + WAITING + " rows", "suspended for 59m: 451 4.4.1 cannot open", "s•••@dead.example").doesNotContain("saburo@");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(metrics()).contains("sekisho_queue{route=\"dead\",state=\"due\"}", "sekisho_queue_destination{destination=\"dead\"} " + WAITING + ".0",
            "sekisho_queue_destination_suspended{destination=\"dead\"} 1.0", "sekisho_queue_destination_oldest_age_seconds{destination=\"dead\"} ", "sekisho_queue_suspended{route=\"dead\"} 1.0",
            "sekisho_relay_connections{route=\"smart-host\"}", "sekisho_queue_oldest_age_seconds{route=\"dead\"}").doesNotContain("dead.example"));

        var folder = installation.stage().folder().resolve("partner");
        try (var partner = new DemoMailbox(port, FreePorts.take(), folder, _ -> java.util.Optional.empty())) {
            assertThat(queue("flush", "--destination", "dead")).endsWith(" rows are due now\n");
            var inbox = new Inbox(partner);
            inbox.await(DEAD, "First for both");
            for (int i = 1; i < WAITING; i++) {
                inbox.await(DEAD, "Waits " + i);
            }
            await().atMost(PATIENCE).until(() -> rows("state <> 'SENT'") == 0);
            assertThat(Map.of("once", inbox.count(DEAD, "First for both"))).containsEntry("once", 1L);
            assertThat(installation.data().number("select count(*) from outbox_destination")).isZero();
        }
    }
}
