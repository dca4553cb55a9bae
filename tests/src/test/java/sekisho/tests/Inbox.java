package sekisho.tests;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.Base64;
import sekisho.demo.mailbox.DemoMailbox;
import sekisho.demo.mailbox.StoredMessage;

/** What has arrived at the smart host, for one address and subject. */
public final class Inbox {

    private static final Pattern LINK = Pattern.compile("/d/([A-Za-z0-9_-]{22})");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/=]{4,76}");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DemoMailbox mailbox;
    private final long after;

    /** Of what arrives from now on: what an earlier test, or an earlier try of this one, had sent to the shared house isn't seen. */
    public Inbox(House house) {
        this(house.mailbox(), house.mailbox().messages().stream().mapToLong(StoredMessage::id).max().orElse(0));
    }

    /** Of all that is there. */
    public Inbox(DemoMailbox mailbox) {
        this(mailbox, 0);
    }

    private Inbox(DemoMailbox mailbox, long after) {
        this.mailbox = mailbox;
        this.after = after;
    }

    private boolean fits(StoredMessage message, String address, String subject) {
        return message.id() > after && message.to().contains(address) && message.subject().contains(subject);
    }

    /** Waits for the one message to {@code address} whose subject contains {@code subject}. */
    public StoredMessage await(String address, String subject) throws InterruptedException {
        var found = mailbox.await(1, message -> fits(message, address, subject), PATIENCE);
        if (found.isEmpty()) {
            throw new AssertionError("nothing with that subject arrived for " + address);
        }
        return found.getFirst();
    }

    /** How many have arrived for {@code address} with {@code subject}. */
    public long count(String address, String subject) {
        return mailbox.messages().stream().filter(message -> fits(message, address, subject)).count();
    }

    public byte[] octets(StoredMessage message) throws IOException {
        return mailbox.octets(message);
    }

    /** What all its parts of text/plain say. */
    public String text(StoredMessage message) throws IOException, MessagingException {
        return text(new MimeMessage(null, new ByteArrayInputStream(octets(message))));
    }

    private static String text(Part part) throws IOException, MessagingException {
        if (part.isMimeType("text/plain")) {
            return (String) part.getContent();
        }
        var text = new StringBuilder();
        if (part.getContent() instanceof Multipart parts) {
            for (int i = 0; i < parts.getCount(); i++) {
                text.append(text(parts.getBodyPart(i)));
            }
        }
        return text.toString();
    }

    /** The token of the link in a message: in the clear, or in a base64 or quoted-printable part. */
    public String token(StoredMessage message) throws IOException {
        return token(octets(message));
    }

    /** The same, for the octets of a message. */
    public static String token(byte[] message) {
        return findToken(message).orElseThrow(() -> new AssertionError("no link in the message"));
    }

    /** The same; empty when there is no link. */
    static Optional<String> findToken(byte[] message) {
        var raw = new String(message, StandardCharsets.ISO_8859_1);
        var plain = LINK.matcher(raw.replace("=\r\n", ""));
        if (plain.find()) {
            return Optional.of(plain.group(1));
        }
        var block = new StringBuilder();
        for (var line : raw.split("\r\n", -1)) {
            if (BASE64.matcher(line).matches()) {
                block.append(line);
                continue;
            }
            var link = LINK.matcher(decoded(block.toString()));
            if (link.find()) {
                return Optional.of(link.group(1));
            }
            block.setLength(0);
        }
        return Optional.empty();
    }

    /** Empty text where the lines only look like base64. */
    private static String decoded(String lines) {
        try {
            return new String(Base64.getDecoder().decode(lines), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException text) {
            return "";
        }
    }
}
