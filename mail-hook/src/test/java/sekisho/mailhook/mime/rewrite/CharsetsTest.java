package sekisho.mailhook.mime.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.mime.Reading;
import sekisho.mailhook.mime.SplitMessage;
import sekisho.mailhook.mime.check.MessageCheck;
import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.codec.BodyEncoder;
import sekisho.mailhook.mime.codec.TransferEncoding;

/** Pitfalls 41 and 42: the block is written as the text around it is, or all of it is written anew; and the header says how. */
class CharsetsTest {

    private static final String URL = "https://files.example.co.jp/d/0123456789abcdefABCDEF";
    private static final LinkBlock JAPANESE = block("添付ファイルはこちら", "見積書.pdf");

    static LinkBlock block(String... lines) {
        String text = String.join("\r\n", lines) + "\r\n" + URL + "\r\n";
        return new LinkBlock(text, "Attachments:\r\n" + URL + "\r\n", "<p>" + String.join("<br>", lines) + " <a href=\"" + URL + "\">" + URL + "</a></p>\r\n");
    }

    private static byte[] encoded(byte[] octets, String encoding) {
        var out = new ByteArrayOutputStream();
        try {
            var encoder = BodyEncoder.of(TransferEncoding.parse(encoding), out);
            encoder.write(octets);
            encoder.finish();
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return out.toByteArray();
    }

    private static byte[] message(String type, String charset, String encoding, String text) {
        byte[] octets = text.getBytes(Charset.forName(charset.equals("utf-8-bom") ? "utf-8" : charset));
        return Reading.mixed("Content-Type: " + type + "; charset=" + charset + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n", encoded(octets, encoding));
    }

    static Stream<Arguments> charsetsAndEncodings() {
        return Stream.of("ISO-2022-JP", "Shift_JIS", "EUC-JP", "GB18030", "GB2312", "windows-1252", "ISO-8859-1", "us-ascii", "utf-8")
                .flatMap(charset -> Stream.of("7bit", "8bit", "binary", "quoted-printable", "base64")
                        .filter(encoding -> !encoding.equals("7bit") || charset.matches("ISO-2022-JP|us-ascii"))
                        .flatMap(encoding -> Stream.of("text/plain", "text/html").flatMap(type -> Stream.of(Place.values())
                                .map(place -> Arguments.of(charset, encoding, type, place)))));
    }

    @ParameterizedTest
    @MethodSource("charsetsAndEncodings")
    void textAndBlockAreReadTogether(String charset, String encoding, String type, Place place) {
        String own = charset.matches("windows-1252|ISO-8859-1") ? "Grüße, señor" : charset.equals("us-ascii") ? "Regards" : charset.startsWith("GB") ? "您好" : "拝啓";
        String text = type.equals("text/html") ? "<html><body><p>" + own + "</p></body></html>\r\n" : own + "\r\n\r\n-- \r\nA\r\n";
        var placed = new LinkBlock(JAPANESE.text(), JAPANESE.ascii(), JAPANESE.html(), place);
        var read = Reading.one(message(type, charset, encoding, text), placed);
        String shown = read.html() ? Jsoup.parse(read.text()).body().text() : read.text();
        assertThat(shown).contains(own, "添付ファイルはこちら", "見積書.pdf").containsOnlyOnce(URL);
        if (!read.html()) {
            assertThat(read.text()).isEqualTo(switch (place) {
                case TOP -> JAPANESE.text() + "\r\n" + text;
                case BEFORE_SIGNATURE -> own + "\r\n\r\n" + JAPANESE.text() + "\r\n-- \r\nA\r\n";
                case BOTTOM -> own + "\r\n\r\n-- \r\nA\r\n\r\n" + JAPANESE.text();
            });
        }
        boolean eightBit = read.raw().chars().anyMatch(c -> c > 127);
        assertThat(read.encoding()).as("is what it says").isIn(eightBit ? new String[] {"8bit", "binary"} : new String[] {"7bit", "8bit", "binary", "base64",
            "quoted-printable"});
    }

    @ParameterizedTest
    @CsvSource({"ISO-2022-JP, 7bit", "Shift_JIS, 8bit", "EUC-JP, 8bit", "GB2312, base64", "utf-8, quoted-printable"})
    void aTextWhoseCharsetHasTheBlockKeepsIt(String charset, String encoding) {
        String own = charset.startsWith("GB") ? "您好\r\n" : "拝啓\r\n";
        var read = Reading.one(message("text/plain", charset, encoding, own), block("添付文件はこちら"));
        assertThat(read.charset()).isEqualTo(charset);
        assertThat(read.encoding()).isEqualTo(encoding);
        assertThat(read.text()).endsWith(own);
    }

    @ParameterizedTest
    @ValueSource(strings = {"①②.pdf", "㈱サンプル.pdf", "ﾐﾂﾓﾘ.pdf", "髙﨑.pdf", "한국.pdf", "😀.pdf", "〜～.pdf"})
    void whatIso2022JpHasNotRaisesTheTextAsAWhole(String name) {
        for (String encoding : new String[] {"7bit", "base64", "quoted-printable"}) {
            var read = Reading.one(message("text/plain", "ISO-2022-JP", encoding, "拝啓、見積もりです。\r\n"), block("添付", name));
            assertThat(read.text()).isEqualTo("添付\r\n" + name + "\r\n" + URL + "\r\n\r\n拝啓、見積もりです。\r\n");
            assertThat(read.charset()).isEqualTo("utf-8");
            assertThat(read.encoding()).isEqualTo("base64");
            assertThat(read.raw()).doesNotContain("\u001B");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Shift_JIS", "EUC-JP"})
    void vendorCharactersAreWrittenOnlyWhereEveryReaderKnowsThem(String charset) {
        var read = Reading.one(message("text/plain", charset, "8bit", "拝啓\r\n"), block("①㈱サンプル.pdf"));
        assertThat(read.text()).contains("①㈱サンプル.pdf").endsWith("拝啓\r\n");
        assertThat(read.charset()).isEqualTo(charset.equals("Shift_JIS") ? "Shift_JIS" : "utf-8");
    }

    @Test
    void vendorCharactersOfTheSenderSurviveBeingRaised() {
        byte[] octets = "㈱サンプル ①\r\n".getBytes(Charset.forName("x-windows-iso2022jp"));
        var read = Reading.one(Reading.mixed("Content-Type: text/plain; charset=ISO-2022-JP\r\n", octets), block("한국"));
        assertThat(read.text()).endsWith("㈱サンプル ①\r\n").startsWith("한국\r\n");
        assertThat(Reading.one(Reading.mixed("Content-Type: text/plain; charset=ISO-2022-JP\r\n", octets), block("添付")).raw()
                .getBytes(StandardCharsets.ISO_8859_1)).as("and stay as they are when it fits").endsWith(octets);
    }

    /** Windows writes its own signs under these labels, and browsers and mail programs read them. */
    @ParameterizedTest
    @CsvSource({"iso-8859-1, windows-1252, olé", "ISO_8859-1, windows-1252, olé", "l1, windows-1252, olé", "cp819, windows-1252, olé", "iso-8859-9, windows-1254, Sayın",
        "latin5, windows-1254, Sayın", "ISO8859-9, windows-1254, Sayın", "iso-8859-11, x-windows-874, สวัสดี", "tis-620, x-windows-874, สวัสดี"})
    void signsOfWindowsUnderTheLabelOfAStandardSurviveBeingRaised(String label, String written, String word) {
        String own = word + " “plan” … ‘a’ – 5 €\r\n";
        for (String encoding : new String[] {"8bit", "quoted-printable", "base64"}) {
            byte[] message = Reading.mixed("Content-Type: text/plain; charset=" + label + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n",
                    encoded(own.getBytes(Charset.forName(written)), encoding));
            var read = Reading.one(message, block("添付", "表①.pdf"));
            assertThat(read.charset()).isEqualTo("utf-8");
            assertThat(read.text()).endsWith(own);
            var kept = Reading.one(message, block("Attachments", word + ".pdf"));
            assertThat(kept.charset()).isEqualTo(label);
            assertThat(kept.text()).contains(word + ".pdf").endsWith(own);
            assertThat(Reading.one(message, block("Attachments", "“a”.pdf")).charset()).as("not every reader knows them there").isEqualTo("utf-8");
        }
    }

    /** The names that Windows and old programs give to these charsets. */
    @ParameterizedTest
    @CsvSource({"csISO2022JP, x-windows-iso2022jp", "csShiftJIS, windows-31j"})
    void vendorCharactersAreReadUnderEveryNameOfACharset(String label, String written) {
        byte[] octets = "㈱サンプル ①\r\n".getBytes(Charset.forName(written));
        byte[] message = Reading.mixed("Content-Type: text/plain; charset=" + label + "\r\n", octets);
        assertThat(Reading.one(message, block("한국")).text()).endsWith("㈱サンプル ①\r\n").startsWith("한국\r\n");
        var kana = Reading.one(message, block("ﾐﾂﾓﾘ.pdf"));
        assertThat(kana.text()).startsWith("ﾐﾂﾓﾘ.pdf\r\n");
        assertThat(kana.charset()).isEqualTo(label.equals("csShiftJIS") ? label : "utf-8");
        assertThat(Reading.one(message, block("添付")).charset()).isEqualTo(label);
    }

    @Test
    void aTextThatIsNotWhatItsLabelSaysLosesNothing() {
        byte[] broken = {'a', (byte) 0x80, (byte) 0xFF, 'b', '\r', '\n'};
        for (String charset : new String[] {"us-ascii", "EUC-JP", "utf-7", "x-nobody-knows"}) {
            byte[] linked = Reading.linked(Reading.mixed("Content-Type: text/plain; charset=" + charset + "\r\nContent-Transfer-Encoding: 8bit\r\n", broken),
                    block("添付", "😀.pdf"));
            assertThat(linked).containsSequence(("Attachments:\r\n" + URL + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII)).containsSequence(broken);
        }
    }

    /** RFC 2152: a plus sign shifts to base64, "+-" is one. */
    @ParameterizedTest
    @ValueSource(strings = {"utf-7", "UNICODE-1-1-UTF-7", "utf7"})
    void aPlusSignIsOneInUtf7(String charset) {
        String own = "+YuhVUw-\r\n";
        var block = new LinkBlock("\u6DFB\u4ED8 (UTC+9)\r\n" + URL + "\r\n", "Until 18:00 (UTC+9), UTC+09:00\r\n" + URL + "\r\n", "<p>(UTC+9) <a href=\"" + URL + "\">x</a></p>\r\n");
        for (String encoding : new String[] {"7bit", "8bit", "quoted-printable", "base64"}) {
            String field = "; charset=" + charset + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n";
            byte[] octets = encoded(own.getBytes(StandardCharsets.US_ASCII), encoding);
            var split = SplitMessage.of(Reading.linked(Reading.mixed("Content-Type: text/plain" + field, octets), block));
            assertThat(decoded(split, encoding)).isEqualTo("Until 18:00 (UTC+-9), UTC+-09:00\r\n" + URL + "\r\n\r\n" + own);
            var html = SplitMessage.of(Reading.linked(Reading.mixed("Content-Type: text/html" + field, octets), block));
            assertThat(MessageCheck.check(Reading.mixed("Content-Type: text/plain" + field, octets)).violations()).isEmpty();
            assertThat(decoded(html, encoding)).isEqualTo("<p>(UTC&#43;9) <a href=\"" + URL + "\">x</a></p>\r\n" + own);
        }
    }

    private static String decoded(SplitMessage message, String encoding) {
        var part = message.layout().root().children().getFirst().body();
        byte[] octets = Arrays.copyOfRange(message.spool, (int) part.from(), (int) part.to());
        return new String(BodyDecoder.decode(TransferEncoding.parse(encoding), octets), StandardCharsets.US_ASCII);
    }

    @Test
    void aByteOrderMarkStaysFirst() {
        for (String type : new String[] {"plain", "html"}) {
            byte[] linked = Reading.linked(Reading.mixed("Content-Type: text/" + type + "; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", "\uFEFF拝啓\r\n"), JAPANESE);
            assertThat(new String(linked, StandardCharsets.UTF_8)).contains("\r\n\r\n\uFEFF" + (type.equals("plain") ? "添付" : "<p>")).doesNotContain("添付\uFEFF");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE"})
    void utf16IsRaised(String charset) {
        for (String type : new String[] {"text/plain", "text/html"}) {
            String own = type.equals("text/plain") ? "拝啓\r\n" : "<html><body>拝啓</body></html>";
            var read = Reading.one(message(type, charset, "base64", own), JAPANESE);
            assertThat(read.charset()).isEqualTo("utf-8");
            assertThat(Jsoup.parse(read.text()).body().text()).startsWith("添付ファイルはこちら").endsWith("拝啓");
        }
    }

    /** .NET writes little-endian octets without a mark, and mail programs read them so; RFC 2781 §4.3 says big-endian. A line end tells the order. */
    @ParameterizedTest
    @CsvSource({"utf-16, UTF-16LE", "utf-16, UTF-16BE", "unicode, UTF-16LE", "ucs-2, UTF-16BE", "utf-32, UTF-32LE", "utf-32, UTF-32BE", "ucs-4, UTF-32LE"})
    void aWideTextWithoutAMarkIsRaisedInTheOrderInWhichItIsText(String label, String written) {
        for (String own : new String[] {"拝啓\r\n田中です。\r\n", "Dear Bob,\r\nplease see attached.\r\n"}) {
            for (String type : new String[] {"plain", "html"}) {
                byte[] message = wide(type, label, own.getBytes(Charset.forName(written)));
                var read = Reading.one(message, JAPANESE);
                assertThat(read.charset()).isEqualTo("utf-8");
                assertThat(read.text()).isEqualTo(type.equals("plain") ? JAPANESE.text() + "\r\n" + own : JAPANESE.html() + own);
                assertThat(MessageCheck.check(message).violations()).isEmpty();
            }
        }
    }

    private static byte[] wide(String type, String label, byte[] octets) {
        return Reading.mixed("Content-Type: text/" + type + "; charset=" + label + "\r\nContent-Transfer-Encoding: base64\r\n", encoded(octets, "base64"));
    }

    static Stream<Arguments> unreadable() {
        byte[] hello = "Hello".getBytes(StandardCharsets.UTF_16LE);
        byte[] half = Arrays.copyOf("拝啓\r\n".getBytes(StandardCharsets.UTF_16BE), 7);
        return Stream.of(Arguments.of("utf-16", hello), Arguments.of("utf-16", "見積".getBytes(StandardCharsets.UTF_16BE)), Arguments.of("utf-16be", half),
            Arguments.of("x-IBM930", new byte[] {0x0E, 0x41, 0x41, 0x25}));
    }

    /** In one order of the octets it says this and in the other that, or some of it says nothing: raised, it would be lost to who can read it. */
    @ParameterizedTest
    @MethodSource("unreadable")
    void whatMayBeReadInTwoWaysOrNoneStaysAsItIs(String charset, byte[] octets) {
        for (String type : new String[] {"plain", "html"}) {
            byte[] message = wide(type, charset, octets);
            assertThat(new String(Reading.linked(message, SplitMessage.ENGLISH), StandardCharsets.ISO_8859_1)).contains("charset=" + charset + "\r\n")
                .contains(new String(encoded(octets, "base64"), StandardCharsets.US_ASCII));
            assertThat(MessageCheck.check(message).violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-16", "UTF-16LE", "utf-32"})
    void asciiThatIsSaidToBeWideStaysAsItIs(String charset) {
        for (String encoding : new String[] {"7bit", "8bit", "binary"}) {
            byte[] message = Reading.mixed("Content-Type: text/plain; charset=" + charset + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n", "Dear Bob,\r\nplease see attached.\r\n");
            assertThat(new String(Reading.linked(message, JAPANESE), StandardCharsets.UTF_8)).contains("charset=" + charset + "\r\n", "\r\n\r\nDear Bob,\r\nplease see");
        }
    }

    @Test
    void anEmptyWideTextIsRaised() {
        assertThat(Reading.one(wide("plain", "utf-16", new byte[0]), JAPANESE).text()).isEqualTo(JAPANESE.text() + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7bit", "8bit", "binary", "x-unknown", "", "8-bit", "base64;"})
    void anAsciiTextStaysInSevenBitsOrSaysThatItDoesNot(String encoding) {
        String field = encoding.isEmpty() ? "" : "Content-Transfer-Encoding: " + encoding + "\r\n";
        String own = encoding.startsWith("base64") ? "SGVsbG8NCg==" : "Hello\r\n";
        var read = Reading.one(Reading.mixed("Content-Type: text/plain; charset=utf-8\r\n" + field, own), JAPANESE);
        assertThat(read.text()).isEqualTo(JAPANESE.text() + "\r\nHello\r\n");
        assertThat(read.raw()).as("the envelope doesn't say 8BITMIME").matches("[\\r\\n -~]*");
        assertThat(read.encoding()).isEqualTo("base64");
    }

    @Test
    void aTextThatClaimsSevenBitsAndHasMoreIsPutRight() {
        for (String field : new String[] {"Content-Transfer-Encoding: 7bit\r\n", "", "Content-Transfer-Encoding: utf-8\r\n"}) {
            var read = Reading.one(Reading.mixed("Content-Type: text/plain; charset=utf-8\r\n" + field, "拝啓\r\n"), JAPANESE);
            assertThat(read.text()).isEqualTo(JAPANESE.text() + "\r\n拝啓\r\n");
            assertThat(read.encoding()).isEqualTo("8bit");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain charset=utf-8", "text/plain\r\n\tcharset=utf-8; format=fixed;", "TEXT/plain\tcharset=\"utf-8\"", "text/html charset=utf-8"})
    void aTypeWithoutASemicolonBehindItIsPutRightSoThatEveryReaderShowsTheLink(String type) {
        byte[] message = Reading.mixed("Content-Type: " + type + "\r\nContent-Transfer-Encoding: 8bit\r\n", "拝啓\r\n");
        assertThat(MessageCheck.check(message).violations()).isEmpty();
        assertThat(new String(Reading.linked(message, block("The attachments are here:")), StandardCharsets.UTF_8))
            .containsPattern("Content-Type: text/(plain|html);\r\n\tcharset=\"utf-8\"").contains("拝啓");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain;charset=utf-8", "text/plain ; charset=utf-8", "text/plain\r\n\t; charset=utf-8", "text/plain"})
    void aTypeThatEveryReaderKnowsStaysAsItIs(String type) {
        byte[] message = Reading.mixed("Content-Type: " + type + "\r\nContent-Transfer-Encoding: 8bit\r\n", "Hello\r\n");
        assertThat(new String(Reading.linked(message, block("The attachments are here:")), StandardCharsets.UTF_8)).contains("Content-Type: " + type + "\r\n");
    }

    @Test
    void twoTransferEncodingsBecomeTheOneThatIsTrue() {
        byte[] linked = Reading.linked(Reading.mixed("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n"
                + "Content-Transfer-Encoding: 8bit\r\n", "拝啓\r\n"), JAPANESE);
        assertThat(new String(linked, StandardCharsets.UTF_8)).containsOnlyOnce("Content-Transfer-Encoding: 8bit\r\n").doesNotContain("7bit");
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void aTextThatForgotToShiftBackIsEndedFirst(Place place) {
        byte[] octets = "\u001B$B7HBS".getBytes(StandardCharsets.US_ASCII);   // 携帯, and no ESC ( B
        var placed = new LinkBlock(JAPANESE.text(), JAPANESE.ascii(), JAPANESE.html(), place);
        var read = Reading.one(Reading.mixed("Content-Type: text/plain; charset=ISO-2022-JP\r\n", octets), placed);
        assertThat(read.text()).contains("携帯").contains(JAPANESE.text());
    }

    @Test
    void htmlOfIso2022JpIsNotMisreadForItsOctets() {
        String japanese = "<html><head><title>圧縮</title><!-- 縮 --></head><body><p>頃縮</p></body></html>";   // '<' and '>' are halves of characters
        byte[] octets = japanese.getBytes(Charset.forName("ISO-2022-JP"));
        assertThat(Arrays.toString(octets)).contains("60");
        var read = Reading.one(Reading.mixed("Content-Type: text/html; charset=ISO-2022-JP\r\n", octets), JAPANESE);
        assertThat(read.text().replaceFirst("(?s)<p>添付.*?</p>\r\n|<p>&#.*?</p>\r\n", "")).isEqualTo(japanese);
        assertThat(read.text()).contains("<body><p>&#");
    }

    @Test
    void aQuotedPrintableTextWithOddLineEndsIsStillWhatItWas() {
        var read = Reading.one(Reading.mixed("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n",
                "=E6=8B=9D=E5=95=93=\r\n, trailing =20\r\nlong " + "=E3=81=82".repeat(20) + "=\r\nend"), JAPANESE);
        assertThat(read.text()).isEqualTo(JAPANESE.text() + "\r\n拝啓, trailing  \r\nlong " + "あ".repeat(20) + "end");
        assertThat(read.raw().lines()).allMatch(line -> line.length() <= 76);
    }

    @Test
    void digestsAndLengthsOfATouchedTextGo() {
        byte[] linked = Reading.linked(Reading.mixed("Content-Type: text/plain\r\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\nContent-Length: 5\r\nLines: 1\r\n"
                + "Content-Language: en\r\n", "Hello"), block("Attachments"));
        assertThat(new String(linked, StandardCharsets.US_ASCII)).contains("Content-Language: en\r\n").doesNotContain("MD5", "Content-Length", "Lines");
    }

    @Test
    void aLongNameMakesNoLineThatServersCut() {
        String name = "長".repeat(200) + ".pdf";
        for (String type : new String[] {"text/plain", "text/html"}) {
            for (String charset : new String[] {"us-ascii", "utf-8", "ISO-2022-JP"}) {
                var read = Reading.one(message(type, charset, "7bit", "<p>Hello</p>\r\n"), block("添付", name));
                assertThat(read.raw().lines()).allMatch(line -> line.length() < 998);
                assertThat(read.html() ? Jsoup.parse(read.text()).text() : read.text()).contains(name, "Hello").containsOnlyOnce(URL);
            }
        }
    }

    /** A mail server has put a footer behind it, or it isn't encoded at all: what of it is to be decoded readers don't agree on, so it stays as it is. */
    @ParameterizedTest
    @ValueSource(strings = {"SGVsbG8gd29ybGQsIA==\r\n\r\n-- \r\nThis message is confidential.\r\n", "SGVsbG8gd29ybGQ=\r\n____\r\nConfidential\r\n",
        "Only the label says that this is encoded, and no reader can know.\r\n", "IC=A\r\n"})
    void aTextThatIsNotAllInBase64StaysAsItIs(String body) {
        byte[] linked = Reading.linked(Reading.mixed("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n", body), SplitMessage.ENGLISH);
        assertThat(new String(linked, StandardCharsets.UTF_8)).contains("\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body + "\r\n--=_b--")
            .contains(java.util.Base64.getMimeEncoder().encodeToString(SplitMessage.ENGLISH.text().getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SGVsbG8gd29ybGQ=\r\nSGVsbG8gd29ybGQ=\r\n", "SGVsbG8gd29ybGQ=  \r\n \r\n", "SGVsbG8gd29ybGQ"})
    void aTextInPiecesOfBase64HasTheLinkInIt(String body) {
        byte[] message = Reading.mixed("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n", body);
        assertThat(Reading.one(message, SplitMessage.ENGLISH).text()).startsWith(SplitMessage.ENGLISH.text() + "\r\nHello world");
    }
}
