package sekisho.mailhook.mime.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.mime.SplitMessage;
import sekisho.mailhook.mime.TextBody;
import sekisho.mailhook.mime.check.MessageCheck;
import sekisho.mailhook.mime.codec.TransferEncoding;
import sekisho.mailhook.mime.header.HeaderBlock;

/** Pitfalls 46, 49 and 50: what the header says of attachments and signatures is true afterwards; the rest is not ours. */
class HeaderFieldsTest {

    private static final String TRACE = "Received: from a by b;\r\n\tSun, 22 Nov 2026 09:00:00 +0900";
    private static final String KEPT = lines("Received: from x by y; Sun, 22 Nov 2026 08:59:00 +0900", "Message-ID: <1@example.com>", "Date: Sun, 22 Nov 2026 08:58:00 +0900",
            "References: <0@example.com>", " <00@example.com>", "In-Reply-To: <0@example.com>", "Thread-Index: AdJ1", "Thread-Topic: x", "List-Id: <l.example>",
            "List-Unsubscribe: <https://l.example/u>", "Authentication-Results: y; dkim=pass", "X-MS-Exchange-Organization-SCL: -1", "subject:   odd  spacing", "X-Own: 1");

    private static String mixed(String header, String attachment) {
        return header + "MIME-Version: 1.0\r\n" + lines("Content-Type: multipart/mixed; boundary=b", "", "--b", "", "Hello", "--b", attachment, "", "x", "--b--");
    }

    private static String header(String message) {
        return message.substring(0, message.indexOf("\r\n\r\n") + 2);
    }

    private static String modified(String message) {
        return new String(SplitMessage.of(message).linked(SplitMessage.ENGLISH, HeaderEdits.modified(List.of(TRACE))), StandardCharsets.UTF_8);
    }

    private static String unmodified(String message) {
        return new String(SplitMessage.keeping(message.getBytes(StandardCharsets.UTF_8)).passed(HeaderEdits.original(List.of(TRACE))), StandardCharsets.UTF_8);
    }

    private static final String PDF = "Content-Type: application/pdf; name=a.pdf";

    @Test
    void nothingOfTheHeaderChangesButOneReceivedMore() {
        assertThat(header(modified(mixed(KEPT, PDF)))).isEqualTo(TRACE + "\r\n" + header(mixed(KEPT, PDF)));
        assertThat(unmodified(mixed(KEPT, PDF))).isEqualTo(TRACE + "\r\n" + mixed(KEPT, PDF));
    }

    /** Postfix ends the header at such a line when it isn't the first: subject, structure and link would be text. */
    @ParameterizedTest
    @ValueSource(strings = {"From hanako Tue Dec  1 00:00:00 2026", ">From hanako Tue Dec  1 00:00:00 2026"})
    void theLineOfAMailboxBehindOurFieldsIsAFieldToo(String line) {
        var with = line + "\r\n" + mixed(KEPT, PDF);
        assertThat(unmodified(with)).isEqualTo(TRACE + "\r\nX-Mailbox-Line: " + with);
        assertThat(header(modified(with))).isEqualTo(TRACE + "\r\nX-Mailbox-Line: " + header(with));
        assertThat(MessageCheck.check(with.getBytes(StandardCharsets.UTF_8)).violations()).isEmpty();
        assertThat(unmodified("From : hanako@example.com\r\n" + mixed(KEPT, PDF))).as("a field").startsWith(TRACE + "\r\nFrom : hanako");
    }

    @Test
    void noLineThatIsNoFieldStaysInFrontOfALink() {
        var header = lines("Subject: Report", "for November", "X-Own: 1");
        assertThat(header(modified(mixed(header, PDF)))).isEqualTo(TRACE + "\r\n" + header(mixed(header.replace("for November\r\n", ""), PDF)));
        assertThat(unmodified(mixed(header, PDF))).as("without a link it is as it came").isEqualTo(TRACE + "\r\n" + mixed(header, PDF));
        assertThat(MessageCheck.check(mixed(header, PDF).getBytes(StandardCharsets.UTF_8)).violations()).isEmpty();
    }

    /** A line with a blank in front is a field to us, and would be the rest of the one before the line that goes. */
    @ParameterizedTest
    @ValueSource(strings = {" X-Behind: 1", "\tX-Behind: 1", " Bcc: x@example.com", " X-MS-Has-Attach: yes", " Content-Description: x", " Content-MD5: x"})
    void whatStandsBehindALineThatGoesStaysAFieldOfItsOwn(String behind) {
        for (String root : List.of(PDF + "\r\n\r\nx", "Content-Type: text/html\r\n\r\n<p>Hello</p>", "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\n" + PDF + "\r\n\r\nx\r\n--b--")) {
            var message = lines("Subject: Report", "for November", behind, " and on", "X-Own: 1") + "MIME-Version: 1.0\r\n" + root + "\r\n";
            assertThat(MessageCheck.check(message.getBytes(StandardCharsets.UTF_8)).violations()).as(root).isEmpty();
        }
        var linked = modified(mixed(lines("Subject: Report", "for November", behind, "X-Own: 1"), PDF));
        assertThat(HeaderBlock.parse(linked.getBytes(StandardCharsets.UTF_8), linked.length()).values("subject")).containsExactly("Report");
    }

    private static final String SIGNATURES = lines("DKIM-Signature: v=1; d=example.com;", "\tb=abc", "X-Google-DKIM-Signature: v=1", "DomainKey-Signature: a=rsa-sha1",
            "ARC-Seal: i=1", "ARC-Message-Signature: i=1", "ARC-Authentication-Results: i=1; y; dkim=pass", "dkim-signature : v=1; d=other.example");

