package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that others have written. */
@Timeout(120)
class InteropTest {
    private final InMemoryTransactions transactions = new InMemoryTransactions();
    @TempDir
    Path folder;

    private String run(String... command) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start();
        int status = process.waitFor();
        String said = Files.readString(output, StandardCharsets.ISO_8859_1);
        assertThat(status).as(said).isZero();
        return said;
    }

    @Test
    void swaksSendsPipelinedOverTls() throws Exception {
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0).withTls(SmtpSettings.TlsMode.STARTTLS_REQUIRED, TestCertificate::server), transactions)) {
            Path text = Files.writeString(folder.resolve("message.eml"), "Subject: from swaks\n\n.dot at the start\n..\nlast\n");
            String said = run("swaks", "--server", "127.0.0.1", "--port", Integer.toString(listener.port()), "--from", "hanako@example.co.jp",
                    "--to", "taro@partner.example,jiro@other.example", "--data", "@" + text, "--tls", "--pipeline");
            assertThat(said).contains("TLS started");
        }
        assertThat(transactions.accepted).singleElement().satisfies(accepted -> {
            assertThat(accepted.envelope().recipients()).hasSize(2);
            assertThat(accepted.client().tls()).isPresent();
            assertThat(accepted.text()).startsWith("Subject: from swaks\r\n\r\n.dot at the start\r\n..\r\nlast\r\n");
        });
    }

    @Test
    void pythonSendsUtf8OverTls() throws Exception {
        Path script = Files.writeString(folder.resolve("send.py"), """
                import smtplib, ssl, sys
                from email.message import EmailMessage
                context = ssl.create_default_context(cafile=sys.argv[2])
                client = smtplib.SMTP("localhost", int(sys.argv[1]), local_hostname="client.example", timeout=20)
                client.starttls(context=context)
                for i in range(3):
                    message = EmailMessage()
                    message["Subject"] = "件名 %d" % i
                    message["From"] = "hanako@example.co.jp"
                    message["To"] = "太郎@partner.example"
                    message.set_content(".\\n..\\nbody\\n", cte="8bit")
                    assert client.send_message(message) == {}
                try:
                    client.sendmail("a@example.co.jp", ["reject@partner.example"], "x")
                    raise SystemExit("was not refused")
                except smtplib.SMTPRecipientsRefused as refused:
                    assert refused.recipients["reject@partner.example"][0] == 550
                client.quit()
                """);
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0).withTls(SmtpSettings.TlsMode.STARTTLS_REQUIRED, TestCertificate::server), transactions)) {
            run("python3", script.toString(), Integer.toString(listener.port()), TestCertificate.chain().toString());
        }
        assertThat(transactions.accepted).hasSize(3).allSatisfy(accepted -> {
            assertThat(accepted.envelope().parameters().smtpUtf8()).isTrue();
            assertThat(accepted.envelope().recipients()).isEqualTo(List.of(new Recipient(Mailbox.parse("太郎@partner.example"))));
            assertThat(accepted.text()).endsWith("\r\n\r\n.\r\n..\r\nbody\r\n");
        });
    }
}
