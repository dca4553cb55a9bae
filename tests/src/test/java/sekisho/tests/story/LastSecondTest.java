package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    /** So many at the same time, each anew as often as that at least. */
    private static final int LANES = 10;
    private static final int ROUNDS = 8;
    /** What a lane cancels earlier after it was too late, and later after it was in time. */
    private static final Duration STEP = Duration.ofMillis(100);
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
        pages = House.open().takePage();
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

    private record Race(String delivery, String subject, boolean cancelled) {
    }

    private static boolean bothHappened(Collection<Race> races) {
        return races.stream().anyMatch(Race::cancelled) && !races.stream().allMatch(Race::cancelled);
    }

    /**
     * Each is sent and then cancelled around the time at which it leaves. Where that is on this machine today a lane finds out by itself: it
     * comes a little later after it won, and a little earlier after it lost, so that the last second is met however busy the machine is.
     */
    @Test
    void againstTheTimeThatRunsOut() throws Exception {
        hanako.opens("/sent");
        var races = new ConcurrentLinkedQueue<Race>();
        try (var lanes = Executors.newFixedThreadPool(LANES)) {
            var running = new ArrayList<Future<?>>();
            for (int lane = 0; lane < LANES; lane++) {
                var name = "By time " + lane + ".";
                var first = STEP.multipliedBy(2L * lane - LANES);
                running.add(lanes.submit(() -> {
                    races(name, first, races);
                    return null;
                }));
            }
            for (var lane : running) {
                lane.get();
            }
        }
        assertThat(races).as("some were in time").anyMatch(Race::cancelled);
        assertThat(races).as("some were too late").anyMatch(race -> !race.cancelled());
        for (var race : races) {
            requireOneOfBoth(race.delivery(), "taro@soon.example", race.subject(), race.cancelled());
        }
        assertThat(wins("cancel", races.peek().delivery())).as("a second time").isFalse();
    }

    /** @param first how long after the time of release the first is cancelled; before it when negative */
    private void races(String name, Duration first, Collection<Race> races) throws Exception {
        var offset = first;
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int round = 0; round < ROUNDS || !bothHappened(races) && System.nanoTime() < end; round++) {
            var subject = name + round + ".";
            var delivery = sends("taro@soon.example", subject);
            var at = Instant.ofEpochMilli(installation.data().number(
                "select cast(extract(epoch from release_at) * 1000 as bigint) from recipient where delivery_id = '" + delivery + "'")).plus(offset);
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(() -> !Instant.now().isBefore(at));
            boolean cancelled = wins("cancel", delivery);
            races.add(new Race(delivery, subject, cancelled));
            offset = cancelled ? offset.plus(STEP) : offset.minus(STEP);
        }
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
