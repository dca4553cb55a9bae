package sekisho.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * SMTP dialogues with the real listener. The first octet says what the others are: commands, the text behind a 354, a BDAT chunk, or parameters
 * of MAIL and RCPT. A reply that tells of a fault of ours is a find, and so is a message that was taken in otherwise than RFC 5321 §4.5.2 says.
 */
public final class DialogueTarget {

    private static final String ENVELOPE = "EHLO fuzz.example\r\nMAIL FROM:<a@example.co.jp>\r\nRCPT TO:<b@partner.example>\r\n";

    private DialogueTarget() {
    }

    /** As of {@link SplitterTarget}: a listener. */
    public static void fuzzerInitialize() {
        fuzzerTestOneInput("\1Subject: x\r\n\r\nx".getBytes(StandardCharsets.US_ASCII));
    }

    public static void fuzzerTestOneInput(byte[] octets) {
        if (octets.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(octets, 1, octets.length);
        try (var talk = Talk.open()) {
            switch (octets[0] & 3) {
                case 0 -> talk.say(rest);
                case 1 -> data(talk, rest);
                case 2 -> bdat(talk, rest);
                default -> parameters(talk, rest);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static void data(Talk talk, byte[] text) throws IOException {
        talk.say(ENVELOPE.getBytes(StandardCharsets.US_ASCII));
        talk.expect(3);
        talk.say("DATA\r\n".getBytes(StandardCharsets.US_ASCII));
        talk.expect(1);
        talk.say(text);
        talk.end("\r\n.\r\nQUIT\r\n");
        var sent = new ByteArrayOutputStream();
        sent.writeBytes(text);
        sent.writeBytes("\r\n.\r\n".getBytes(StandardCharsets.US_ASCII));
        talk.requireFirst(unstuffed(sent.toByteArray()));
    }

    private static void bdat(Talk talk, byte[] text) throws IOException {
        talk.say((ENVELOPE + "BDAT " + text.length + " LAST\r\n").getBytes(StandardCharsets.US_ASCII));
        talk.say(text);
        talk.end("QUIT\r\n");
        talk.requireFirst(text);
    }

    private static void parameters(Talk talk, byte[] text) throws IOException {
        var words = new String(text, StandardCharsets.ISO_8859_1).replaceAll("[\\r\\n]", " ");
        int half = words.length() / 2;
        talk.say(("EHLO fuzz.example\r\nMAIL FROM:<a@example.co.jp> " + words.substring(0, half) + "\r\nRSET\r\n"
            + "MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<b@partner.example> " + words.substring(half) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        talk.end("QUIT\r\n");
    }

    /** What the text is by RFC 5321 §4.5.2, read as slowly and plainly as can be; null when a CR or LF stands alone before its end. */
    private static byte @org.jspecify.annotations.Nullable [] unstuffed(byte[] sent) {
        var lines = new ByteArrayOutputStream();
        var line = new ByteArrayOutputStream();
        for (int i = 0; i < sent.length; i++) {
            if (sent[i] == '\n' || sent[i] == '\r' && (i + 1 == sent.length || sent[i + 1] != '\n')) {
                return null;
            }
            if (sent[i] != '\r') {
                line.write(sent[i]);
                continue;
            }
            byte[] whole = line.toByteArray();
            if (whole.length == 1 && whole[0] == '.') {
                return lines.toByteArray();
            }
            int from = whole.length > 0 && whole[0] == '.' ? 1 : 0;
            lines.write(whole, from, whole.length - from);
            lines.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            line.reset();
            i++;
        }
        throw new IllegalStateException("the text has its end");
    }
}
