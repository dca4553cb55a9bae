package sekisho.mailhook.mime.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeclaredNamesTest {

    private static final String NAME = "①㈱見積書.pdf";

    private static String percent(String text, String charset) {
        var out = new StringBuilder();
        for (byte b : text.getBytes(Charset.forName(charset))) {
            out.append(String.format("%%%02X", b));
        }
        return out.toString();
    }

    private static String raw(String text, String charset) {
        return new String(text.getBytes(Charset.forName(charset)), StandardCharsets.ISO_8859_1);
    }

    private static String word(String text, String label, String charset) {
        return "=?" + label + "?B?" + Base64.getEncoder().encodeToString(text.getBytes(Charset.forName(charset))) + "?=";
    }

    private static String shown(String parameters) {
        return DeclaredNames.declared("attachment; " + parameters, null).getFirst();
    }

    @ParameterizedTest
    @CsvSource({"Shift_JIS,windows-31j", "cp932,windows-31j", "sjis,windows-31j", "Windows-31J,windows-31j", "ISO-2022-JP,x-windows-iso2022jp",
        "EUC-JP,x-eucJP-Open", "utf-8,utf-8", "UTF8,utf-8"})
    void vendorCharactersComeOutRightInEveryJapaneseCharset(String label, String charset) {
        String name = charset.equals("x-eucJP-Open") ? "見積書.pdf" : NAME;
        assertThat(shown("filename*=" + label + "''" + percent(name, charset))).isEqualTo(name);
        assertThat(shown("filename=\"" + word(name, label, charset) + "\"")).isEqualTo(name);
        assertThat(shown("filename=" + word(name, label, charset))).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-8", "windows-31j", "x-windows-iso2022jp"})
    void rawOctetsAreGuessed(String charset) {
        assertThat(shown("filename=\"" + raw(NAME, charset) + "\"")).isEqualTo(NAME);
        assertThat(shown("filename=" + raw(NAME, charset))).isEqualTo(NAME);
    }

    @Test
    void halfWidthKanaInShiftJisAreRead() {
        assertThat(shown("filename=\"" + raw("ﾃｽﾄ資料.xls", "windows-31j") + "\"")).isEqualTo("ﾃｽﾄ資料.xls");
    }

    /** Octets of these characters are those of a quote, a semicolon and a backslash. */
    @ParameterizedTest
    @CsvSource({"アンケート.xls,x-windows-iso2022jp", "学校案内.pdf,x-windows-iso2022jp", "あせ.doc,x-windows-iso2022jp", "一覧表,windows-31j", "ソース表.txt,windows-31j"})
    void signsInsideOfJapaneseEndNoName(String name, String charset) {
        for (String behind : List.of("", "; size=3", "; name=\"x.bin\"")) {
            assertThat(shown("filename=" + raw(name, charset) + behind)).isEqualTo(name);
            assertThat(shown("filename=\"" + raw(name, charset) + "\"" + behind)).isEqualTo(name);
        }
    }

    @Test
    void aNameIsReadAsCharactersAndAsOctets() {
        assertThat(DeclaredNames.declared("attachment; filename=\"" + raw("ア", "x-windows-iso2022jp") + ".exe\"", null)).startsWith("ア.exe").hasSizeGreaterThan(1);
        assertThat(DeclaredNames.declared("attachment; filename=\"" + raw("表", "windows-31j") + "\"; name=x.exe", null)).startsWith("表").contains("x.exe");
        assertThat(shown("filename=\"\u001B(I19\"\u001B(B.txt\"; size=3")).isEqualTo("ｱｹ｢.txt");
        assertThat(DeclaredNames.declared("attachment; x=\"\u001B$B%\"; filename=x.exe", null)).contains("x.exe");
        assertThat(DeclaredNames.declared("attachment; x=\"\u001B$B!!\"; filename=x.exe; y=\"\u001B(B\"", null)).contains("x.exe");
    }

    @Test
    void unquotedSpacesBelongToTheName() {
        assertThat(shown("filename=final report (2).pdf; size=3")).isEqualTo("final report (2).pdf");
    }

    @Test
    void wordsCutInsideACharacterAreJoinedFirst() {
        byte[] octets = "見積書.pdf".getBytes(StandardCharsets.UTF_8);
        String words = "=?utf-8?B?" + Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(octets, 4)) + "?=\r\n "
                + "=?UTF-8?B?" + Base64.getEncoder().encodeToString(java.util.Arrays.copyOfRange(octets, 4, octets.length)) + "?=";
        assertThat(shown("filename=\"" + words.replace("\r\n", "") + "\"")).isEqualTo("見積書.pdf");
        assertThat(shown("filename=\"" + words.replace("\r\n ", "\" \"") + "\"")).isEqualTo("見積書.pdf");
    }

    @Test
    void piecesCutInsideACharacterAreJoinedFirst() {
        String all = percent("見積書.pdf", "utf-8");
        assertThat(shown("filename*1*=" + all.substring(12) + "; filename*0*=utf-8''" + all.substring(0, 12))).isEqualTo("見積書.pdf");
    }

    @Test
    void aCharsetMayBeLeftEmptyOrOutOrInQuotes() {
        assertThat(shown("filename*=''abc%20d.txt")).isEqualTo("abc d.txt");
        assertThat(shown("filename*=abc%20d.txt")).isEqualTo("abc d.txt");
        assertThat(shown("filename*=\"utf-8''" + percent("書.txt", "utf-8") + "\"")).isEqualTo("書.txt");
        assertThat(shown("filename*=no-such-charset''" + percent("書.txt", "utf-8"))).isEqualTo("書.txt");
    }

    @Test
    void quotedPrintableWordsMayHoldSpacesAndUnderscores() {
        assertThat(shown("filename=\"=?utf-8?Q?a_b=20c?=.txt\"")).isEqualTo("a b c.txt");
        assertThat(shown("filename=\"=?utf-8?Q?a b?=\"")).isEqualTo("a b");
    }

    @Test
    void whenNamesDisagreeTheOneReadersShowComesFirstAndTheOthersAreKept() {
        assertThat(DeclaredNames.declared("attachment; filename=plain.pdf; filename*=utf-8''real.exe", "application/x; name=third.doc"))
                .containsExactly("real.exe", "plain.pdf", "third.doc");
        assertThat(DeclaredNames.declared("attachment; filename=a; filename=b", null)).containsExactly("a", "b");
    }

    @Test
    void whatStandsBehindAnEmptyPairOfQuotesIsANameToSome() {
        assertThat(DeclaredNames.declared(null, "text/html; name=\"\"plan.pdf\"")).containsExactly("plan.pdf");
        assertThat(DeclaredNames.declared(null, "TEXT/HTML; name*0=\"\"report (1).xlsx\"; name*1=\".b\"")).singleElement().asString().startsWith("report (1).xlsx");
        assertThat(DeclaredNames.declared(null, "text/html; name=\"\"")).containsExactly("");
    }

    @Test
    void aNameInABrokenFieldIsFound() {
        assertThat(DeclaredNames.declared("attachment filename=x.pdf", null)).containsExactly("x.pdf");
        assertThat(DeclaredNames.declared(null, "text/plain; charset=\"utf-8; name=x.pdf")).containsExactly("x.pdf");
        assertThat(DeclaredNames.declared("inline; \"filename*=; filename=customers.csv", null)).contains("customers.csv");
        assertThat(DeclaredNames.declared("inline; filename=; \"x\" filename=customers.csv", null)).contains("customers.csv");
        assertThat(DeclaredNames.declared(null, "text/plain; charset=utf-8")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"../../etc/passwd | passwd", "'report.pdf' | report.pdf", "a\u202Efdp.exe | afdp.exe"})
    void namesAreMadeSafe(String name, String safe) {
        assertThat(DeclaredNames.safe(name)).isEqualTo(safe);
    }

    @Test
    void nothingLeftOfANameIsNoName() {
        for (String name : List.of("", " ", "..", "/", "\u202E", "a/")) {
            assertThat(DeclaredNames.safe(name)).isEmpty();
        }
    }

    @Test
    void aPartWithoutANameIsNamedByItsType() {
        assertThat(DeclaredNames.invented("application/pdf")).isEqualTo("attachment.pdf");
        assertThat(DeclaredNames.invented("message/rfc822")).isEqualTo("message.eml");
        assertThat(DeclaredNames.invented("application/ms-tnef")).isEqualTo("winmail.dat");
        assertThat(DeclaredNames.invented("x/unheard-of")).isEqualTo("attachment.bin");
    }
}
