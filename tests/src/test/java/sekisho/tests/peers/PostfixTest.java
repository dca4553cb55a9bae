package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.demo.mailbox.StoredMessage;
import sekisho.embedded.PostfixServer;
import sekisho.embedded.Tools;
import sekisho.storage.DirectoryStore;
import sekisho.tests.Installation;
import sekisho.tests.MailServer;
import sekisho.tests.Messages;
import sekisho.tests.SealedFiles;

/** Between two real Postfix: one is the company's mail server, which relays through the hook; the other is the smart host. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostfixTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Installation installation;
    private PostfixServer company;
    private PostfixServer smartHost;

    @BeforeAll
    void mailGoesThroughAllThree() throws IOException {
        installation = Installation.alone("""
            inside: [example.co.jp]
            rules:
              - name: rivals get nothing
                when: { recipient: "@rival.example", attachments: present }
                then: { attachments: refuse }
              - name: no passwords
                when: { recipient: "@no-passwords.example" }
                then: { hold: none, password-protected: refuse }
              - name: at once
                then: { hold: none }
            """);
        // The mailbox offers DSN too; a smart host that is told otherwise answers for what lies behind it.
        smartHost = PostfixServer.start("smarthost.example.co.jp", installation.mailbox().smtpPort(), Map.of("smtp_discard_ehlo_keywords", "dsn"));
        installation.start("mail", Map.of("mail-hook.smart-host.port", Integer.toString(smartHost.port())));
        company = PostfixServer.start("mail.example.co.jp", installation.stage().ports().smtp(), ManualPage.of("postfix.md")
            .with("[sekisho.example.co.jp]:2525", "[127.0.0.1]:" + installation.stage().ports().smtp()).parameters("relay-host/main.cf"));
    }

    @AfterAll
    void theHouseGoes() {
        company.close();
        installation.close();
        smartHost.close();
    }

    private String text(StoredMessage message) throws IOException {
        return new String(installation.inbox().octets(message), StandardCharsets.ISO_8859_1);
    }

    private void submits(List<String> to, byte[] message) throws IOException {
        assertThat(new MailServer(company.port()).submits(HANAKO, to, message)).startsWith("250");
    }

    @Test
    void aMessageWithAHiddenRecipientBecomesTwoLinks() throws Exception {
        Path file = Files.write(installation.stage().folder().resolve("drawing.bin"), Messages.octets(3_000_000, 7));
        var swaks = new ProcessBuilder("swaks", "--server", "127.0.0.1:" + company.port(), "--from", HANAKO, "--to", TARO + "," + JIRO,
            "--header", "Subject: By way of Postfix", "--header", "To: " + TARO, "--body", "The drawing is attached.", "--attach", "@" + file)
            .redirectErrorStream(true).redirectOutput(installation.stage().folder().resolve("swaks.log").toFile()).start();
        assertThat(swaks.waitFor()).as(() -> "swaks; it says why in swaks.log").isZero();
        var forTaro = installation.inbox().await(TARO, "By way of Postfix");
        var forJiro = installation.inbox().await(JIRO, "By way of Postfix");
        assertThat(text(forTaro)).as("Bcc").doesNotContain(JIRO, "other.example");
        assertThat(installation.inbox().token(forTaro)).as("links").isNotEqualTo(installation.inbox().token(forJiro));
        assertThat(forTaro.octets()).as("without the attachment").isLessThan(50_000);
        try (var store = new DirectoryStore(installation.stage().objects())) {
            assertThat(new SealedFiles(installation, store).named("drawing.bin").sealed().plainOctets()).isEqualTo(3_000_000);
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(company.log()).containsPattern("status=sent \\(250 2\\.6\\.0 accepted as [0-9a-f-]{36}\\)"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(company.queued()).isZero());
    }

    @Test
    void eightBitTextComesThroughUnchanged() throws Exception {
        var message = Messages.plain("Eight bits", "いろはにほへと ちりぬるを\r\n.a dot begins this line");
        submits(List.of(TARO), message);
        var arrived = new String(installation.inbox().octets(installation.inbox().await(TARO, "Eight bits")), StandardCharsets.UTF_8);
        assertThat(arrived).endsWith("\r\n\r\nいろはにほへと ちりぬるを\r\n.a dot begins this line\r\n").doesNotContainIgnoringCase("Content-Transfer-Encoding");
    }

    @Test
    void anInsiderGetsTheAttachmentBitForBit() throws Exception {
        var message = Messages.twoAttachments("For a colleague", Messages.octets(20_000, 8), Messages.octets(70_000, 9));
        submits(List.of(ICHIRO, TARO), message);
        var arrived = text(installation.inbox().await(ICHIRO, "For a colleague"));
        var original = new String(message, StandardCharsets.ISO_8859_1);
        assertThat(arrived.endsWith(original.substring(original.indexOf("MIME-Version")))).isTrue();
        assertThat(installation.inbox().token(installation.inbox().await(TARO, "For a colleague"))).isNotEmpty();
    }

    @Test
    void anAddressInJapaneseIsReached() throws Exception {
        try (var connection = new MailServer.Connection(company.port())) {
            for (var line : List.of("EHLO pc.example.co.jp", "MAIL FROM:<" + HANAKO + "> SMTPUTF8 BODY=8BITMIME", "RCPT TO:<太郎@partner.example>", "DATA")) {
                assertThat(connection.says(line)).as(line).matches("(?s)[23].*");
            }
            assertThat(connection.data(Messages.twoAttachments("In Japanese", Messages.octets(100, 1), Messages.octets(100, 2)))).startsWith("250");
        }
        var arrived = installation.inbox().await("太郎@partner.example", "In Japanese");
        assertThat(text(arrived)).containsPattern("with UTF8SMTP id [0-9a-f-]{36};");
        assertThat(installation.inbox().token(arrived)).isNotEmpty();
    }

    @Test
    void wishesForReportsReachTheSmartHost() throws Exception {
        try (var connection = new MailServer.Connection(company.port())) {
            for (var line : List.of("EHLO pc.example.co.jp", "MAIL FROM:<" + HANAKO + "> RET=HDRS ENVID=order-4711",
                    "RCPT TO:<" + TARO + "> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;sales@partner.example", "RCPT TO:<" + JIRO + "> NOTIFY=NEVER", "DATA")) {
                assertThat(connection.says(line)).as(line).matches("(?s)[23].*");
            }
            assertThat(connection.data(Messages.twoAttachments("Tell me", Messages.octets(100, 1), Messages.octets(100, 2)))).startsWith("250");
        }
        installation.inbox().await(TARO, "Tell me");
        installation.inbox().await(JIRO, "Tell me");
        var reports = installation.mailbox().await(1, this::isReport, PATIENCE);
        assertThat(reports).hasSize(1);
        assertThat(reports.getFirst().from()).isEmpty();
        assertThat(text(reports.getFirst())).contains("Original-Envelope-Id: order-4711", "Action: relayed", "Original-Recipient: rfc822;sales@partner.example")
            .doesNotContain(JIRO);
    }

    private boolean isReport(StoredMessage message) {
        try {
            return message.to().contains(HANAKO) && text(message).contains("Original-Envelope-Id");
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void aRefusalByPolicyComesBackToTheSenderFromTheirOwnMailServer() throws Exception {
        submits(List.of("ceo@rival.example"), Messages.twoAttachments("Not for them", Messages.octets(100, 1), Messages.octets(100, 2)));
        var bounce = installation.inbox().await(HANAKO, "Undelivered Mail");
        assertThat(bounce.from()).as("null reverse-path").isEmpty();
        assertThat(text(bounce).replaceAll("\\s+", " ")).contains("rivals get nothing", "mail.example.co.jp");
    }

    /** Their mail server writes English and folds it; the address of the page stays whole, so that it can be opened. */
    @Test
    void whoSentAFileWithAPasswordIsToldInTheBounceWhereItIsExplainedInJapanese() throws Exception {
        for (var parameters : List.of("", " SMTPUTF8")) {
            try (var connection = new MailServer.Connection(company.port())) {
                for (var line : List.of("EHLO pc.example.co.jp", "MAIL FROM:<" + ICHIRO + ">" + parameters, "RCPT TO:<taro@no-passwords.example>", "DATA")) {
                    assertThat(connection.says(line)).as(line).matches("(?s)[23].*");
                }
                assertThat(connection.data(Files.readAllBytes(Tools.repository().resolve("tests/src/test/resources/mail/58-protected-files/message.eml")))).startsWith("250");
            }
        }
        var page = installation.stage().ports().webUrl() + "/help/password-protected";
        var bounces = installation.mailbox().await(2, message -> message.to().contains(ICHIRO) && message.subject().contains("Undelivered Mail"), PATIENCE);
        assertThat(bounces).hasSize(2).allSatisfy(bounce -> {
            assertThat(text(bounce).replaceAll("\\s+", " ")).contains("Send it without the password", "In Japanese and English: ");
            assertThat(text(bounce)).as("in one piece").contains(page);
        });
    }
}
