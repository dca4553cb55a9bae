package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;
import static sekisho.mailhook.mime.SplitMessage.multipart;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Invitations stay, but for those with a file in them, however it is written. */
class InvitationsThatStayTest {

    private static final String VEVENT = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY;LANGUAGE=ja:Data: come\r\n and see\r\n"
        + "ORGANIZER;CN=\"Hanako: Sales\":mailto:hanako@example.co.jp\r\nATTACH:CID:x\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n";
    private static final String BINARY = ";FMTTYPE=a/b;ENCODING=BASE64;VALUE=BINARY";

    @Test
    void anInvitationStaysAndItsFilesGo() {
        String invitation = lines("Content-Type: text/calendar; method=REQUEST; charset=utf-8; name=meeting.ics", "", "BEGIN:VCALENDAR", "END:VCALENDAR");
        var message = SplitMessage.of(multipart("mixed", lines("Content-Type: text/plain", "", "come"), invitation,
                lines("Content-Type: application/pdf; name=agenda.pdf", "", "secret")));
        assertThat(message.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.CALENDAR, PartKind.ATTACHMENT);
        assertThat(message.linkedText(SplitMessage.ENGLISH)).contains(invitation).doesNotContain("agenda");
    }

    /** RFC 6047 §2.4 allows it. */
    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Transfer-Encoding: base64\r\n"})
    void aMessageThatIsAnInvitationStays(String encoding) {
        String calendar = VEVENT.formatted("");
        String body = encoding.isEmpty() ? calendar : Base64.getMimeEncoder().encodeToString(calendar.getBytes(StandardCharsets.US_ASCII)) + "\r\n";
        byte[] octets = ("Subject: x\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n" + encoding + "\r\n" + body).getBytes(StandardCharsets.US_ASCII);
        var message = SplitMessage.of(octets);
        assertThat(message.kinds()).containsExactly(PartKind.CALENDAR);
        assertThat(message.spool).isEqualTo(octets);
        assertThat(message.linked(SplitMessage.ENGLISH)).isEqualTo(octets);
    }

    /** RFC 5545 §3.8.1.1: a file may be in it; and anything may stand behind its first line. */
    @ParameterizedTest
    @ValueSource(strings = {"ATTACH;ENCODING=BASE64;VALUE=BINARY:c2VjcmV0\r\n", "ATTACH;FMTTYPE=\"a/b\";encoding=\"base64\":c2VjcmV0\r\n", "ATTACH;VALUE=BIN\r\n ARY:c2VjcmV0\r\n",
        "IMAGE;VALUE=URI:data:image/png;base64,c2VjcmV0\r\n", "ATTACH:data:application/octet-stream,%25%50\r\n", "ATTACH:\"DATA:a/b;x=y,c2Vj\"\r\n", "ATTACH:data:,secret\r\n", "IMAGE:data:text/plain,x\r\n", "X-FILE;VALUE=uri:Data:,x\r\n", "DESCRIPTION:see data:?;x=data:?;base64,c2Vj\r\n",
        "DESCRIPTION:see data:text/csv,a1;b2;c3;d4;e5;f6;g7;h8;i9;a1;b2;c3;d4;e5;f6;g7;h8;i9;a1;b2;c3;d4;e5;f6;g7;h8;i9;a1;b2;c3;d4;e5;f6;g7\r\n",
        "DESCRIPTION;ALTREP=\"data:text/html;base64,c2VjcmV0\":x\r\n", "X-ALT-DESC;FMTTYPE=text/html:<a href=\"da\r\n ta:application/pdf;base64,c2VjcmV0\">\r\n", "c2VjcmV0\r\n", "two words:x\r\n", "\u0000", "END:VEVENT\r\nEND:VCALENDAR\r\nX:c2VjcmV0\r\n"})
    void anInvitationWithAFileInItIsAnAttachment(String lines) {
        String content = VEVENT.formatted(lines);
        for (String part : new String[] {content, content.replace("\r\n", "\n"), "\u00EF\u00BB\u00BF" + content}) {
            String field = "Content-Type: text/calendar; method=REQUEST\r\n\r\n";
            assertThat(SplitMessage.of(multipart("mixed", field + part)).layout().attachments()).as(part).hasSize(1);
            assertThat(SplitMessage.of("Subject: x\r\n" + field + part).layout().attachments()).as(part).hasSize(1);
        }
    }

