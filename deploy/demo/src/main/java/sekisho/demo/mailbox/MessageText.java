package sekisho.demo.mailbox;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import jakarta.mail.util.SharedFileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jsoup.Jsoup;
import org.jspecify.annotations.Nullable;

/**
 * What a person reads of a message. A message that can't be understood still shows: with less.
 *
 * @param fields the header, decoded, in order
 * @param body   the first text part, HTML made plain
 * @param parts  all parts, one line each
 */
record MessageText(List<Field> fields, String body, List<String> parts) {
    private static final Logger LOG = Logger.getLogger(MessageText.class.getName());
    private static final int LONGEST_BODY = 200_000;
    private static final int DEEPEST = 20;

    record Field(String name, String value) {}

    /** The decoded subject, or nothing. */
    static String subject(Path file) {
        try (var octets = new SharedFileInputStream(file.toFile())) {
            String subject = message(octets).getSubject();
            return subject == null ? "" : subject.replaceAll("\\p{Cntrl}+", " ");
        } catch (MessagingException | IOException e) {
            LOG.log(Level.FINE, "no subject", e);
            return "";
        }
    }

    static MessageText of(Path file) throws IOException {
        List<Field> fields = new ArrayList<>();
        List<String> parts = new ArrayList<>();
        String body = null;
        try (var octets = new SharedFileInputStream(file.toFile())) {
            MimeMessage message = message(octets);
            message.getAllHeaders().asIterator().forEachRemaining(header -> fields.add(new Field(header.getName(), decoded(header.getValue()))));
            body = firstText(message, parts, 0);
        } catch (MessagingException | IOException | RuntimeException e) {
            LOG.log(Level.FINE, "message not understood", e);
        }
        String text = body == null ? start(file) : body;
        return new MessageText(fields, text.length() > LONGEST_BODY ? text.substring(0, LONGEST_BODY) + "\n[...]" : text, parts);
    }

    private static String start(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST_BODY + 1), StandardCharsets.ISO_8859_1);
        }
    }

    /** @param octets stay where they are: a message may be larger than the heap */
    private static MimeMessage message(SharedFileInputStream octets) throws MessagingException {
        Properties properties = new Properties();
        properties.put("mail.mime.allowutf8", "true");
        return new MimeMessage(Session.getInstance(properties), octets);
    }

    private static String decoded(@Nullable String value) {
        try {
            return value == null ? "" : MimeUtility.decodeText(MimeUtility.unfold(value));
        } catch (IOException _) {
            return value;
        }
    }

    private static @Nullable String firstText(Part part, List<String> parts, int depth) throws MessagingException, IOException {
        String type = part.getContentType().replaceFirst(";.*", "").replaceAll("\\s", "");
        String name = part.getFileName();
        parts.add("  ".repeat(depth) + type + (name == null ? "" : " " + decoded(name)) + (part.getSize() > 0 ? " (" + part.getSize() + ")" : ""));
        if (depth < DEEPEST && part.isMimeType("multipart/*") && part.getContent() instanceof Multipart multipart) {
            String first = null;
            for (int i = 0; i < multipart.getCount(); i++) {
                BodyPart child = multipart.getBodyPart(i);
                String text = firstText(child, parts, depth + 1);
                first = first == null ? text : first;
            }
            return first;
        }
        if (Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition()) || !part.isMimeType("text/*")) {
            return null;
        }
        String text = text(part);
        return part.isMimeType("text/html") ? Jsoup.parse(text).wholeText().strip() : text;
    }

    /** Much mail names no charset, or none that exists, and is UTF-8 all the same. */
    private static String text(Part part) throws MessagingException, IOException {
        byte[] octets = part.getInputStream().readAllBytes();
        String named = new ContentType(part.getContentType()).getParameter("charset");
        try {
            return new String(octets, named == null ? StandardCharsets.UTF_8 : Charset.forName(MimeUtility.javaCharset(named)));
        } catch (IllegalArgumentException _) {
            return new String(octets, StandardCharsets.UTF_8);
        }
    }
}
