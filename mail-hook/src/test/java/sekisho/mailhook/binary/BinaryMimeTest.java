package sekisho.mailhook.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.smtp.RefusedException;
import sekisho.mailhook.smtp.SmtpReply;

/** Binary parts become base64, everything else stays, and what can't be converted is refused. One char of a text is one octet. */
class BinaryMimeTest {

    private static String passed(String message, int piece) throws IOException {
        var out = new ByteArrayOutputStream();
        var mime = new BinaryMime(out::write, 4096, 2000, 5);
        byte[] octets = message.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < octets.length; i += piece) {
            mime.feed(octets, i, Math.min(piece, octets.length - i));
        }
        mime.end();
        assertThat(mime.hasConverted()).isEqualTo(!out.toString(StandardCharsets.ISO_8859_1).equals(message));
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static void becomes(String message, String expected) throws IOException {
        for (int piece : new int[] {1, 3, 16384}) {
            assertThat(passed(message, piece)).isEqualTo(expected);
        }
    }

    private static void refuses(String code, String message) {
        for (int piece : new int[] {1, 16384}) {
            assertThatThrownBy(() -> passed(message, piece)).as(message).isInstanceOf(RefusedException.class)
                .asInstanceOf(InstanceOfAssertFactories.type(RefusedException.class)).satisfies(refused -> assertThat(refused.reply().enhanced()).isEqualTo(code));
        }
    }

