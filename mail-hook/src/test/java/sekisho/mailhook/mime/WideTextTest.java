package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.CmsOctets.join;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts in UTF-16 and UTF-32 are full of zero octets; so are files, which such a label once hid from everybody. */
class WideTextTest {

    private static final byte[] NO_MARK = {};
    private static final byte[] LITTLE = {(byte) 0xFF, (byte) 0xFE};
    private static final byte[] BIG = {(byte) 0xFE, (byte) 0xFF};
    private static final String JAPANESE = """
            株式会社取引先
            田中太郎 様

            いつもお世話になっております。ご依頼の件、①見積書と②図面を㈱山田製作所よりお送りいたします。
            ｶﾅ、😀、𠮷野家、サーバーは 192.0.2.1 です。Best regards, Hanako
            """.replace("\n", "\r\n");

    private static String message(String type, String charset, byte[] octets) {
        return "Subject: x\r\nContent-Type: " + type + "; charset=" + charset + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + CmsOctets.base64(octets) + "\r\n";
    }

    private static void isFile(String charset, byte[] octets) {
        for (String type : List.of("text/plain", "text/html")) {
            var split = SplitMessage.of(message(type, charset, octets));
            assertThat(split.layout().hasAttachments()).as(type + " " + charset).isTrue();
            assertThat(split.content(0)).isEqualTo(octets);
        }
    }

    private static void isText(String charset, byte[] octets) {
        for (String type : List.of("text/plain", "text/html")) {
            var message = message(type, charset, octets);
            for (int step : new int[] {1, 7, 8192}) {
                var split = SplitMessage.inSteps(message.getBytes(StandardCharsets.US_ASCII), step);
                assertThat(split.kinds()).as(type + " " + charset).containsExactly(PartKind.TEXT);
                assertThat(split.spool).isEqualTo(split.original);
            }
        }
    }

