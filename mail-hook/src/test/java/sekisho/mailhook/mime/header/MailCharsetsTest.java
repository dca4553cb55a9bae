package sekisho.mailhook.mime.header;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailCharsetsTest {

    @ParameterizedTest
    @CsvSource({"Shift_JIS,windows-31j", "ISO-2022-JP,x-windows-iso2022jp", "euc-jp,x-eucJP-Open", "BIG5,x-MS950-HKSCS", "gb2312,GB18030", "ks_c_5601-1987,x-windows-949",
        "iso-8859-1,windows-1252", "UTF-8*en,UTF-8", "' utf-8 ',UTF-8", "latin2,ISO-8859-2", "cp1251,windows-1251", "koi8-r,KOI8-R", "iso_8859-1,windows-1252", "l1,windows-1252", "cp819,windows-1252",
        "iso-ir-100,windows-1252", "iso-8859-9,windows-1254", "latin5,windows-1254", "ISO_8859-9:1989,windows-1254", "iso-8859-11,x-windows-874", "TIS-620,x-windows-874",
        "csISO2022JP,x-windows-iso2022jp", "csShiftJIS,windows-31j", "euc_jp,x-eucJP-Open", "csBig5,x-MS950-HKSCS", "euc-cn,GB18030", "windows-936,GB18030", "ksc5601,x-windows-949",
        "iso-8859-8-i,ISO-8859-8", "cp874,x-IBM874", "gb18030,GB18030"})
    void aLabelIsTakenAsMailMeansIt(String label, String charset) {
        assertThat(MailCharsets.named(label).map(Charset::name)).contains(charset);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "*en", "utf-7", "x-unknown", "no charset", "\u3042"})
    void whatNamesNoneIsUnknown(String label) {
        assertThat(MailCharsets.named(label)).isEmpty();
    }

    @Test
    void eachCharsetIsFoundByAllItsNames() {
        for (var charset : Charset.availableCharsets().values()) {
            for (var alias : charset.aliases()) {
                assertThat(MailCharsets.named(alias.toUpperCase(Locale.ROOT))).as(alias).isPresent();
            }
        }
    }

    @Test
    void hongKongsCharactersAreReadInBig5() {
        assertThat(MailCharsets.decode(new byte[] {(byte) 0xad, (byte) 0xbb, (byte) 0xb4, (byte) 0xe4}, "Big5")).isEqualTo("\u9999\u6e2f");
    }
}
