package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What isn't an attachment although it isn't text, and how nobody gets one past us under that name. */
class WhatStaysTest {

    private static final String PNG = Base64.getEncoder().encodeToString("\u0089PNG\r\n\u001A\n and pixels".getBytes(StandardCharsets.ISO_8859_1));
    private static final String CMS = CmsOctets.base64(CmsOctets.signature());
    private static final String HTML = lines("Content-Type: text/html", "", "<body><img src=\"cid:logo%40example\"></body>");

    private static String image(String fields, String content) {
        return "Content-Type: image/png; name=logo.png\r\nContent-Transfer-Encoding: base64\r\n" + fields + "\r\n" + content + "\r\n";
    }

    private static String multipart(String type, String... parts) {
        var message = new StringBuilder("Subject: x\r\nContent-Type: multipart/" + type + "; boundary=b\r\n\r\n");
        for (String part : parts) {
            message.append("--b\r\n").append(part).append("\r\n");
        }
        return message.append("--b--\r\n").toString();
    }

    @Test
    void anImageThatTheHtmlShowsStaysWhetherItComesBeforeOrAfter() {
        String image = image("Content-ID: <logo@example>\r\n", PNG);
        assertThat(SplitMessage.of(multipart("related", HTML, image)).kinds())
                .containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.INLINE_IMAGE);
        assertThat(SplitMessage.of(multipart("related", image, HTML)).kinds())
                .containsExactly(PartKind.MULTIPART, PartKind.INLINE_IMAGE, PartKind.TEXT);
    }

    @Test
    void theReferenceMayBeInQuotedPrintableOrBase64Html() {
        String image = image("Content-ID: <logo@example>\r\n", PNG);
        assertThat(SplitMessage.of(multipart("related", lines("Content-Type: text/html", "Content-Transfer-Encoding: quoted-printable", "",
                "<img src=3D\"cid:logo@exa=", "mple\">"), image)).layout().hasAttachments()).isFalse();
        assertThat(SplitMessage.of(multipart("related", lines("Content-Type: text/html", "Content-Transfer-Encoding: base64", "",
                Base64.getEncoder().encodeToString("<img src='CID:logo@example'>".getBytes(StandardCharsets.US_ASCII))), image))
                .layout().hasAttachments()).isFalse();
    }

    @Test
    void anImageThatNobodyShowsIsAnAttachment() {
        assertThat(SplitMessage.of(multipart("related", HTML, image("Content-ID: <other@example>\r\n", PNG))).names()).containsExactly("logo.png");
        assertThat(SplitMessage.of(multipart("related", HTML, image("", PNG))).names()).containsExactly("logo.png");
        assertThat(SplitMessage.of(multipart("related", lines("Content-Type: text/plain", "", "\"cid:logo@example\""),
                image("Content-ID: <logo@example>\r\n", PNG))).names()).containsExactly("logo.png");
    }

    private static List<String> withHtml(String fields, String html) {
        return SplitMessage.of(multipart("related", "Content-Type: text/html" + fields + "\r\n\r\n" + html, image("Content-ID: <logo@example>\r\n", PNG))).names();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<p>cid:logo@example</p>", "<p>\"cid:logo@example\" (cid:logo@example) =cid:logo@example</p>", "<!-- <img src=\"cid:logo@example\"> -->", "<a href=\"cid:logo@example\">x</a>",
        "<template><img src=\"cid:logo@example\"></template>", "<script>x = '<img src=\"cid:logo@example\">'</script>", "<p title=\"<img src='cid:logo@example'>\">", "<title><img src='cid:logo@example'></title>",
        "<img alt=\"cid:logo@example\">", "<style>/* cid:logo@example */</style>", "<object><param name=\"cid:logo@example\"></object>", "<p src=\"cid:logo@example\">", "<img src=\"xcid:logo@example\">",
        "<img src=\"cid:\">"})
    void anImageThatIsOnlyNamedIsAnAttachment(String html) {
        assertThat(withHtml("", html)).containsExactly("logo.png");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<IMG border=0 SRC = 'CID:logo%40example'>", "<img src=cid:logo&#64;example>", "<img srcset=\"https://x.example/a 1x, cid:logo@example 2x\">", "<td background=\"cid:logo@example\">",
        "<div style=\"background: url( 'cid:logo@example' )\">", "<div style='background:url(&quot;cid:logo@example&quot;)'>", "<style>p { color: red } td { background-image: URL(cid:logo@example) }</style>",
        "<!--[if gte vml 1]><v:shape><v:imagedata src=\"cid:logo@example\" o:title=\"x\"/></v:shape><![endif]-->", "<![if !vml]><img src=\"cid:logo@example\"><![endif]>", "<video poster=cid:logo@example></video>",
        "<svg><image xlink:href=\"cid:logo@example\"/></svg>", "<object data=\"cid:logo@example\"></object>", "<input type=image src=\" cid:logo@example \">"})
    void anImageThatIsShownInAnyWayStays(String html) {
        assertThat(withHtml("", html)).isEmpty();
    }

    private static final String BINARY = ";FMTTYPE=a/b;ENCODING=BASE64;VALUE=BINARY";

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
    @ParameterizedTest
    @ValueSource(strings = {"base64", "x-uuencode"})
    void whatIsNotInTheEncodingThatItNamesDoesNotStay(String encoding) {
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

    @ParameterizedTest
    @ValueSource(strings = {"utf-16", "UTF-16LE", "unicode", "utf-32"})
    void anImageIsShownInWideCharactersToo(String charset) {
        String html = Base64.getMimeEncoder().encodeToString("<p>Hello<img src=\"cid:logo@example\">".getBytes(java.nio.charset.Charset.forName(charset)));
        var message = SplitMessage.of(multipart("related", "Content-Type: text/html; charset=" + charset + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + html, image("Content-ID: <logo@example>\r\n", PNG)));
        assertThat(message.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.INLINE_IMAGE);
    }

    @Test
    void ofTwoImagesOfOneNameEachBodyShowsOne() {
        String image = image("Content-ID: <logo@example>\r\n", PNG);
        assertThat(SplitMessage.of(multipart("related", HTML, image, image)).kinds())
            .containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.INLINE_IMAGE, PartKind.ATTACHMENT);
        assertThat(SplitMessage.of(multipart("related", image, image, HTML)).kinds())
            .containsExactly(PartKind.MULTIPART, PartKind.INLINE_IMAGE, PartKind.ATTACHMENT, PartKind.TEXT);
        assertThat(SplitMessage.of(multipart("mixed", HTML, image, HTML, image)).layout().hasAttachments()).isFalse();
    }

    private static byte[] written(String format) throws java.io.IOException {
        var out = new java.io.ByteArrayOutputStream();
        var picture = new java.awt.image.BufferedImage(300, 200, java.awt.image.BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 300 * 200; i++) {
            picture.setRGB(i % 300, i / 300, i * 7919);
        }
        javax.imageio.ImageIO.write(picture, format, out);
        return out.toByteArray();
    }

    private static String encodedImage(byte[] octets) {
        return image("Content-ID: <logo@example>\r\n", Base64.getMimeEncoder().encodeToString(octets));
    }

    /** No viewer looks there. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
    void aFileBehindTheEndOfAnImageIsAnAttachment(String format) throws java.io.IOException {
        byte[] picture = written(format);
        assertThat(SplitMessage.of(multipart("related", HTML, encodedImage(picture))).layout().hasAttachments()).isFalse();
        byte[] ended = java.util.Arrays.copyOf(picture, picture.length + 3_000);   // filled up with zeros
        assertThat(SplitMessage.of(multipart("related", HTML, encodedImage(ended))).layout().hasAttachments()).isFalse();
        byte[] longer = java.util.Arrays.copyOf(picture, picture.length + 100);
        java.util.Arrays.fill(longer, picture.length, longer.length, (byte) 'x');
        System.arraycopy("PK\u0003\u0004 and a hidden file".getBytes(StandardCharsets.US_ASCII), 0, longer, picture.length, 20);
        for (int step : new int[] {1, 7, 100_000}) {
            assertThat(SplitMessage.inSteps(multipart("related", HTML, encodedImage(longer)).getBytes(StandardCharsets.US_ASCII), step).names()).hasSize(1);
        }
    }

    /** Any file could stand behind such a beginning. */
    @ParameterizedTest
    @ValueSource(strings = {"BM\u00FF\u00FF\u00FF\u007F\0\0\0\0\u0036\0\0\0", "RIFF\u00FF\u00FF\u00FF\u007FWEBPVP8 ", "II*\0\u0008\0\0\0", "MM\0*\0\0\0\u0008", "\0\0\u0001\0\u0001\0"})
    void anImageThatDoesNotTellWhereItEndsIsAnAttachment(String head) {
        byte[] octets = (head + "PK\u0003\u0004 and a hidden file").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(SplitMessage.of(multipart("related", HTML, encodedImage(octets))).names()).containsExactly("logo.png");
    }

    @Test
    void whereTwoJpegsStandInOneFileTheyStay() throws java.io.IOException {
        byte[] one = written("jpg");
        byte[] two = java.util.Arrays.copyOf(one, one.length * 2);
        System.arraycopy(one, 0, two, one.length, one.length);
        assertThat(SplitMessage.of(multipart("related", HTML, encodedImage(two))).layout().hasAttachments()).isFalse();
    }

    /** Google's reports are written so. */
    @Test
    void anImageThatTheHtmlShowsStaysWhateverItsDisposition() {
        String attached = image("Content-ID: <logo@example>\r\nContent-Disposition: attachment; filename=logo.png\r\n", PNG);
        assertThat(SplitMessage.of(multipart("related", HTML, attached)).layout().hasAttachments()).isFalse();
        assertThat(SplitMessage.of(multipart("related", HTML.replace("cid:", "x:"), attached)).names()).containsExactly("logo.png");
        assertThat(SplitMessage.of(multipart("related", HTML, "Content-Type: application/zip\r\n" + attached)).layout().attachments()).hasSize(1);
    }

    /** As .NET writes an image whose type nobody told it. */
    @Test
    void anImageThatTheHtmlShowsStaysAlsoWhenNobodySaysThatItIsOne() {
        String untyped = image("Content-ID: <logo@example>\r\n", PNG).replaceFirst("image/png[^\r]*", "application/octet-stream");
        assertThat(SplitMessage.of(multipart("related", HTML, untyped)).layout().hasAttachments()).isFalse();
        assertThat(SplitMessage.of(multipart("related", HTML.replace("cid:", "x:"), untyped)).names()).hasSize(1);
        String pdf = untyped.replace(PNG, Base64.getEncoder().encodeToString("%PDF-1.7 and more".getBytes(StandardCharsets.US_ASCII)));
        assertThat(SplitMessage.of(multipart("related", HTML, pdf)).names()).hasSize(1);
    }

    @Test
    void somethingElseUnderTheNameOfAnImageIsAnAttachment() {
        String zip = Base64.getEncoder().encodeToString("PK\u0003\u0004 and files".getBytes(StandardCharsets.US_ASCII));
        assertThat(SplitMessage.of(multipart("related", HTML, image("Content-ID: <logo@example>\r\n", zip))).names()).containsExactly("logo.png");
        assertThat(SplitMessage.of(multipart("related", HTML, image("Content-ID: <logo@example>\r\n", PNG).replace("image/png", "image/svg+xml")))
                .names()).containsExactly("logo.png");
    }

    @Test
    void anImageLargerThanTheLimitIsAnAttachment() {
        byte[] message = multipart("related", HTML, image("Content-ID: <logo@example>\r\n", PNG)).getBytes(StandardCharsets.US_ASCII);
        var tight = new SplitLimits(1 << 20, 998, 100, 20, 100, 10, 100, 100);
        assertThat(SplitMessage.within(tight, message).names()).containsExactly("logo.png");
        assertThat(SplitMessage.within(tight, message).content(0)).startsWith("\u0089PNG".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void imagesThatAreTooMuchTogetherAreAttachments() {
        var tight = new SplitLimits(1 << 20, 998, 100, 20, 100, 100, 30, 100);
        String two = HTML.replace("</body>", "<img src=cid:second></body>");
        var message = SplitMessage.within(tight, multipart("related", two, image("Content-ID: <logo@example>\r\n", PNG),
                image("Content-ID: <second>\r\n", PNG)).getBytes(StandardCharsets.US_ASCII));
        assertThat(message.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.INLINE_IMAGE, PartKind.ATTACHMENT);
    }

    private static String imagesBeforeHtml(List<byte[]> images) {
        var parts = new ArrayList<String>();
        var shows = new StringBuilder();
        for (int i = 0; i < images.size(); i++) {
            parts.add(encodedImage(images.get(i)).replace("<logo@example>", "<" + i + "@example>"));
            shows.append("<img src=\"cid:").append(i).append("@example\">");
        }
        parts.add(HTML.replace("</body>", shows + "</body>"));
        return multipart("related; start=\"<html@example>\"", parts.toArray(String[]::new));
    }

    /** As in newsletters whose multipart/related names the HTML as its start and has it last. */
    @Test
    void ofHundredsOfImagesThatTheHtmlBehindThemShowsAllStay() throws java.io.IOException {
        byte[] small = Base64.getMimeDecoder().decode(PNG);
        var images = new ArrayList<>(Collections.nCopies(900, small));
        assertThat(SplitMessage.of(imagesBeforeHtml(images)).layout().hasAttachments()).isFalse();
        byte[] large = written("bmp");
        assertThat(large).hasSizeGreaterThan(16 << 10);
        images.set(99, large);
        assertThat(SplitMessage.of(imagesBeforeHtml(images)).layout().hasAttachments()).as("the hundredth may be large").isFalse();
        images.set(100, large);
        assertThat(SplitMessage.of(imagesBeforeHtml(images)).kinds().indexOf(PartKind.ATTACHMENT)).as("a further one may not").isEqualTo(101);
        images.set(100, Arrays.copyOf(small, 16 << 10));
        assertThat(SplitMessage.of(imagesBeforeHtml(images)).layout().hasAttachments()).as("filled up with zeros to the octet").isFalse();
        images.set(100, Arrays.copyOf(small, (16 << 10) + 1));
        assertThat(SplitMessage.of(imagesBeforeHtml(images)).layout().attachments()).hasSize(1);
    }

    @Test
    void anInvitationStaysAndItsFilesGo() {
        String invitation = lines("Content-Type: text/calendar; method=REQUEST; charset=utf-8; name=meeting.ics", "", "BEGIN:VCALENDAR", "END:VCALENDAR");
        var message = SplitMessage.of(multipart("mixed", lines("Content-Type: text/plain", "", "come"), invitation,
                lines("Content-Type: application/pdf; name=agenda.pdf", "", "secret")));
        assertThat(message.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.CALENDAR, PartKind.ATTACHMENT);
        assertThat(message.linkedText(SplitMessage.ENGLISH)).contains(invitation).doesNotContain("agenda");
    }

    private static final String VEVENT = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY;LANGUAGE=ja:Data: come\r\n and see\r\n"
        + "ORGANIZER;CN=\"Hanako: Sales\":mailto:hanako@example.co.jp\r\nATTACH:CID:x\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n";

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

    private static String signed(String signature) {
        return multipart("signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256",
                lines("Content-Type: application/pdf; name=a.pdf", "", "signed content"), signature);
    }

    private static final String SIGNATURE = lines("Content-Type: application/pkcs7-signature; name=smime.p7s", "Content-Transfer-Encoding: base64",
            "Content-Disposition: attachment; filename=smime.p7s", "", CMS);

    @Test
    void aSignedMessageIsNotTouched() {
        byte[] octets = signed(SIGNATURE).getBytes(StandardCharsets.US_ASCII);
        var message = SplitMessage.of(octets);
        assertThat(message.kinds()).containsExactly(PartKind.SIGNED);
        assertThat(message.layout().facts().signed()).isTrue();
        assertThat(message.spool).isEqualTo(octets);
        assertThat(message.linked(SplitMessage.ENGLISH)).isEqualTo(octets);
        assertThat(message.finishedSinks()).isZero();
        assertThat(message.enclosed()).containsExactly("a.pdf");
        assertThat(message.shown()).containsExactly("smime.p7s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: application/pkcs7-signature\r\n\r\nnot a signature\r\n", "Content-Type: text/plain\r\n\r\nno signature\r\n",
            "Content-Type: application/pgp-signature\r\n\r\nnone\r\n"})
    void aMessageThatOnlyCallsItselfSignedLosesItsAttachments(String second) {
        var message = SplitMessage.of(signed(second));
        assertThat(message.names()).contains("a.pdf");
        assertThat(message.linkedText(SplitMessage.ENGLISH)).doesNotContain("signed content");
        assertThat(message.layout().facts().signed()).isFalse();
    }

    @Test
    void aThirdPartBehindTheSignatureIsNoSignedMessage() {
        String three = signed(SIGNATURE + "\r\n--b\r\nContent-Type: application/x; name=more\r\n\r\nsecret\r\n");
        assertThat(SplitMessage.of(three).names()).containsExactly("a.pdf", "smime.p7s", "more");
    }

    @Test
    void aSignedPartStaysWholeWhileWhatIsBesideItIsTaken() {
        String inner = signed(SIGNATURE).replace("boundary=b", "boundary=s").replace("--b", "--s").substring("Subject: x\r\n".length());
        String outer = multipart("mixed", inner, lines("Content-Type: application/pdf; name=beside.pdf", "", "secret"));
        var message = SplitMessage.of(outer);
        assertThat(message.names()).containsExactly("beside.pdf");
        String linked = message.linkedText(SplitMessage.ENGLISH);
        assertThat(linked).contains(inner).doesNotContain("secret");
        assertThat(SplitMessage.of(linked).kinds()).containsExactly(PartKind.MULTIPART, PartKind.MULTIPART, PartKind.TEXT, PartKind.TEXT, PartKind.SIGNED);
    }

    @Test
    void anOpaqueCmsMessageStaysAndAnythingElseUnderItsNameIsTaken() {
        String header = "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        String enveloped = CmsOctets.base64(CmsOctets.enveloped(new byte[300]));
        var message = SplitMessage.of(header + enveloped + "\r\n");
        assertThat(message.kinds()).containsExactly(PartKind.ENCRYPTED);
        assertThat(message.layout().facts().encrypted()).isTrue();
        assertThat(SplitMessage.of(header + Base64.getEncoder().encodeToString(new byte[100]) + "\r\n").names()).containsExactly("smime.p7m");
        assertThat(SplitMessage.of(multipart("mixed", header + enveloped)).names()).containsExactly("smime.p7m");
    }

    @Test
    void aPgpEncryptedMessageStaysAndAFakedOneDoesNot() {
        String control = lines("Content-Type: application/pgp-encrypted", "", "Version: 1");
        String armor = lines("Content-Type: application/octet-stream; name=encrypted.asc", "", PgpText.MESSAGE);
        assertThat(SplitMessage.of(multipart("encrypted; protocol=\"application/pgp-encrypted\"", control, armor)).kinds()).containsExactly(PartKind.ENCRYPTED);
        assertThat(SplitMessage.of(multipart("encrypted", control, armor.replace("BEGIN PGP", "begin"))).names())
                .containsExactly("attachment.asc", "encrypted.asc");
        assertThat(SplitMessage.of(multipart("encrypted", control.replace("Version: 1", "PK and a small file"), armor)).names())
                .containsExactly("attachment.asc", "encrypted.asc");
        assertThat(SplitMessage.of(multipart("encrypted", control, armor.replace(PgpText.MESSAGE, PgpText.READABLE))).names())
                .containsExactly("attachment.asc", "encrypted.asc");
    }

    @Test
    void inlinePgpTextIsLeftAloneAndTheLinkGetsAPartOfItsOwn() {
        String pgp = lines("Content-Type: text/plain", "", "-----BEGIN PGP SIGNED MESSAGE-----", "", "text");
        var message = SplitMessage.of(multipart("mixed", pgp, lines("Content-Type: application/x; name=a", "", "secret")));
        String linked = message.linkedText(SplitMessage.ENGLISH);
        assertThat(linked).contains(pgp).doesNotContain("secret");
        assertThat(SplitMessage.of(linked).kinds()).containsExactly(PartKind.MULTIPART, PartKind.MULTIPART, PartKind.TEXT, PartKind.TEXT, PartKind.TEXT);
    }

    @Test
    void winmailIsTakenWhole() {
        assertThat(SplitMessage.of(multipart("mixed", lines("Content-Type: text/plain", "", "x"), lines("Content-Type: application/ms-tnef", "", "y"))).names())
                .containsExactly("winmail.dat");
    }

    @Test
    void theHeaderTellsWhatANoticeNeeds() {
        MessageFacts facts = SplitMessage.of(lines("Subject: =?iso-2022-jp?B?GyRCOCtAUSROQFobKEI=?=", "Message-ID: <1@example>", "Date: Sun, 22 Nov 2026 09:00:00 +0900",
                "From: =?utf-8?Q?=E8=8A=B1=E5=AD=90?= <h@example.co.jp>", "Auto-Submitted: Auto-Replied; x=y", "Precedence: Bulk", "List-Id: <l.example>", "", "x"))
                .layout().facts();
        assertThat(facts.messageId()).isEqualTo("<1@example>");
        assertThat(facts.from()).isEqualTo("花子 <h@example.co.jp>");
        assertThat(facts.autoSubmitted()).isEqualTo("auto-replied");
        assertThat(facts.precedence()).isEqualTo("bulk");
        assertThat(facts.list()).isTrue();
        assertThat(facts.language()).isEqualTo(Language.JAPANESE);
    }

    @Test
    void theLanguageIsGuessedFromTheText() {
        assertThat(SplitMessage.of(lines("Subject: hello", "", "short")).layout().facts().language()).isEqualTo(Language.BOTH);
        assertThat(SplitMessage.of(lines("Subject: hello", "", "A text of some length in English, which nobody would take for anything else."))
                .layout().facts().language()).isEqualTo(Language.ENGLISH);
        assertThat(SplitMessage.of(lines("Subject: hello", "", "日本語")).layout().facts().language()).isEqualTo(Language.JAPANESE);
        assertThat(SplitMessage.of(lines("Subject: hello", "Content-Type: text/plain; charset=ISO-2022-JP", "", "x")).layout().facts().language())
                .isEqualTo(Language.JAPANESE);
    }
}