    private static byte[] random(int seed, int octets) {
        var out = new byte[octets];
        new Random(seed).nextBytes(out);
        return out;
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] zip() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("plan.txt"));
            zip.write(octets("The plan."));
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-16", "UTF-16LE", "utf-16be", "unicode", "utf-32", "UTF-32LE", "ucs-2"})
    void aFileIsNoText(String charset) throws IOException {
        var files = List.of(zip(), join(octets("\u00FD7zXZ\0\0\u0004"), random(1, 60)), join(octets("BZh91AY&SY"), random(2, 60)),
                join(octets("\u007FELF\u0002\u0001\u0001"), new byte[9], random(3, 48)), join(new byte[32769], octets("CD001\u0001"), random(4, 3000)),
                join(octets("(\u00B5/\u00FD"), random(5, 60)), octets("%PDF-1.7 secret"), random(6, 500), random(7, 200_000));
        for (byte[] file : files) {
            for (byte[] mark : List.of(NO_MARK, LITTLE, BIG)) {
                isFile(charset, join(mark, file));
            }
        }
    }

    @Test
    void aFileBehindAnHonestBeginningIsFoundToo() {
        for (var charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            for (int times : new int[] {1, 10, 500}) {
                isFile(charset.name(), join(JAPANESE.repeat(times).getBytes(charset), random(times, 1000)));
                isFile("utf-16", join(JAPANESE.repeat(times).getBytes(charset), random(times, 1000)));
            }
        }
    }

    @Test
    void japaneseIsText() {
        for (int times : new int[] {1, 1000}) {
            String text = JAPANESE.repeat(times);
            byte[] little = text.getBytes(StandardCharsets.UTF_16LE);
            byte[] big = text.getBytes(StandardCharsets.UTF_16BE);
            for (String label : List.of("utf-16", "unicode", "ucs-2")) {
                isText(label, little);
                isText(label, big);
                isText(label, join(LITTLE, little));
                isText(label, join(BIG, big));
            }
            isText("utf-16le", little);
            isText("utf-16le", join(LITTLE, little));
            isText("UTF-16BE", big);
            isText("UTF-16BE", join(BIG, big));
            isText("utf-32", text.getBytes(Charset.forName("UTF-32")));
            isText("utf-32le", text.getBytes(Charset.forName("UTF-32LE")));
        }
    }

    @Test
    void aFewZerosAndTheEndOfABrokenOneMatterNothing() {
        isText("utf-16", ("Hello\0 there\0\r\n").getBytes(StandardCharsets.UTF_16));
        isText("utf-16le", join(JAPANESE.getBytes(StandardCharsets.UTF_16LE), new byte[1]));
        isText("utf-16", new byte[0]);
        isText("utf-16", LITTLE);
        isText("utf-16", new String(Character.toChars(0x1FB00)).repeat(3).getBytes(StandardCharsets.UTF_16));
    }

    /** Also where in both orders it is text: it is the one in ASCII. */
    @Test
    void whatItSaysIsReadInTheOrderInWhichItIsText() {
        String html = "<html><head><style>p { color: red }</style></head><body><p>見積書 \u2014 see</p><p>The password is plum</p></body></html>";
        for (String end : List.of("\r\n", "")) {
            for (var charset : List.of("utf-16le", "utf-16be", "utf-32le", "utf-32be")) {
                String label = charset.substring(0, 6);
                assertThat(textSample("text/plain", label, ("Best regards, the password is plum" + end).getBytes(Charset.forName(charset)))).contains("the password is plum");
                assertThat(textSample("text/html", label, (html + end).getBytes(Charset.forName(charset)))).contains("見積書 \u2014 see\n", "The password is plum").doesNotContain("color", "<p>");
            }
            assertThat(textSample("text/html", "utf-16", (html + end).getBytes(StandardCharsets.UTF_16))).contains("\u2014 see\n");
        }
    }

    private static String textSample(String type, String charset, byte[] octets) {
        return SplitMessage.of(message(type, charset, octets)).textSample();
    }

    private static void isTextThatNobodyTouches(String charset, byte[] octets) {
        isText(charset, octets);
        String part = "Content-Type: text/plain; charset=" + charset + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + CmsOctets.base64(octets) + "\r\n";
        var split = SplitMessage.of("Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" + part + "--m\r\nContent-Type: application/zip; name=plan.zip\r\n\r\nPK\r\n--m--\r\n");
        assertThat(split.names()).containsExactly("plan.zip");
        assertThat(split.linkedText(SplitMessage.ENGLISH)).contains(part);
    }

    /** A program puts it there octet for octet, whatever the text is in. */
    @Test
    void aFooterInAsciiIsNoFile() {
        byte[] footer = octets("\r\n-- \r\nDisclaimer: this e-mail is confidential (see https://example.co.jp/?a=b&c=~d).\r\n");
        for (int times : new int[] {1, 500}) {
            isTextThatNobodyTouches("utf-16", join(LITTLE, JAPANESE.repeat(times).getBytes(StandardCharsets.UTF_16LE), footer));
            isTextThatNobodyTouches("UTF-16LE", join(JAPANESE.repeat(times).getBytes(StandardCharsets.UTF_16LE), footer));
            isTextThatNobodyTouches("utf-16be", join(JAPANESE.repeat(times).getBytes(StandardCharsets.UTF_16BE), footer));
        }
        isFile("utf-16", join(LITTLE, JAPANESE.getBytes(StandardCharsets.UTF_16LE), footer, random(9, 1000)));
    }

    /** Readers show nonsense, or see that it is wrong. */
    @ParameterizedTest
    @ValueSource(strings = {"utf-16", "UTF-16LE", "utf-16be", "utf-32"})
    void aTextUnderTheWrongLabelIsNoFile(String charset) {
        String english = "Dear all,\r\nplease see attached.\r\n\r\nRegards, Hanako\r\n";
        for (int times : new int[] {1, 20, 3000}) {
            isTextThatNobodyTouches(charset, octets(english.repeat(times)));
            isTextThatNobodyTouches(charset, JAPANESE.repeat(times).getBytes(StandardCharsets.UTF_8));
            isFile(charset, join(octets(english.repeat(times)), random(times, 1000)));
            isFile(charset, join(JAPANESE.repeat(times).getBytes(StandardCharsets.UTF_8), random(times, 1000)));
        }
        assertThat(textSample("text/plain", charset, octets(english + "The password is plum.\r\n"))).contains("The password is plum");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00C0\u00AF", "\u00ED\u00A0\u0080", "\u00F4\u0090\u0080\u0080", "\u00E3\u0081x", "\u00E3\u0081\u00E3", "\u0080", "\u00FF", "\u0001\u0002\u0003\u0004\u0005", "\0\0\0\0\0"})
    void whatIsNotUtf8IsNoTextInUtf8(String broken) {
        isFile("utf-32", octets("Dear all,\r\nplease see " + broken + " attached.\r\n\r\nRegards, Hanako\r\n"));
    }

    /** Unicode gets some every year. */
    @Test
    void pictographsYoungerThanThisProgramAreText() {
        String young = new String(Character.toChars(0x1FACD)) + new String(Character.toChars(0x1F6D8));
        isText("utf-16", ("hi " + young + "\r\n").repeat(50).getBytes(StandardCharsets.UTF_16));
        isText("utf-32", ("hi " + young + "\r\n").repeat(50).getBytes(Charset.forName("UTF-32")));
        isFile("utf-16", new String(Character.toChars(0x3FFFD)).repeat(5).getBytes(StandardCharsets.UTF_16));
    }

    /** With a character of one octet nothing changes. */
    @Test
    void otherFilesAreKnownByTheirBeginningsInAnyText() {
        for (String file : List.of("BZh91AY&SYabc", "\u007FELFabc", "(\u00B5/\u00FDabc")) {
            isFile("utf-8", octets(file));
        }
        isText("utf-8", octets("BZh is a beginning"));
    }
}