    @Test
    void aFileInAPropertyThatNobodyKnowsMakesAnInvitationAnAttachment() {
        String base64 = Base64.getEncoder().encodeToString(new byte[3_000]).replaceAll("(.{70})", "$1\r\n ");
        assertThat(SplitMessage.of(multipart("mixed", "Content-Type: text/calendar; method=REQUEST\r\n\r\n" + VEVENT.formatted("X-FILE;X-NAME=a.zip:" + base64 + "\r\n")))
            .layout().attachments()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ATTENDEE;CN=Room 5\":mailto:room@example.co.jp\r\n", "ATTENDEE;CN=\"Hanako: Sales\";ROLE=X:mailto:a@example.co.jp\r\n", "SUMMARY;X-A=\u001B$B\"!\"!\"!\u001B(B:x\r\n",
        "DESCRIPTION:one\u000Btwo\u000Cthree\r\n", "DESCRIPTION:data: come, and see\r\n", "SUMMARY:Data:30/11, ore 14\r\n",
        "DESCRIPTION:Meta data:none, Big data:text/csv, see wiki\r\n", "DESCRIPTION:Data:30/11,ore 14\\nhttps://x.example/012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n",
        "DESCRIPTION:\u8CC7\u6599data:a/b,\u8A73\u3057\u304F\u306F\u3053\u3061\u3089\u306E\u30DA\u30FC\u30B8\u3092\u3054\u89A7\u304F\u3060\u3055\u3044\u3002\u3088\u308D\u3057\u304F\u304A\u9858\u3044\u3044\u305F\u3057\u307E\u3059\u3002\r\n", "DESCRIPTION:https://teams.example/l/meetup-join/19%3ameeting_NzA5/0?context=%7b%22Tid%22%7d\r\n",
        "END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"})
    void whatProgramsWriteIntoInvitationsDoesNotTakeThemOut(String lines) {
        assertThat(SplitMessage.of(multipart("mixed", "Content-Type: text/calendar; method=REQUEST; name=meeting\r\n\r\n" + VEVENT.formatted(lines))).kinds())
            .containsExactly(PartKind.MULTIPART, PartKind.CALENDAR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-16", "UTF-16LE", "utf-16be", "utf-32", "utf-32le"})
    void anInvitationInCharactersOfTwoOctetsIsOne(String charset) {
        String text = VEVENT.formatted("SUMMARY:打合せ 😀\r\n ，②階\r\n");
        byte[] marked = ("\uFEFF" + text).getBytes(Charset.forName(charset.length() < 7 ? charset + "LE" : charset));
        for (byte[] content : List.of(text.getBytes(Charset.forName(charset)), marked)) {
            for (int step : new int[] {1, 3, 8192}) {
                assertThat(SplitMessage.inSteps(calendar(charset, content), step).kinds()).containsExactly(PartKind.CALENDAR);
            }
        }
        for (String other : List.of(VEVENT.formatted("ATTACH;ENCODING=BASE64;VALUE=BINARY:c2VjcmV0\r\n"), VEVENT.formatted("SUMMARY:\0\r\n"), text + "secret",
                VEVENT.formatted("X-FILE:\u0378\r\n"))) {
            assertThat(SplitMessage.of(calendar(charset, other.getBytes(Charset.forName(charset)))).layout().attachments()).as(other).hasSize(1);
        }
        assertThat(SplitMessage.of(calendar(charset, text.getBytes(StandardCharsets.UTF_8))).layout().attachments()).as("under the wrong label").hasSize(1);
    }

    private static byte[] calendar(String charset, byte[] content) {
        return lines("Content-Type: text/calendar; method=REQUEST; charset=" + charset, "Content-Transfer-Encoding: base64", "", CmsOctets.base64(content)).getBytes(StandardCharsets.US_ASCII);
    }

    /** A protected link holds the whole of the one that it is made of. */
    @Test
    void aLongAddressInAnInvitationIsNoFile() {
        for (int letters : new int[] {1_120, 2_000, 3_000}) {
            var split = SplitMessage.of("Content-Type: text/calendar; method=REQUEST\r\n\r\n" + VEVENT.formatted("LOCATION:https://x.example/?u=" + "QUJDREVG".repeat(letters / 8) + "\r\n"));
            assertThat(split.layout().hasAttachments()).isEqualTo(letters > 2_083);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: text/calendar; method=REQUEST; name=customers.csv", "Content-Type: text/calendar; method=REQUEST\r\nContent-Disposition: inline; filename=x.zip"})
    void anInvitationUnderTheNameOfSomethingElseIsAnAttachment(String fields) {
        assertThat(SplitMessage.of(multipart("mixed", fields + "\r\n\r\n" + VEVENT.formatted(""))).layout().attachments()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: text/calendar; name=a.ics", "Content-Type: text/calendar; method=REQUEST\r\nContent-Disposition: attachment"})
    void aCalendarFileIsAnAttachment(String fields) {
        assertThat(SplitMessage.of(multipart("mixed", fields + "\r\n\r\nBEGIN:VCALENDAR\r\n")).layout().attachments()).hasSize(1);
    }

    @Test
    void somethingElseUnderTheNameOfAnInvitationIsAnAttachment() {
        assertThat(SplitMessage.of(multipart("mixed", lines("Content-Type: text/calendar; method=REQUEST", "", "secret"))).layout().attachments()).hasSize(1);
    }

    /** What a reader that doesn't know the escapes of RFC 1468 sees counts, too. */
    @ParameterizedTest
    @ValueSource(strings = {"utf-8", "us-ascii", "iso-2022-jp", "ISO-2022-JP-3", "iso-2022-kr", ""})
    void escapesDoNotHideAFile(String charset) {
        String field = "Content-Type: text/calendar; method=REQUEST" + (charset.isEmpty() ? "" : "; charset=" + charset) + "\r\n\r\n";
        for (String lines : List.of("ATTACH;X-A=\":\u001B$B\"" + BINARY + ":c2VjcmV0\r\n", "ATTACH;X-A=\":\u001B$B\"\r\n " + BINARY + ":c2VjcmV0\u001B(B\r\n",
                "ATTACH;X-A=\":\u001B$@\"" + BINARY + ":c2VjcmV0\u001B(J\r\n", "SUMMARY:\u001B$B\r\nATTACH" + BINARY + ":c2VjcmV0\r\n",
                "SUMMARY:\u001B$C\u001B(B\r\n", "SUMMARY:\u001B$(D\u001B(B\r\n", "SUMMARY:\u001B.A\r\n", "SUMMARY:\u001B\r\n", "SUMMARY:\u001B$\r\n", "SUMMARY:\u001B(\r\n",
                "X-ALT-DESC:\u001B$B<a href=\"data:a/b;base64,c2VjcmV0\">\u001B(B\r\n")) {
            assertThat(SplitMessage.of(multipart("mixed", field + VEVENT.formatted(lines))).layout().attachments()).as(lines).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"iso-2022-jp,true", "cp50221,true", "iso-2022-jp-3,true", ",true", "utf-8,false", "shift_jis,false"})
    void onlyWhereTheyBelongToTheCharsetEscapesAreText(@Nullable String charset, boolean stays) {
        String field = "Content-Type: text/calendar; method=REQUEST" + (charset == null ? "" : "; charset=" + charset) + "\r\n\r\n";
        String lines = "SUMMARY:\u001B$B\"!\"!\u001B(J:x\u001B$@\"!\u001B(B\r\nX-A:\u001B(I12\u001B(B\r\nDESCRIPTION:\u001B$B" + "4A9z".repeat(600) + "\u001B(B\r\n";
        assertThat(SplitMessage.of(multipart("mixed", field + VEVENT.formatted(lines))).layout().hasAttachments()).isEqualTo(!stays);
    }

    @Test
    void aFileBehindALongParameterIsOne() {
        String field = "Content-Type: text/calendar; method=REQUEST\r\n\r\n";
        for (int blanks : new int[] {10, 1_000, 2_000, 2_100, 20_000}) {
            String lines = "ATTACH;X-A=\":" + "a ".repeat(blanks) + "\"" + BINARY + ":c2VjcmV0\r\n";
            assertThat(SplitMessage.of(multipart("mixed", field + VEVENT.formatted(lines))).layout().attachments()).as(blanks + "").hasSize(1);
        }
        assertThat(SplitMessage.of(multipart("mixed", field + VEVENT.formatted("ATTACH;X-A=\":" + BINARY + ":c2VjcmV0\r\n"))).layout().attachments()).as("a mark without its other").hasSize(1);
        assertThat(SplitMessage.of(multipart("mixed", field + VEVENT.formatted("DESCRIPTION;LANGUAGE=ja:" + "long text ".repeat(2_000) + "\r\n"))).layout().hasAttachments()).isFalse();
    }

    /** Whoever decodes it has something else. */
    @Test
    void whatIsNotInTheEncodingThatItNamesDoesNotStay() {
        String encoding = "base64";
        String label = "\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n";
        String calendar = "Content-Type: text/calendar; method=REQUEST" + label + VEVENT.formatted("DESCRIPTION:" + "some words ".repeat(200) + "\r\n");
        assertThat(SplitMessage.of(multipart("mixed", calendar)).layout().attachments()).hasSize(1);
        assertThat(SplitMessage.of(multipart("mixed", calendar.replaceFirst(encoding, "8bit"))).layout().hasAttachments()).isFalse();
        String report = "Content-Type: message/delivery-status" + label + lines("Reporting-MTA: dns; x", "", "Diagnostic-Code: smtp; " + "some words ".repeat(200));
        for (boolean as : new boolean[] {true, false}) {
            var split = SplitMessage.of(multipart("report; report-type=delivery-status", lines("Content-Type: text/plain", "", "failed"), as ? report : report.replaceFirst(encoding, "8bit")));
            assertThat(split.layout().hasAttachments()).isEqualTo(as);
        }
    }
}
