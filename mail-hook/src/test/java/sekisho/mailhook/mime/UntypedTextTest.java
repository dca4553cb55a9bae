package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;
import static sekisho.mailhook.mime.UuText.uu;
import static sekisho.mailhook.mime.UuText.uuLines;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Thunderbird takes for a file in a text that declares no type, as its source says (mimeunty.cpp, mimeenc.cpp). */
class UntypedTextTest {

    private static final byte[] FILE = new byte[2_000];

    static {
        new Random(35).nextBytes(FILE);
    }

    private static SplitMessage of(String message, int step) {
        return SplitMessage.inSteps(message.getBytes(StandardCharsets.ISO_8859_1), step);
    }

    private static void isRefused(String text) {
        for (String header : new String[] {"Subject: x", "Subject: x\r\nContent-Type: text", "Subject: x\r\nContent-Transfer-Encoding: quoted-printable"}) {
            for (int step : new int[] {1, 7, 8192}) {
                var refused = of(header + "\r\n\r\nBefore.\r\n" + text, step).refused();
                assertThat(refused.code()).isEqualTo("5.6.0");
                assertThat(refused.reason()).contains("without a type");
            }
        }
        for (String header : new String[] {"Content-Type: text/plain", "MIME-Version: 1.0"}) {
            assertThat(of("Subject: x\r\n" + header + "\r\n\r\nBefore.\r\n" + text, 8192).kinds()).containsExactly(PartKind.TEXT);
        }
    }