    @Test
    void signaturesThatNoLongerFitGoAndThoseOfUnchangedCopiesStay() {
        assertThat(modified(mixed(SIGNATURES + KEPT, PDF))).isEqualTo(modified(mixed(KEPT, PDF)));
        assertThat(unmodified(mixed(SIGNATURES + KEPT, PDF))).isEqualTo(TRACE + "\r\n" + mixed(SIGNATURES + KEPT, PDF));
    }

    @Test
    void aPaperClipIsNotShownForNothing() {
        String clips = lines("X-MS-Has-Attach: yes", "X-MS-Exchange-Organization-HasAttach: True", "X-Has-Attachments: 2", "X-Yahoo-HasAttachment: 1");
        assertThat(header(modified(mixed(clips + KEPT, PDF)))).isEqualTo(TRACE + "\r\nX-MS-Has-Attach:\r\n" + header(mixed(KEPT, PDF)));
        assertThat(header(unmodified(mixed(clips + KEPT, PDF)))).contains(clips);
        assertThat(header(modified(mixed("X-MS-Has-Attach:\r\n" + KEPT, PDF)))).contains("X-MS-Has-Attach:\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/ms-tnef", "application/vnd.ms-tnef"})
    void theCorrelatorGoesWithItsWinmail(String type) {
        String field = "X-MS-TNEF-Correlator: <1@example.com>\r\n";
        assertThat(header(modified(mixed(field + KEPT, PDF)))).as("no winmail there").contains(field);
        assertThat(header(modified(mixed(field + KEPT, "Content-Type: " + type + "; name=winmail.dat")))).doesNotContain("TNEF");
        assertThat(header(unmodified(mixed(field + KEPT, "Content-Type: " + type + "; name=winmail.dat")))).contains(field);
    }

    @Test
    void lengthsAndDigestsOfTheOldBodyGo() {
        String measures = lines("Content-Length: 1234", "Lines: 12", "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==");
        assertThat(header(modified(mixed(measures + KEPT, PDF)))).isEqualTo(TRACE + "\r\n" + header(mixed(KEPT, PDF)));
        String whole = "X-MS-Has-Attach: yes\r\n" + measures + lines("From: a@example.com", "Content-Type: application/pdf", "Content-Disposition: attachment", "", "x");
        assertThat(header(modified(whole))).startsWith(TRACE + "\r\nX-MS-Has-Attach:\r\nFrom: a@example.com\r\nContent-Type: multipart/alternative; boundary=")
                .endsWith("MIME-Version: 1.0\r\n").doesNotContain("pdf", "attachment", "1234");
    }

    /** By BDAT a message may end anywhere. */
    @ParameterizedTest
    @ValueSource(strings = {"Bcc: x@example.com", "Resent-Bcc: x@example.com", "DKIM-Signature: v=1; d=example.com", "X-MS-Has-Attach: yes", "X-Has-Attachments: 1",
        "Lines: 1", "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==", "Content-Disposition: attachment", "Content-Transfer-Encoding: base64\r\nX-Own:\r\n 1", "X-Own: 1"})
    void noEmptyLineStandsInFrontOfOurFieldsWhenTheLastOneHasNoLineEnd(String last) {
        String message = lines("From: a@example.com", "MIME-Version: 1.0", "Content-Type: application/pdf; name=a.pdf") + last;
        assertThat(header(modified(message))).contains("\r\nContent-Type: multipart/alternative; boundary=").doesNotContain("pdf");
        assertThat(MessageCheck.check(message.getBytes(StandardCharsets.US_ASCII)).violations()).isEmpty();
    }

    @Test
    void signaturesInsideAForwardedMessageAreThatMessagesOwn() {
        String inner = lines("DKIM-Signature: v=1; d=other.example", "Subject: inner", "", "Attachments: " + SplitMessage.URL);
        var message = SplitMessage.of(mixed(KEPT, "Content-Type: message/rfc822\r\n\r\n" + inner.stripTrailing()).replace("\r\n\r\nx\r\n--b--", "\r\n--b--"));
        assertThat(message.text(0)).isEqualTo(inner.stripTrailing());
    }

    /** Raised to UTF-8, the field about the type is written anew. */
    @ParameterizedTest
    @ValueSource(strings = {"text/plain; charset=us-ascii; x=\"a/b c\"", "text/plain charset=us-ascii; x=\"a/b c\"", "text/plain   charset=us-ascii; x=\"a/b c\""})
    void aBlankIsNoMissingSemicolonButBehindTheType(String type) {
        String message = SplitMessage.of(lines("Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: " + type, "", "Hello", "--b", PDF, "", "x", "--b--"))
            .linkedText(SplitMessage.BLOCK);
        assertThat(message).contains("text/plain; charset=utf-8;\r\n\tx=\"a/b c\"\r\n");
    }

    /** Each would take hours if the type were looked for anew at every sign. */
    @ParameterizedTest
    @ValueSource(strings = {"a/", "a", "/", "a/a ", " ", "a\t/"})
    void aTypeOfMegabytesIsReadOnce(String again) {
        for (String before : new String[] {"text/plain; x=", "(", "text/plain"}) {
            byte[] octets = ("Content-Type: " + before + again.repeat(1_000_000) + ";\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
            var text = new TextBody(false, null, TransferEncoding.SEVEN_BIT, false, false, false);
            assertThat(ContentFields.changed(HeaderBlock.parse(octets, octets.length), 1, "utf-8", null, text)).isNotEmpty();
        }
    }
}
