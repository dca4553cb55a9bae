package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a listener, whatever its sessions are in the middle of. */
@Timeout(120)
class ListenerStopTest {
    private final InMemoryTransactions transactions = new InMemoryTransactions();

    @Test
    void stoppingLetsAMessageComeToItsEndAndSendsTheIdleAway() throws Exception {
        var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions);
        try (var sending = Dialogue.greeted(listener.port()); var idle = Dialogue.greeted(listener.port()); var betweenChunks = Dialogue.greeted(listener.port())) {
            ListenerTest.begin(sending);
            sending.say("first half");
            betweenChunks.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<b@partner.example>\r\nBDAT 5\r\nabc");
            betweenChunks.expect("250");
            betweenChunks.expect("250");
            betweenChunks.expect("250");
            Thread stopping = Thread.ofVirtual().start(() -> listener.stop(Duration.ofSeconds(60)));
            idle.expect("421 4.3.2");
            idle.expectEnd();
            betweenChunks.say("NOOP\r\nBDAT 5\r\ndef");
            betweenChunks.expect("250 2.0.0 OK");
            betweenChunks.expect("250");
            assertThatThrownBy(() -> {
                try (var late = new Dialogue(listener.port())) {   // the system may still take the connection, but nobody greets
                    late.expect("220");
                }
            }).isInstanceOfAny(IOException.class, AssertionError.class);
            sending.say("second half\r\n.");
            sending.expect("250 2.6.0");
            sending.expect("421 4.3.2");
            sending.expectEnd();
            betweenChunks.say("BDAT 5 LAST\r\nghi");
            betweenChunks.expect("250 2.6.0");
            betweenChunks.expect("421 4.3.2");
            betweenChunks.expectEnd();
            stopping.join();
        }
        assertThat(transactions.accepted).extracting(InMemoryTransactions.Accepted::text)
            .containsExactly("first half\r\nsecond half\r\n", "abc\r\ndef\r\nghi\r\n");
        assertThat(transactions.closed).hasValue(2);
    }

    @Test
    void stoppingDoesNotWaitLongerThanItMay() throws Exception {
        var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions);
        try (var sending = Dialogue.greeted(listener.port()); var betweenChunks = Dialogue.greeted(listener.port()); var refused = Dialogue.greeted(listener.port())) {
            ListenerTest.begin(sending);
            sending.say("half");
            for (var dialogue : List.of(betweenChunks, refused)) {
                dialogue.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<" + (dialogue == refused ? "spoiled" : "b") + "@partner.example>\r\nBDAT 5\r\nabc");
                dialogue.expect("250");
                dialogue.expect("250");
                dialogue.expect(dialogue == refused ? "554 5.7.1" : "250");
            }
            listener.stop(Duration.ofMillis(200));
            for (var dialogue : List.of(sending, betweenChunks, refused)) {
                dialogue.expect("421 4.3.2");
                dialogue.expectEnd();
            }
        }
        assertThat(listener.connections()).isZero();
        assertThat(transactions.accepted).isEmpty();
        assertThat(transactions.closed).hasValue(3);
    }

    @Test
    void whoIsStillSendingWhenTheTimeIsOverHears421AndNothingOfTheMessageStays() throws Exception {
        var listener = SmtpListener.start(SmtpSettings.loopback(0).withTls(SmtpSettings.TlsMode.STARTTLS, TestCertificate::server), transactions);
        try (var sending = Dialogue.greeted(listener.port()); var chunk = Dialogue.greeted(listener.port()); var secret = Dialogue.greeted(listener.port());
             var stopper = Executors.newVirtualThreadPerTaskExecutor()) {
            ListenerTest.begin(sending);
            chunk.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<b@partner.example>\r\nBDAT 1000000 LAST\r\nabc");
            chunk.expect("250");
            chunk.expect("250");
            secret.say("STARTTLS");
            secret.expect("220");
            secret.startTls();
            secret.say("EHLO client.example");
            secret.expect("250");
            ListenerTest.begin(secret);
            secret.say("half");
            var stopped = stopper.submit(() -> listener.stop(Duration.ofMillis(200)));
            var answer = stopper.submit(sending::reply);
            while (!answer.isDone()) {
                try {
                    sending.say("a line");
                    answer.get(5, TimeUnit.MILLISECONDS);
                } catch (TimeoutException | IOException _) {
                    // not yet; or it has left, and what it said is still there
                }
            }
            assertThat(answer.get()).startsWith("421 4.3.2");
            chunk.expect("421 4.3.2");
            secret.expect("421 4.3.2");
            stopped.get();
        }
        assertThat(listener.connections()).isZero();
        assertThat(transactions.accepted).isEmpty();
        assertThat(transactions.closed).hasValue(3);
    }

    @Test
    void aSessionOverTlsIsEndedByStoppingToo() throws Exception {
        var listener = SmtpListener.start(SmtpSettings.loopback(0).withTls(SmtpSettings.TlsMode.STARTTLS, TestCertificate::server), transactions);
        try (var idle = Dialogue.greeted(listener.port())) {
            idle.say("STARTTLS");
            idle.expect("220");
            idle.startTls();
            idle.say("EHLO client.example");
            idle.expect("250");
            listener.stop(Duration.ofSeconds(60));
        }
        assertThat(listener.connections()).isZero();
    }

    /** A whole message, to which the answer is yet to come. */
    private static void saysAll(Dialogue dialogue, String wish) throws IOException {
        dialogue.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<" + wish + "@partner.example>\r\nDATA");
        dialogue.expect("250");
        dialogue.expect("250");
        dialogue.expect("354");
        dialogue.say("all of it\r\n.");
    }

    /** A client that hears nothing sends its message again: so what it hears nothing of isn't accepted, and what is accepted it hears of. */
    @Test
    void whatIsStillBeingStoredAtTheVeryEndIsNotAcceptedAndWhatIsBeingAcceptedIsAnswered() throws Exception {
        for (String wish : List.of("slow", "accepting")) {
            var mailbox = new InMemoryTransactions();
            var listener = SmtpListener.start(SmtpSettings.loopback(0), mailbox);
            try (var whole = Dialogue.greeted(listener.port()); var stopper = Executors.newVirtualThreadPerTaskExecutor()) {
                saysAll(whole, wish);
                mailbox.storing.await();
                boolean accepting = wish.equals("accepting");
                var stopped = stopper.submit(() -> listener.stop(Duration.ZERO, accepting ? Duration.ofSeconds(30) : Duration.ofMillis(200)));
                if (accepting) {
                    mailbox.mayStore.countDown();
                    whole.expect("250 2.6.0");
                } else {
                    whole.expectEnd();
                    mailbox.mayStore.countDown();
                }
                stopped.get();
                while (listener.connections() > 0) {
                    Thread.onSpinWait();
                }
                assertThat(mailbox.accepted).as(wish).hasSize(accepting ? 1 : 0);
                assertThat(mailbox.closed).hasValue(1);
            }
        }
    }

    /** Short of that end, too: the last call finds it in the middle of being accepted. */
    @Test
    void whoseMessageIsBeingAcceptedIsNotGivenUp() throws Exception {
        var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions);
        try (var whole = Dialogue.greeted(listener.port()); var half = Dialogue.greeted(listener.port()); var stopper = Executors.newVirtualThreadPerTaskExecutor()) {
            saysAll(whole, "accepting");
            saysAll(half, "slow");
            transactions.storing.await();
            while (transactions.finishing.get() < 2) {
                Thread.onSpinWait();
            }
            var stopped = stopper.submit(() -> listener.stop(Duration.ZERO, Duration.ofSeconds(1)));
            half.expectEnd();   // the last call has been
            transactions.mayStore.countDown();
            whole.expect("250 2.6.0");
            stopped.get();
        }
        assertThat(transactions.accepted).hasSize(1);
    }

    @Test
    void stoppingEndsASessionThatIsAskedForItsPassword() throws Exception {
        var settings = SmtpSettings.loopback(0).withTls(SmtpSettings.TlsMode.STARTTLS, TestCertificate::server).withSignIn(new InMemorySignIn());
        var listener = SmtpListener.start(settings, transactions);
        try (var asked = Dialogue.greeted(listener.port())) {
            asked.say("STARTTLS");
            asked.expect("220");
            asked.startTls();
            asked.say("EHLO client.example\r\nAUTH PLAIN");
            asked.expect("250");
            asked.expect("334");
            listener.stop(Duration.ofSeconds(60));
        }
        assertThat(listener.connections()).isZero();
    }
}