    private static void stays(String text) {
        for (String header : new String[] {"Subject: x", "Content-Type: text", "Content-Transfer-Encoding: quoted-printable", "Content-Transfer-Encoding: base64"}) {
            var split = of(header + "\r\n\r\nBefore.\r\n" + text, 8192);
            assertThat(split.layout().hasAttachments()).as(header + "\r\n" + text).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Subject: x\r\n", "Content-Type: text\r\n", "Content-Type: TEXT; charset=utf-8\r\nMIME-Version: 1.0\r\n", "Content-Type: \r\n"})
    void aFileInTheLinesOfAnEncodedTextIsOneBeforeTheyAreDecoded(String header) {
        String joined = ("Hello\r\n\r\n" + uu("a.bin", new byte[0]).replace("`\r\nend", uuLines(FILE).repeat(3) + "`\r\nend")).replaceAll("(?m)^(M.*)\r$", "$1=\r");
        String behindBase64 = "SGVsbG8s\r\n\r\n" + uu("a.bin", FILE);
        for (String message : new String[] {"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + joined, "Content-Transfer-Encoding: base64\r\n\r\n" + behindBase64}) {
            assertThat(of(header + message, 8192).layout().attachments()).hasSize(1);
            assertThat(of(header + message, 1).linkedText(SplitMessage.ENGLISH)).doesNotContain("begin 644").doesNotContain(uuLines(FILE).substring(0, 60));
        }
    }

    /** Each of the lower half of the signs has another one whose last six bits are the same. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void uuencodeInSmallLettersIsRefused(int lineOfThese) {
        var text = new StringBuilder("begin 644 a.bin\r\n");
        int at = 0;
        for (String line : uuLines(FILE).split("\r\n")) {
            text.append(at++ % lineOfThese == 0 ? small(line) : line).append("\r\n");
        }
        isRefused(text + "`\r\nend\r\n");
        isRefused(text.toString());
        isRefused(text.toString().replaceFirst("\r\n", "\r\nsome prose\r\n\r\n"));
    }

    private static String small(String line) {
        var small = new StringBuilder(line.substring(0, 1));
        line.chars().skip(1).forEach(c -> small.append((char) (c > ' ' && c < '?' ? c + 64 : c)));
        return small.toString();
    }

    @Test
    void uuencodeWithThreeSignsBehindEachLineIsRefused() {
        isRefused("begin 644 a.bin\r\n" + uuLines(FILE).replace("\r\n", "xyz\r\n") + "`\r\nend\r\n");
    }

    @Test
    void uuencodeAsOthersReadItIsStillCutOut() {
        String text = "Before.\r\n" + uu("a.bin", FILE) + uu("b.bin", FILE).replace("\r\n", "x\r\n").replace("binx", "bin").replace("`x", "`").replace("endx", "end") + "After.\r\n";
        var split = of("Subject: x\r\n\r\n" + text, 8192);
        assertThat(split.names()).containsExactly("a.bin", "b.bin");
        assertThat(split.content(1)).isEqualTo(FILE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 60})
    void yencOfOtherLengthsThanItSaysIsRefused(int length) {
        String yenc = UuText.yenc("a.bin", FILE, 128, false).replace("\0", "=@");
        int data = yenc.indexOf("\r\n") + 2;
        String shortFirst = yenc.substring(0, data + length) + "\r\n" + yenc.substring(data + length);
        String shortLines = UuText.yenc("a.bin", FILE, length, true).replace("line=" + length, "line=999").replace("\0", "=@");
        for (String text : new String[] {shortFirst, shortLines, shortFirst.substring(0, yenc.length() - 20), shortFirst.replace("\r\n", "\r\n\r\n")}) {
            for (String header : new String[] {"Subject: x", "Content-Type: text"}) {
                assertThat(of(header + "\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text, 7).refused().reason()).contains("without a type");
            }
        }
        String names = "=ybegin line=128 size=3000 name=a.csv\r\n" + "LXGSKXOJUYXKRKYYJ".repeat(length) + "\r\n" + "JUTKZYOJLOXYZ".repeat(20) + "\r\n=yend size=3000\r\n";
        if (Math.abs(17 * length - 127) > 5) {
            isRefused(names);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Moved to the next week: the second half of the plants in Kobe and Ok\r\n", "Mon Nov 30 10:00:00 host sshd[4711]: Accepted publickey for aoi123\r\n",
        "https://www.example.com/a/long/path/that/goes/on/and/on/without-a-blank.html\r\n", "次の手順で進めてください。二つ目の工場は来年からになります\r\n", "！お知らせ\r\n",
        "d047403439cf0ecdb78af51c0bd395c92c75c7096441b18142f36eba3571b298  plan.zip\r\n", "| Kobe   | 1,200.00 | open   |\r\n", "apple\r\n", "あい\r\n",
        "| a | b |\r\n", "#86)c\r\n", "\tat com.example.Main.main(Main.java:10)\r\n"})
    void proseBehindAFirstLineStays(String line) {
        for (String first : new String[] {"begin 644 x\r\n", "begin 1200 records.\r\n", "=ybegin line=128 size=100 name=x\r\n", "=ybegin line=60 size=1000 name=x\r\n"}) {
            for (Charset charset : new Charset[] {StandardCharsets.UTF_8, Charset.forName("ISO-2022-JP")}) {
                String text = new String(line.getBytes(charset), StandardCharsets.ISO_8859_1);
                stays(first + text.repeat(line.length() > 10 || line.startsWith("あ") && first.startsWith("b") ? 40 : 8) + "end\r\n");
            }
        }
    }

    @Test
    void proseWithTheLengthOfALineStays() {
        String line = "Moved to the next week: the second half of the plants in Kobe";
        assertThat(line).hasSize(61);
        stays("begin 644 x\r\n" + (line + "\r\n").repeat(10) + "end\r\n");
    }

    @Test
    void whatStandsBehindTheEndOfAFileStays() {
        String encoded = Base64.getMimeEncoder(64, "\r\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(new byte[100_000]) + lines("");
        var random = new byte[200_000];
        new Random(3).nextBytes(random);
        encoded += Base64.getMimeEncoder(64, "\r\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(random) + lines("");
        var split = of("Subject: x\r\n\r\n" + uu("a.bin", FILE) + encoded, 8192);
        assertThat(split.names()).containsExactly("a.bin");
        assertThat(split.linkedText(SplitMessage.ENGLISH)).endsWith(encoded);
    }
}
