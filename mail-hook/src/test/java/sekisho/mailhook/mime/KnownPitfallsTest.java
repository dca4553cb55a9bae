package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mail that other gateways let through, lost or damaged, one message each. */
class KnownPitfallsTest {

    private static final String PDF = "%PDF-1.7 secret";

    private static String multipart(String type, String boundary, String... parts) {
        var message = new StringBuilder("Content-Type: multipart/" + type + "; boundary=" + boundary + "\r\n\r\n");
        for (String part : parts) {
            message.append("--").append(boundary).append("\r\n").append(part).append("\r\n");
        }
        return message + "--" + boundary + "--\r\n";
    }

    private static String text(String type, String text) {
        return "Content-Type: text/" + type + "\r\n\r\n" + text;
    }

    private static String file(String fields) {
        return fields + "\r\n\r\n" + PDF;
    }

    private static SplitMessage takes(String message, String... names) {
        var split = SplitMessage.of(message.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(split.names()).containsExactly(names);
        assertThat(split.linkedText(SplitMessage.ENGLISH)).doesNotContain("secret").contains("Content-Type: text/");
        return split;
    }

    @ParameterizedTest
    @CsvSource({"message/delivery-status, delivery-status", "message/disposition-notification, disposition-notification",
            "message/global-delivery-status, delivery-status", "message/feedback-report, feedback-report"})
    void reportsAndReceiptsPassAsTheyAre(String machine, String report) {
        byte[] message = ("Subject: x\r\n" + multipart("report; report-type=" + report, "b", text("plain", "It failed."),
                "Content-Type: " + machine + "\r\n\r\nReporting-MTA: dns; x", "Content-Type: message/rfc822\r\n\r\n"
                        + multipart("mixed", "i", text("plain", "x"), file("Content-Type: application/pdf; name=x.pdf")))).getBytes(StandardCharsets.US_ASCII);
        var split = SplitMessage.of(message);
        assertThat(split.layout().hasAttachments()).isFalse();
        assertThat(split.linked(SplitMessage.ENGLISH)).isEqualTo(message);
    }

    @Test
    void longLinesAndManyFieldsAreNotTouched() {
        byte[] message = ("Subject: x\r\nX-Long: " + "x".repeat(60_000) + "\r\n" + "X: y\r\n".repeat(2000) + multipart("mixed", "b", text("plain", "y".repeat(100_000)),
                text("html", "<p>" + "z".repeat(100_000)))).getBytes(StandardCharsets.US_ASCII);
        assertThat(SplitMessage.of(message).linked(SplitMessage.ENGLISH)).isEqualTo(message);
    }

    @Test
    void aMessageThatIsOnlyAPdfHasAnAttachment() {
        takes("Subject: scan\r\n" + file("Content-Type: application/pdf; name=scan.pdf"), "scan.pdf");
        takes("Subject: scan\r\n" + file("Content-Type: application/pdf\r\nContent-Disposition: inline"), "attachment.pdf");
    }

    @Test
    void whatAppleMailPutsIntoAnAlternativeIsFound() {
        var split = takes(multipart("alternative", "a", text("plain", "see"), multipart("mixed", "m", text("html", "<p>see</p>"),
                file("Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: inline; filename=a.pdf"), text("html", "<p>more</p>"))), "a.pdf");
        assertThat(split.linkedText(SplitMessage.ENGLISH)).contains("<p>see</p>").contains("<p>more</p>");
    }

    @Test
    void whatOutlookPutsBesideItsHtmlIsFound() {
        takes(multipart("mixed", "m", multipart("related", "r", multipart("alternative", "a", text("plain", "see"), text("html", "<p>see</p>")),
                file("Content-Type: application/vnd.ms-excel; name=\"a.xls\"\r\nContent-ID: <x@y>")), file("Content-Type: application/octet-stream; name=b.bin")),
                "a.xls", "b.bin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: application/pdf\r\nContent-Disposition: inline", "Content-Type: application/pdf; name=x",
            "Content-Type: text/plain\r\nContent-Disposition: attachment", "Content-Type: text/csv", "Content-Type: text/html; name=x.html",
            "Content-Disposition: attachment", "Content-Type: text/plain; name=\"  \"", "Content-Type: image/jpeg\r\nContent-ID: <not@shown>"})
    void anAttachmentIsOneWhateverItCallsItself(String fields) {
        var split = SplitMessage.of(multipart("mixed", "b", text("plain", "see"), file(fields)));
        assertThat(split.layout().attachments()).hasSize(1);
        assertThat(split.linkedText(SplitMessage.ENGLISH)).doesNotContain("secret");
    }

    @Test
    void aTextThatIsAnAttachmentGetsNoLink() {
        var split = takes(multipart("mixed", "b", "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=log.txt\r\n\r\nsecret",
                text("plain", "the message")), "log.txt");
        assertThat(split.linkedText(SplitMessage.ENGLISH)).containsOnlyOnce(SplitMessage.URL).contains(SplitMessage.URL + "\r\n\r\nthe message");
    }

    @ParameterizedTest
    @ValueSource(strings = {"JVBERi0xLjcgc2VjcmV0", "JVBERi0x*LjcgÄc2VjcmV0", "JVBERi0xLjcgc2VjcmV0====", "JVBERi0=\r\nMS43IHNlY3JldA==", "JVBERi0xLjcgc2VjcmV0=\r\n",
            "JVBERi0xL\r\n jcgc2Vj\r\n\t cmV0", "\r\n\r\nJVBERi0xLjcgc2VjcmV0\r\n\r\n"})
    void brokenBase64GivesEveryOctet(String body) {
        String message = multipart("mixed", "b", text("plain", "see"), "Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body);
        var split = takes(message, "x.pdf");
        assertThat(split.text(0)).isEqualTo(PDF);
    }

    private static final byte[] ARCHIVE = new byte[3_000];

    static {
        new Random(46).nextBytes(ARCHIVE);
    }

    private static SplitMessage labelledBase64(String body) {
        return takes(multipart("mixed", "b", text("plain", "see"), "Content-Type: application/x; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body), "x");
    }

    /** All that read mail leave out what is no sign of base64. */
    @ParameterizedTest
    @ValueSource(ints = {3, 4, 8, 12, 15, 16, 40})
    void blanksAndStraysInBase64MatterNothing(int signs) {
        String spaced = Base64.getEncoder().encodeToString(ARCHIVE).replaceAll("(.{" + signs + "})", signs == 4 ? "$1!" : "$1 ").replaceAll("(.{72})", "$1\r\n");
        assertThat(labelledBase64(spaced).content(0)).isEqualTo(ARCHIVE);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000, 1_100, 10_000})
    void straysInFrontOfBase64MatterNothing(int strays) {
        assertThat(labelledBase64("!".repeat(strays) + "\r\n" + Base64.getMimeEncoder().encodeToString(ARCHIVE)).content(0)).isEqualTo(ARCHIVE);
    }

    /** To one reader it is this, to another one that. */
    @Test
    void whereReadersOfBase64WouldDifferBothReadingsAreLookedAt() {
        String encoded = Base64.getEncoder().encodeToString(ARCHIVE);
        for (String body : new String[] {"!".repeat(40_000) + encoded, encoded.replaceAll("(.)", "$1!"), encoded.replaceAll("(.)", "$1 "), "~".repeat(70_000) + encoded}) {
            var split = labelledBase64(body);
            assertThat(split.text(0)).isEqualTo(body);
            assertThat(split.enclosed()).hasSize(1);
            assertThat(split.stayingContent(split.enclosed().getFirst())).isEqualTo(ARCHIVE);
        }
        var agreed = labelledBase64(Base64.getMimeEncoder().encodeToString(ARCHIVE));
        assertThat(agreed.enclosed()).isEmpty();
        assertThat(agreed.shown()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Please find the quotation for 12 units attached ", "4a6f 2c1d 00ff 9b3e ", "4A 6F 2C 1D 00 FF 9B 3E ", "XK4F99AB 77QP01ZZ ", "Yamada Taro Section Chief ",
            "iPhone McDonald iPad YouTube ", "id;name;price\r\n", "item 12 34 56 78 90 "})
    void longTextUnderTheLabelOfBase64StandsForItself(String text) {
        String body = "Dear all, here it is\r\n" + text.repeat(100);
        assertThat(labelledBase64(body).text(0)).isEqualTo(body);
    }

    /** Thunderbird counts the padding as one of four signs, and what is behind it is another file. */
    @Test
    void paddingInsideAGroupOfBase64IsRefused() {
        String encoded = Base64.getMimeEncoder().encodeToString(ARCHIVE);
        for (String front : new String[] {"IC=A", "I=CA", "IC=\r\n", "=", "QQ==="}) {
            refuses(labelled("base64", front + encoded));
            refuses(labelled("base64", encoded.repeat(20).replace("=", "") .substring(0, 16 * 1024) + "\r\n" + front + encoded));
        }
        for (String body : new String[] {"QQ==\r\n" + encoded, "QUI=" + encoded, "QQ=\r\n=" + encoded, encoded + "==", encoded + "QQ=", encoded + "QQ"}) {
            assertThat(labelledBase64(body).layout().hasAttachments()).as(body).isTrue();
        }
    }

    private static void refuses(String message) {
        assertThat(SplitMessage.of(message.getBytes(StandardCharsets.ISO_8859_1)).refused().code()).as(message).isEqualTo("5.6.0");
    }

    private static String labelled(String encoding, String body) {
        return multipart("mixed", "b", text("plain", "see"), "Content-Type: application/x; name=x\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + body);
    }

    /** Some look for the first file in it, wherever it begins, others for the last, and those that don't know the encoding take all of it as it is. */
    @Test
    void whatIsLabelledUuencodeOrYencAndHoldsMoreThanOneFileIsRefused() {
        String uu = UuText.uu("plan.zip", ARCHIVE);
        String yenc = UuText.yenc("plan.zip", ARCHIVE);
        for (String body : new String[] {"no file at all", "a remark\r\n" + uu, "a remark\r\n".repeat(1000) + uu, uu + "a remark\r\n", uu + uu, "begin-base64 644 x\r\n" + uu,
            uu + "size x\r\n", uu.replace("end", "END"), "begin 644 x\r\nend \r\n" + uu.substring(uu.indexOf('\n') + 1), "begin 644 x\r\n`\r\n" + uu, "begin\t644 x\r\n" + uu, "begin x y\r\n" + uu, "begin 644 x\r\n" + uu}) {
            refuses(labelled("x-uuencode", body));
        }
        for (String body : new String[] {"no file at all", "a remark\r\n" + yenc, yenc + "a remark\r\n", yenc + yenc, "=ybegin part=1 line=128 size=9 name=x\r\n" + yenc, "=ypart begin=1 end=2\r\n" + yenc,
            "=yremark\r\n" + yenc, "=yend size=3\r\n" + yenc}) {
            refuses(labelled("x-yenc", body));
        }
    }

    @Test
    void oneFileInUuencodeOrYencIsTakenAsOne() {
        String uu = UuText.uu("x\u0085y", ARCHIVE);
        for (String body : new String[] {uu, "\r\n" + uu + "\r\n\r\n", uu.replace("end\r\n", ""), uu.replace("644", "100644"), uu.replace(" 644", "  644"), uu.replace(" 644 ", "\t644\t"), uu + "size 3000\r\n", uu.replace(" 644 x\u0085y", " 600"),
            uu.replace("`\r\n", "\r\n"), uu.replace('`', ' ').replaceAll(" +\r\n", "\r\n"), uu.replaceAll("(?m)^(M.*)$", "$1x"),
            "begin-base64 644 x\r\n" + Base64.getMimeEncoder().encodeToString(ARCHIVE) + "\r\n====\r\n"}) {
            assertThat(takes(labelled("x-uuencode", body), "x").content(0)).as(body).isEqualTo(ARCHIVE);
        }
        String yenc = UuText.yenc("x", ARCHIVE);
        for (String body : new String[] {yenc, "\r\n" + yenc + "\r\n", yenc.replaceFirst("\r\n", "\r\n=ypart begin=1 end=3000\r\n")}) {
            assertThat(takes(labelled("x-yenc", body), "x").content(0)).as(body).isEqualTo(ARCHIVE);
        }
    }

    @Test
    void whatIsNotInTheEncodingItNamesStandsForItself() {
        String prose = "This is no base64, but a report: 12 of 30, and so on.\r\nRegards, secret";
        for (String encoding : new String[] {"base64", "x-unknown", "7bit"}) {
            var split = takes(multipart("mixed", "b", text("plain", "see"), "Content-Type: application/x; name=x\r\nContent-Transfer-Encoding: " + encoding
                    + "\r\n\r\n" + prose), "x");
            assertThat(split.text(0)).as(encoding).isEqualTo(prose);
        }
        var token = takes(multipart("mixed", "b", text("plain", "see"), "Content-Type: application/x; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + "hello 0123456789abcdef0123456789abcdef"), "x");
        assertThat(token.text(0)).isEqualTo("hello 0123456789abcdef0123456789abcdef");
        String structure = "--i\r\nContent-Type: application/zip\r\n\r\n" + "PK secret\r\n".repeat(200) + "--i--\r\n";
        var split = takes(multipart("mixed", "b", text("plain", "see"), "Content-Type: x/broken; boundary=i\r\nContent-Transfer-Encoding: base64\r\n\r\n" + structure),
                "attachment.bin");
        assertThat(split.text(0)).isEqualTo(structure);
    }

    @Test
    void aTransferEncodingOnAMultipartHidesNothing() {
        takes("Content-Transfer-Encoding: base64\r\n" + multipart("mixed", "b", text("plain", "see"), file("Content-Type: application/pdf; name=x.pdf")), "x.pdf");
        String encoded = Base64.getMimeEncoder().encodeToString(("--b\r\n" + file("Content-Type: application/pdf; name=x.pdf") + "\r\n--b--").getBytes(StandardCharsets.US_ASCII));
        var split = takes("Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded + "\r\n", "attachment.txt");
        assertThat(split.text(0)).isEqualTo(encoded + "\r\n");
    }

    /** Thunderbird takes the first, others the last. */
    @ParameterizedTest
    @CsvSource({"7bit, base64", "quoted-printable, base64", "base64, x-uuencode"})
    void aPartInTwoEncodingsIsRefused(String one, String other) {
        for (String encodings : new String[] {one + "\r\nContent-Transfer-Encoding: " + other, other + "\r\nContent-Transfer-Encoding: " + one}) {
            for (String type : new String[] {"text/plain", "application/pdf; name=x.pdf"}) {
                refuses(multipart("mixed", "b", text("plain", "see"), "Content-Type: " + type + "\r\nContent-Transfer-Encoding: " + encodings + "\r\n\r\nc2VjcmV0"));
            }
        }
    }

    @Test
    void twoEncodingsThatComeToTheSameAreOne() {
        assertThat(SplitMessage.of("Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: BASE64\r\n\r\ndGV4dA==").layout().hasAttachments()).isFalse();
        assertThat(SplitMessage.of("Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: 8bit\r\n\r\ntext").layout().hasAttachments()).isFalse();
    }

    @Test
    void twoFilesOfOneNameAreBothKept() {
        var split = takes(multipart("mixed", "b", text("plain", "see"), file("Content-Type: a/b; name=a.zip"), file("Content-Type: a/b; name=A.ZIP") + " two"),
                "a.zip", "A (2).ZIP");
        assertThat(split.text(1)).endsWith("two");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"..\\..\\x.zip | x.zip", "../../etc/passwd | passwd", "CON | _CON", "a\u0001b.txt | ab.txt", ".htaccess | htaccess", "a.exe. | a.exe"})
    void aNameIsMadeSafeAndTheDeclaredOneIsKept(String declared, String safe) {
        var fact = SplitMessage.of(multipart("mixed", "b", text("plain", "see"), file("Content-Type: a/b; name=\"" + declared + "\""))).layout().attachments().getFirst();
        assertThat(fact.name()).isEqualTo(safe);
        assertThat(fact.otherNames()).containsExactly(declared);
    }

    @Test
    void aNameThatTurnsItsDirectionOrIsTooLongIsMadeSafe() {
        String turned = "Content-Disposition: attachment; filename*=utf-8''harmless%E2%80%AEfdp.exe";
        assertThat(SplitMessage.of(multipart("mixed", "b", file(turned))).names()).containsExactly("harmlessfdp.exe");
        String name = SplitMessage.of(multipart("mixed", "b", file("Content-Type: a/b; name=\"" + "n".repeat(300) + ".pdf\""))).names().getFirst();
        assertThat(name).hasSize(200).endsWith(".pdf");
    }

    private static String percent(byte[] octets) {
        return HexFormat.of().withUpperCase().withPrefix("%").formatHex(octets);
    }

    private static String raw(String text, String charset) {
        return new String(text.getBytes(Charset.forName(charset)), StandardCharsets.ISO_8859_1);
    }

    @Test
    void japaneseNamesComeOutInEveryWayTheyAreWritten() {
        String name = "①見積㈱.pdf";
        String word = "=?ISO-2022-JP?B?" + Base64.getEncoder().encodeToString(name.getBytes(Charset.forName("x-windows-iso2022jp"))) + "?=";
        for (String field : new String[] {
                "Content-Disposition: attachment; filename*=Shift_JIS''" + percent(name.getBytes(Charset.forName("windows-31j"))),
                "Content-Disposition: attachment; filename*=ISO-2022-JP''" + percent(name.getBytes(Charset.forName("x-windows-iso2022jp"))),
                "Content-Disposition: attachment; filename=\"" + raw(name, "windows-31j") + "\"", "Content-Disposition: attachment; filename=" + raw(name, "UTF-8"),
                "Content-Type: application/pdf; name=\"" + word + "\"", "Content-Disposition: attachment; filename=\"" + raw(name, "x-windows-iso2022jp") + "\""}) {
            takes(multipart("mixed", "b", text("plain", "see"), file(field)), name);
        }
        takes(multipart("mixed", "b", text("plain", "see"), file("Content-Disposition: attachment; filename=my report 2.pdf")), "my report 2.pdf");
    }

    @Test
    void theNameShownIsTheNameJudgedAndTheOthersAreToo() {
        var fact = takes(multipart("mixed", "b", text("plain", "see"), file("Content-Type: application/pdf; name=c.exe\r\n"
                + "Content-Disposition: attachment; filename=b.pdf; filename*=utf-8''a.pdf")), "a.pdf").layout().attachments().getFirst();
        assertThat(fact.otherNames()).containsExactly("b.pdf", "c.exe");
    }

    @Test
    void aSubjectCutInTheMiddleOfACharacterIsReadAndLeftAsItIs() {
        byte[] subject = "お見積りの件".getBytes(Charset.forName("UTF-8"));
        String one = Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(subject, 7));
        String two = Base64.getEncoder().encodeToString(java.util.Arrays.copyOfRange(subject, 7, subject.length));
        String field = "Subject: =?utf-8?B?" + one + "?=\r\n =?utf-8?B?" + two + "?=\r\n";
        var split = SplitMessage.of(field + multipart("mixed", "b", text("plain", "see"), file("Content-Type: application/pdf; name=x.pdf")));
        assertThat(split.layout().facts().subject()).isEqualTo("お見積りの件");
        assertThat(split.linkedText(SplitMessage.ENGLISH)).startsWith(field);
    }
}
