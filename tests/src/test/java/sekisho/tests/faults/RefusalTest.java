package sekisho.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.demo.mailbox.DemoMailbox;
import sekisho.demo.mailbox.StoredMessage;
import sekisho.embedded.FreePorts;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.tests.Certificate;
import sekisho.tests.Installation;
import sekisho.tests.MailServer;
import sekisho.tests.Messages;
import sekisho.tests.Policies;

/** Who may send and what may not pass; and what the sender hears when the smart host says no. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusalTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Installation installation;
    private Certificate certificate;
    private int foreignPort;

    @BeforeAll
    void theHookListensHereAndForAnotherNetwork() throws Exception {
        installation = Installation.alone(Policies.NOTHING_TO_RIVALS);
        certificate = Certificate.make(installation.stage().folder());
        var settings = new HashMap<>(Map.of("mail-hook.retry.first", "1s", "mail-hook.retry.longest", "2s", "mail-hook.retry.life", "12s"));
        foreignPort = FreePorts.take();
        settings.putAll(Map.of(
            "mail-hook.listeners.hook.port", Integer.toString(foreignPort),
            "quarkus.management.port", Integer.toString(FreePorts.take()),
            "mail-hook.listeners.hook.trusted-networks", "10.0.0.0/8"));
        installation.stage().start("mail", "mail-foreign", settings);
        settings.keySet().removeIf(key -> !key.startsWith("mail-hook.retry."));   // both empty the same outbox
        settings.putAll(Map.of(
            "mail-hook.listeners.hook.tls", "starttls",
            "mail-hook.listeners.hook.certificate", certificate.chain().toString(),
            "mail-hook.listeners.hook.certificate-key", certificate.key().toString()));
        installation.start("mail", settings);
    }

    @AfterAll
    void theHouseGoes() {
        installation.close();
    }

    private MailServer.Connection connection(String... lines) throws IOException {
        var connection = new MailServer.Connection(installation.stage().ports().smtp());
        for (var line : lines) {
            assertThat(connection.says(line)).as(line).matches("(?s)[23].*");
        }
        return connection;
    }

    /** A row is made for what each got of each. */
    @Test
    void moreFilesTimesRecipientsThanOneTransactionTakesAreRefused() throws Exception {
        var message = new StringBuilder("From: hanako@example.co.jp\r\nSubject: Many of both\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
        for (int i = 0; i < 500; i++) {
            message.append("--b\r\nContent-Disposition: attachment; filename=").append(i).append(".txt\r\n\r\nx\r\n");
        }
        byte[] octets = message.append("--b--\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        var everybody = IntStream.range(0, 201).mapToObj(i -> "r" + i + "@partner.example").toList();
        assertThat(installation.mailServer().submits("hanako@example.co.jp", everybody, octets)).startsWith("550-5.5.3");
        assertThat(installation.data().number("select count(*) from delivery where subject = 'Many of both'")).isZero();
        assertThat(installation.orphans()).isEmpty();
        assertThat(installation.mailServer().submits("hanako@example.co.jp", everybody.subList(0, 2), octets)).startsWith("250");
    }

    private String submits(String from, String subject, String... to) throws IOException {
        return installation.mailServer().submits(from, List.of(to), Messages.plain(subject, "Good day."));
    }

    private String text(StoredMessage message) throws IOException {
        return new String(installation.inbox().octets(message), StandardCharsets.ISO_8859_1);
    }

    private long deliveries() {
        return installation.data().number("select count(*) from delivery");
    }

    @Test
    void aSenderOfAnotherDomainIsRefused() throws IOException {
        for (var foreign : List.of("mallory@evil.example", "hanako@example.co.jp.evil.example", "hanako@sub.example.co.jp")) {
            try (var connection = connection("EHLO mail.example.co.jp")) {
                assertThat(connection.says("MAIL FROM:<" + foreign + ">")).as(foreign).startsWith("550 5.7.1");
                assertThat(connection.says("RCPT TO:<" + TARO + ">")).startsWith("503");
                assertThat(connection.says("DATA")).startsWith("503");
            }
        }
    }

    @Test
    void anotherNetworkIsRefused() throws IOException {
        try (var connection = new MailServer.Connection(foreignPort)) {
            connection.says("EHLO mail.example.co.jp");
            assertThat(connection.says("MAIL FROM:<" + HANAKO + ">")).startsWith("550 5.7.1");
            assertThat(connection.says("RCPT TO:<" + TARO + ">")).startsWith("503");
            assertThat(connection.says("MAIL FROM:<>")).as("the null reverse-path is no way around").startsWith("550 5.7.1");
        }
    }

    @Test
    void mailIsTakenOverTls() throws Exception {
        try (var connection = connection("EHLO mail.example.co.jp", "STARTTLS")) {
            connection.secure(certificate.trusting());
            assertThat(connection.says("MAIL FROM:<" + HANAKO + ">")).as("EHLO is forgotten").startsWith("503");
            assertThat(connection.says("EHLO mail.example.co.jp")).doesNotContain("STARTTLS");
            assertThat(connection.says("MAIL FROM:<" + HANAKO + ">")).startsWith("250");
            assertThat(connection.says("RCPT TO:<" + TARO + ">")).startsWith("250");
            assertThat(connection.says("DATA")).startsWith("354");
            assertThat(connection.data(Messages.plain("Over TLS", "Sealed on the way."))).startsWith("250 2.6.0");
        }
        assertThat(text(installation.inbox().await(TARO, "Over TLS"))).containsPattern("using TLSv1\\.3 with TLS_\\w+\\)").contains("with ESMTPS id");
    }

    @Test
    void commandsBehindStartTlsAreNotObeyed() throws IOException {
        try (var connection = connection("EHLO mail.example.co.jp")) {
            assertThat(connection.says("STARTTLS\r\nMAIL FROM:<" + HANAKO + ">")).startsWith("554");
        }
    }

    @Test
    void aRefusalByPolicyNamesItsRuleAndKeepsNothing() throws Exception {
        long deliveries = deliveries();
        var message = Messages.twoAttachments("For a rival", Messages.octets(100_000, 1), Messages.octets(300_000, 2));
        var reply = installation.mailServer().submits(HANAKO, List.of(TARO, "ceo@rival.example"), message);
        assertThat(reply).startsWith("550-5.7.1").contains("rivals get nothing");
        assertThat(deliveries()).isEqualTo(deliveries);
        assertThat(installation.orphans()).as("sealed attachments").isEmpty();
        assertThat(installation.unfinishedUploads()).isZero();
        assertThat(installation.data().texts("select convert_from(payload, 'UTF8') from audit_event where type = 'DELIVERY_REFUSED'"))
            .singleElement().asString().contains("rivals get nothing").doesNotContain("rival.example", "For a rival");
        assertThat(submits(HANAKO, "A word without attachment", "ceo@rival.example")).startsWith("250");
    }

    @Test
    void whatIsRefusedWhileItIsReadIsInTheLogByReasonAndNumberAlone() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (var connection = connection("EHLO mail.example.co.jp", "MAIL FROM:<" + HANAKO + ">", "RCPT TO:<" + TARO + ">", "DATA")) {
                assertThat(connection.data("Subject: Secret plan\r\nContent-Type: message/partial; id=1\r\n\r\nhalf\r\n".getBytes(StandardCharsets.US_ASCII)))
                    .startsWith("550-5.7.1");
            }
        }
        try (var connection = connection("EHLO mail.example.co.jp")) {
            assertThat(connection.says("MAIL FROM:<" + HANAKO + "> SIZE=99999999999999")).startsWith("552 5.3.4");
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(refused("FORBIDDEN")).isEqualTo(3));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(refused("TOO_LARGE")).isEqualTo(1));
        assertThat(installation.data().texts("select convert_from(payload, 'UTF8') from audit_event where type = 'MESSAGES_REFUSED'"))
            .isNotEmpty().noneMatch(event -> event.contains("Secret") || event.contains("@"));
    }

    private long refused(String reason) {
        return installation.data().number("select coalesce(sum(cast(p -> 'details' ->> 'times' as bigint)), 0) from (select "
            + "cast(convert_from(payload, 'UTF8') as jsonb) as p from audit_event where type = 'MESSAGES_REFUSED') e where p -> 'details' ->> 'reason' = '"
            + reason + "'");
    }

    @Test
    void whatTheSmartHostRefusesIsReportedOnceToTheSender() throws Exception {
        assertThat(submits(HANAKO, "To nobody", "reject@partner.example", TARO)).startsWith("250");
        installation.inbox().await(TARO, "To nobody");
        var reports = installation.mailbox().await(1, m -> isReport(m, "reject@partner.example"), PATIENCE);
        assertThat(reports).hasSize(1);
        assertThat(reports.getFirst().from()).as("null reverse-path").isEmpty();
        assertThat(reports.getFirst().to()).containsExactly(HANAKO);
        assertThat(text(reports.getFirst())).contains("multipart/report", "report-type=delivery-status", "Auto-Submitted: auto-replied", "Action: failed",
            "Status: 5.1.1", "Reporting-MTA: dns; sekisho.example.co.jp").doesNotContain(TARO);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(outcomes("To nobody")).containsExactlyInAnyOrder("ORIGINAL FAILED", "ORIGINAL SENT", "DSN SENT"));
        assertThat(installation.mailbox().messages().stream().filter(m -> isReport(m, "reject@partner.example"))).hasSize(1);
    }

    private boolean isReport(StoredMessage message, String about) {
        try {
            return message.to().contains(HANAKO) && (text(message).contains("rfc822;" + about) || text(message).contains("rfc822; " + about));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private List<String> outcomes(String subject) {
        return installation.data().texts("select o.kind || ' ' || o.state from outbox o join delivery d on d.id = o.delivery_id where d.subject = '" + subject + "'");
    }

    @Test
    void aRefusedReportMakesNoReport() throws Exception {
        assertThat(submits("", "From nobody to nobody", "reject@partner.example")).startsWith("250");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(outcomes("From nobody to nobody")).singleElement().asString().endsWith("FAILED"));
    }

    @Test
    void aBusySmartHostIsAskedAgain() throws Exception {
        var asked = new AtomicInteger();
        installation.smartHostRefuses(recipient -> recipient.localPart().equals("busy") && asked.incrementAndGet() < 3
            ? Optional.of(new SmtpReply(450, "4.2.0", "busy")) : DemoMailbox.REFUSALS.apply(recipient));
        assertThat(submits(HANAKO, "Twice too early", "busy@partner.example")).startsWith("250");
        installation.inbox().await("busy@partner.example", "Twice too early");
        assertThat(asked).hasValue(3);
        assertThat(installation.data().number("select attempts from outbox o join delivery d on d.id = o.delivery_id where d.subject = 'Twice too early'")).isEqualTo(3);
        assertThat(installation.data().number("select count(*) from audit_event where type = 'COPY_DEFERRED' and delivery_id = "
            + "(select id from delivery where subject = 'Twice too early')")).isEqualTo(2);
    }

    @Test
    void whatCouldNotBeSentInItsLifetimeIsReported() throws Exception {
        assertThat(submits(HANAKO, "Never taken", "tempfail@partner.example")).startsWith("250");
        var reports = installation.mailbox().await(1, m -> isReport(m, "tempfail@partner.example"), PATIENCE);
        assertThat(reports).hasSize(1);
        assertThat(text(reports.getFirst())).contains("Action: failed", "4.2.0");
    }
}
