package sekisho.mailhook.mime;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.BodyDescriptor;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;

/** What other readers take for an attachment, decoded. What they can't read they show nothing of. */
final class OtherReaders {

    private static final Session SESSION = Session.getInstance(new Properties());

    /**
     * Prints, for each message on its input, how many attachments Python's email package sees, and them. Base64 of a length that can't be, 4n + 1
     * signs, it hands out undecoded (InvalidBase64LengthDefect), where others decode what they can; with the argument "decoded" these are left out.
     */
    private static final String PYTHON = """
            import sys, struct, email, email.errors
            def read(n):
                return sys.stdin.buffer.read(n)
            out = sys.stdout.buffer
            for _ in range(struct.unpack('>i', read(4))[0]):
                message = email.message_from_bytes(read(struct.unpack('>i', read(4))[0]))
                found = []
                for part in message.walk():
                    if part.is_multipart():
                        continue
                    try:
                        named = bool(part.get_filename())
                        detached = part.get_content_disposition() == 'attachment'
                    except Exception:
                        named, detached = False, True
                    if named or detached or part.get_content_maintype() not in ('text', 'message'):
                        payload = part.get_payload(decode=True)
                        undecoded = any(isinstance(d, email.errors.InvalidBase64LengthDefect) for d in part.defects)
                        if payload is not None and not (undecoded and sys.argv[1] == 'decoded'):
                            found.append(payload)
                out.write(struct.pack('>i', len(found)))
                for payload in found:
                    out.write(struct.pack('>i', len(payload)) + payload)
            """;

    private OtherReaders() {
    }

    static List<byte[]> mime4j(byte[] message) throws IOException {
        List<byte[]> found = new ArrayList<>();
        var tokens = new MimeTokenStream(MimeConfig.custom().setMaxLineLen(-1).setMaxHeaderLen(-1).setMaxHeaderCount(-1).setMaxContentLen(-1).build());
        tokens.parse(new ByteArrayInputStream(message));
        try {
            boolean detached = false;
            for (EntityState state = tokens.getState(); state != EntityState.T_END_OF_STREAM; state = tokens.next()) {
                switch (state) {
                    case T_START_HEADER -> detached = false;
                    case T_FIELD -> {
                        Field field = tokens.getField();
                        String body = field.getBody() == null ? "" : field.getBody().toLowerCase(Locale.ROOT);
                        detached |= field.getName().equalsIgnoreCase("content-disposition") && (body.contains("attachment") || body.contains("filename"))
                                || field.getName().equalsIgnoreCase("content-type") && body.contains("name=");
                    }
                    case T_BODY -> {
                        BodyDescriptor body = tokens.getBodyDescriptor();
                        if (detached || !body.getMediaType().equals("text") && !body.getMediaType().equals("message")) {
                            found.add(tokens.getDecodedInputStream().readAllBytes());
                        }
                    }
                    default -> { }
                }
            }
        } catch (MimeException _) {
            // it shows what it has seen
        }
        return found;
    }

    static List<byte[]> angus(byte[] message) throws IOException {
        List<byte[]> found = new ArrayList<>();
        try {
            angus(new MimeMessage(SESSION, new ByteArrayInputStream(message)), found, 0);
        } catch (MessagingException _) {
            // it shows what it has seen
        }
        return found;
    }

    private static void angus(Part part, List<byte[]> found, int depth) throws MessagingException, IOException {
        if (depth > 30) {
            return;
        }
        try {
            Object content = part.isMimeType("multipart/*") || part.isMimeType("message/rfc822") ? part.getContent() : null;
            switch (content) {
                case Multipart multipart -> {
                    for (int i = 0; i < multipart.getCount(); i++) {
                        BodyPart child = multipart.getBodyPart(i);
                        angus(child, found, depth + 1);
                    }
                    return;
                }
                case MimeMessage inner -> {
                    angus(inner, found, depth + 1);
                    return;
                }
                case null, default -> { }
            }
            String name;
            try {
                name = part.getFileName();
            } catch (MessagingException _) {
                name = "?";
            }
            if (name != null && !name.isEmpty() || Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition()) || !part.isMimeType("text/*")) {
                found.add(part.getInputStream().readAllBytes());
            }
        } catch (MessagingException | IOException | IndexOutOfBoundsException _) {
            // nothing to show for this part; its uuencode decoder fails on a broken first line
        }
    }

    /**
     * All messages in one process.
     *
     * @param undecodedToo whether what Python shows as it stands in the message counts, because it can't decode it. In what is relayed it does. In an
     *                     original we take such a part out and decode it, as mail programs do: the octets that Python shows are no file of anybody's
     */
    static List<List<byte[]>> python(List<byte[]> messages, boolean undecodedToo) throws IOException, InterruptedException {
        var input = new ByteArrayOutputStream();
        var data = new DataOutputStream(input);
        data.writeInt(messages.size());
        for (byte[] message : messages) {
            data.writeInt(message.length);
            data.write(message);
        }
        Process python = new ProcessBuilder("python3", "-c", PYTHON, undecodedToo ? "all" : "decoded").redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Thread.ofVirtual().start(() -> {
            try (var to = python.getOutputStream()) {
                input.writeTo(to);
            } catch (IOException _) {
                // it ended early; reading its answers will say so
            }
        });
        List<List<byte[]>> all = new ArrayList<>();
        try (var answers = new DataInputStream(python.getInputStream())) {
            for (int i = 0; i < messages.size(); i++) {
                List<byte[]> found = new ArrayList<>();
                for (int n = answers.readInt(); n > 0; n--) {
                    found.add(answers.readNBytes(answers.readInt()));
                }
                all.add(found);
            }
        }
        if (python.waitFor() != 0) {
            throw new IOException("python3 failed");
        }
        return all;
    }
}
