package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Outlook's winmail.dat as a file: attached to a message that is a file, or taken out whole. */
class TnefTest {
    private static final int LONG_NAME = 0x3707;

    static byte[] secret;
    static byte[] plain;

    @BeforeAll
    static void books() throws Exception {
        secret = Workshop.xls("secret");
        plain = Workshop.xls(null);
    }

    private static Tnef.Properties properties() {
        return new Tnef.Properties();
    }

    private static byte[] message(byte[] tnef) {
        return new Tnef().attachment(properties().object(Tnef.MESSAGE, tnef).text(LONG_NAME, "Re: 見積")).octets();
    }

    @Test
    void itsAttachmentsAreLookedInto() throws Exception {
        assertThat(StraysTest.look(new Tnef().attachment(plain).attachment(secret).octets())).isEqualTo("PASSWORD xls-encrypted");
        assertThat(StraysTest.look(new Tnef().attachment(plain).attachment(new byte[0]).octets())).isEqualTo("NONE none");
    }

    @Test
    void soAreOctetsAmongTheProperties() throws Exception {
        for (byte[] file : List.of(secret, plain)) {
            String expected = file == secret ? "PASSWORD xls-encrypted" : "NONE none";
            assertThat(StraysTest.look(new Tnef().attachment(properties().binary(Tnef.DATA, file)).octets())).isEqualTo(expected);
            assertThat(StraysTest.look(new Tnef().attachment(properties().binary(Tnef.DATA, plain, new byte[0], file)).octets())).isEqualTo(expected);
            assertThat(StraysTest.look(new Tnef().attachment(properties().text(LONG_NAME, "見積.xls").numbered(0x8102).named("x-kind").several(0x40, 8, 3)
                .several(2, 4, 5).fixed(0x48, new byte[16]).fixed(0x14, new byte[8]).binary(0x0ff9, new byte[] {1, 2, 3}).object(Tnef.STORAGE, file)
                .fixed(0x0b, new byte[4])).octets())).as("an object that was pasted, between properties of all kinds").isEqualTo(expected);
        }
    }

    @Test
    void soIsAMessageInIt() throws Exception {
        assertThat(StraysTest.look(message(new Tnef().attachment(secret).octets()))).isEqualTo("PASSWORD xls-encrypted");
        assertThat(StraysTest.look(message(message(new Tnef().attachment(properties().binary(Tnef.DATA, secret)).octets())))).isEqualTo("PASSWORD xls-encrypted");
        assertThat(StraysTest.look(message(new Tnef().attachment(plain).octets()))).isEqualTo("NONE none");
        byte[] deep = new Tnef().attachment(secret).octets();
        for (int i = 0; i < 20; i++) {
            deep = message(deep);
        }
        assertThat(StraysTest.look(deep)).isEqualTo("UNKNOWN beyond-depth");
    }

    @Test
    void attachedToAMessageThatIsAFile() throws Exception {
        byte[] tnef = message(new Tnef().attachment(secret).octets());
        assertThat(MailInMailTest.look(MailInMailTest.message(MailInMailTest.TEXT, MailInMailTest.attached(tnef)))).isEqualTo("PASSWORD xls-encrypted");
    }

    @Test
    void whatIsNoTnefIsNoMessage() throws Exception {
        assertThat(StraysTest.look(message(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}))).isEqualTo("UNKNOWN tnef-damaged");
        assertThat(StraysTest.look(message(new byte[0]))).isEqualTo("UNKNOWN tnef-damaged");
    }

    /** Too many properties, a type that there isn't, a value and a name that are too long, something behind the last one. */
    @ParameterizedTest
    @ValueSource(strings = {"", "FFFFFF7F", "01000000 1F000730 FFFFFFFF", "01000000 1F000730 01000000 FFFFFFFF", "01000000 99990730", "01000000 03000080",
            "01000000 1F000080 00000000000000000000000000000000 01000000 FFFFFFFF", "00000000 00", "01000000 03100730 FFFFFFFF",
            "01000000 0D000137 01000000 04000000 00000000", "01000000 02010730 01000000 01000000 00"})
    void whatCantBeReadHidesNothingThatCan(String hex) throws Exception {
        byte[] properties = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(StraysTest.look(new Tnef().attribute(0x9005, properties).attachment(plain).octets())).isEqualTo("UNKNOWN tnef-damaged");
        assertThat(StraysTest.look(new Tnef().attribute(0x9005, properties).attachment(secret).octets())).isEqualTo("PASSWORD xls-encrypted");
    }

    @Test
    void whereverItIsCutItIsNotOpen() throws Exception {
        byte[] whole = message(new Tnef().attachment(properties().binary(Tnef.DATA, new byte[] {1, 2, 3})).octets());
        int attachment = 6 + 9 + 14 + 2;
        for (int length = attachment + 9; length < whole.length - 2; length++) {
            assertThat(StraysTest.look(Arrays.copyOf(whole, length))).as("of length " + length).isEqualTo("UNKNOWN tnef-damaged");
        }
    }
}
