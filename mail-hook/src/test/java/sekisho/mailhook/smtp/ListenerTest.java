package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many sessions, long ones, and what they say. */
@Timeout(120)
class ListenerTest {
    private final InMemoryTransactions transactions = new InMemoryTransactions();

    static void begin(Dialogue dialogue) throws IOException {
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
    void aClientThatTakesNoRepliesIsCutOff() throws Exception {
        var limits = SmtpLimits.DEFAULT.withTimes(Duration.ofSeconds(2), Duration.ofMinutes(1));
        try (var listener = SmtpListener.start(ConnectionLimitsTest.withLimits(limits), transactions); var deaf = Dialogue.greeted(listener.port())) {
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
        try (var listener = SmtpListener.start(ConnectionLimitsTest.withLimits(limits), transactions); var slow = Dialogue.greeted(listener.port())) {
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
}
