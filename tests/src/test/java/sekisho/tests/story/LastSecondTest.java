package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Visitor;

/** Who cancels at the last second either stops the message, and nothing of it arrives, or is told to be too late, and it arrives once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LastSecondTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final int AGAINST_TIME = 100;
    private static final int AGAINST_SEND_NOW = 20;

    private Installation installation;
    private String pages;
    private Visitor hanako;

    @BeforeAll
    void aSenderAndHerPages() {
        installation = Installation.inTheHouse("last_second", """
            inside: [example.co.jp]
            rules:
              - name: soon
                when: { recipient: "@soon.example" }
                then: { hold: 2s, notice: false }
              - name: later
                then: { hold: 5m, notice: false }
            """);
        pages = House.open().sparePage(0);
        installation.startPages("web", "web", pages, Map.of());
        installation.start("mail", Map.of());
        hanako = new Visitor(pages, "hanako");
    }

    @AfterAll
    void allGo() {
        hanako.close();
        installation.close();
    }

    private String sends(String to, String subject) throws Exception {
        var reply = installation.mailServer().submits(HANAKO, List.of(to), Messages.plain(subject, "Good day."));
        var id = DELIVERY.matcher(reply);
        assertThat(id.find()).as(reply).isTrue();
        return id.group(1);
    }

    /** What the sender is told on the next page. */
    private boolean wins(String action, String delivery) throws Exception {
        var answer = hanako.posts("/sent/" + delivery + "/" + action, Map.of(), pages);
        assertThat(answer.statusCode()).isEqualTo(303);
        var said = answer.headers().allValues("Set-Cookie").stream().filter(cookie -> cookie.startsWith("sekisho_said=")).findFirst().orElseThrow();
        assertThat(said).containsPattern("=(good\\.(cancelled|released)|bad\\.too_late)-");
        return said.contains("=good.");
    }

    /** What is so in the end, whoever won. */
    private void requireOneOfBoth(String delivery, String to, String subject, boolean cancelled) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().texts("select hold || ' ' || relay from recipient where delivery_id = '" + delivery + "'"))
            .as(subject).containsExactly(cancelled ? "CANCELLED NONE" : "RELEASED SENT"));
        assertThat(installation.inbox().count(to, subject)).as("copies of " + subject).isEqualTo(cancelled ? 0 : 1);
        assertThat(installation.data().number("select count(*) from outbox where delivery_id = '" + delivery + "'")).as("rows of " + subject).isEqualTo(cancelled ? 0 : 1);
        assertThat(installation.data().number("select count(*) from audit_event where delivery_id = '" + delivery + "' and type in ('RECIPIENT_CANCELLED', 'RECIPIENT_RELEASED')"))
            .as("what is written down of " + subject).isEqualTo(1);
    }

    /** All wait two seconds; one is cancelled after the other, so that the first are in time, the last are not, and some are at the very end. */
    @Test
    void againstTheTimeThatRunsOut() throws Exception {
        hanako.opens("/sent");
        var deliveries = new ArrayList<String>();
        for (int i = 0; i < AGAINST_TIME; i++) {
            deliveries.add(sends("taro@soon.example", "By time " + i + "."));
        }
        var cancelled = new ArrayList<Boolean>();
        for (var delivery : deliveries) {
            cancelled.add(wins("cancel", delivery));
        }
        for (int i = 0; i < AGAINST_TIME; i++) {
            requireOneOfBoth(deliveries.get(i), "taro@soon.example", "By time " + i + ".", cancelled.get(i));
        }
        assertThat(wins("cancel", deliveries.getLast())).as("a second time").isFalse();
    }

    @Test
    void againstTheSendersOwnSendNow() throws Exception {
        hanako.opens("/sent");
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (int i = 0; i < AGAINST_SEND_NOW; i++) {
                var subject = "By hand " + i + ".";
                var delivery = sends("jiro@later.example", subject);
                var start = new CyclicBarrier(2);
                var sending = threads.submit(() -> {
                    start.await();
                    return wins("send-now", delivery);
                });
                var cancelling = threads.submit(() -> {
                    start.await();
                    return wins("cancel", delivery);
                });
                assertThat(List.of(sending.get(), cancelling.get())).as(subject).containsExactlyInAnyOrder(true, false);
                requireOneOfBoth(delivery, "jiro@later.example", subject, cancelling.get());
            }
        }
    }
}