    private static String base64(String octets) {
        return Base64.getMimeEncoder(76, new byte[] {'\r', '\n'}).encodeToString(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String octets(int count, long seed) {
        var octets = new byte[count];
        new Random(seed).nextBytes(octets);
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static final String TOP = "Subject: x\r\nContent-Type: multipart/mixed; boundary=\"b b\"\r\n";

    private static String mixed(String encoding, String body) {
        return TOP + encoding + "\r\n\r\npreamble\r\n--b b\r\nContent-Type: text/plain\r\n\r\nDear Taro\r\n\r\n--b b  \r\n"
            + "Content-Type: application/pdf\r\n" + encoding + "\r\nX-After: y\r\n\r\n" + body + "\r\n--b b--\r\nepilogue";
    }

    private static String encoded(String body) {
        return mixed("Content-Transfer-Encoding: base64", body).replaceFirst("base64", "8bit");
    }

    @Test
    void aPartBecomesBase64AndTheMultipartAroundIt8bit() throws IOException {
        for (int size : new int[] {1, 56, 57, 58, 114, 1000, 20_000}) {
            var body = octets(size, size);
            becomes(mixed("Content-Transfer-Encoding: binary", body), encoded(base64(body)));
        }
        becomes(mixed("content-transfer-encoding:\r\n BINARY (as it is)", "a\nb"), encoded(base64("a\nb")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\r", "\n", "\r\n", "\r\n\r\n", "\r\r\n", "\r\n--", "\r\n--b", "\r\n--b b-", "\r\n--b b-\r\n", "\r\n--b bx", "\r\n--b b--x", "\r\n--b b \r", "\n--b b\n",
        "\r--b b\r", "x--b b\r\n", "\r\n--c\r\n", "\r\n\r\n--b", "\r\n-\r\n--b\r", "--c", "\0", "a\r\n\r\n"})
    void whatLooksAlmostLikeADelimiterIsContent(String body) throws IOException {
        for (var around : List.of("", "x", "\r\n")) {
            var whole = around + body + around;
            becomes(mixed("Content-Transfer-Encoding: binary", whole), encoded(base64(whole)));
        }
    }

    @Test
    void anEmptyPartMayHaveItsDelimiterAtOnce() throws IOException {
        becomes(TOP + "\r\n--b b\r\nContent-Transfer-Encoding: binary\r\n\r\n--b b--\r\n", TOP + "\r\n--b b\r\nContent-Transfer-Encoding: base64\r\n\r\n--b b--\r\n");
    }

    @Test
    void aMessageThatIsOnePartAndOneWithoutItsEnd() throws IOException {
        becomes("Content-Transfer-Encoding: binary\r\nContent-Type: application/pdf\r\n\r\na\0\r\n", "Content-Transfer-Encoding: base64\r\nContent-Type: application/pdf\r\n\r\n"
            + base64("a\0\r\n") + "\r\n");
        becomes("Content-Transfer-Encoding: binary\r\n\r\n", "Content-Transfer-Encoding: base64\r\n\r\n\r\n");
        becomes(TOP + "\r\n--b b\r\nContent-Transfer-Encoding: binary\r\n\r\na\r\n--b b--", TOP + "\r\n--b b\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--b b--\r\n");
        becomes(TOP + "\r\n--b b\r\nContent-Transfer-Encoding: binary\r\n\r\na\r\n--b b", TOP + "\r\n--b b\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--b b\r\n");
        becomes("Subject: x", "Subject: x");
        becomes("Content-Transfer-Encoding: binary", "Content-Transfer-Encoding: base64\r\n");
    }

    @Test
    void nestedPartsAndMessagesAreConvertedInside() throws IOException {
        var inner = "Content-Type: multipart/alternative; boundary=in\r\nContent-Transfer-Encoding: %s\r\n\r\n--in\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n--in--\r\n";
        var message = TOP + "\r\n--b b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: %s\r\n\r\nSubject: y\r\n" + inner + "\r\n--b b\r\n" + inner + "\r\n--b b--\r\n";
        var body = "a\n\0\r\n--b\r\nc";
        becomes(message.formatted("binary", "binary", "binary", body, "binary", "binary", body),
            message.formatted("8bit", "8bit", "base64", base64(body), "8bit", "base64", base64(body)));
    }

    @Test
    void anAttachedMessageThatIsEncodedHasNoHeaderHere() throws IOException {
        for (var encoding : List.of("base64", "quoted-printable", "x-uuencode")) {
            var attached = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + base64(octets(20_000, 1)) + "\r\n";
            becomes(attached, attached);
            var beside = TOP + "\r\n--b b\r\n" + attached + "\r\n--b b\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n--b b--\r\n";
            becomes(beside.formatted("binary", "a\nb"), beside.formatted("base64", base64("a\nb")));
        }
    }

    @Test
    void whatStandsInADigestWithoutATypeIsAMessage() throws IOException {
        var digest = "Content-Type: multipart/digest; boundary=d\r\nContent-Transfer-Encoding: %s\r\n\r\n--d\r\nContent-Transfer-Encoding: %1$s\r\n\r\nSubject: y\r\n"
            + "Content-Transfer-Encoding: %s\r\n\r\n%s\r\n--d\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: %2$s\r\n\r\n%3$s\r\n--d\r\n\r\nSubject: z\r\n\r\ntext\r\n--d--\r\n";
        becomes(digest.formatted("binary", "binary", "a\nb"), digest.formatted("8bit", "base64", base64("a\nb")));
    }

    @Test
    void theDelimiterOfAnOuterMultipartEndsAPartToo() throws IOException {
        var message = TOP + "\r\n--b b\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n--b b\r\n\r\ntext\r\n--b b--\r\n";
        becomes(message.formatted("binary", "a\nb\r\n--i"), message.formatted("base64", base64("a\nb\r\n--i")));
    }

    @Test
    void whatIsNotBinaryPassesAsItIs() throws IOException {
        for (var message : List.of("Subject: x\r\n\r\nDear Taro\r\n", "no header\r\n", "", mixed("Content-Transfer-Encoding: base64", "c2VjcmV0"),
                mixed("Content-Transfer-Encoding: quoted-printable", "a=0Ab"), mixed("X-Other: binary", "text"),
                "Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\nContent-Transfer-Encoding: 7bit\r\n\r\nx\r\n--s--\r\n")) {
            becomes(message, message);
        }
    }

    @Test
    void aLoneNewlineOutsideOfABinaryPartIsRefused() {
        for (var message : List.of("Subject: x\n\r\nbody", "Subject: x\r\n\r\na\nb", "Subject: x\r\n\r\na\rb", "Subject: x\rContent-Transfer-Encoding: binary\r\n\r\nx",
                "Content-Transfer-Encoding: 8bit\r\n\r\na\nb", "Content-Transfer-Encoding: binary\nX: y\r\n\r\na", "Subject: x\r\n\r\nbody\r",
                TOP + "\r\n--b b\r\nContent-Transfer-Encoding: binary\r\n\r\na\n\r\n--b b--\r\nepilogue\nmore", TOP + "\r\n--b b\n\r\n",
                "Content-Type: multipart/mixed\r\n\r\n--x\r\nContent-Transfer-Encoding: binary\r\n\r\na\nb",
                "Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\nContent-Transfer-Encoding: binary\r\n\r\na\nb")) {
            refuses("5.6.11", message);
        }
    }

    /** Whoever drops it on the way makes an end of the message of CRLF NUL . CRLF, and commands of what follows. */
    @Test
    void aNulOutsideOfABinaryPartIsRefused() throws IOException {
        var signed = "Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n\r\n%s\r\n--s--\r\n";
        for (var message : List.of("Subject: x\r\n\r\nhello\r\n\0.\r\nMAIL FROM:<ceo@example.co.jp>\r\n", "Subject: x\0\r\n\r\n", "\0", "Subject: x\r\n\r\n\0",
                "Content-Transfer-Encoding: base64\r\n\r\n\0", "Content-Transfer-Encoding: 8bit\r\n\r\na\0b", signed.formatted("a\0b"),
                mixed("Content-Transfer-Encoding: binary", "x") + "\0", mixed("Content-Transfer-Encoding: binary", "x").replace("preamble", "\0"),
                mixed("Content-Transfer-Encoding: binary", "x").replace("Dear", "\0"), mixed("Content-Transfer-Encoding: binary", "x").replace("X-After: y", "X-After: \0"),
                "Content-Type: multipart/mixed\r\n\r\n--x\r\nContent-Transfer-Encoding: binary\r\n\r\n\0",
                "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: binary\r\n\r\nSubject: y\r\n\r\n\0")) {
            for (int piece : new int[] {1, 16384}) {
                assertThatThrownBy(() -> passed(message, piece)).as(message).isInstanceOfSatisfying(RefusedException.class,
                    refused -> assertThat(refused.reply()).isEqualTo(SmtpReply.NUL));
            }
        }
        becomes(mixed("Content-Transfer-Encoding: binary", "\0\r\n\0.\r\n"), encoded(base64("\0\r\n\0.\r\n")));
    }

    @Test
    void aBinaryPartInSomethingSignedIsRefusedAndTheEnvelopeOfOneIsNot() throws IOException {
        var signed = "Content-Type: multipart/signed; boundary=s\r\nContent-Transfer-Encoding: %s\r\n\r\n--s\r\n%s\r\n--s--\r\n";
        refuses("5.6.3", signed.formatted("binary", "Content-Transfer-Encoding: binary\r\n\r\na"));
        refuses("5.6.3", signed.formatted("7bit", "Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\nContent-Transfer-Encoding: binary\r\n\r\na\r\n--in--\r\n"));
        refuses("5.6.3", signed.formatted("7bit", "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: binary\r\n\r\nSubject: y\r\n"));
        refuses("5.6.3", signed.formatted("7bit", "\r\na\nb"));
        refuses("5.6.3", "Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: binary\r\n\r\nx");
        becomes(signed.formatted("binary", "\r\nx"), signed.formatted("8bit", "\r\nx"));
        becomes("Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n0\0\n", "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64("0\0\n") + "\r\n");
    }

    @Test
    void contradictionsAndExcessAreRefused() {
        refuses("5.6.0", "Content-Transfer-Encoding: binary\r\nContent-Transfer-Encoding: 7bit\r\n\r\nx");
        refuses("5.6.0", "Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: binary\r\n\r\nx");
        refuses("5.6.0", "X: " + "x".repeat(1900) + "\r\n" + ("X: " + "x".repeat(1900) + "\r\n").repeat(2) + "\r\n");
        refuses("5.6.0", "Subject: x\r\n\r\n" + "x".repeat(2001));
        refuses("5.6.0", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(6));
    }

    @Test
    void anyOctetsComeOutAsLinesAndDecodeToThemselves() throws IOException {
        var random = new Random(7);
        for (int round = 0; round < 300; round++) {
            var body = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                body.append(List.of("\r", "\n", "\r\n", "--", "b b", "-", " ", "x", "\0", "\u00ff", "--b", "b--").get(random.nextInt(12)));
            }
            var content = body.toString();
            if (("\r\n" + content + "\r\n").matches("(?s).*\r\n--b b(--)?[ \t]*\r\n.*")) {
                continue;   // that is a delimiter
            }
            var passed = passed(mixed("Content-Transfer-Encoding: binary", content), 1 + random.nextInt(9));
            assertThat(passed).isEqualTo(encoded(base64(content))).doesNotContainPattern("\r(?!\n)|(?<!\r)\n");
        }
    }
}
