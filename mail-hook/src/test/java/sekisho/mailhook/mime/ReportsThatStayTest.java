package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;
import static sekisho.mailhook.mime.SplitMessage.multipart;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports stay (RFC 3462, RFC 3464, RFC 8098), and what is in them is looked at all the same. */
class ReportsThatStayTest {

    @Test
    void aDeliveryReportStaysWithTheMessageItReturns() {
        String report = multipart("report; report-type=delivery-status", lines("Content-Type: text/plain", "", "failed"),
                lines("Content-Type: message/delivery-status", "", "Reporting-MTA: dns; x"),
                lines("Content-Type: message/rfc822", "", "Subject: returned", "", "text"));
        var message = SplitMessage.of(report);
        assertThat(message.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.REPORT, PartKind.REPORT);
    }

    /** The name of a report would be a way around the scanner for whatever is attached to the message that it returns. */
    @ParameterizedTest
    @EnumSource(Forwarded.class)
    void inAReportThatSomebodySendsTheReturnedMessageIsOneLikeAnyOther(Forwarded forwarded) {
        byte[] report = multipart("report; report-type=delivery-status", lines("Content-Type: text/plain", "", "failed"),
            lines("Content-Type: message/delivery-status", "", "Reporting-MTA: dns; x"), lines("Content-Type: message/rfc822", "", "Subject: returned",
                "Content-Type: application/pdf; name=x.pdf", "", "%PDF-1.7 secret")).getBytes(StandardCharsets.ISO_8859_1);
        var message = SplitMessage.by(new SplitRules(SplitLimits.defaults(), forwarded, false), report);
        assertThat(message.names()).containsExactly(forwarded == Forwarded.WHOLE ? "returned.eml" : "x.pdf");
        assertThat(message.kinds()).contains(PartKind.REPORT);
        assertThat(message.linkedText(SplitMessage.ENGLISH)).doesNotContain("secret").contains("Reporting-MTA");
    }

