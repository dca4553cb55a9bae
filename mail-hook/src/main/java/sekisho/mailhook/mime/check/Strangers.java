package sekisho.mailhook.mime.check;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.MailCharsets;

/** Reads a message with libraries that know nothing of how we read it. */
final class Strangers {

    private static final MimeConfig UNLIMITED = MimeConfig.custom().setMaxLineLen(-1).setMaxHeaderLen(-1).setMaxHeaderCount(-1).setMaxContentLen(-1)
            .build();

    private Strangers() {
    }

    /** @throws IOException when mime4j can't read it */
    static Seen mime4j(byte[] message) throws IOException {
        var raw = new MimeTokenStream(UNLIMITED);
        raw.parse(new ByteArrayInputStream(message));
        try {
            return mime4j(raw);
        } catch (MimeException unreadable) {
            throw new IOException(unreadable);
        }
    }

    private static Seen mime4j(MimeTokenStream stream) throws IOException, MimeException {
        List<List<Seen>> levels = new ArrayList<>(List.of(new ArrayList<>()));
        List<String> types = new ArrayList<>();
        for (EntityState state = stream.getState(); state != EntityState.T_END_OF_STREAM; state = stream.next()) {
            switch (state) {
                case T_START_MULTIPART -> {
                    types.add(stream.getBodyDescriptor().getMimeType());
                    levels.add(new ArrayList<>());
                }
                case T_START_MESSAGE -> {
                    if (levels.size() > 1 || !levels.getFirst().isEmpty() || types.contains("message/rfc822")) {
                        types.add("message/rfc822");
                        levels.add(new ArrayList<>());
                    } else {
                        types.add("");
                        levels.add(new ArrayList<>());
                    }
                }
                case T_END_MULTIPART, T_END_MESSAGE -> {
                    var inside = levels.removeLast();
                    levels.getLast().add(Seen.multipart(types.removeLast(), inside));
                }
                case T_BODY -> {
                    var body = stream.getBodyDescriptor();
                    byte[] octets;
                    try (InputStream in = stream.getDecodedInputStream()) {
                        octets = in.readAllBytes();
                    }
                    levels.getLast().add(leaf(body.getMimeType(), body.getTransferEncoding(), null, octets, body.getCharset()));
                }
                default -> { }
            }
        }
        var whole = levels.getFirst().getFirst();
        return whole.type().isEmpty() ? whole.children().getFirst() : whole;   // without the frame around it all
    }

    /** @throws IOException when Angus Mail can't read it */
    static Seen angus(byte[] message) throws IOException {
        try {
            return angus(new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(message)));
        } catch (MessagingException unreadable) {
            throw new IOException(unreadable);
        }
    }

    private static Seen angus(MimePart part) throws IOException, MessagingException {
        String declared = part.getContentType();
        ContentType type = new ContentType(declared == null ? "text/plain" : declared);
        if (type.match("multipart/*")) {
            List<Seen> children = new ArrayList<>();
            Multipart parts = new MimeMultipart(part.getDataHandler().getDataSource());
            for (int i = 0; i < parts.getCount(); i++) {
                BodyPart child = parts.getBodyPart(i);
                children.add(angus((MimePart) child));
            }
            return Seen.multipart(type.getBaseType(), children);
        }
        byte[] raw;
        try (InputStream in = part instanceof MimeBodyPart body ? body.getRawInputStream() : ((MimeMessage) part).getRawInputStream()) {
            raw = in.readAllBytes();
        }
        String encoding = part.getEncoding();
        byte[] octets;
        try (InputStream in = part.getInputStream()) {
            octets = in.readAllBytes();
        }
        return leaf(type.getBaseType(), encoding == null ? "" : encoding, raw, octets, type.getParameter("charset"));
    }

    /** What octets say to them; of UTF-7, which the JDK hasn't, what it says in ASCII. */
    static String text(byte[] octets, @Nullable String label) {
        String text = new String(octets, charset(label));
        return label != null && MailCharsets.isUtf7(label) ? text.replace("+-", "+") : text;
    }

    /** The charset that a label means to them, or the lack of one. */
    private static Charset charset(@Nullable String label) {
        return label == null ? StandardCharsets.US_ASCII : MailCharsets.named(label).orElse(StandardCharsets.ISO_8859_1);
    }

    private static Seen leaf(String type, @Nullable String encoding, byte @Nullable [] raw, byte[] octets, @Nullable String label) {
        String lower = type.toLowerCase(Locale.ROOT);
        boolean text = lower.startsWith("text/") && !lower.equals("text/calendar");
        return new Seen(lower, encoding == null ? "" : encoding.toLowerCase(Locale.ROOT), raw, text ? text(octets, label) : null, List.of());
    }
}
