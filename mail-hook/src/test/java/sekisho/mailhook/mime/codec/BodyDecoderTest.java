package sekisho.mailhook.mime.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BodyDecoderTest {

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String decode(TransferEncoding encoding, String text) {
        byte[] whole = BodyDecoder.decode(encoding, ascii(text));
        assertThat(inSteps(encoding, ascii(text), 1)).isEqualTo(whole);
        return new String(whole, StandardCharsets.ISO_8859_1);
    }

    private static byte[] inSteps(TransferEncoding encoding, byte[] octets, int step) {
        var out = new ByteArrayOutputStream();
        BodyDecoder decoder = BodyDecoder.of(encoding, out::write);
        try {
            for (int i = 0; i < octets.length; i += step) {
                decoder.decode(octets, i, Math.min(step, octets.length - i));
            }
            decoder.end();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    static Stream<Arguments> base64() {
        return Stream.of(
            arguments("QUJD", "ABC"), arguments("QUI=", "AB"), arguments("QUI", "AB"), arguments("QQ", "A"), arguments("QQ==", "A"),
            arguments("Q", ""), arguments("QUI=\r\nQ0Q=", "ABCD"), arguments("QUJD=", "ABC"), arguments("Q U\tJ\nD", "ABC"),
            arguments("QU-*JD", "ABC"), arguments("=QUJD", "ABC"), arguments("QQ==QQ==", "AA"), arguments("QUJDRA", "ABCD"),
            arguments("QUJ\u00E4D", "ABC"));
    }

    @ParameterizedTest
    @MethodSource("base64")
    void base64IsReadAsTheLenientReadersDo(String encoded, String decoded) {
        assertThat(decode(TransferEncoding.BASE64, encoded)).isEqualTo(decoded);
    }

    @Test
    void base64OfEverySizeAroundTheBlockComesBack() {
        var random = new Random(2);
        for (int size : new int[] {0, 1, 2, 3, 56, 57, 58, 12287, 12288, 12289, 24576, 50_000}) {
            byte[] content = new byte[size];
            random.nextBytes(content);
            byte[] mime = Base64.getMimeEncoder().encode(content);
            for (int step : new int[] {1, 77, 4096, 65536}) {
                assertThat(inSteps(TransferEncoding.BASE64, mime, step)).isEqualTo(content);
            }
            assertThat(inSteps(TransferEncoding.BASE64, Base64.getEncoder().encode(content), 8192)).isEqualTo(content);
        }
    }

    @Test
    void aStraySignInTheMiddleOfALargeBodyHarmsNothingElse() {
        byte[] content = new byte[100_000];
        new Random(3).nextBytes(content);
        String mime = Base64.getMimeEncoder().encodeToString(content);
        String stray = mime.substring(0, 50_001) + "\u0001!" + mime.substring(50_001);
        assertThat(inSteps(TransferEncoding.BASE64, ascii(stray), 8192)).isEqualTo(content);
    }

    static Stream<Arguments> quotedPrintable() {
        return Stream.of(
            arguments("a=3Db", "a=b"), arguments("a=3db", "a=b"), arguments("a=\r\nb", "ab"), arguments("a=\nb", "ab"),
            arguments("a= \t\r\nb", "ab"), arguments("a=zz", "a=zz"), arguments("a=4", "a=4"), arguments("a=", "a"),
            arguments("=E3=81=82", "\u00E3\u0081\u0082"), arguments("a=20\r\n", "a \r\n"), arguments("a  \r\nb", "a\r\nb"),
            arguments("a ", "a"), arguments("a_b", "a_b"), arguments("=3D=3D41", "==41"));
    }

    @ParameterizedTest
    @MethodSource("quotedPrintable")
    void quotedPrintableIsReadAsTheLenientReadersDo(String encoded, String decoded) {
        assertThat(decode(TransferEncoding.QUOTED_PRINTABLE, encoded)).isEqualTo(decoded);
    }

    @Test
    void longQuotedPrintableTextComesBack() {
        String text = "é ".repeat(10_000) + "\r\n" + " ".repeat(3000) + "x\r\n";
        assertThat(new String(recode(TransferEncoding.QUOTED_PRINTABLE, text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8)).isEqualTo(text);
    }

    private static byte[] recode(TransferEncoding encoding, byte[] octets) {
        var out = new ByteArrayOutputStream();
        try {
            BodyEncoder encoder = BodyEncoder.of(encoding, out);
            for (byte b : octets) {
                encoder.write(b);
            }
            encoder.finish();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        for (String line : out.toString(StandardCharsets.ISO_8859_1).split("\r?\n")) {
            assertThat(line).hasSizeLessThanOrEqualTo(76);
        }
        return BodyDecoder.decode(encoding, out.toByteArray());
    }

    @Test
    void whatIsEncodedIsDecodedToTheSame() {
        byte[] content = new byte[5000];
        new Random(4).nextBytes(content);
        assertThat(recode(TransferEncoding.BASE64, content)).isEqualTo(content);
        assertThat(recode(TransferEncoding.QUOTED_PRINTABLE, content)).isEqualTo(content);
        assertThat(recode(TransferEncoding.QUOTED_PRINTABLE, ascii("a \r\nb\t\n\rc\r"))).isEqualTo(ascii("a \r\nb\t\n\rc\r"));
    }

    @Test
    void aBodyThatIsOnlyCalledUuencodedStandsForItself() {
        for (String body : new String[] {"JVBERi0xLjQK\r\nAAAA\r\n", "x", "\r\n", "x".repeat(8192), "x".repeat(8193), "y\n".repeat(9000) + "begin 644 a\n%:&5L;&\\\nend\n"}) {
            assertThat(decode(TransferEncoding.UUENCODE, body)).isEqualTo(body);
        }
        assertThat(decode(TransferEncoding.UUENCODE, "x\n".repeat(4000) + "begin 644 a\n%:&5L;&\\\nend\n")).isEqualTo("hello");
        assertThat(decode(TransferEncoding.UUENCODE, "begin 644 empty\n`\nend\n")).isEmpty();
    }

    @Test
    void uuencodedBodiesAreRead() {
        assertThat(decode(TransferEncoding.UUENCODE, "intro\r\nbegin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\nafter")).isEqualTo("Cat");
        assertThat(decode(TransferEncoding.UUENCODE, "begin 644 a\n%:&5L;&\\\nend\n")).isEqualTo("hello");
    }

    @ParameterizedTest
    @CsvSource({"base64,BASE64", "' BASE64 ',BASE64", "'\"base64\"',BASE64", "base64;,BASE64", "(c)base64,BASE64", "(MIME (as \\) they say)) base64 (x),BASE64", "(base64,BASE64", "(base64) 7bit,SEVEN_BIT",
        "((c) base64,BASE64", "((\\)c) base64,BASE64", "(c\\) base64,UNKNOWN", "base(c)64,UNKNOWN", "7bit (base64,SEVEN_BIT", "quoted-printable,QUOTED_PRINTABLE",
        "7bit,SEVEN_BIT", "8BIT,EIGHT_BIT", "binary,BINARY", "x-uue,UUENCODE", "x-yencode,YENC", "unheard-of,UNKNOWN", "'',UNKNOWN"})
    void theNameOfAnEncodingIsReadLeniently(String field, TransferEncoding encoding) {
        assertThat(TransferEncoding.parse(field)).isEqualTo(encoding);
    }
}