    @ParameterizedTest
    @ValueSource(strings = {"message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
        "message/global-disposition-notification", "message/feedback-report"})
    void aFileUnderTheNameOfAReportIsAnAttachment(String type) {
        for (var content : List.of("secret", "%PDF-1.7\r\nReporting-MTA: dns; secret", "Reporting-MTA: dns; x\r\nsecret", "X-File: secret",
                "Reporting-MTA: dns; x\r\n\r\nPK\u0003\u0004secret", "Reporting-MTA: dns; x\r\n\r\n a line without a field: secret", "name,secret,a:b\r\n1,2,3\r\n",
                "Reporting-MTA: dns; x\r\nthree words: secret", "Action: failed\r\nsecret:x\r\nsecret")) {
            var message = SplitMessage.of(multipart("report; report-type=delivery-status", lines("Content-Type: text/plain", "", "failed"),
                lines("Content-Type: " + type, "", content)));
            assertThat(message.layout().attachments()).as(content).hasSize(1);
            assertThat(message.linkedText(SplitMessage.ENGLISH)).as(content).doesNotContain("secret");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/rfc822-headers", "message/rfc822-headers", "message/rfc822", "message/global", "message/global-headers"})
    void aFileUnderTheNameOfAReturnedMessageIsAnAttachment(String type) {
        for (var content : List.of("secret", "%PDF-1.7 secret", "X-File: secret", "a,b:c\r\nsecret", "Subject: x\r\nno field secret\r\n\r\nx")) {
            var message = SplitMessage.of(multipart("report; report-type=delivery-status", lines("Content-Type: text/plain", "", "failed"),
                lines("Content-Type: message/delivery-status", "", "Final-Recipient: rfc822; x"), lines("Content-Type: " + type, "", content)));
            assertThat(message.layout().attachments()).as(content).hasSize(1);
            assertThat(message.linkedText(SplitMessage.ENGLISH)).as(content).doesNotContain("secret");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})
    void aFileBehindAReturnedHeaderIsAnAttachment(String type) {
        for (var content : List.of("Subject: x\r\n\r\nname,secret\r\n1,2\r\n", "Subject: x\r\n \r\n\r\n \t\r\nsecret", "From: a@b\r\n\r\nX-Field: secret\r\n")) {
            for (boolean returnedStays : new boolean[] {true, false}) {
                var message = SplitMessage.by(new SplitRules(SplitLimits.defaults(), Forwarded.WHOLE, returnedStays), multipart("report; report-type=delivery-status",
                    lines("Content-Type: text/plain", "", "failed"), lines("Content-Type: message/delivery-status", "", "Final-Recipient: rfc822; x"),
                    lines("Content-Type: " + type, "", content)).getBytes(StandardCharsets.ISO_8859_1));
                assertThat(message.layout().attachments()).as(content).hasSize(1);
                assertThat(message.linkedText(SplitMessage.ENGLISH)).as(content).doesNotContain("secret");
            }
        }
    }

    /** Readers show it as the file that it is. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: message/delivery-status; name=\"customers.csv\"", "Content-Type: message/delivery-status\r\nContent-Disposition: inline; filename=customers.csv"})
    void inAReportThatSomebodySendsWhatHasANameIsAnAttachment(String header) {
        byte[] report = multipart("report; report-type=delivery-status", lines("Content-Type: text/plain", "", "failed"),
            lines(header, "", "Final-Recipient: rfc822; x\r\nX-1: secret")).getBytes(StandardCharsets.ISO_8859_1);
        var message = SplitMessage.by(new SplitRules(SplitLimits.defaults(), Forwarded.WHOLE, false), report);
        assertThat(message.names()).containsExactly("customers.csv");
        assertThat(message.linkedText(SplitMessage.ENGLISH)).doesNotContain("secret");
        assertThat(SplitMessage.of(new String(report, StandardCharsets.ISO_8859_1)).kinds()).as("from the null reverse-path").contains(PartKind.REPORT);
    }

    @Test
    void whatSomebodySendsAsTheFieldsOfAReportIsSmall() {
        for (int fields : new int[] {10, 200}) {
            byte[] report = multipart("report; report-type=disposition-notification", lines("Content-Type: text/plain", "", "read"),
                lines("Content-Type: message/disposition-notification", "", "Disposition: manual-action/x; displayed\r\n" + "X-Data: 0123456789abcdefghijklmnopqrstuvwxyz0123\r\n".repeat(fields)))
                .getBytes(StandardCharsets.ISO_8859_1);
            var message = SplitMessage.by(new SplitRules(SplitLimits.defaults(), Forwarded.WHOLE, false), report);
            assertThat(message.layout().hasAttachments()).isEqualTo(fields > 100);
            assertThat(SplitMessage.of(new String(report, StandardCharsets.ISO_8859_1)).layout().hasAttachments()).as("from the null reverse-path").isFalse();
        }
    }

    /** As Thunderbird writes it; under the reader's own address. */
    @Test
    void aReceiptStaysOneWhenItsPartsHaveNames() {
        String header = "Received: from a.example (a.example [192.0.2.1]) by b.example; Sun, 22 Nov 2026 10:00:00 +0900\r\n".repeat(150);
        byte[] receipt = multipart("report; report-type=disposition-notification", lines("Content-Type: text/plain", "", "read"),
            lines("Content-Type: message/disposition-notification; name=\"MDNPart2.txt\"", "Content-Disposition: inline", "", "Disposition: manual-action/x; displayed", ""),
            lines("Content-Type: text/rfc822-headers; name=\"MDNPart3.txt\"", "Content-Disposition: inline", "", header + "Subject: x")).getBytes(StandardCharsets.ISO_8859_1);
        var message = SplitMessage.by(new SplitRules(SplitLimits.defaults(), Forwarded.WHOLE, false), receipt);
        assertThat(message.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.REPORT, PartKind.REPORT);
    }

    @Test
    void aReportHasOneMachinePart() {
        String status = lines("Content-Type: message/delivery-status", "", "Final-Recipient: rfc822; x");
        var message = SplitMessage.of(multipart("report; report-type=delivery-status", lines("Content-Type: text/plain", "", "failed"), status, status));
        assertThat(message.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.REPORT, PartKind.ATTACHMENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822;a@b\r\nDiagnostic-Code: smtp; 550 no\r\n such user\r\n\ton this line\r\n",
        "\r\nReporting-MTA : dns; x\r\n\r\n\r\nAction: failed\r\nX-Supplementary-Info: \u001B$B4X\u001B(B\r\n\r\n", "Disposition: manual-action/x; displayed",
        "Feedback-Type: abuse\r\nUser-Agent: \u00e9"})
    void aReportStaysHoweverItsFieldsAreWritten(String content) {
        for (var encoding : List.of("8bit", "base64")) {
            var octets = encoding.equals("8bit") ? content : Base64.getMimeEncoder().encodeToString(content.getBytes(StandardCharsets.ISO_8859_1));
            var message = SplitMessage.of(multipart("report", lines("Content-Type: text/plain", "", "failed"),
                lines("Content-Type: message/delivery-status", "Content-Transfer-Encoding: " + encoding, "", octets),
                lines("Content-Type: text/rfc822-headers", "", "From hanako Sun Nov 22", "Received: from a", " by b", "Subject: x")));
            assertThat(message.kinds()).as(encoding).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.REPORT, PartKind.REPORT);
        }
    }

    @Test
    void aMessageInsideSomethingThatOnlyCallsItselfAReportIsAnAttachment() {
        assertThat(SplitMessage.of(multipart("report", lines("Content-Type: text/plain", "", "see"),
                lines("Content-Type: message/rfc822", "", "Subject: not returned", "", "secret"))).names()).containsExactly("not returned.eml");
        assertThat(SplitMessage.of(multipart("mixed", multipart("report", lines("Content-Type: message/delivery-status", "", "x")).replace("=b", "=c")
                .replace("--b", "--c"))).layout().attachments()).hasSize(1);
    }

    @Test
    void aForwardedMessageIsTakenWholeAndNamedByItsSubject() {
        var message = SplitMessage.of(multipart("mixed", lines("Content-Type: text/plain", "", "see"), lines("Content-Type: message/rfc822", "",
                "Subject: =?utf-8?B?6KaL56mN44KK?=", "Content-Type: application/pdf", "", "inside")));
        assertThat(message.names()).containsExactly("見積り.eml");
        assertThat(message.text(0)).startsWith("Subject: =?utf-8?B?").endsWith("inside\r\n");
    }

    @Test
    void theMessagesOfADigestAreTaken() {
        assertThat(SplitMessage.of(multipart("digest", "\r\nSubject: one\r\n\r\n1", "\r\nSubject: two\r\n\r\n2")).names())
                .containsExactly("one.eml", "two.eml");
    }
}
