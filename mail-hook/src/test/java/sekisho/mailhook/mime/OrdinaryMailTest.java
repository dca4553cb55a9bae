package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import sekisho.mailhook.mime.rewrite.HeaderEdits;

class OrdinaryMailTest {

    private static final String PDF = Base64.getMimeEncoder().encodeToString("%PDF-1.7 all of it".getBytes(StandardCharsets.US_ASCII));

    private static final String MIXED = lines(
            "From: Hanako <hanako@example.co.jp>",
            "Subject: =?utf-8?B?44GU5qGI5YaF?=",
            "MIME-Version: 1.0",
            "Content-Type: multipart/mixed; boundary=outer",
            "",
            "This is a multi-part message.",
            "--outer",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "",
            "こんにちは",
            "--outer",
            "Content-Type: application/pdf; name=\"offer.pdf\"",
            "Content-Transfer-Encoding: base64",
            "Content-Disposition: attachment; filename=\"offer.pdf\"",
            "",
            PDF,
            "--outer--");

    @Test
    void anAttachmentIsTakenOutAndDecoded() {
        var message = SplitMessage.of(MIXED);
        assertThat(message.names()).containsExactly("offer.pdf");
        assertThat(message.text(0)).isEqualTo("%PDF-1.7 all of it");
        assertThat(new String(message.spool, StandardCharsets.UTF_8)).doesNotContain(PDF).contains("offer.pdf");
        assertThat(message.layout().facts().subject()).isEqualTo("ご案内");
        assertThat(message.layout().facts().language()).isEqualTo(Language.JAPANESE);
    }

    @Test
    void theLinkTakesItsPlaceAndEverythingElseStaysOctetForOctet() {
        String linked = SplitMessage.of(MIXED).linkedText(SplitMessage.BLOCK);
        String expected = MIXED.substring(0, MIXED.indexOf("こんにちは")) + SplitMessage.BLOCK.text() + "\r\nこんにちは\r\n--outer--\r\n";
        assertThat(linked).isEqualTo(expected);
    }

    @Test
    void itMakesNoDifferenceInWhichPiecesTheMessageArrives() {
        byte[] octets = MIXED.getBytes(StandardCharsets.UTF_8);
        var whole = SplitMessage.of(octets);
        for (int step : new int[] {1, 2, 3, 7, 64, 511}) {
            var pieces = SplitMessage.inSteps(octets, step);
            assertThat(pieces.layout()).isEqualTo(whole.layout());
            assertThat(pieces.spool).isEqualTo(whole.spool);
            assertThat(pieces.content(0)).isEqualTo(whole.content(0));
        }
    }

    @Test
    void withTheAttachmentsKeptTheSpoolIsTheOriginal() {
        byte[] octets = MIXED.getBytes(StandardCharsets.UTF_8);
        var kept = SplitMessage.keeping(octets);
        assertThat(kept.spool).isEqualTo(octets);
        assertThat(kept.passed(HeaderEdits.NONE)).isEqualTo(octets);
        assertThat(kept.linked(SplitMessage.BLOCK)).isEqualTo(SplitMessage.of(octets).linked(SplitMessage.BLOCK));
    }

    @Test
    void blindCopiesAreInNoCopy() {
        String blind = "Bcc: boss@example.co.jp,\r\n\tlawyer@example.com\r\nbCC : x@example.com\r\n";
        String message = "Resent-Bcc: y@example.com\r\n" + MIXED.replaceFirst("\r\n", "\r\n" + blind);
        byte[] octets = message.getBytes(StandardCharsets.UTF_8);
        var kept = SplitMessage.keeping(octets);
        assertThat(kept.passed(HeaderEdits.original(List.of()))).asString(StandardCharsets.UTF_8).isEqualTo(MIXED);
        for (var edits : List.of(HeaderEdits.original(List.of()), HeaderEdits.modified(List.of()))) {
            assertThat(kept.linked(SplitMessage.BLOCK, edits)).isEqualTo(SplitMessage.of(MIXED).linked(SplitMessage.BLOCK, edits));
        }
    }

    @Test
    void aBlindCopyBehindALineThatIsNoFieldGoesToo() {
        byte[] octets = lines("From: a@example.com", "no field at all", "Bcc: boss@example.co.jp", "Subject: s", "", "Text.").getBytes(StandardCharsets.US_ASCII);
        var kept = SplitMessage.keeping(octets);
        assertThat(kept.passed(HeaderEdits.original(List.of()))).asString(StandardCharsets.US_ASCII).doesNotContain("boss").contains("no field at all", "Text.");
    }

    @Test
    void aMessageWithoutAttachmentsPassesAsItCame() {
        byte[] octets = lines("From: a@example.com", "Subject: hello", "", "Only text.").getBytes(StandardCharsets.US_ASCII);
        var message = SplitMessage.of(octets);
        assertThat(message.layout().hasAttachments()).isFalse();
        assertThat(message.linked(SplitMessage.BLOCK)).isEqualTo(octets);
    }

    @Test
    void aWholeMessageThatIsAnAttachmentBecomesATextWithTheLink() {
        var message = SplitMessage.of(lines("From: a@example.com", "MIME-Version: 1.0", "Content-Type: application/pdf",
                "Content-Transfer-Encoding: base64", "Content-Description: scan", "X-Kept: yes", "", PDF));
        assertThat(message.names()).containsExactly("attachment.pdf");
        String linked = message.linkedText(SplitMessage.ENGLISH);
        assertThat(linked).startsWith("From: a@example.com\r\nMIME-Version: 1.0\r\nX-Kept: yes\r\nContent-Type: multipart/alternative; boundary=")
                .doesNotContain("pdf").doesNotContain("scan");
        var again = SplitMessage.of(linked);
        assertThat(again.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.TEXT);
        assertThat(linked).contains(Base64.getMimeEncoder().encodeToString(SplitMessage.ENGLISH.text().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theLayoutSurvivesItsJson() {
        Layout layout = SplitMessage.of(MIXED).layout();
        assertThat(Layout.fromJson(layout.toJson())).isEqualTo(layout);
    }

    @Test
    void traceFieldsGoInFrontAndNamedFieldsGoAway() {
        String signed = "DKIM-Signature: v=1;\r\n\tb=abc\r\n" + MIXED;
        String linked = new String(SplitMessage.of(signed).linked(SplitMessage.BLOCK,
                HeaderEdits.modified(java.util.List.of("Received: from a by b;\r\n\tSun, 22 Nov 2026 09:00:00 +0900"))), StandardCharsets.UTF_8);
        assertThat(linked).startsWith("Received: from a by b;\r\n\tSun, 22 Nov 2026 09:00:00 +0900\r\nFrom: Hanako");
    }

    /** The comma and the colon are written for the semicolon; and some mails are written in Markdown. */
    @ParameterizedTest
    @ValueSource(strings = {"text/html,charset=utf-8", "text/plain: charset=us-ascii", "text/markdown; charset=utf-8", "text/x-markdown"})
    void aTextIsOneAlsoWhereItsTypeIsWrittenOddly(String type) {
        var split = SplitMessage.of("Content-Type: " + type + "\r\n\r\nHello.\r\n");
        assertThat(split.kinds()).containsExactly(PartKind.TEXT);
        assertThat(SplitMessage.of("Content-Type: " + type + "\r\nContent-Disposition: attachment\r\n\r\nHello.\r\n").layout().attachments()).hasSize(1);
    }
}
