package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.CmsOctets.join;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts inside an opaque signed message: no listener has looked for zero octets in them, and in none of them is anything cut. */
class SignedTextTest {

    private static final List<String> UNENCODED = List.of("7bit", "8bit", "binary");
    private static final List<String> TYPES = List.of("text/plain", "text/html");

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] random(int octets) {
        var out = new byte[octets];
        new Random(octets).nextBytes(out);
        return out;
    }

    private static byte[] text(String type, String charset, String encoding, byte[] content) {
        return join(octets(lines("Content-Type: " + type + "; charset=" + charset, "Content-Transfer-Encoding: " + encoding, "")), content);
    }

    private static String opaque(byte[] entity) {
        return lines("Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "Content-Transfer-Encoding: base64", "", CmsOctets.base64(CmsOctets.signed(entity)));
    }

    private static void isFile(byte[] entity, String name, byte[] content) {
        for (int step : new int[] {1, 8192}) {
            var split = SplitMessage.inSteps(octets(opaque(entity)), step);
            assertThat(split.kinds()).containsExactly(PartKind.SIGNED);
            assertThat(split.linked(SplitMessage.ENGLISH)).isEqualTo(split.original);
            assertThat(split.enclosed()).containsExactly(name);
            assertThat(split.stayingContent(name)).isEqualTo(content);
        }
    }

    private static void isText(byte[] entity) {
        for (int step : new int[] {1, 8192}) {
            var split = SplitMessage.inSteps(octets(opaque(entity)), step);
            assertThat(split.kinds()).containsExactly(PartKind.SIGNED);
            assertThat(split.enclosed()).isEmpty();
            assertThat(split.shown()).containsExactly("smime.p7m");
        }
    }

    /** It was a file of no octets, and clean. */
    @ParameterizedTest
    @ValueSource(strings = {"utf-8", "us-ascii", "iso-2022-jp"})
    void aFileBehindTheBeginningOfATextIsSeenWhole(String charset) {
        for (int front : new int[] {600, 1_100, 70_000}) {
            byte[] content = join(octets("Dear Taro,\r\n".repeat(front / 12)), octets("PK\u0003\u0004\0\0\0\0\0"), random(3_000));
            for (String encoding : UNENCODED) {
                isFile(text("text/plain", charset, encoding, content), "attachment.txt", content);
                isFile(text("text/html", charset, encoding, content), "attachment.html", content);
            }
            var clear = SplitMessage.of(opaque(join(octets(lines("Content-Type: multipart/signed; boundary=s", "", "--s")), text("text/plain", charset, "8bit", content),
                octets(lines("", "--s", "Content-Type: application/pkcs7-signature", "Content-Transfer-Encoding: base64", "", CmsOctets.base64(CmsOctets.signature()), "--s--")))));
            assertThat(clear.enclosed()).containsExactly("attachment.txt");
            assertThat(clear.stayingContent("attachment.txt")).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-16", "UTF-16LE", "utf-32"})
    void soItIsUnderAWideLabel(String charset) {
        byte[] letter = "いつもお世話になっております。\r\n".getBytes(Charset.forName(charset));
        for (byte[] front : List.of(new byte[0], letter.clone(), "資料をお送りします。\r\n".repeat(4_000).getBytes(Charset.forName(charset)))) {
            byte[] content = join(front, random(3_000));
            for (String encoding : UNENCODED) {
                isFile(text("text/plain", charset, encoding, content), "attachment.txt", content);
                isFile(text("text/html", charset, encoding, content), "attachment.html", content);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2_000, 20_000})
    void aTextIsText(int times) {
        String letter = "いつもお世話になっております。\r\n".repeat(times);
        for (String type : TYPES) {
            for (String charset : List.of("utf-8", "utf-16le", "utf-16", "utf-32", "shift_jis")) {
                isText(text(type, charset, "binary", letter.getBytes(Charset.forName(charset))));
            }
            isText(text(type, "utf-8", "8bit", join(octets("see\r\n".repeat(times + 200)), new byte[4])));
        }
    }

    @Test
    void aFileThatStandsInItIsStillSeenApart() {
        byte[] file = octets("PK\u0003\u0004 and a file that nobody should miss");
        String uu = UuText.uu("plan.zip", file);
        byte[] plain = text("text/plain", "utf-8", "8bit", octets("Dear Taro,\r\n" + uu + "\r\nHanako\r\n"));
        isFile(plain, "plan.zip", file);
        for (int front : new int[] {200, 8_000}) {
            String before = "Dear Taro,\r\n".repeat(front);
            byte[] behind = random(3_000);
            var split = SplitMessage.of(opaque(text("text/plain", "utf-8", "8bit", join(octets(before + uu), behind))));
            assertThat(split.enclosed()).containsExactlyInAnyOrder("plan.zip", "attachment.txt");
            assertThat(split.stayingContent("plan.zip")).isEqualTo(file);
            assertThat(split.stayingContent("attachment.txt")).isEqualTo(join(octets(before), behind));
        }
    }

    @Test
    void inWhatBecomesAnAttachmentItIsScanned() {
        byte[] content = join(octets("Dear Taro,\r\n".repeat(200)), new byte[5], random(3_000));
        var attached = SplitMessage.of(lines("Content-Type: multipart/mixed; boundary=m", "", "--m", "", "see", "--m") + opaque(text("text/plain", "utf-8", "8bit", content)) + "\r\n--m--\r\n");
        assertThat(attached.names()).containsExactly("smime.p7m");
        assertThat(attached.stayingContent("attachment.txt")).isEqualTo(content);
    }
}
