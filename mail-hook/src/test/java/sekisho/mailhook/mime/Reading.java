package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import sekisho.mailhook.mime.header.MailCharsets;
import sekisho.mailhook.mime.rewrite.LinkBlock;

/** Messages with one text and a PDF, and what a mail program (Angus Mail) reads in what became of them. */
public final class Reading {

    /** A text part as it is read: strictly, so that octets of two charsets fail. */
    public record Text(String type, String charset, String encoding, String text, String raw) {
        public boolean html() {
            return type.equals("text/html");
        }
    }

    private Reading() {
    }

    /** A mixed message whose first part has these header lines and octets, and whose second is a PDF. */
    public static byte[] mixed(String header, byte[] body) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(("From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n--=_b\r\n"
                + header + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(body);
        out.writeBytes("\r\n--=_b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.7 secret\r\n--=_b--\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    public static byte[] mixed(String header, String body) {
        return mixed(header, body.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] linked(byte[] message, LinkBlock block) {
        var split = SplitMessage.of(message);
        assertThat(split.layout().hasAttachments()).isTrue();
        byte[] linked = split.linked(block);
        assertThat(SplitMessage.of(linked).layout().hasAttachments()).isFalse();
        return linked;
    }

    /** The one text of a mixed message with the block in it. */
    public static Text one(byte[] message, LinkBlock block) {
        var texts = texts(linked(message, block));
        assertThat(texts).hasSize(1);
        return texts.getFirst();
    }

    public static List<Text> texts(byte[] message) {
        try {
            var texts = new ArrayList<Text>();
            collect(new MimeMessage(null, new ByteArrayInputStream(message)), texts);
            return texts;
        } catch (MessagingException | IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static void collect(MimePart part, List<Text> texts) throws MessagingException, IOException {
        var type = new ContentType(Objects.requireNonNullElse(part.getContentType(), "text/plain"));
        if (type.match("multipart/*")) {
            var parts = new MimeMultipart(part.getDataHandler().getDataSource());
            for (int i = 0; i < parts.getCount(); i++) {
                collect((MimePart) parts.getBodyPart(i), texts);
            }
        } else if (type.match("text/plain") || type.match("text/html")) {
            var label = Objects.requireNonNullElse(type.getParameter("charset"), "us-ascii");
            var decoder = MailCharsets.named(label).orElse(StandardCharsets.ISO_8859_1).newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
            byte[] raw = part instanceof MimeBodyPart body ? body.getRawInputStream().readAllBytes() : ((MimeMessage) part).getRawInputStream().readAllBytes();
            String text = decoder.decode(java.nio.ByteBuffer.wrap(part.getInputStream().readAllBytes())).toString();
            texts.add(new Text(type.getBaseType().toLowerCase(java.util.Locale.ROOT), label, Objects.requireNonNullElse(part.getEncoding(), ""), text,
                    new String(raw, StandardCharsets.ISO_8859_1)));
        }
    }
}
