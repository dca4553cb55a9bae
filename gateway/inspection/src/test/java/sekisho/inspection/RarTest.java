package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RarTest {
    private static final int NAMES_ENCRYPTED = 0x0080;

    static Stream<Arguments> archives() {
        var open = new Rar.File("a.txt", true, false);
        var packed = new Rar.File("b.txt", false, false);
        var empty = new Rar.File("b.xlsx", false, false, new byte[0]);
        var secret = new Rar.File("c.txt", false, true);
        var inner = new Rar.File("d.rar", true, false, Rar.five(secret));
        return Stream.of(
                Arguments.of("4, stored and empty", Rar.four(0, open, empty), "NONE none"),
                Arguments.of("4, second encrypted", Rar.four(0, open, secret), "PASSWORD rar-content"),
                Arguments.of("4, names encrypted", Rar.four(NAMES_ENCRYPTED, open), "PASSWORD rar-names"),
                Arguments.of("4, what is packed can't be seen", Rar.four(0, open, packed), "UNKNOWN rar-compressed"),
                Arguments.of("4, encrypted one stored in it", Rar.four(0, inner), "PASSWORD rar-content"),
                Arguments.of("4, nothing in it", Rar.four(0), "NONE none"),
                Arguments.of("4, cut off", cut(Rar.four(0, open, open), 12), "UNKNOWN rar-damaged"),
                Arguments.of("5, stored and empty", Rar.five(open, empty), "NONE none"),
                Arguments.of("5, second encrypted", Rar.five(open, secret), "PASSWORD rar-content"),
                Arguments.of("5, names encrypted", Rar.five(true, open), "PASSWORD rar-names"),
                Arguments.of("5, what is packed can't be seen", Rar.five(open, packed), "UNKNOWN rar-compressed"),
                Arguments.of("5, encrypted one stored in it", Rar.five(inner), "PASSWORD rar-content"),
                Arguments.of("5, cut off", cut(Rar.five(open, open), 12), "UNKNOWN rar-damaged"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("archives")
    void isReadByItsHeaders(String name, byte[] archive, String expected) throws IOException {
        assertThat(look(archive)).isEqualTo("rar " + expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("archives")
    void aProgramInFrontChangesNothingButWhatCanBeExcluded(String name, byte[] archive, String expected) throws IOException {
        byte[] stub = new byte[70_000];
        stub[0] = 'M';
        stub[1] = 'Z';
        byte[] program = Arrays.copyOf(stub, stub.length + archive.length);
        System.arraycopy(archive, 0, program, stub.length, archive.length);
        assertThat(look(program)).isEqualTo("exe " + (expected.equals("NONE none") ? "OPAQUE program" : expected));
    }

    private static byte[] cut(byte[] archive, int octets) {
        return Arrays.copyOf(archive, archive.length - octets);
    }

    private static String look(byte[] file) throws IOException {
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect("a.rar", Octets.of(file));
        return findings.type().id() + " " + findings.protection() + " " + findings.detail();
    }

    @Test
    void aMarkWithTooLittleBehindItIsNoArchive() {
        for (int octets = 0; octets < 15; octets++) {
            byte[] start = new byte[octets];
            Arrays.fill(start, (byte) 0xff);
            if (octets > 6) {
                start[6] = 1;
            }
            assertThat(RarReader.isStart(start)).as("%d octets", octets).isFalse();
        }
    }
}
