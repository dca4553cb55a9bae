package sekisho.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * SMTP dialogues with real listeners. The first octet says what the others are: commands, the text behind a 354, a BDAT chunk, or parameters
 * of MAIL and RCPT; and, by its next two bits, which listener hears them: one as installed; one that believes hosts what they say of others, and offers
 * STARTTLS and BINARYMIME; or one within TLS where people sign in. A reply that tells of a fault of ours is a find, and so is a message that was taken in otherwise than RFC 5321 §4.5.2 says.
 */
public final class DialogueTarget {

    private static final String MAIL = "MAIL FROM:<a@example.co.jp>";
    private static final String RCPT = "RCPT TO:<b@partner.example>";

    private DialogueTarget() {
    }

    /** As of {@link SplitterTarget}: a listener. */
    public static void fuzzerInitialize() {
        for (var listener : Talk.With.values()) {
            fuzzerTestOneInput(((char) (1 | listener.ordinal() << 2) + "Subject: x\r\n\r\nx").getBytes(StandardCharsets.US_ASCII));
        }
    }

    public static void fuzzerTestOneInput(byte[] octets) {
        if (octets.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(octets, 1, octets.length);
        try (var talk = Talk.open(Talk.With.values()[(octets[0] >> 2 & 3) % Talk.With.values().length])) {
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
        talk.envelope(MAIL, RCPT);
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
        talk.envelope(MAIL + (talk.with() == Talk.With.HOSTS ? " BODY=BINARYMIME" : ""), RCPT);
        talk.say(("BDAT " + text.length + " LAST\r\n").getBytes(StandardCharsets.US_ASCII));
        talk.say(text);
        talk.end("QUIT\r\n");
        talk.requireFirst(text);
    }

    private static void parameters(Talk talk, byte[] text) throws IOException {
        var words = new String(text, StandardCharsets.ISO_8859_1).replaceAll("[\\r\\n]", " ");
        int half = words.length() / 2;
        talk.greet();
        talk.say((MAIL + " " + words.substring(0, half) + "\r\nRSET\r\n" + MAIL + "\r\n" + RCPT + " " + words.substring(half) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
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
