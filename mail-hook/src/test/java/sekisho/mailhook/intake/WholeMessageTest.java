package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.mime.AttachmentSink;

/** What whoever gets a signed message as a file will find in it. */
class WholeMessageTest {

    private static final String BODY = "\r\nBcc: is text here\r\n\r\nbody\r\n";

    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private String end = "";

    private String file(String message, int limit, int step, boolean signed) throws IOException {
        var whole = new WholeMessage(new AttachmentSink() {
            @Override
            public void write(byte[] piece, int offset, int length) {
                octets.write(piece, offset, length);
            }

            @Override
            public void finish(long decodedOctets) {
                end = "finished " + decodedOctets;
            }

            @Override
            public void withdraw() {
                end = "withdrawn";
            }
        }, limit);
        byte[] all = message.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < all.length; at += step) {
            whole.feed(all, at, Math.min(step, all.length - at));
        }
        whole.end(signed);
        return octets.toString(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 10_000})
    void itIsTheMessageOctetForOctet(int step) throws IOException {
        var message = "Received: from x\r\n\tby y\r\nFrom: hanako@example.co.jp\r\nSubject: \u00e9\r\nDKIM-Signature: v=1\r\n" + BODY.repeat(100);
        assertThat(file(message, 10_000, step, true)).isEqualTo(message);
        assertThat(end).isEqualTo("finished " + message.length());
    }

    /** Else a recipient would read there who else got it, which no copy says. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 10_000})
    void blindCopiesAreNotInIt(int step) throws IOException {
        var message = "Bcc: a@example.com,\r\n\tb@example.com\r\nFrom: x\r\nRESENT-BCC : c@example.com\r\nno field\r\nTo: y\r\nX-Sekisho-Trace: forged\r\nbcc:\r\n" + BODY;
        assertThat(file(message, 10_000, step, true)).isEqualTo("From: x\r\nno field\r\nTo: y\r\n" + BODY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "From: x", "From: x\r\nTo: y\r\n", "\r\nbody", "From: x\r\nno field\r\nSubject: y\r\n", "From: x\n\nbody"})
    void oneWithAnOddHeaderIsItselfToo(String message) throws IOException {
        assertThat(file(message, 10_000, 3, true)).isEqualTo(message);
    }

    @Test
    void aHeaderOfAnyLengthIsNotKeptInMemory() throws IOException {
        var message = "X: " + "x".repeat(100_000);
        assertThat(file(message, 100, 1000, true)).as("refused anyway").isEqualTo(message);
    }

    @Test
    void oneThatIsNotSignedIsForgotten() throws IOException {
        file("From: x\r\n" + BODY, 10_000, 10, false);
        assertThat(end).isEqualTo("withdrawn");
    }
}
