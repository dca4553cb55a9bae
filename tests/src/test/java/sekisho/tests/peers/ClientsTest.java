package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.storage.DirectoryStore;
import sekisho.tests.Certificate;
import sekisho.tests.Inbox;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.ScriptedSmartHost;
import sekisho.tests.ScriptedSmartHost.Transaction;
import sekisho.tests.SealedFiles;

/** Programs of others that send through the hook: what they attach is found, and what comes out is what they sent. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Installation installation;
    private ScriptedSmartHost next;
    private Certificate certificate;

    @BeforeAll
    void theHookListens() throws Exception {
        installation = Installation.alone(Policies.NOTHING_TO_RIVALS);
        next = new ScriptedSmartHost(ScriptedSmartHost.EVERYTHING);
        certificate = Certificate.make(installation.stage().folder());
        installation.start("mail", Map.of(
            "mail-hook.smart-host.port", Integer.toString(next.port()),
            "mail-hook.listeners.hook.tls", "starttls",
            "mail-hook.listeners.hook.certificate", certificate.chain().toString(),
            "mail-hook.listeners.hook.certificate-key", certificate.key().toString()));
    }

    @AfterAll
    void theHouseGoes() throws IOException {
        installation.close();
        next.close();
    }

    private int port() {
        return installation.stage().ports().smtp();
    }

    private Path file(String name, byte[] octets) throws IOException {
        return Files.write(installation.stage().folder().resolve(name), octets);
    }

    /** Runs it to its end and returns its status and what it said. */
    private String run(Path input, String... command) throws IOException, InterruptedException {
        var said = installation.stage().folder().resolve("said");
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).redirectInput(input.toFile()).start();
        return process.waitFor() + "\n" + Files.readString(said, StandardCharsets.ISO_8859_1);
    }

    private Transaction arrives(String address, String subject) throws InterruptedException {
        return next.await("'" + subject + "' for " + address, each -> each.to().contains(address) && each.text().contains("\r\nSubject: " + subject + "\r\n"),
            PATIENCE);
    }

    private void hasALinkOnly(Transaction arrived) {
        assertThat(Inbox.token(arrived.octets())).as("a link").isNotEmpty();
        assertThat(arrived.octets().length).as("without the attachment").isLessThan(20_000);
    }

    private void wasFound(String name, byte[] content) {
        try (var store = new DirectoryStore(installation.stage().objects())) {
            assertThat(new SealedFiles(installation, store).named(name).sha256()).isEqualTo(SealedFiles.sha256(content));
        }
    }

    /** Lines from the first empty one on. */
    private static String body(String message) {
        return message.substring(message.indexOf("\r\n\r\n"));
    }

    /** An attachment of a name and content of its own beside a text. */
    private static byte[] message(String subject, String name, byte[] content, String text) {
        return ("From: %s\nTo: %s\nSubject: %s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\nContent-Type: text/plain; charset=utf-8\n\n%s\n"
            + "--outer\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=%s\nContent-Transfer-Encoding: base64\n\n%s\n--outer--\n")
            .formatted(HANAKO, TARO, subject, text, name, java.util.Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(content))
            .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void eximSendsInChunksWithoutWaitingForAnswers() throws Exception {
        var content = Messages.octets(2_000_000, 41);
        var message = message("by exim", "exim.bin", content, "a text\n.\n.a dot\nFrom here\nいろは");
        var log = Exim.before(port()).sends(HANAKO, List.of(TARO, ICHIRO), message);
        assertThat(log).as("chunks used for both").containsPattern("=> taro@partner\\.example .* K C=\"250 2\\.6\\.0 accepted as").containsPattern("-> ichiro@example\\.co\\.jp .* K C=\"250 2");
        hasALinkOnly(arrives(TARO, "by exim"));
        wasFound("exim.bin", content);
        var arrived = arrives(ICHIRO, "by exim").text();
        assertThat(body(arrived).equals(body(new String(message, StandardCharsets.ISO_8859_1).replace("\n", "\r\n")))).as("for an insider as it was").isTrue();
    }

    @Test
    void eximIsToldOfARefusalInsideItsChunks() throws Exception {
        var log = Exim.before(port()).sends(HANAKO, List.of("ceo@rival.example"), message("exim to a rival", "r.bin", Messages.octets(500_000, 42), "text"));
        assertThat(log).containsPattern("\\*\\* ceo@rival\\.example .*550-5\\.7\\.1 .*rivals get nothing");
        var bounce = next.await("exim's bounce", each -> each.from().isEmpty() && each.to().contains(HANAKO) && each.text().contains("exim to a rival"), PATIENCE);
        assertThat(bounce.text()).contains("rivals get nothing");
    }

    @Test
    void msmtpSendsOverTls() throws Exception {
        var content = Messages.octets(300_000, 43);
        var message = message("by msmtp", "msmtp.bin", content, "a text\n.\n..\nlast");
        var said = run(file("msmtp.eml", message), "msmtp", "--host=localhost", "--port=" + port(), "--tls=on", "--tls-trust-file=" + certificate.chain(),
            "--auth=off", "--from=" + HANAKO, "--domain=pc.example.co.jp", TARO, ICHIRO);
        assertThat(said).startsWith("0\n");
        hasALinkOnly(arrives(TARO, "by msmtp"));
        wasFound("msmtp.bin", content);
        assertThat(arrives(ICHIRO, "by msmtp").text()).contains("with ESMTPS id", "\r\na text\r\n.\r\n..\r\nlast\r\n");
    }

    @Test
    void msmtpHearsWhyItIsRefused() throws Exception {
        var said = run(file("rival.eml", message("msmtp to a rival", "r.bin", new byte[100], "text")), "msmtp", "--host=localhost", "--port=" + port(),
            "--auth=off", "--tls=off", "--from=" + HANAKO, "ceo@rival.example");
        assertThat(said).doesNotStartWith("0\n").contains("550 5.7.1", "rivals get nothing");
    }

    @Test
    void swaksAttachesAFileOverTls() throws Exception {
        var content = Messages.octets(100_000, 44);
        var command = new ArrayList<>(List.of("swaks", "--server", "localhost:" + port(), "--from", HANAKO, "--to", TARO, "--header", "Subject: by swaks",
            "--body", "The file is attached.", "--tls", "--pipeline", "--attach", "@" + file("swaks.bin", content)));
        var said = run(Path.of("/dev/null"), command.toArray(String[]::new));
        assertThat(said).startsWith("0\n").contains("TLS started");
        hasALinkOnly(arrives(TARO, "by swaks"));
        wasFound("swaks.bin", content);
    }

    @Test
    void pythonSendsAndPythonReadsWhatArrived() throws Exception {
        var content = Messages.octets(50_000, 45);
        var script = file("send.py", """
            import smtplib, sys
            from email.message import EmailMessage
            message = EmailMessage()
            message["Subject"] = "by Python"
            message["From"] = "hanako@example.co.jp"
            message["To"] = "taro@partner.example"
            message.set_content("いつもお世話になっております。\\n")
            message.add_alternative("<p>いつもお世話になっております。</p>", subtype="html")
            with open(sys.argv[2], "rb") as file:
                message.add_attachment(file.read(), maintype="application", subtype="pdf", filename="見積①.pdf")
            with smtplib.SMTP("localhost", int(sys.argv[1]), local_hostname="pc.example.co.jp", timeout=60) as client:
                assert client.send_message(message) == {}
            """.getBytes(StandardCharsets.UTF_8));
        assertThat(run(Path.of("/dev/null"), "python3", script.toString(), Integer.toString(port()), file("python.pdf", content).toString())).startsWith("0\n");
        var arrived = arrives(TARO, "by Python");
        wasFound("見積①.pdf", content);
        var reader = file("read.py", """
            import email, email.policy, html, sys
            message = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
            assert not list(message.iter_attachments()), "attachments"
            assert not [part.defects for part in message.walk() if part.defects], "defects"
            for kind in "plain", "html":
                text = html.unescape(message.get_body((kind,)).get_content())
                assert text.count(sys.argv[1]) >= 1, kind + " has no link: " + text
                assert "いつもお世話になっております。" in text, kind + " lost its words: " + text
                assert "見積①.pdf" in text, kind + " doesn't name the file: " + text
            """.getBytes(StandardCharsets.UTF_8));
        assertThat(run(file("arrived.eml", arrived.octets()), "python3", reader.toString(), installation.stage().ports().webUrl() + "/d/")).startsWith("0\n");
    }
}
