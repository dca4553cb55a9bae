package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message attached to another: taken whole, or stripped where it is. */
class ForwardedTest {

    private static final SplitRules INSIDE = new SplitRules(SplitLimits.defaults(), Forwarded.INSIDE, true);
    private static final String PDF = lines("Content-Type: application/pdf; name=x.pdf", "", "%PDF-1.7 secret");
    private static final String INNER = lines("From: b@example.com", "Subject: forwarded", "Content-Type: multipart/mixed; boundary=i", "",
            "--i", "Content-Type: text/plain", "", "the inner text", "--i", PDF + "--i--");

    private static String outer(String fields, String content) {
        return lines("Subject: outer", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "see below", "--b",
                "Content-Type: message/rfc822" + fields, "", content + "--b--");
    }

    /** Both ways of keeping the spool, and every way to cut the stream, come to the same. */
    private static SplitMessage inside(String message) {
        byte[] octets = message.getBytes(StandardCharsets.ISO_8859_1);
        var split = SplitMessage.by(INSIDE, octets);
        var kept = SplitMessage.keepingBy(INSIDE, octets);
        assertThat(kept.spool).isEqualTo(octets);
        assertThat(kept.kinds()).isEqualTo(split.kinds());
        assertThat(relayed(kept)).isEqualTo(relayed(split));
        var again = SplitMessage.by(INSIDE, split.linked(SplitMessage.ENGLISH));
        assertThat(again.layout().hasAttachments()).isFalse();
        return split;
    }

    private static String relayed(SplitMessage split) {
        return new String(split.linked(SplitMessage.ENGLISH), StandardCharsets.ISO_8859_1).replaceAll("=_sekisho_[0-9a-f]{24}", "=_sekisho_");
    }

    /** Some pass over what stands in quotes. */
    @ParameterizedTest
    @ValueSource(strings = {"\"7bit\" base64", "7bit, base64", "x quoted-printable"})
    void twoTransferEncodingsInOneFieldAreRefused(String encoding) {
        String encoded = Base64.getMimeEncoder().encodeToString(INNER.getBytes(StandardCharsets.US_ASCII));
        byte[] message = outer("\r\nContent-Transfer-Encoding: " + encoding, encoded + "\r\n").getBytes(StandardCharsets.US_ASCII);
        assertThat(SplitMessage.by(INSIDE, message).refused().code()).isEqualTo("5.6.0");
    }

    @Test
    void byDefaultItIsTakenWhole() {
        var split = SplitMessage.of(outer("", INNER));
        assertThat(split.names()).containsExactly("forwarded.eml");
        assertThat(split.text(0)).isEqualTo(INNER.substring(0, INNER.length() - 2));
        assertThat(SplitRules.defaults().forwarded()).isEqualTo(Forwarded.WHOLE);
    }

    @Test
    void insideItStaysWithoutWhatIsAttachedToIt() {
        var split = inside(outer("", INNER));
        assertThat(split.names()).containsExactly("x.pdf");
        assertThat(split.text(0)).isEqualTo("%PDF-1.7 secret\r\n".stripTrailing());
        assertThat(split.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.MESSAGE, PartKind.MULTIPART, PartKind.TEXT, PartKind.ATTACHMENT);
        assertThat(relayed(split)).isEqualTo(outer("", INNER.replace("\r\n--i\r\n" + PDF, "\r\n")).replace("see below", SplitMessage.ENGLISH.text() + "\r\nsee below"));
    }

    @Test
    void theOnesInsideOfThatAreStrippedToo() {
        String middle = lines("Subject: middle", "Content-Type: multipart/mixed; boundary=m", "", "--m", "", "middle text", "--m",
                "Content-Type: message/rfc822", "", INNER + "--m", "Content-Type: application/zip; name=m.zip", "", "PK secret", "--m--");
        var split = inside(outer("", middle));
        assertThat(split.names()).containsExactly("x.pdf", "m.zip");
        assertThat(relayed(split)).contains("the inner text").contains("middle text").contains("Subject: forwarded").doesNotContain("secret");
        var direct = inside(outer("", "Subject: middle\r\nContent-Type: message/global\r\n\r\n" + INNER));
        assertThat(direct.names()).containsExactly("x.pdf");
        assertThat(direct.kinds()).containsSequence(PartKind.MESSAGE, PartKind.MESSAGE, PartKind.MULTIPART);
    }

