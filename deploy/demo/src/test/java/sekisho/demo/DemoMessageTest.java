package sekisho.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.demo.mailbox.DemoMailbox;
import sekisho.mailhook.smtp.SmtpReply;

class DemoMessageTest {
    private static final byte[] MESSAGE =
            DemoMessage.write(ZonedDateTime.of(2026, 11, 22, 9, 30, 0, 0, ZoneId.of("Asia/Tokyo")), "demo-1");

    @TempDir
    Path folder;

    @Test
    void itHasTwoAttachmentsOneWithAJapaneseName() throws Exception {
        var parts = (MimeMultipart) parsed().getContent();
        assertThat(parts.getCount()).isEqualTo(3);
        assertThat(parts.getBodyPart(0).getContentType()).startsWith("multipart/alternative");
        assertThat(parts.getBodyPart(1).getHeader("Content-Disposition")[0]).contains("%E3%81%8A%E8%A6%8B%E7%A9%8D%E3%82%8A%E2%91%A0.csv");
        assertThat(new String(parts.getBodyPart(1).getInputStream().readAllBytes(), StandardCharsets.UTF_8)).startsWith("\ufeff品名,");
        assertThat(parts.getBodyPart(2).getFileName()).isEqualTo("drawing.pdf");
    }

    @Test
    void thePdfsTableOfObjectsPointsAtThem() throws Exception {
        var parts = (MimeMultipart) parsed().getContent();
        var pdf = new String(parts.getBodyPart(2).getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        var offset = Pattern.compile("(\\d{10}) 00000 n").matcher(pdf);
        for (int number = 1; offset.find(); number++) {
            assertThat(pdf.substring(Integer.parseInt(offset.group(1)))).startsWith(number + " 0 obj");
        }
        assertThat(pdf.substring(Integer.parseInt(pdf.replaceAll("(?s).*startxref\n(\\d+).*", "$1")))).startsWith("xref");
    }

    @Test
    void itArrivesAsItWasWritten() throws Exception {
        try (var mailbox = new DemoMailbox(0, 0, folder)) {
            DemoMessage.send(mailbox.smtpPort(), MESSAGE);
            var arrived = mailbox.await(1, _ -> true, Duration.ofSeconds(30));
            assertThat(arrived).hasSize(1);
            assertThat(arrived.getFirst().to()).containsExactlyElementsOf(DemoMessage.RECIPIENTS);
            assertThat(new String(mailbox.octets(arrived.getFirst()), StandardCharsets.US_ASCII))
                    .endsWith(new String(MESSAGE, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void aRefusalIsSaidInTheServersWords() throws Exception {
        try (var mailbox = new DemoMailbox(0, 0, folder, _ -> Optional.of(new SmtpReply(550, "5.1.1", "nobody here")))) {
            assertThatThrownBy(() -> DemoMessage.send(mailbox.smtpPort(), MESSAGE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nobody here");
        }
    }

    private static MimeMessage parsed() throws Exception {
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(MESSAGE));
    }
}
