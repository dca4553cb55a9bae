package sekisho.mailhook.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.mailhook.relay.DestinationTest.envelope;
import static sekisho.mailhook.relay.DestinationTest.text;
import static sekisho.mailhook.relay.ScriptedHop.offering;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.relay.RelayResult.Aborted;
import sekisho.mailhook.relay.RelayResult.Delivered;
import sekisho.mailhook.relay.RelayResult.MaybeDelivered;
import sekisho.mailhook.relay.RelayResult.Temporary;

/** What is being sent is broken off, at whatever point it is, and its threads are fit for more. */
class AbortTest {

    private static final String TO_TARO = offering() + "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n";
    private static final String LONG = "0123456789abcdef\r\n".repeat(2_000_000);

    /** @param results of one message; @param interrupted whether the thread would close the next socket that it waits for */
    private record Sent(List<RelayResult> results, boolean interrupted) {
    }

    private static Future<Sent> send(ExecutorService threads, Destination destination, String text, String... recipients) {
        Callable<Sent> sending = () -> {
            var results = destination.send(envelope(recipients), text(text));
            return new Sent(results, Thread.currentThread().isInterrupted());
        };
        return threads.submit(sending);
    }

    @Test
    void behindTheEndOfTheTextItMayHaveArrived() throws Exception {
        for (var script : List.of(TO_TARO + "< DATA\n> 354 go\ndata\nhang\n", offering("CHUNKING") + "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\nchunk\nhang\n")) {
            try (var hop = new ScriptedHop(script); var destination = new Destination(hop.hosts(), HopSettings.DEFAULT);
                    var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var sent = send(threads, destination, "the text\r\n", "taro@partner.example");
                await().until(() -> hop.received.contains("the text\r\n"));
                destination.abort();
                assertThat(sent.get().results()).singleElement().isInstanceOf(MaybeDelivered.class);
                assertThat(sent.get().interrupted()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "> 220 hop\n< EHLO\n", "> 220 hop\n< EHLO\n> 250-hop\n> 250 HELP\n< MAIL\n", "> 220 hop\n< EHLO\n> 250-hop\n> 250 HELP\n< MAIL\n> 250 ok\n< RCPT\n",
        "> 220 hop\n< EHLO\n> 250-hop\n> 250 HELP\n< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n"})
    void beforeItNobodyHasIt(String script) throws Exception {
        try (var hop = new ScriptedHop(script + "here\nhang\n"); var destination = new Destination(hop.hosts(), HopSettings.DEFAULT);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sent = send(threads, destination, "the text\r\n", "taro@partner.example");
            await().until(() -> hop.received.contains("here"));
            destination.abort();
            assertThat(sent.get().results()).singleElement().isInstanceOf(Aborted.class);
            assertThat(sent.get().interrupted()).isFalse();
        }
    }

    @Test
    void inTheMiddleOfTheTextNobodyHasItEither() throws Exception {
        try (var hop = new ScriptedHop(TO_TARO + "< DATA\n> 354 go\nupto 1000\nhere\nstall\n"); var destination = new Destination(hop.hosts(), HopSettings.DEFAULT);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sent = send(threads, destination, LONG, "taro@partner.example");
            await().until(() -> hop.received.contains("here"));
            destination.abort();
            assertThat(sent.get().results()).singleElement().isInstanceOf(Aborted.class);
            hop.release();
        }
    }

    @Test
    void whoWaitsForAConnectionOrComesLaterGetsNone() throws Exception {
        try (var hop = new ScriptedHop(TO_TARO + "< DATA\n> 354 go\ndata\nhang\n", TO_TARO);
                var destination = new Destination(hop.hosts(), HopSettings.DEFAULT.withConnections(1, 10, Duration.ofSeconds(30)));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = send(threads, destination, "the text\r\n", "taro@partner.example");
            await().until(() -> hop.received.contains("the text\r\n"));
            var waiting = send(threads, destination, "another\r\n", "taro@partner.example");
            destination.abort();
            assertThat(first.get().results()).singleElement().isInstanceOf(MaybeDelivered.class);
            assertThat(waiting.get().results()).singleElement().isInstanceOf(Aborted.class);
            assertThat(destination.send(envelope("taro@partner.example"), text("a third\r\n"))).singleElement().isInstanceOf(Aborted.class);
            assertThat(hop.received).filteredOn(line -> line.startsWith("EHLO")).hasSize(1);
            assertThat(destination.connections()).isZero();
        }
    }

    @Test
    void norDoesAKeptConnectionCarryAnything() throws Exception {
        try (var hop = new ScriptedHop(TO_TARO + "< DATA\n> 354 go\ndata\n> 250 ok\nhang\n"); var destination = new Destination(hop.hosts(), HopSettings.DEFAULT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Delivered.class);
            destination.abort();
            assertThat(destination.send(envelope("taro@partner.example"), text("y"))).singleElement().isInstanceOf(Aborted.class);
            hop.join();
            assertThat(hop.received.getLast()).as("what came behind the first message").isEmpty();
        }
    }

    /** What the first host can't take the second could have, but nobody asked it. */
    @Test
    void whileTheNextHostIsLookedUpTheFirstHasRefusedNothing() throws Exception {
        var looked = new AtomicInteger();
        var lookingUp = new CountDownLatch(1);
        var found = new CountDownLatch(1);
        try (var first = new ScriptedHop(TO_TARO + "< DATA\n> 354 go\ndata\n> 250 ok\nhang\n"); var second = new ScriptedHop(offering("8BITMIME", "SMTPUTF8") + "hang\n")) {
            Hosts hosts = () -> {
                if (looked.getAndIncrement() > 0) {
                    lookingUp.countDown();
                    found.await();
                }
                return new Hosts.Found.Some(List.of(host("mx0.example", first), host("mx1.example", second)), true);
            };
            try (var destination = new Destination(hosts, HopSettings.DEFAULT); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Delivered.class);
                var sent = send(threads, destination, "the text\r\n", "太郎@partner.example");
                lookingUp.await();
                destination.abort();
                found.countDown();
                assertThat(sent.get().results()).singleElement().isInstanceOf(Aborted.class);
            }
        }
    }

    private static Host host(String name, ScriptedHop hop) {
        return new Host(name, InetAddress.ofLiteral("127.0.0.1"), hop.port());
    }

    @Test
    void whatAHostHasSaidItHasSaid() throws Exception {
        try (var hop = new ScriptedHop(offering() + "< MAIL\n> 250 ok\n< RCPT\n> 450 4.2.1 busy\n< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\nhang\n");
                var destination = new Destination(hop.hosts(), HopSettings.DEFAULT); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sent = send(threads, destination, "the text\r\n", "busy@partner.example", "taro@partner.example");
            await().until(() -> hop.received.contains("the text\r\n"));
            destination.abort();
            assertThat(sent.get().results().getFirst()).isInstanceOfSatisfying(Temporary.class, put -> assertThat(put.reply().oneLine()).isEqualTo("450 4.2.1 busy"));
            assertThat(sent.get().results().getLast()).isInstanceOf(MaybeDelivered.class);
        }
    }
}
