package sekisho.mailhook.relay;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sekisho.mailhook.relay.DsnMessage.Outcome;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.Recipient.Notify;
import sekisho.mailhook.smtp.ReversePath;
import sekisho.mailhook.smtp.SmtpReply;

/** What we compose, read back by the mail library. */
class ComposedMailTest {
    private static final Instant NOW = Instant.parse("2026-11-22T03:04:05Z");
    private static final Mailbox HANAKO = Mailbox.parse("hanako@example.co.jp");
    private static final SmtpReply NO = new SmtpReply(550, "5.1.1", List.of("no such user here", "日本語 and a very long explanation ".repeat(8)));

    private static MimeMessage parsed(byte[] octets) throws Exception {
        String text = new String(octets, StandardCharsets.UTF_8);
        assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
        assertThat(text.lines()).allMatch(line -> line.length() <= 200);
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(octets));
    }

    private static Outcome failed(Recipient recipient) {
        return Outcome.failed(new RelayResult.Permanent(recipient, "mx.partner.example:25", NO, true));
    }

    private static DsnMessage report(byte[] header, Outcome... outcomes) {
        return new DsnMessage("hook.example", HANAKO, "Q+2B1", NOW.minusSeconds(60), NOW, List.of(outcomes), header);
    }

    private static String part(MimeMessage message, int index) throws Exception {
        var part = (MimeBodyPart) ((MimeMultipart) message.getContent()).getBodyPart(index);
        return new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void aReportHasThreePartsForPeopleForProgramsAndTheHeader() throws Exception {
        var taro = new Recipient(Mailbox.parse("taro@partner.example"), Set.of(Notify.FAILURE), "rfc822;old+2Btaro@partner.example");
        MimeMessage message = parsed(report("Subject: x\r\nFrom: y\r\n".getBytes(StandardCharsets.US_ASCII), failed(taro)).toOctets());
        assertThat(message.getContentType()).contains("multipart/report").contains("report-type=delivery-status");
        assertThat(message.getHeader("Auto-Submitted")).containsExactly("auto-replied");
        assertThat(message.getSubject()).isEqualTo("メールを配達できませんでした (Undelivered mail)");
        assertThat(((InternetAddress) message.getAllRecipients()[0]).getAddress()).isEqualTo("hanako@example.co.jp");
        assertThat(message.getSentDate().toInstant()).isEqualTo(NOW);
        assertThat(((MimeMultipart) message.getContent()).getCount()).isEqualTo(3);
        assertThat(part(message, 0)).contains("<taro@partner.example>", "550 5.1.1 no such user here", "配達できませんでした", "could not be delivered");
        assertThat(((MimeMultipart) message.getContent()).getBodyPart(1).getContentType()).isEqualTo("message/delivery-status");
        assertThat(part(message, 1)).contains("Reporting-MTA: dns; hook.example\r\nOriginal-Envelope-Id: Q+1\r\nArrival-Date: Sun, 22 Nov 2026 03:03:05 +0000\r\n\r\n"
                + "Original-Recipient: rfc822; old+taro@partner.example\r\nFinal-Recipient: rfc822; taro@partner.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
                + "Remote-MTA: dns; mx.partner.example\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user here");
        assertThat(part(message, 2)).isEqualTo("Subject: x\r\nFrom: y\r\n");
    }

    @Test
    void aReportIsSentFromNobodyAndNeverReportedAbout() {
        OutgoingEnvelope envelope = report(new byte[0], failed(new Recipient(HANAKO))).envelope();
        assertThat(envelope.from().isNull()).isTrue();
        assertThat(envelope.recipients()).containsExactly(new Recipient(HANAKO, Set.of(Notify.NEVER), null));
    }

    @Test
    void onlyWhatTheSenderWantsToHearIsReported() {
        var wishes = List.of(Set.<Notify>of(), Set.of(Notify.NEVER), Set.of(Notify.SUCCESS), Set.of(Notify.FAILURE), Set.of(Notify.DELAY));
        var temporary = new SmtpReply(450, "4.2.1", "busy");
        assertThat(wishes.stream().map(wish -> {
            var taro = new Recipient(Mailbox.parse("taro@partner.example"), wish, null);
            return List.of(failed(taro).isWanted(),
                    Outcome.delayed(new RelayResult.Temporary(taro, "x", temporary, true), NOW).isWanted(),
                    Outcome.relayed(new RelayResult.Delivered(taro, "x", new SmtpReply(250, "2.0.0", "ok"), false)).isWanted());
        })).containsExactly(List.of(true, true, false), List.of(false, false, false), List.of(false, false, true), List.of(true, false, false), List.of(false, true, false));
        var outcomes = List.of(failed(new Recipient(HANAKO, Set.of(Notify.NEVER), null)));
        assertThat(DsnMessage.about("hook.example", new ReversePath(HANAKO), null, NOW, NOW, outcomes, new byte[0])).isEmpty();
        assertThat(DsnMessage.about("hook.example", ReversePath.NULL, null, NOW, NOW, List.of(failed(new Recipient(HANAKO))), new byte[0])).isEmpty();
        assertThat(DsnMessage.about("hook.example", new ReversePath(HANAKO), null, NOW, NOW, List.of(failed(new Recipient(HANAKO))), new byte[0])).isPresent();
    }

    @Test
    void ourOwnWordsAreNotPassedOffAsTheRemotes() throws Exception {
        var taro = new Recipient(Mailbox.parse("taro@partner.example"));
        var unreachable = new RelayResult.Temporary(taro, "hop:25", new SmtpReply(451, "4.4.1", "cannot open hop:25"), false);
        String status = part(parsed(report(new byte[0], Outcome.gaveUp(unreachable), Outcome.delayed(unreachable, NOW.plus(Duration.ofDays(5)))).toOctets()), 1);
        assertThat(status).contains("Action: failed\r\nStatus: 4.4.1\r\nLast-Attempt-Date", "Action: delayed", "Will-Retry-Until: Fri, 27 Nov 2026 03:04:05 +0000")
                .doesNotContain("Diagnostic-Code", "Remote-MTA");
    }

    @Test
    void addressesOutsideAsciiLeaveTheReportAscii() throws Exception {
        var taro = new Recipient(Mailbox.parse("太郎@partner.example"), Set.of(), "utf-8;太郎@partner.example");
        byte[] octets = report("Subject: 件名\r\n".getBytes(StandardCharsets.UTF_8), failed(taro)).toOctets();
        assertThat(new String(octets, StandardCharsets.ISO_8859_1).chars()).allMatch(c -> c < 128);
        MimeMessage message = parsed(octets);
        assertThat(part(message, 1)).contains("Original-Recipient: utf-8; \\x{592A}\\x{90CE}@partner.example", "Final-Recipient: utf-8; \\x{592A}\\x{90CE}@partner.example");
        assertThat(part(message, 2)).isEqualTo("Subject: 件名\r\n");
    }

    /** RFC 6533 §3: what QCHAR leaves out is spelt too, or the field can't be read; an ORCPT is spelt already. */
    @Test
    void signsThatMeanSomethingElseInASpeltAddressAreSpelt() throws Exception {
        var taro = new Recipient(Mailbox.parse("太郎+tag=1@partner.example"), Set.of(), "utf-8;\\x{592A}\\x{2B}tag@partner.example");
        String status = part(parsed(report(new byte[0], failed(taro)).toOctets()), 1);
        assertThat(status).contains("Original-Recipient: utf-8; \\x{592A}\\x{2B}tag@partner.example\r\n",
            "Final-Recipient: utf-8; \\x{592A}\\x{90CE}\\x{2B}tag\\x{3D}1@partner.example\r\n");
    }

    /** RFC 5322 §2.1.1. An ORCPT of 500 octets can be three times as long when it is spelt. */
    @Test
    void noLineIsLongerThanEveryServerTakes() {
        for (int length : new int[] {121, 122, 160}) {
            var taro = new Recipient(Mailbox.parse("taro@partner.example"), Set.of(), "utf-8;" + "太".repeat(length));
            String status = new String(report(new byte[0], failed(taro)).toOctets(), StandardCharsets.UTF_8);
            assertThat(status.lines()).allMatch(line -> line.length() <= 998);
            assertThat(status.contains("Original-Recipient")).as(length + " characters").isEqualTo(length == 121);
            assertThat(status).contains("Final-Recipient: rfc822; taro@partner.example\r\n");
        }
    }

    /** RFC 6532 §3.7 has UTF-8 there. */
    @Test
    void aHeaderThatIsNoUtf8GoesBackCoded() throws Exception {
        var header = "Subject: 件名\r\n".getBytes(java.nio.charset.Charset.forName("Shift_JIS"));
        var hanako = Mailbox.parse("花子@example.co.jp");
        var taro = new Recipient(Mailbox.parse("taro@partner.example"));
        var octets = new DsnMessage("hook.example", hanako, null, NOW, NOW, List.of(failed(taro)), header).toOctets();
        assertThat(new String(octets, StandardCharsets.UTF_8)).doesNotContain("\uFFFD").contains("text/rfc822-headers\r\nContent-Transfer-Encoding: base64");
        assertThat(parsed(octets).getContent()).isInstanceOf(MimeMultipart.class);
    }

    @Test
    void aHostIsNamedWithoutItsPortAndAnAddressAsALiteral() throws Exception {
        var taro = new Recipient(Mailbox.parse("taro@partner.example"));
        for (var each : java.util.Map.of("mx.partner.example:2525", "mx.partner.example", "192.0.2.1:25", "[192.0.2.1]", "2001:db8::1:25", "[IPv6:2001:db8::1]").entrySet()) {
            var refused = new RelayResult.Permanent(taro, each.getKey(), new SmtpReply(550, "5.1.1", "no"), true);
            assertThat(part(parsed(report(new byte[0], Outcome.failed(refused)).toOctets()), 1)).contains("Remote-MTA: dns; " + each.getValue() + "\r\n");
        }
    }

    @Test
    void whatWasOnlyRefusedForTheTimeBeingSaysThatItsTimeIsOver() throws Exception {
        var taro = new Recipient(Mailbox.parse("taro@partner.example"));
        var busy = new RelayResult.Temporary(taro, "hop:25", new SmtpReply(450, "4.2.0", "busy"), true);
        assertThat(part(parsed(report(new byte[0], Outcome.gaveUp(busy)).toOctets()), 0)).contains("再送の期限が過ぎました。", "The time for trying again is over.");
        assertThat(part(parsed(report(new byte[0], failed(taro)).toOctets()), 0)).doesNotContain("期限", "is over");
    }

    @Test
    void aReportToAnAddressOutsideAsciiIsOfTheInternationalKind() throws Exception {
        var taro = new Recipient(Mailbox.parse("太郎@partner.example"), Set.of(), "utf-8;太郎@partner.example");
        var hanako = Mailbox.parse("花子@example.co.jp");
        var header = "Subject: 件名\r\n".getBytes(StandardCharsets.UTF_8);
        var report = new DsnMessage("hook.example", hanako, null, NOW.minusSeconds(60), NOW, List.of(failed(taro)), header);
        MimeMessage message = parsed(report.toOctets());
        var parts = (MimeMultipart) message.getContent();
        assertThat(message.getContentType()).contains("report-type=delivery-status");
        assertThat(parts.getBodyPart(1).getContentType()).isEqualTo("message/global-delivery-status");
        assertThat(part(message, 1)).contains("Original-Recipient: utf-8; 太郎@partner.example", "Final-Recipient: utf-8; 太郎@partner.example");
        assertThat(parts.getBodyPart(2).getContentType()).isEqualTo("message/global-headers");
        assertThat(part(message, 2)).isEqualTo("Subject: 件名\r\n");
        assertThat(report.envelope().smtpUtf8()).isTrue();
        assertThat(report.envelope().from().isNull()).isTrue();
    }

    @Test
    void nothingIsInjectedThroughOrcptEnvidOrTheRemotesWords() throws Exception {
        var taro = new Recipient(Mailbox.parse("taro@partner.example"), Set.of(), "rfc822;x+0D+0AAction:+20delivered");
        var nasty = RemoteReply.parse("550-5.1.1 a\rAction: delivered\n550 5.1.1 b\u0000").orElseThrow();
        var report = new DsnMessage("hook.example", HANAKO, "a+0D+0AX:y", NOW, NOW,
                List.of(Outcome.failed(new RelayResult.Permanent(taro, "h:25", nasty, true))), "no\rnewlines\nhere\r\n".getBytes(StandardCharsets.US_ASCII));
        String status = part(parsed(report.toOctets()), 1);
        assertThat(status.lines()).noneMatch(line -> line.startsWith("Action: delivered") || line.startsWith("X:"));
        assertThat(status).contains("Original-Envelope-Id: a+0D+0AX:y", "x+0D+0AAction:+20delivered", "a?Action: delivered b?");
    }

    /** Some readers take a line of blanks for the end of a header, and what follows for something else. */
    @Test
    void noLineIsOfBlanksWhateverTheRemoteSays() {
        var blank = new SmtpReply(550, "5.1.1", "no" + " ".repeat(300) + "such user" + " ".repeat(300));
        var octets = report(new byte[0], new Outcome(new Recipient(HANAKO, Set.of(), null), DsnMessage.Action.FAILED, blank, "mx.partner.example:25", true, null)).toOctets();
        assertThat(new String(octets, StandardCharsets.UTF_8).lines().filter(line -> !line.isEmpty())).noneMatch(String::isBlank);
    }

    @Test
    void aReplyWithControlCharactersOfAnySortIsOne() {
        assertThat(RemoteReply.parse("550 5.1.1 a\u00C2\u0085b\u00C2\u009Bc\u00E2\u0080\u00A8d").orElseThrow().lines()).containsExactly("a?b?c?d");
    }

    @Test
    void aHugeHeaderIsCutAndStillFits() throws Exception {
        byte[] header = "X-Long: 0123456789\r\n".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
        assertThat(part(parsed(report(header, failed(new Recipient(HANAKO))).toOctets()), 2)).hasSizeBetween(60_000, DsnMessage.MOST_HEADER_OCTETS);
    }

    @Test
    void aNoticeSaysWhatItIs() throws Exception {
        String text = "見積書を保留しました。\n\nhttps://example.co.jp/d/x?a=1&b=2\n.\n最後の行";
        String subject = "保留: 見積書と図面をお送りします、どうぞよろしくお願いいたします 😀 (とても長い件名のため折り返されます)";
        var notice = NoticeMessage.of("関所 Sekisho", Mailbox.parse("sekisho@example.co.jp"), HANAKO, subject, text, true, "hook.example", NOW);
        byte[] octets = notice.toOctets();
        assertThat(new String(octets, StandardCharsets.UTF_8).lines()).allMatch(line -> line.length() <= 78);
        MimeMessage message = parsed(octets);
        assertThat(message.getSubject()).isEqualTo(subject);
        assertThat(message.getContent()).isEqualTo(text.replace("\n", "\r\n"));
        assertThat(((InternetAddress) message.getFrom()[0]).getPersonal()).isEqualTo("関所 Sekisho");
        assertThat(message.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(message.getMessageID()).isEqualTo("<" + notice.messageId() + ">").endsWith("@hook.example>");
    }

    @Test
    void aPersonalMessageIsNotMarkedAsAutomatic() throws Exception {
        var message = NoticeMessage.of("", HANAKO, Mailbox.parse("taro@partner.example"), "Hello", "x", false, "hook.example", NOW);
        assertThat(parsed(message.toOctets()).getHeader("Auto-Submitted")).isNull();
        assertThat(new String(message.toOctets(), StandardCharsets.US_ASCII)).contains("\r\nFrom: <hanako@example.co.jp>\r\n", "\r\nSubject: Hello\r\n");
    }

    @Test
    void noHeaderFieldIsInjectedThroughSubjectOrName() throws Exception {
        var notice = NoticeMessage.of("x\r\nBcc: evil@evil.example", HANAKO, HANAKO, "a\r\nBcc: evil@evil.example\r\n\r\nbody", "x", true, "hook.example", NOW);
        assertThat(parsed(notice.toOctets()).getHeader("Bcc")).isNull();
        assertThat(parsed(notice.toOctets()).getSubject()).isEqualTo("a Bcc: evil@evil.example body");
    }

    /** Programs count 5 as a failure. 552 to RCPT means too many recipients, or a full mailbox, for now (RFC 5321 §4.5.3.1.10). */
    @Test
    void aReportOfADelayHasNoStatusOfAFailure() throws Exception {
        for (var full : List.of(new SmtpReply(552, "5.2.2", "mailbox is full"), new SmtpReply(552, "", "mailbox is full"))) {
            var delayed = Outcome.delayed(new RelayResult.Temporary(new Recipient(HANAKO), "mx.partner.example:25", full, true), NOW);
            assertThat(part(parsed(report(new byte[0], delayed).toOctets()), 1)).contains("Action: delayed\r\nStatus: 4.", "Diagnostic-Code: smtp; " + full.oneLine())
                .contains(full.enhanced().isEmpty() ? "Status: 4.0.0" : "Status: 4.2.2");
        }
    }
}
