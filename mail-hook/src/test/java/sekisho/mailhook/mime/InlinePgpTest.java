package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text that is encrypted or signed by itself counts as an encrypted or signed message, for a policy that refuses those. */
class InlinePgpTest {

    private static final String ENCRYPTED = lines("-----BEGIN PGP MESSAGE-----", "", "hQEMA", "-----END PGP MESSAGE-----");
    private static final String SIGNED = lines("-----BEGIN PGP SIGNED MESSAGE-----", "Hash: SHA256", "", "text", "-----BEGIN PGP SIGNATURE-----", "", "abc",
            "-----END PGP SIGNATURE-----");

    private static String facts(String message) {
        var facts = SplitMessage.of(message).layout().facts();
        for (int step = 1; step < 80; step += 13) {
            assertThat(SplitMessage.inSteps(message.getBytes(StandardCharsets.ISO_8859_1), step).layout().facts()).isEqualTo(facts);
        }
        return (facts.encrypted() ? "encrypted " : "") + (facts.signed() ? "signed" : "");
    }

    private static String multipart(String type, String... parts) {
        return lines("Content-Type: multipart/" + type + "; boundary=b", "", "--b", String.join("\r\n--b\r\n", parts), "--b--");
    }

    private static String text(String body) {
        return lines("Content-Type: text/plain; charset=utf-8", "", body);
    }

    @Test
    void aTextInArmourIsEncryptedOrSigned() {
        assertThat(facts(text(ENCRYPTED))).isEqualTo("encrypted ");
        assertThat(facts(text(SIGNED))).isEqualTo("signed");
        assertThat(facts(text("Dear all,\r\n\r\n" + ENCRYPTED))).isEqualTo("encrypted ");
        assertThat(facts(text("Dear all, this goes on.\r\n".repeat(5000) + ENCRYPTED))).isEqualTo("encrypted ");
        assertThat(facts(text(ENCRYPTED + "\r\n" + SIGNED))).isEqualTo("encrypted signed");
        assertThat(facts(text(" \t" + ENCRYPTED))).isEqualTo("encrypted ");
        assertThat(facts(text(ENCRYPTED.replace("MESSAGE-----\r\n\r\n", "MESSAGE, PART 1/2-----\r\n\r\n")))).isEqualTo("encrypted ");
        assertThat(facts(multipart("mixed", text("Hello"), text(ENCRYPTED)))).isEqualTo("encrypted ");
        assertThat(facts(multipart("alternative", text(SIGNED), lines("Content-Type: text/html", "", "<p>text</p>")))).isEqualTo("signed");
        assertThat(facts(lines("Content-Type: text/html", "", "<html><pre>" + ENCRYPTED + "</pre></html>"))).isEqualTo("encrypted ");
    }

    @Test
    void howItIsWrittenDoesNotMatter() {
        assertThat(facts(lines("Content-Type: text/plain", "Content-Transfer-Encoding: base64", "",
                Base64.getMimeEncoder().encodeToString(ENCRYPTED.getBytes(StandardCharsets.US_ASCII))))).isEqualTo("encrypted ");
        assertThat(facts(lines("Content-Type: text/plain", "Content-Transfer-Encoding: quoted-printable", "", ENCRYPTED.replace("-----BEGIN PGP", "-----BEGIN=\r\n=20PGP"))))
                .isEqualTo("encrypted ");
        assertThat(facts(lines("Content-Type: text/plain; charset=utf-16le", "Content-Transfer-Encoding: base64", "",
                Base64.getMimeEncoder().encodeToString(SIGNED.getBytes(StandardCharsets.UTF_16LE))))).isEqualTo("signed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"> -----BEGIN PGP MESSAGE-----", ">-----BEGIN PGP MESSAGE-----", "The mark is -----BEGIN PGP MESSAGE-----", "------BEGIN PGP MESSAGE-----",
        "-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----BEGIN PGP MESSAG", "-----BEGIN -----BEGIN PGP MESSAGE-----", "| -----BEGIN PGP SIGNED MESSAGE-----",
        "-----BEGIN PGP SIGNED TEXT-----"})
    void whatIsQuotedOrOnlySpokenOfIsNeither(String line) {
        assertThat(facts(text("Hello\r\n" + line + "\r\n\r\nabc\r\n"))).isEmpty();
        assertThat(facts(text(line + "\r\n\r\nabc\r\n"))).isEmpty();
    }

    /** A text that is taken out is a file like any other, and looked into as such. */
    @Test
    void whatIsTakenOutDoesNotCount() {
        assertThat(facts(multipart("mixed", text("Hello"), lines("Content-Type: text/plain; name=a.asc", "Content-Disposition: attachment", "", ENCRYPTED)))).isEmpty();
    }
}
