package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many sessions, limits on them, and the end. */
@Timeout(120)
class ListenerTest {
    private final InMemoryTransactions transactions = new InMemoryTransactions();

    private static SmtpSettings withLimits(SmtpLimits limits) {
        return SmtpSettings.loopback(0).withLimits(limits);
    }

    private static void begin(Dialogue dialogue) throws IOException {
        dialogue.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<b@partner.example>\r\nDATA");
        dialogue.expect("250");
        dialogue.expect("250");
        dialogue.expect("354");
    }

    @Test
    void fiveHundredSessionsAtOnceDeliverWhatTheyWereGiven() throws Exception {
        int sessions = 500;
        var together = new CountDownLatch(sessions);
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions); var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> results = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                String text = ("client " + i + "\r\n").repeat(2000);
                Callable<Void> client = () -> {
                    try (var dialogue = Dialogue.greeted(listener.port())) {
                        begin(dialogue);
                        dialogue.send(text.substring(0, 100).getBytes(StandardCharsets.US_ASCII));
                        together.countDown();
                        together.await();   // all are in the middle of their text now
                        dialogue.send((text.substring(100) + ".\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
                        dialogue.expect("250");
                        dialogue.expect("221");
                        return null;
                    }
                };
                results.add(clients.submit(client));
            }
            for (var result : results) {
                result.get();
            }
        }
        assertThat(transactions.accepted).hasSize(sessions).allSatisfy(accepted -> {
            String text = accepted.text();
            assertThat(text).isEqualTo(text.substring(0, text.indexOf('\n') + 1).repeat(2000));
        });
        assertThat(transactions.accepted.stream().map(accepted -> accepted.text().substring(0, 12)).distinct()).hasSize(sessions);
    }

    @Test
    void connectionsBeyondTheLimitAreSentAwayAndTakenAgainLater() throws Exception {
        try (var listener = SmtpListener.start(withLimits(SmtpLimits.DEFAULT.withConnections(100, 2)), transactions)) {
            var first = Dialogue.greeted(listener.port());
            try (var second = Dialogue.greeted(listener.port()); var third = new Dialogue(listener.port())) {
                third.expect("421 4.7.0");
                third.expectEnd();
                second.say("NOOP");
                second.expect("250");
                first.say("QUIT");
                first.expect("221");
                first.expectEnd();
                first.close();
                awaitConnections(listener, 1);
                try (var fourth = Dialogue.greeted(listener.port())) {
                    fourth.say("NOOP");
                    fourth.expect("250");
                }
            }
        }
        try (var listener = SmtpListener.start(withLimits(SmtpLimits.DEFAULT.withConnections(1, 100)), transactions);
             var first = Dialogue.greeted(listener.port()); var second = new Dialogue(listener.port())) {
            second.expect("421 4.7.0");
            first.say("NOOP");
            first.expect("250");
        }
    }

    /** A pause is for a port that can't accept: who is over a limit and resets the connection must not make one for all others. */
    @Test
    void clientsThatAreGoneBeforeTheyAreSentAwayAreNoFailureOfThePort() throws Exception {
        var said = new ConcurrentLinkedQueue<String>();
        var logger = Logger.getLogger(SmtpListener.class.getName());
        var handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
                    said.add(record.getMessage());
                }
            }

            @Override
            public void flush() {
                // nothing is kept back
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        logger.addHandler(handler);
        try (var listener = SmtpListener.start(withLimits(SmtpLimits.DEFAULT.withConnections(100, 1)), transactions)) {
            try (var first = Dialogue.greeted(listener.port())) {
                for (int i = 0; i < 100; i++) {
                    try (var reset = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                        reset.setSoLinger(true, 0);
                    }
                }
                first.say("QUIT");
                first.expect("221");
                first.expectEnd();
            }
            greetedInTheEnd(listener);
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(said).noneMatch(warning -> warning.contains("could not be accepted"));
    }

    /** Those that were reset may still be taken from the system's queue, one by one. */
    private static void greetedInTheEnd(SmtpListener listener) throws Exception {
        for (boolean greeted = false; !greeted; ) {
            try (var client = new Dialogue(listener.port())) {
                greeted = client.reply().startsWith("220");
            }
        }
    }

    private static void awaitConnections(SmtpListener listener, int count) {
        while (listener.connections() > count) {
            Thread.onSpinWait();
        }
    }

    /** No heap for a session's buffers, at the moment: a port that is open and answers nobody any more would look well. */
    @Test
    void aSessionThatCannotBeginLeavesNothingBehindAndTheNextOneIsLookedAt() throws Exception {
        var traffic = new Traffic(1, 1);
        var unbearable = new SmtpLimits(1, Integer.MAX_VALUE, 1000, 100, 1, 1, Duration.ofMinutes(1), Duration.ofMinutes(1), 1, 1);   // no array has so many
        try (var listener = SmtpListener.start(withLimits(unbearable), transactions, traffic)) {
            for (int i = 0; i < 3; i++) {
                try (var client = new Dialogue(listener.port())) {
                    client.expectEnd();
                }
            }
        }
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions, traffic); var client = Dialogue.greeted(listener.port())) {
            client.say("NOOP");
            client.expect("250");
        }
    }

    @Test
    void aThousandRecipientsFitInOneMessage() throws Exception {
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions); var dialogue = Dialogue.greeted(listener.port())) {
            StringBuilder group = new StringBuilder("MAIL FROM:<a@example.co.jp>\r\n");
            for (int i = 0; i < 1001; i++) {
                group.append("RCPT TO:<r").append(i).append("@partner.example>\r\n");
            }
            dialogue.send((group + "DATA\r\n").getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 1001; i++) {
                dialogue.expect("250");
            }
            dialogue.expect("452 4.5.3");
            dialogue.expect("354");
            dialogue.say("x\r\n.");
            dialogue.expect("250 2.6.0");
        }
        assertThat(transactions.accepted).singleElement().satisfies(accepted -> assertThat(accepted.envelope().recipients()).hasSize(1000));
    }

    @Test
    void stoppingLetsAMessageComeToItsEndAndSendsTheIdleAway() throws Exception {
        var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions);
        try (var sending = Dialogue.greeted(listener.port()); var idle = Dialogue.greeted(listener.port()); var betweenChunks = Dialogue.greeted(listener.port())) {
            begin(sending);
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
            begin(sending);
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
            begin(sending);
            chunk.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<b@partner.example>\r\nBDAT 1000000 LAST\r\nabc");
            chunk.expect("250");
            chunk.expect("250");
            secret.say("STARTTLS");
            secret.expect("220");
            secret.startTls();
            secret.say("EHLO client.example");
            secret.expect("250");
            begin(secret);
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

    @Test
    void aClientThatTakesNoRepliesIsCutOff() throws Exception {
        var limits = SmtpLimits.DEFAULT.withTimes(Duration.ofSeconds(2), Duration.ofMinutes(1));
        try (var listener = SmtpListener.start(withLimits(limits), transactions); var deaf = Dialogue.greeted(listener.port())) {
            byte[] helps = "HELP\r\n".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
            assertThatThrownBy(() -> {
                while (true) {
                    deaf.send(helps);   // until our side is closed: its answers fill all buffers
                }
            }).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aClientThatDripsOctetsIsEndedByTheTotalTime() throws Exception {
        var limits = SmtpLimits.DEFAULT.withTimes(Duration.ofMinutes(1), Duration.ofSeconds(3));
        try (var listener = SmtpListener.start(withLimits(limits), transactions); var slow = Dialogue.greeted(listener.port())) {
            begin(slow);
            var reader = Executors.newVirtualThreadPerTaskExecutor();
            Future<String> end = reader.submit(slow::reply);
            while (!end.isDone()) {
                try {
                    slow.send(new byte[] {'x'});
                    end.get(20, TimeUnit.MILLISECONDS);
                } catch (TimeoutException | IOException _) {
                    // goes on until the listener has had enough
                }
            }
            assertThat(end.get()).startsWith("421 4.4.2");
            reader.close();
        }
        assertThat(transactions.accepted).isEmpty();
        assertThat(transactions.closed).hasValue(1);
    }

    @Test
    void whoeverWaitsForTheAnswerToAWholeMessageIsNotCutOff() throws Exception {
        long hours = Duration.ofHours(9).toNanos();
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions);
             var whole = Dialogue.greeted(listener.port()); var half = Dialogue.greeted(listener.port())) {
            whole.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<slow@partner.example>\r\nDATA");
            whole.expect("250");
            whole.expect("250");
            whole.expect("354");
            whole.say("all of it\r\n.");
            transactions.storing.await();
            begin(half);
            half.say("half of it");
            listener.cutOffOverdue(System.nanoTime() + hours);
            half.expectEnd();
            transactions.mayStore.countDown();
            whole.expect("250 2.6.0");
            listener.cutOffOverdue(System.nanoTime() + hours);
            whole.expectEnd();
        }
        assertThat(transactions.accepted).extracting(InMemoryTransactions.Accepted::text).containsExactly("all of it\r\n");
    }

    /** A client that hears nothing sends its message again: so what it hears nothing of isn't accepted, and what is accepted it hears of. */
    @Test
    void whatIsStillBeingStoredAtTheVeryEndIsNotAcceptedAndWhatIsBeingAcceptedIsAnswered() throws Exception {
        for (String wish : List.of("slow", "accepting")) {
            var mailbox = new InMemoryTransactions();
            var listener = SmtpListener.start(SmtpSettings.loopback(0), mailbox);
            try (var whole = Dialogue.greeted(listener.port()); var stopper = Executors.newVirtualThreadPerTaskExecutor()) {
                whole.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<" + wish + "@partner.example>\r\nDATA");
                whole.expect("250");
                whole.expect("250");
                whole.expect("354");
                whole.say("all of it\r\n.");
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
            whole.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<accepting@partner.example>\r\nDATA");
            whole.expect("250");
            whole.expect("250");
            whole.expect("354");
            whole.say("all of it\r\n.");
            half.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<slow@partner.example>\r\nDATA");
            half.expect("250");
            half.expect("250");
            half.expect("354");
            half.say("all of it\r\n.");
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
    void whoMayNotSendIsSentAwayLongBeforeOthers() throws Exception {
        var own = SmtpSettings.loopback(0).hosts();
        var strangers = SmtpSettings.loopback(0).withHosts(new SmtpSettings.Hosts(List.of(Network.parse("192.0.2.0/24")), List.of(), List.of(), List.of()));
        var signingIn = SmtpSettings.loopback(0).withTls(SmtpSettings.TlsMode.STARTTLS, TestCertificate::server).withSignIn(new InMemorySignIn());
        assertThat(own.trusted()).isNotEmpty();
        try (var trusting = SmtpListener.start(SmtpSettings.loopback(0), transactions); var distant = SmtpListener.start(strangers, transactions);
             var asking = SmtpListener.start(signingIn, transactions);
             var server = Dialogue.greeted(trusting.port()); var stranger = Dialogue.greeted(distant.port());
             var person = Dialogue.greeted(asking.port()); var nobody = Dialogue.greeted(asking.port())) {
            person.say("STARTTLS");
            person.expect("220");
            person.startTls();
            person.say("EHLO laptop\r\nAUTH PLAIN AGhhbmFrbwBzZWNyZXQ=");
            person.expect("250");
            person.expect("235");
            long soon = System.nanoTime() + Duration.ofSeconds(150).toNanos();
            for (var listener : List.of(trusting, distant, asking)) {
                listener.cutOffOverdue(soon);
            }
            stranger.expectEnd();
            nobody.expectEnd();
            for (var stays : List.of(server, person)) {
                stays.say("NOOP");
                stays.expect("250");
            }
        }
    }

    @Test
    void strangersLeaveRoomForTheMailServer() throws Exception {
        var traffic = new Traffic(4, 4);
        var signingIn = SmtpSettings.loopback(0).withTls(SmtpSettings.TlsMode.STARTTLS, TestCertificate::server).withSignIn(new InMemorySignIn());
        try (var trusting = SmtpListener.start(SmtpSettings.loopback(0), transactions, traffic); var asking = SmtpListener.start(signingIn, transactions, traffic);
             var person = Dialogue.greeted(asking.port()); var second = Dialogue.greeted(asking.port()); var third = Dialogue.greeted(asking.port())) {
            try (var fourth = new Dialogue(asking.port())) {
                fourth.expect("421 4.7.0");
            }
            person.say("STARTTLS");
            person.expect("220");
            person.startTls();
            person.say("EHLO laptop\r\nAUTH PLAIN AGhhbmFrbwBzZWNyZXQ=");
            person.expect("250");
            person.expect("235");
            try (var another = Dialogue.greeted(asking.port())) {
                another.say("QUIT");
                another.expect("221");
                another.expectEnd();
            }
            while (traffic.connections() > 3) {
                Thread.onSpinWait();
            }
            try (var server = Dialogue.greeted(trusting.port())) {
                server.say("NOOP");
                server.expect("250");
            }
            second.say("NOOP");
            second.expect("250");
            third.say("NOOP");
            third.expect("250");
        }
        assertThat(traffic.connections()).isZero();
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions)) {
            assertThatThrownBy(() -> SmtpListener.start(SmtpSettings.loopback(listener.port()), transactions)).isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + listener.port()).hasMessageContaining("set another port");
        }
    }

    @Test
    void ofARefusedMessageItIsToldOnceHowItIsAnswered() throws Exception {
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions); var dialogue = Dialogue.greeted(listener.port())) {
            for (String recipient : List.of("b", "spoiled", "late", "b")) {
                dialogue.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<" + recipient + "@partner.example>\r\nDATA");
                dialogue.expect("250");
                dialogue.expect("250");
                dialogue.expect("354");
                boolean last = transactions.refused.size() == 2;
                dialogue.say(last ? "one\ntwo\nthree\r\n." : "one\r\n.");
                dialogue.expect(last ? "550 5.6.11" : recipient.equals("b") ? "250" : recipient.equals("spoiled") ? "554 5.7.1" : "451 4.3.0");
            }
            dialogue.say("MAIL FROM:<a@example.co.jp> SIZE=99999999999999999999");
            dialogue.expect("552 5.3.4");
            dialogue.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<b@partner.example>\r\nBDAT 99999999999999999999 LAST");
            dialogue.expect("250");
            dialogue.expect("250");
            dialogue.expect("552 5.3.4");
        }
        assertThat(transactions.refused).extracting(SmtpReply::code).containsExactly(554, 451, 550, 552, 552);
    }

    @Test
    void theEnvelopeHoldsWhatWasSaid() throws Exception {
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0).withHostName("hook.example"), transactions); var dialogue = Dialogue.greeted(listener.port())) {
            dialogue.play("""
                    > MAIL FROM:<"花 子"@EXAMPLE.co.jp> SIZE=12 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=Q+2B
                    < 250
                    > RCPT TO:<@relay.example:taro@Partner.Example> NOTIFY=DELAY,SUCCESS ORCPT=rfc822;taro+2B@partner.example
                    < 250
                    > RCPT TO:<postmaster>
                    < 250
                    > DATA
                    < 354
                    > .
                    < 250
                    """);
        }
        assertThat(transactions.accepted).singleElement().satisfies(accepted -> {
            Envelope envelope = accepted.envelope();
            assertThat(envelope.from().mailbox()).contains(new Mailbox("花 子", "example.co.jp"));
            assertThat(envelope.from()).hasToString("\"花 子\"@example.co.jp");
            assertThat(envelope.parameters()).isEqualTo(new MailParameters(12, MailParameters.Body.EIGHT_BIT_MIME, true, MailParameters.Ret.FULL, "Q+2B"));
            assertThat(envelope.recipients()).containsExactly(
                    new Recipient(new Mailbox("taro", "partner.example"), Set.of(Recipient.Notify.DELAY, Recipient.Notify.SUCCESS), "rfc822;taro+2B@partner.example"),
                    new Recipient(new Mailbox("postmaster", "hook.example")));
            assertThat(accepted.client().helo()).isEqualTo("client.example");
            assertThat(accepted.client().trusted()).isTrue();
        });
    }

    /** To the gateway they are one: a second would be a second copy with a link of its own. */
    @Test
    void aMailboxInOtherLettersIsNoOtherRecipientAndWhoWantsAReportGetsOne() throws Exception {
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions); var dialogue = Dialogue.greeted(listener.port())) {
            dialogue.play("""
                    > MAIL FROM:<hanako@example.co.jp> SMTPUTF8
                    < 250
                    > RCPT TO:<Taro@partner.example> NOTIFY=SUCCESS
                    < 250 2.1.0
                    > RCPT TO:<taro@PARTNER.example> ORCPT=rfc822;all@partner.example
                    < 250 2.1.5
                    > RCPT TO:<"TARO"@partner.example> ORCPT=rfc822;some@partner.example
                    < 250 2.1.5
                    > RCPT TO:<jiro@例え.example> NOTIFY=NEVER
                    < 250 2.1.0
                    > RCPT TO:<jiro@xn--r8jz45g.example> NOTIFY=FAILURE
                    < 250 2.1.5
                    > RCPT TO:<saburo@[192.0.2.1]> NOTIFY=NEVER
                    < 250 2.1.0
                    > RCPT TO:<saburo@[192.0.2.1]> NOTIFY=NEVER
                    < 250 2.1.5
                    > RCPT TO:<shiro@partner.example>
                    < 250 2.1.0
                    > RCPT TO:<Shiro@partner.example>
                    < 250 2.1.5
                    > DATA
                    < 354
                    > .
                    < 250
                    """);
        }
        assertThat(transactions.accepted).singleElement().satisfies(accepted -> assertThat(accepted.envelope().recipients()).containsExactly(
                new Recipient(Mailbox.parse("Taro@partner.example"), Set.of(Recipient.Notify.SUCCESS, Recipient.Notify.FAILURE, Recipient.Notify.DELAY), "rfc822;all@partner.example"),
                new Recipient(Mailbox.parse("jiro@例え.example"), Set.of(Recipient.Notify.FAILURE), null),
                new Recipient(Mailbox.parse("saburo@[192.0.2.1]"), Set.of(Recipient.Notify.NEVER), null),
                new Recipient(Mailbox.parse("shiro@partner.example"))));
    }

    /** It would get the message in another transaction, and so twice. */
    @Test
    void whoIsARecipientAlreadyIsNoneTooMany() throws Exception {
        int most = 100;
        var settings = SmtpSettings.loopback(0);
        try (var listener = SmtpListener.start(settings.withLimits(settings.limits().withRecipients(most)), transactions); var dialogue = Dialogue.greeted(listener.port())) {
            dialogue.say("MAIL FROM:<hanako@example.co.jp>");
            dialogue.expect("250");
            for (int i = 0; i < most; i++) {
                dialogue.say("RCPT TO:<r" + i + "@partner.example>");
                dialogue.expect("250 2.1.0");
            }
            dialogue.say("RCPT TO:<R0@partner.example>");
            dialogue.expect("250 2.1.5");
            dialogue.say("RCPT TO:<another@partner.example>");
            dialogue.expect("452 4.5.3");
        }
    }

    @Test
    void connectionsAreCountedOverAllListeners() throws Exception {
        var traffic = new Traffic(3, 2);
        try (var one = SmtpListener.start(SmtpSettings.loopback(0), transactions, traffic);
             var two = SmtpListener.start(SmtpSettings.loopback(0), transactions, traffic);
             var first = Dialogue.greeted(one.port()); var second = Dialogue.greeted(two.port())) {
            try (var third = new Dialogue(two.port())) {
                third.expect("421 4.7.0");
                third.expectEnd();
            }
            second.say("QUIT");
            second.expect("221");
            second.expectEnd();
            while (traffic.connections() > 1) {
                Thread.onSpinWait();
            }
            try (var fourth = Dialogue.greeted(one.port())) {
                fourth.say("NOOP");
                fourth.expect("250");
            }
            first.say("NOOP");
            first.expect("250");
        }
        assertThat(traffic.connections()).isZero();
    }

    @Test
    void aClientThatConnectsTooOftenIsSentAwayAndAnotherIsNot() throws Exception {
        var hosts = new SmtpSettings.Hosts(SmtpSettings.loopback(0).hosts().trusted(), List.of(), List.of(), List.of(Network.parse("127.0.0.1")));
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0).withRates(new Rates(2, 0, 0)).withHosts(hosts), transactions)) {
            for (int i = 0; i < 3; i++) {
                try (var again = new Dialogue(listener.port())) {
                    again.say("PROXY TCP4 127.0.0.9 127.0.0.1 " + i + " 25");
                    again.expect(i < 2 ? "220" : "421 4.7.0");
                }
            }
            try (var other = new Dialogue(listener.port())) {
                other.say("PROXY TCP4 127.0.0.10 127.0.0.1 1 25");
                other.expect("220");
            }
        }
    }

    @Test
    void behindAProxyEachClientHasItsOwnLimitOfConnections() throws Exception {
        var hosts = new SmtpSettings.Hosts(SmtpSettings.loopback(0).hosts().trusted(), List.of(), List.of(), List.of(Network.parse("127.0.0.1")));
        var traffic = new Traffic(100, 1);
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0).withHosts(hosts), transactions, traffic);
             var first = new Dialogue(listener.port()); var second = new Dialogue(listener.port()); var third = new Dialogue(listener.port());
             var other = new Dialogue(listener.port())) {
            first.say("PROXY TCP6 2001:db8::1 ::1 1 25");
            first.expect("220");
            second.say("PROXY TCP6 2001:db8::2 ::1 1 25");
            second.expect("421 4.7.0");
            third.say("PROXY TCP6 2001:db8:0:1::1 ::1 1 25");
            third.expect("220");
            other.say("PROXY TCP4 127.0.0.9 127.0.0.1 1 25");
            other.expect("220");
        }
        assertThat(traffic.connections()).isZero();
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