    @Test
    void oneThatIsNothingButAnAttachmentKeepsItsHeader() {
        var split = inside(outer("", lines("From: b@example.com", "Content-Type: application/pdf; name=x.pdf", "Subject: scan",
                "Content-Transfer-Encoding: base64", "", Base64.getEncoder().encodeToString("%PDF secret".getBytes(StandardCharsets.US_ASCII)))));
        assertThat(split.text(0)).isEqualTo("%PDF secret");
        assertThat(relayed(split)).contains("--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: b@example.com\r\nSubject: scan\r\n\r\n\r\n--b--");
    }

    @Test
    void oneWithoutAttachmentsIsNotTouched() {
        byte[] message = outer("", lines("Subject: plain", "", "only text")).getBytes(StandardCharsets.US_ASCII);
        var split = SplitMessage.by(INSIDE, message);
        assertThat(split.layout().hasAttachments()).isFalse();
        assertThat(split.linked(SplitMessage.ENGLISH)).isEqualTo(message);
    }

    @Test
    void aFileInItsTextIsFound() {
        var split = inside(outer("", "Subject: old\r\n\r\nhello\r\n" + UuText.uu("a.bin", new byte[100])));
        assertThat(split.names()).containsExactly("a.bin");
        assertThat(relayed(split)).contains("hello\r\n").doesNotContain("begin 644");
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/signed; boundary=i; protocol=\"application/pkcs7-signature\"", "multipart/encrypted; boundary=i",
            "application/pkcs7-mime; smime-type=signed-data", "application/x-pkcs7-mime"})
    void oneThatIsSignedOrEncryptedGoesWhole(String type) {
        String inner = INNER.replace("multipart/mixed; boundary=i", type);
        var split = inside(outer("", inner));
        assertThat(split.names()).containsExactly("forwarded.eml");
        assertThat(split.text(0)).isEqualTo(inner.substring(0, inner.length() - 2));
        assertThat(relayed(split)).doesNotContain("inner").doesNotContain("secret");
        split = inside(outer("", "Subject: between\r\nContent-Type: message/rfc822\r\n\r\n" + inner));
        assertThat(split.names()).containsExactly("forwarded.eml");
        assertThat(relayed(split)).contains("Subject: between").doesNotContain("secret");
        assertThat(inside(outer("", inner) + outer("", INNER)).names()).contains("forwarded.eml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"base64", "quoted-printable"})
    void oneInATransferEncodingGoesWholeAndDecoded(String encoding) {
        String body = encoding.equals("base64") ? Base64.getMimeEncoder().encodeToString(INNER.getBytes(StandardCharsets.US_ASCII)) + "\r\n"
                : INNER.replace("=", "=3D");
        String message = outer("\r\nContent-Transfer-Encoding: " + encoding, body);
        for (var split : new SplitMessage[] {inside(message), SplitMessage.of(message)}) {
            assertThat(split.names()).containsExactly("forwarded.eml");
            assertThat(split.text(0).stripTrailing()).isEqualTo(INNER.stripTrailing());
            assertThat(relayed(split)).doesNotContain("secret");
        }
    }

    @Test
    void oneWhoseHeaderHasNoEndGoesWhole() {
        String message = lines("Subject: outer", "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: message/rfc822", "no field",
                "Subject: x", "secret", "--b--");
        assertThat(inside(message).names()).hasSize(1);
        assertThat(relayed(inside(message))).doesNotContain("secret");
        String twoTypes = message.replace("Subject: x\r\n", "Content-Type: text/plain\r\n");
        String closed = message.replace("Subject: x\r\n", "Subject: x\r\n\r\n");   // to some the message begins behind it
        for (String refused : new String[] {twoTypes, closed}) {
            assertThat(SplitMessage.by(INSIDE, refused.getBytes(StandardCharsets.US_ASCII)).refused().code()).isEqualTo("5.6.0");
        }
    }

    @Test
    void oneThatEndsInItsHeaderOrIsEmptyIsNoTrouble() {
        assertThat(inside(outer("", "")).kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.MESSAGE, PartKind.TEXT);
        assertThat(inside(outer("", "Subject: cut\r\n")).kinds()).endsWith(PartKind.MESSAGE, PartKind.TEXT);
        assertThat(inside("Content-Type: message/rfc822\r\n\r\nSubject: cut").kinds()).containsExactly(PartKind.MESSAGE, PartKind.TEXT);
        assertThat(inside("Content-Type: message/rfc822").kinds()).containsExactly(PartKind.MESSAGE, PartKind.TEXT);
        String noHeader = lines("Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: message/rfc822", "--b", PDF + "--b--");
        assertThat(inside(noHeader).names()).containsExactly("x.pdf");
    }

    @Test
    void aMessageThatIsNothingElseIsStripped() {
        var split = inside("Subject: outer\r\nContent-Type: message/rfc822\r\n\r\n" + INNER);
        assertThat(split.names()).containsExactly("x.pdf");
        assertThat(relayed(split)).contains("Content-Type: multipart/mixed; boundary=\"=_sekisho_").contains("the inner text").doesNotContain("secret");
    }

    @Test
    void theMessagesOfADigestAreStrippedEach() {
        String digest = lines("Content-Type: multipart/digest; boundary=b", "", "--b", "", INNER + "--b", "", "Subject: two", "", "text", "--b--");
        var split = inside(digest);
        assertThat(split.names()).containsExactly("x.pdf");
        assertThat(relayed(split)).contains("Subject: forwarded").contains("Subject: two").doesNotContain("secret");
        String named = digest.replace("--b\r\n\r\nSubject: two", "--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nsecret");
        assertThat(inside(named).names()).containsExactly("x.pdf", "a.txt");   // not every reader takes it for a message
    }

    @Test
    void insideSomethingSignedItIsNotOpened() {
        String signed = lines("Content-Type: multipart/signed; boundary=s", "", "--s", "Content-Type: message/rfc822", "", INNER + "--s",
                "Content-Type: application/pgp-signature", "", PgpText.SIGNATURE, "--s--");
        var split = SplitMessage.by(INSIDE, signed.getBytes(StandardCharsets.US_ASCII));
        assertThat(split.kinds()).containsExactly(PartKind.SIGNED);
        assertThat(split.linked(SplitMessage.ENGLISH)).isEqualTo(split.original);
        assertThat(inside(signed.replace("-----END PGP", "none")).names()).contains("forwarded.eml");
    }

    @Test
    void aReportInsideIsNoReportOfOurs() {
        String report = lines("Content-Type: multipart/report; boundary=r", "", "--r", "", "failed", "--r", "Content-Type: message/delivery-status", "",
                "Reporting-MTA: dns; x", "--r", "Content-Type: message/rfc822", "", INNER + "--r--");
        assertThat(SplitMessage.by(INSIDE, report.getBytes(StandardCharsets.US_ASCII)).layout().hasAttachments()).isFalse();
        assertThat(inside(outer("", report)).names()).containsExactly("message.txt", "x.pdf");
        assertThat(inside("Content-Type: message/rfc822\r\n\r\n" + report).names()).containsExactly("message.txt", "x.pdf");
    }

    @Test
    void theLimitsAreThoseOfTheWholeMessage() {
        String message = "Content-Type: message/rfc822\r\n\r\n";
        assertThat(SplitMessage.by(INSIDE, (message.repeat(21) + "\r\nx").getBytes(StandardCharsets.US_ASCII)).refused().code()).isEqualTo("5.6.0");
        assertThat(SplitMessage.by(INSIDE, (message.repeat(20) + "\r\nx").getBytes(StandardCharsets.US_ASCII)).kinds()).hasSize(21);
        var nested = new StringBuilder();
        for (int i = 0; i < 11; i++) {
            nested.append("Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=b").append(i).append("x\r\n\r\n--b").append(i).append("x\r\n");
        }
        assertThat(SplitMessage.by(INSIDE, nested.toString().getBytes(StandardCharsets.US_ASCII)).refused().reason()).contains("nested more than 20 deep");
        String parts = outer("", "Content-Type: multipart/mixed; boundary=i\r\n\r\n" + "--i\r\n\r\nx\r\n".repeat(1000) + "--i--\r\n");
        assertThat(SplitMessage.by(INSIDE, parts.getBytes(StandardCharsets.US_ASCII)).refused().reason()).isEqualTo("more than 1000 parts");
        String headers = "Content-Type: message/rfc822\r\n" + "X: y\r\n".repeat(4000) + "\r\nX: " + "y".repeat(200_000) + "\r\n\r\n";
        assertThat(SplitMessage.by(INSIDE, headers.repeat(1).getBytes(StandardCharsets.US_ASCII)).kinds()).hasSize(2);
        String more = "Content-Type: message/rfc822\r\nX: " + "y".repeat(200_000) + "\r\n\r\n";
        assertThat(SplitMessage.by(INSIDE, more.repeat(6).getBytes(StandardCharsets.US_ASCII)).refused().reason()).contains("octets of header");
    }

    @Test
    void partialMessagesAreRefusedAtAnyDepth() {
        var split = SplitMessage.by(INSIDE, outer("", "Content-Type: message/partial; id=1\r\n\r\nx\r\n").getBytes(StandardCharsets.US_ASCII));
        assertThat(split.refused().code()).isEqualTo("5.7.1");
    }
}
