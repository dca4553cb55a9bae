package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.poi.poifs.filesystem.Ole10Native;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects in RTF, as Word and WordPad write it. */
class RtfTest {
    private static final String TOP = "{\\rtf1\\ansi\\deff0 A quotation.\\par\r\n";

    static byte[] secret;
    static byte[] plain;

    @BeforeAll
    static void books() throws Exception {
        secret = Workshop.xls("secret");
        plain = Workshop.xls(null);
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
    }

    /** @param octets with their size in front */
    static byte[] object(int kind, String name, byte[] octets) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(number(0x0501));
        out.writeBytes(number(kind));
        out.writeBytes(number(name.length() + 1));
        out.writeBytes((name + "\0").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(number(0));
        out.writeBytes(number(0));
        out.writeBytes(octets);
        out.writeBytes(number(0x0501));
        out.writeBytes(number(0));
        return out.toByteArray();
    }

    static byte[] sized(byte[] octets) {
        byte[] both = java.util.Arrays.copyOf(number(octets.length), 4 + octets.length);
        System.arraycopy(octets, 0, both, 4, octets.length);
        return both;
    }

    private static String look(String rtf) throws Exception {
        return StraysTest.look(rtf.getBytes(StandardCharsets.ISO_8859_1));
    }

    static String rtf(byte[] object) {
        String digits = HexFormat.of().formatHex(object).replaceAll("(.{128})", "$1\r\n");
        return TOP + "{\\object\\objemb\\objw100\\objh100{\\*\\objclass Excel.Sheet.8}{\\*\\objdata " + digits + "}{\\result x}}}";
    }

    @Test
    void anObjectIsLookedInto() throws Exception {
        assertThat(look(rtf(object(2, "Excel.Sheet.8", sized(secret))))).isEqualTo("PASSWORD xls-encrypted");
        assertThat(look(rtf(object(2, "Excel.Sheet.8", sized(secret))).toUpperCase(java.util.Locale.ROOT).replace("\\*\\OBJDATA", "\\*\\objdata").replace("{\\RTF", "{\\rtf")))
            .isEqualTo("PASSWORD xls-encrypted");
        assertThat(look(rtf(object(2, "Excel.Sheet.8", sized(plain))))).isEqualTo("NONE none");
        assertThat(look(rtf(object(2, "Excel.Sheet.8", sized(plain))) + rtf(object(2, "Excel.Sheet.8", sized(secret))))).as("the second").isEqualTo("PASSWORD xls-encrypted");
        assertThat(look(rtf(object(1, "Excel.Sheet.8", new byte[0])))).as("a link").isEqualTo("NONE none");
        assertThat(look(TOP + "no \\object}")).isEqualTo("NONE none");
    }

    @Test
    void soIsAFileThatWasPutInIt() throws Exception {
        for (byte[] file : new byte[][] {secret, plain}) {
            var packaged = new ByteArrayOutputStream();
            new Ole10Native("a.xls", "a.xls", "a.xls", file).writeOut(packaged);
            assertThat(look(rtf(object(2, "Package", packaged.toByteArray())))).isEqualTo(file == secret ? "PASSWORD xls-encrypted" : "NONE none");
        }
    }

    @Test
    void theLastMayBeCutOff() throws Exception {
        String whole = rtf(object(2, "Excel.Sheet.8", sized(secret)));
        assertThat(look(whole.substring(0, whole.indexOf("}{\\result")))).isEqualTo("PASSWORD xls-encrypted");
        assertThat(look(whole.substring(0, whole.indexOf("\\objdata") + 1000))).startsWith("UNKNOWN ");
    }

    /** Readers differ in what they make of them. */
    @ParameterizedTest
    @ValueSource(strings = {"\\objdata\\bin4 abcd", "\\objdata{\\x 00}", "\\objdata \\'01", "\\objdata1 ", "\\objdata-1 ", "\\objdata x"})
    void otherThingsAmongItsDigitsCanNotBeTold(String start) throws Exception {
        assertThat(look(rtf(object(2, "Excel.Sheet.8", sized(plain))).replace("\\objdata ", start))).startsWith("UNKNOWN rtf-");
    }
}
