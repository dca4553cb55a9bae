package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.embedded.FreePorts;
import sekisho.tests.Certificate;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.MailServer;
import sekisho.tests.Messages;
import sekisho.tests.PortalForm;
import sekisho.tests.UsesTheHouse;
import sekisho.tests.Visitor;

/** People send with their own programs on 465 and 587, signed in at the real Keycloak, and in nobody's name but theirs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@UsesTheHouse
class SubmissionTest {

    private Installation installation;
    private Certificate certificate;
    private int submission;
    private int submissions;

    @BeforeAll
    void theHookListensForPeople() throws Exception {
        installation = Installation.inTheHouse("submission", """
            inside: [example.co.jp]
            groups:
              managers: { account: /managers }
            rules:
              - name: no files from managers
                when: { sender-group: managers, attachments: present }
                then: { attachments: refuse }
              - name: at once
                then: { hold: none }
            """);
        certificate = Certificate.make(installation.stage().folder());
        submission = FreePorts.take();
        submissions = FreePorts.take();
        var keycloak = installation.stage().keycloak();
        var settings = new HashMap<>(Map.of("mail-hook.submission.issuer", keycloak.issuer(),
            "mail-hook.submission.client-secret-file", keycloak.submissionSecretFile().toString(),
            "mail-hook.submission.failures-per-client", "1000",
            "mail-hook.submission.mailboxes.\"sales@example.co.jp\"", "hanako@example.co.jp,ichiro@example.co.jp"));
        settings.putAll(listener("submission", submission, "starttls-required"));
        settings.putAll(listener("submissions", submissions, "implicit"));
        settings.put("mail-hook.listeners.submission.pipelining", "false");
        settings.put("mail-hook.listeners.hook.port", Integer.toString(installation.stage().ports().smtp()));
        installation.start("mail", settings);
    }

    private Map<String, String> listener(String name, int port, String tls) {
        String prefix = "mail-hook.listeners." + name + ".";
        return Map.of(prefix + "port", Integer.toString(port), prefix + "tls", tls, prefix + "auth", "required",
            prefix + "certificate", certificate.chain().toString(), prefix + "certificate-key", certificate.key().toString());
    }

    @AfterAll
    void theHookGoes() {
        installation.close();
    }

    private MailServer.Connection starttls() throws Exception {
        var connection = new MailServer.Connection(submission);
        connection.says("EHLO laptop");
        connection.says("STARTTLS");
        connection.secure(certificate.trusting());
        assertThat(connection.says("EHLO laptop")).contains("AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER");
        return connection;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String plain(String user, String password) {
        return "AUTH PLAIN " + base64("\0" + user + "\0" + password);
    }

    private static String xoauth2(String user, String token) {
        return "AUTH XOAUTH2 " + base64("user=" + user + "\u0001auth=Bearer " + token + "\u0001\u0001");
    }

    private void sends(MailServer.Connection connection, String from, String subject) throws Exception {
        assertThat(connection.says("MAIL FROM:<" + from + ">")).startsWith("250");
        assertThat(connection.says("RCPT TO:<" + TARO + ">")).startsWith("250");
        assertThat(connection.says("DATA")).startsWith("354");
        assertThat(connection.data(inNameOf(from, subject))).startsWith("250 2.6.0");
        var arrived = new String(installation.inbox().octets(installation.inbox().await(TARO, subject)), StandardCharsets.ISO_8859_1);
        assertThat(arrived).contains("with ESMTPSA id");
    }

    private static byte[] inNameOf(String from, String subject) {
        var message = new String(Messages.plain(subject, "Good day."), StandardCharsets.UTF_8);
        assertThat(message).contains(HANAKO);
        return message.replace(HANAKO, from).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void hanakoSendsWithHerPasswordAndAsNobodyElse() throws Exception {
        try (var connection = starttls()) {
            assertThat(connection.says("MAIL FROM:<" + HANAKO + ">")).startsWith("530 5.7.0");
            assertThat(connection.says(plain("hanako", "hanako"))).startsWith("235 2.7.0");
            for (var other : List.of("ichiro@example.co.jp", "admin@example.co.jp", TARO, "hanako@sub.example.co.jp")) {
                assertThat(connection.says("MAIL FROM:<" + other + ">")).as(other).startsWith("553 5.7.1");
            }
            sends(connection, HANAKO, "By password");
            sends(connection, "sales@example.co.jp", "For the team");
        }
        try (var connection = MailServer.Connection.secured(submissions, certificate.trusting())) {
            connection.says("EHLO laptop");
            assertThat(connection.says("AUTH LOGIN")).startsWith("334");
            assertThat(connection.says(base64("ichiro"))).startsWith("334");
            assertThat(connection.says(base64("ichiro"))).startsWith("235");
            sends(connection, "ichiro@example.co.jp", "On 465");
        }
    }

    @Test
    void theFromFieldIsHeldToWhoSignedIn() throws Exception {
        try (var connection = starttls()) {
            assertThat(connection.says(plain("hanako", "hanako"))).startsWith("235 2.7.0");
            assertThat(answerTo(connection, "From: ichiro@example.co.jp\r\n")).startsWith("550-5.7.1").contains("ichiro@example.co.jp", "Choose an address of your own", "In Japanese and English: ", "/help/returned");
            assertThat(answerTo(connection, "From: Hanako <" + HANAKO + ">, ichiro@example.co.jp\r\n")).startsWith("550-5.7.1").contains("ichiro@example.co.jp", "Choose an address of your own", "In Japanese and English: ", "/help/returned");
            assertThat(answerTo(connection, "From: " + HANAKO + "\r\nFrom: ichiro@example.co.jp\r\n")).startsWith("550-5.7.1").contains("one From field");
            assertThat(answerTo(connection, "")).startsWith("550-5.7.1").contains("one From field");
            sends(connection, HANAKO, "In her own name after all");
            assertThat(answerTo(connection, "From: \u001B$B2V;R\u001B(B <" + HANAKO + ">\r\n")).as("raw ISO-2022-JP").startsWith("250");
        }
        await().untilAsserted(() -> assertThat(installation.data().number("select count(*) from audit_event where type = 'MESSAGES_REFUSED' "
            + "and convert_from(payload, 'UTF8') like '%\"AUTHOR\"%'")).isPositive());
    }

    /** RFC 8098 §2.1: a read receipt has no reverse-path. Nothing else goes without one, for nobody could stop it. */
    @Test
    void aReadReceiptGoesWithoutASenderAndNothingElse() throws Exception {
        var receipt = "From: " + HANAKO + "\r\nTo: " + TARO + "\r\nSubject: Read: the plan\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt was read.\r\n"
            + "--b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;" + HANAKO + "\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n";
        try (var connection = starttls()) {
            assertThat(connection.says(plain("hanako", "hanako"))).startsWith("235 2.7.0");
            assertThat(withoutSender(connection, new String(Messages.plain("No receipt", "Good day."), StandardCharsets.UTF_8))).startsWith("550").contains("read receipts");
            assertThat(withoutSender(connection, receipt.replace("From: " + HANAKO, "From: ichiro@example.co.jp"))).startsWith("550-5.7.1");
            assertThat(withoutSender(connection, receipt)).startsWith("250 2.6.0");
        }
        assertThat(installation.inbox().octets(installation.inbox().await(TARO, "Read: the plan"))).isNotEmpty();
    }

    private static String withoutSender(MailServer.Connection connection, String message) throws Exception {
        assertThat(connection.says("MAIL FROM:<>")).startsWith("250");
        assertThat(connection.says("RCPT TO:<" + TARO + ">")).startsWith("250");
        assertThat(connection.says("DATA")).startsWith("354");
        return connection.data(message.getBytes(StandardCharsets.UTF_8));
    }

    /** What is said to a message of Hanako's with these fields. */
    private static String answerTo(MailServer.Connection connection, String fields) throws Exception {
        assertThat(connection.says("MAIL FROM:<" + HANAKO + ">")).startsWith("250");
        assertThat(connection.says("RCPT TO:<" + TARO + ">")).startsWith("250");
        assertThat(connection.says("DATA")).startsWith("354");
        return connection.data((fields + "To: " + TARO + "\r\nSubject: In whose name\r\n\r\nGood day.\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aRuleOnAGroupHoldsForItsMembersHoweverTheySignInAndForNobodyElse() throws Exception {
        String refused = "550-5.7.1";
        String secret = Files.readString(installation.stage().keycloak().submissionSecretFile()).strip();
        try (var connection = starttls()) {
            assertThat(connection.says(plain("ichiro", "ichiro"))).startsWith("235");
            assertThat(answerToAFile(connection, ICHIRO, "A manager's file")).startsWith(refused).contains("no files from managers");
            connection.says("RSET");
            assertThat(answerToAFile(connection, "sales@example.co.jp", "For the team")).as("whoever they send as").startsWith(refused);
            sends(connection, ICHIRO, "A manager's word");
        }
        try (var connection = MailServer.Connection.secured(submissions, certificate.trusting())) {
            connection.says("EHLO laptop");
            assertThat(connection.says("AUTH LOGIN " + base64("ichiro"))).startsWith("334");
            assertThat(connection.says(base64("ichiro"))).startsWith("235");
            assertThat(answerToAFile(connection, ICHIRO, "A manager's file")).startsWith(refused);
        }
        try (var connection = starttls()) {
            assertThat(connection.says(xoauth2(ICHIRO, tokens("sekisho-submission", secret, "ichiro").get("access_token")))).startsWith("235");
            assertThat(answerToAFile(connection, ICHIRO, "A manager's file")).startsWith(refused);
        }
        try (var connection = starttls()) {
            assertThat(connection.says(plain("hanako", "hanako"))).startsWith("235");
            assertThat(answerToAFile(connection, HANAKO, "Not a manager's file")).startsWith("250");
            assertThat(answerToAFile(connection, "sales@example.co.jp", "Not a manager's for the team")).startsWith("250");
        }
        assertThat(installation.mailServer().submits(ICHIRO, List.of(TARO), Messages.twoAttachments("From nobody known", new byte[3], new byte[4])))
            .as("of whom nobody signed in, an address proves nothing").startsWith("250");
        installation.inbox().await(TARO, "Not a manager's file");
        installation.inbox().await(TARO, "From nobody known");
        assertThat(installation.data().number("select count(*) from delivery where subject = 'A manager''s file'")).isZero();
    }

    @Test
    void theSameRuleHoldsAtThePortal() throws Exception {
        var pages = House.open().takePage();
        try (var web = installation.startPages("web", "web", pages, Map.of()); var ichiro = new Visitor(pages, "ichiro"); var hanako = new Visitor(pages, "hanako")) {
            assertThat(web.isReady()).isTrue();
            var refused = PortalForm.of(ichiro, pages).posts(PortalForm.body("", TARO, "A manager's upload", new byte[10]));
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body()).contains("no files from managers");
            assertThat(PortalForm.delivery(PortalForm.of(hanako, pages).posts(PortalForm.body("", TARO, "Not a manager's upload", new byte[10])))).isNotEmpty();
        }
        assertThat(installation.data().texts("select subject from delivery where source = 'PORTAL'")).containsExactly("Not a manager's upload");
    }

    private static String answerToAFile(MailServer.Connection connection, String from, String subject) throws Exception {
        assertThat(connection.says("MAIL FROM:<" + from + ">")).startsWith("250");
        assertThat(connection.says("RCPT TO:<" + TARO + ">")).startsWith("250");
        assertThat(connection.says("DATA")).startsWith("354");
        var message = new String(Messages.twoAttachments(subject, new byte[3], new byte[4]), StandardCharsets.UTF_8);
        return connection.data(message.replace(HANAKO, from).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void wherePipeliningIsOffNothingThatComesTooEarlyIsObeyed() throws Exception {
        try (var connection = starttls()) {
            assertThat(connection.says("EHLO laptop")).doesNotContain("PIPELINING").contains("CHUNKING", "SIZE");
            assertThat(connection.says(plain("hanako", "hanako"))).startsWith("235");
            sends(connection, HANAKO, "One after the other");
            connection.sends("MAIL FROM:<" + HANAKO + ">\r\nRCPT TO:<" + TARO + ">\r\nDATA\r\n");
            assertThat(connection.reply()).as("to the one that was in time").startsWith("250 2.1.0");
            assertThat(connection.reply()).startsWith("554 5.5.0").contains("PIPELINING isn't offered");
            assertThatThrownBy(connection::reply).isInstanceOf(IOException.class).hasMessageContaining("closed");
        }
        try (var connection = starttls()) {
            assertThat(connection.says(plain("hanako", "hanako"))).startsWith("235");
            assertThat(connection.says("MAIL FROM:<" + HANAKO + ">")).startsWith("250");
            assertThat(connection.says("RCPT TO:<" + TARO + ">")).startsWith("250");
            assertThat(connection.says("DATA")).startsWith("354");
            connection.sends(new String(Messages.plain("With a rider", "x"), StandardCharsets.UTF_8) + ".\r\nMAIL FROM:<" + HANAKO + ">\r\n");
            assertThat(connection.reply()).as("to a message that is whole").startsWith("250 2.6.0");
            assertThat(connection.reply()).startsWith("554 5.5.0");
        }
        installation.inbox().await(TARO, "With a rider");
        try (var connection = new MailServer.Connection(installation.stage().ports().smtp())) {
            assertThat(connection.says("EHLO mail.example.co.jp")).as("the other listeners keep it").contains("PIPELINING");
        }
    }

    @Test
    void whoeverMayNotSendHearsTheSameWhateverTheReason() throws Exception {
        String refused = "535 5.7.8 user name, password or token not accepted";
        for (var wrong : List.of(plain("hanako", "wrong"), plain("nobody-at-all", "wrong"), plain("taro", "taro"), plain("eve", "eve"), plain("auditor", "auditor"),
                plain("hanako@example.co.jp", "hanako"))) {
            try (var connection = starttls()) {
                assertThat(connection.says(wrong)).as(wrong).isEqualTo(refused);
            }
        }
        assertThat(Files.readString(logOfMail())).as("the log names nobody who tried").doesNotContain("nobody-at-all", HANAKO).doesNotContainPattern("\\beve\\b");
    }

    private Path logOfMail() {
        return installation.stage().folder().resolve("logs/mail.log");
    }

    @Test
    void anAccessTokenSignsInAndOtherTokensDoNot() throws Exception {
        var own = tokens("sekisho-submission", Files.readString(installation.stage().keycloak().submissionSecretFile()).strip(), "hanako");
        try (var connection = starttls()) {
            assertThat(connection.says(xoauth2(HANAKO, own.get("access_token")))).startsWith("235");
            sends(connection, HANAKO, "By XOAUTH2");
        }
        try (var connection = starttls()) {
            assertThat(connection.says("AUTH OAUTHBEARER " + base64("n,a=" + HANAKO + ",\u0001auth=Bearer " + own.get("access_token") + "\u0001\u0001"))).startsWith("235");
            sends(connection, HANAKO, "By OAUTHBEARER");
        }
        for (var wrong : List.of(xoauth2(HANAKO, own.get("id_token")), xoauth2("ichiro@example.co.jp", own.get("access_token")),
                xoauth2(HANAKO, own.get("access_token").replaceAll(".$", "")), xoauth2(HANAKO, own.get("access_token").replaceFirst("[.][^.]*$", ".")))) {
            try (var connection = starttls()) {
                assertThat(connection.says(wrong)).matches("334 .*|501 .*");
                assertThat(connection.says("")).matches("535 5.7.8 .*|500 .*");
            }
        }
    }

    /** As any program gets them that knows user and password. */
    private Map<String, String> tokens(String client, String secret, String user) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(HttpRequest.newBuilder(URI.create(installation.stage().keycloak().issuer() + "/protocol/openid-connect/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=password&scope=openid+email&client_id=" + client + "&client_secret="
                    + URLEncoder.encode(secret, StandardCharsets.UTF_8) + "&username=" + user + "&password=" + user)).build(),
                HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            var tokens = new HashMap<String, String>();
            var found = Pattern.compile("\"(access_token|id_token)\":\"([^\"]+)").matcher(answer.body());
            while (found.find()) {
                tokens.put(found.group(1), found.group(2));
            }
            return tokens;
        }
    }

    @Test
    void theMailServersListenerIsAsItWas() throws Exception {
        assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), Messages.plain("From the mail server", "Good day."))).startsWith("250");
        installation.inbox().await(TARO, "From the mail server");
        try (var connection = new MailServer.Connection(installation.stage().ports().smtp())) {
            assertThat(connection.says("EHLO mail.example.co.jp")).doesNotContain("AUTH");
        }
    }

    @Test
    void realProgramsSignIn() throws Exception {
        for (var mechanism : List.of("PLAIN", "LOGIN")) {
            var swaks = new ProcessBuilder("swaks", "--server", "localhost", "--port", Integer.toString(submission), "--tls", "--auth", mechanism,
                "--auth-user", "hanako", "--auth-password", "hanako", "--from", HANAKO, "--to", TARO, "--h-Subject", "By swaks " + mechanism)
                .redirectErrorStream(true).redirectOutput(installation.stage().folder().resolve("swaks-" + mechanism + ".log").toFile()).start();
            assertThat(swaks.waitFor()).isZero();
            installation.inbox().await(TARO, "By swaks " + mechanism);
        }
        var message = Files.writeString(installation.stage().folder().resolve("message.eml"), "From: " + HANAKO + "\r\nTo: " + TARO + "\r\nSubject: By Python\r\n\r\nx\r\n");
        var script = Files.writeString(installation.stage().folder().resolve("send.py"), """
            import smtplib, ssl, sys
            context = ssl.create_default_context(cafile=sys.argv[2])
            with smtplib.SMTP_SSL("localhost", int(sys.argv[1]), context=context, timeout=30) as client:
                client.login("hanako", "hanako")
                assert client.sendmail(sys.argv[3], [sys.argv[4]], open(sys.argv[5], "rb").read()) == {}
            """);
        var python = new ProcessBuilder("python3", script.toString(), Integer.toString(submissions), certificate.chain().toString(), HANAKO, TARO, message.toString())
            .redirectErrorStream(true).redirectOutput(installation.stage().folder().resolve("python.log").toFile()).start();
        assertThat(python.waitFor()).as(Files.readString(installation.stage().folder().resolve("python.log"))).isZero();
        installation.inbox().await(TARO, "By Python");
    }
}
