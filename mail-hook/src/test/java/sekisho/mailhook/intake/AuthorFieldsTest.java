package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.smtp.RefusedException;
import sekisho.mailhook.smtp.Submitter;

/** Whatever a mail program may show as the author is an address of who signed in. */
class AuthorFieldsTest {

    private static final Submitter HANAKO = new Submitter("account", Set.of("hanako@example.co.jp", "sales@example.co.jp", "花子@example.co.jp"), Set.of(), Instant.MAX);

    private static void check(String... values) throws RefusedException {
        check(Map.of("from", List.of(values)));
    }

    private static void check(Map<String, List<String>> fields) throws RefusedException {
        AuthorFields.requireOwn(name -> fields.getOrDefault(name, List.of()).stream()
            .map(value -> new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)).toList(), HANAKO);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "hanako@example.co.jp",
        "<hanako@example.co.jp>",
        "Hanako <Hanako@EXAMPLE.co.jp>",
        "営業 花子 <hanako@example.co.jp>",
        "=?ISO-2022-JP?B?GyRCMlY7UhsoQg==?= <hanako@example.co.jp>",
        "\"hanako@example.co.jp\" <hanako@example.co.jp>",
        "'hanako@example.co.jp' <hanako@example.co.jp>",
        "\"Yamada, \\\"Hana\\\"\" <hanako@example.co.jp>",
        "hanako@example.co.jp (Hanako (Sales))",
        "J. Hanako Jr. <hanako@example.co.jp>, Team <sales@example.co.jp>",
        "\"hanako\"@example.co.jp",
        "\"花子@営業部\" <hanako@example.co.jp>", "=?UTF-8?B?6Iqx5a2Q77yg5Za25qWt6YOo?= <hanako@example.co.jp>",
        "=?UTF-8?Q?hanako=40example.co.jp?= <hanako@example.co.jp>",
        "\"「hanako@example.co.jp」\" <hanako@example.co.jp>", "=?utf-8?Q?hanako=40exam=C2=ADple.co.jp?= <hanako@example.co.jp>", "花\ufe00子\u3000営業。部 <hanako@example.co.jp>",
        "花子@example.co.jp"})
    void ownAddressesPassHoweverTheyAreWritten(String value) {
        assertThatCode(() -> check(value)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "ceo@example.co.jp",
        "Hanako <ceo@example.co.jp>",
        "\"hanako@example.co.jp\" <ceo@example.co.jp>",
        "Hanako <hanako@example.co.jp>, ceo@example.co.jp",
        "ceo@example.co.jp <hanako@example.co.jp>",
        "ceo@example.co.jp (hanako)",
        "hanako (x) <ceo@example.co.jp>",
        "\"ceo@example.co.jp\" <hanako@example.co.jp>",
        "\"ceo@example.co.jp,\" <hanako@example.co.jp>",
        "=?UTF-8?Q?ceo=40example.co.jp?= <hanako@example.co.jp>",
        "=?UTF-8?Q?ceo=40example.co.jp=2C?= <hanako@example.co.jp>",
        "=?UTF-8?Q?ceo=40?= =?UTF-8?Q?example.co.jp?= <hanako@example.co.jp>",
        "=?UTF-8?Q?the_boss_=28ceo=40example=2Eco=2Ejp=29?= <hanako@example.co.jp>",
        "ceo＠example.co.jp <hanako@example.co.jp>",
        "=?UTF-8?B?Y2Vv77ygZXhhbXBsZS5jby5qcA==?= <hanako@example.co.jp>",
        "=?utf-8?Q?ceo=40exam=C2=ADple.co.jp?= <hanako@example.co.jp>",       // what nobody sees
        "\"ceo@exam\u200bple.co.jp\" <hanako@example.co.jp>", "\"c\u2060eo@example.co.jp\" <hanako@example.co.jp>", "\"ceo@example.co\u034f.jp\" <hanako@example.co.jp>",
        "\"ceo@example\ufe0f.co.jp\" <hanako@example.co.jp>", "\"ceo@example.co.jp\u3164\" <hanako@example.co.jp>",
        "\"ceo@example。co。jp\" <hanako@example.co.jp>", "\"ceo@example｡co｡jp\" <hanako@example.co.jp>",
        "\"「ceo@example.co.jp」\" <hanako@example.co.jp>", "\"ceo@example.co.jp!\" <hanako@example.co.jp>", "\"Mail：ceo@example.co.jp/\" <hanako@example.co.jp>",
        "\"株式会社・ceo@example.co.jp\" <hanako@example.co.jp>"})
    void anothersAddressIsNamedInTheRefusal(String value) {
        assertThatThrownBy(() -> check(value)).isInstanceOf(RefusedException.class).hasMessageStartingWith("550 5.7.1 ")
            .hasMessageContaining("ceo@example.co.jp");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "Hanako", "hanako", "hanako@", "@example.co.jp", "hanako@example.co.jp,", "<>", "<hanako@example.co.jp", "hanako@example.co.jp>",
        "<hanako@example.co.jp> <ceo@example.co.jp>", "<hanako@example.co.jp> ceo@example.co.jp", "team: hanako@example.co.jp;", "team:;",
        "<@ceo.example:hanako@example.co.jp>", "<@ceo.example,@b.example:hanako@example.co.jp>", "hanako@example.co.jp (", "\"x <hanako@example.co.jp>",
        "(<ceo@example.co.jp>) hanako@example.co.jp", "\"x <ceo@example.co.jp>\" <hanako@example.co.jp>", "ceo@example.co.jp@example.co.jp",
        "=?UTF-8?Q?x_=3Cceo=40example.co.jp=3E?= <hanako@example.co.jp>", "=?UTF-8?Q?ceo=40example.co.jp=00?= <hanako@example.co.jp>",
        "=?UTF-8?Q?a=0D=0AFrom:_ceo?= <hanako@example.co.jp>", "hanako@[192.0.2.1]", "\"ceo@exa_mple.co.jp\" <hanako@example.co.jp>", "hana ko@example.co.jp", "hanako\\@example.co.jp"})
    void whatReadersTakeDifferentlyIsRefused(String value) {
        assertThat(AuthorFields.addresses(value)).isEmpty();
        assertThatThrownBy(() -> check(value)).isInstanceOf(RefusedException.class).hasMessageStartingWith("550 5.7.1 ");
    }

    /** One char for each octet. */
    private static String raw(String charset, String text) {
        return new String(text.getBytes(Charset.forName(charset)), StandardCharsets.ISO_8859_1);
    }

    private static void checkRaw(String value) throws RefusedException {
        AuthorFields.requireOwn(name -> name.equals("from") ? List.of(value) : List.of(), HANAKO);
    }

    /** Their octets are those of quotes, brackets, commas, backslashes and at signs: 山 begins with a semicolon, 石 with an at sign, 表 ends with a backslash. */
    @ParameterizedTest
    @ValueSource(strings = {"山田　花子 <hanako@example.co.jp>", "石田 だぜぞ表ソ能 <hanako@example.co.jp>", "\"佐藤、表\" <hanako@example.co.jp>",
        "\"表\" <hanako@example.co.jp>, あいう <sales@example.co.jp>", "hanako@example.co.jp (山田)", "西 <hanako@example.co.jp>", "①㈱髙﨑 <hanako@example.co.jp>"})
    void namesInRawIso2022JpAndShiftJisPass(String value) {
        assertThatCode(() -> checkRaw(raw("x-windows-iso2022jp", value))).doesNotThrowAnyException();
        assertThatCode(() -> checkRaw(raw("windows-31j", value))).doesNotThrowAnyException();
        assertThatThrownBy(() -> checkRaw(raw("windows-31j", value.replaceAll("(hanako|sales)@", "ceo@")))).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> checkRaw(raw("x-windows-iso2022jp", value.replaceAll("(hanako|sales)@", "ceo@")))).isInstanceOf(RefusedException.class);
    }

    private static final String TWO = "\u001B$B";
    private static final String ONE = "\u001B(B";

    @ParameterizedTest
    @ValueSource(strings = {
        TWO + "x<ceo@partner.com>x" + ONE + " <hanako@example.co.jp>",       // one name to who decodes
        TWO + "<ceo@partners.com>" + ONE + " <hanako@example.co.jp>",
        TWO + "x,ceo@partner.com,x" + ONE + " <hanako@example.co.jp>",
        TWO + "\"x<ceo@xx>" + ONE + " <hanako@example.co.jp>",
        TWO + "xceo@" + ONE + "example.co.jp <hanako@example.co.jp>",
        "ceo" + TWO + "@(xxx)" + ONE + "example.co.jp <hanako@example.co.jp>",
        "ceo@" + TWO + "(xx)" + ONE + "example.co.jp <hanako@example.co.jp>",
        TWO + "x(" + ONE + "ceo@example.co.jp" + TWO + "x)" + ONE + " <hanako@example.co.jp>",
        "ceo\u0081@example.co.jp <hanako@example.co.jp>",                      // one name in Shift_JIS: the at sign is half of a blank
        "\u0081ceo\u0081@partner.com <hanako@example.co.jp>",
        "\"\u0095\\\" <hanako@example.co.jp>, ceo@example.co.jp",
        "\"\u0095\\\" <ceo@example.co.jp>\", \" <hanako@example.co.jp>"})
    void whatIsANameToOneAndAnAddressToAnotherIsRefused(String value) {
        assertThatThrownBy(() -> checkRaw(value)).isInstanceOf(RefusedException.class).hasMessageStartingWith("550 5.7.1 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        TWO + ";3ED <hanako@example.co.jp>", TWO + ";3E" + ONE + " <hanako@example.co.jp>", TWO + ";3ED", "\u001B <hanako@example.co.jp>",
        "\u001B(I1" + ONE + " <hanako@example.co.jp>", "\u001B$A;3" + ONE + " <hanako@example.co.jp>", TWO + ";3 ED" + ONE + " <hanako@example.co.jp>",
        TWO + ".." + ONE + " <hanako@example.co.jp>", "\u001B(J\\" + ONE + " <hanako@example.co.jp>", "=?UTF-8?Q?x?= " + TWO + ";3" + ONE + " <hanako@example.co.jp>",
        TWO + ";3" + ONE + "\u0001 <hanako@example.co.jp>", "=?UTF-8?Q?x?= \u0095\\ <hanako@example.co.jp>"})
    void rawTextThatIsNotWellFormedIsRefused(String value) {
        assertThat(AuthorFields.addresses(value)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sender", "resent-from", "resent-sender"})
    void theOtherFieldsThatNameASenderAreHeldToTheSame(String name) {
        var from = List.of("hanako@example.co.jp");
        assertThatCode(() -> check(Map.of("from", from, name, List.of("Sales <sales@example.co.jp>")))).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(Map.of("from", from, name, List.of("hanako@example.co.jp", "The boss <ceo@example.co.jp>"))))
            .isInstanceOf(RefusedException.class).hasMessageContaining("ceo@example.co.jp, which stands in the " + name + " field");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Hanako|' '|
            |hanako|
            |hanako.|
            Hanako (|(|)
            |山|
            |石|
            |表|
            "|@|"
            """)
    void aLongFieldIsReadOnce(String before, String again, String behind) {   // all would take a quarter of an hour if something began anew at every sign
        String close = behind == null ? "" : behind.repeat(behind.equals(")") ? 100_001 : 1);
        String value = (before == null ? "" : before) + again.repeat(100_000) + close + " <hanako@example.co.jp>";
        assertThat(AuthorFields.addresses(value.equals(raw("x-windows-iso2022jp", value)) ? value : raw("windows-31j", value)).orElseThrow()).hasSize(1);
        assertThat(AuthorFields.addresses(raw("x-windows-iso2022jp", "花" + value)).orElseThrow()).hasSize(1);
    }

    @Test
    void whatWouldBeABracketInPairsOfOctetsIsReadOnce() {
        assertThat(AuthorFields.addresses(TWO + "<@" + "@@".repeat(100_000) + ONE + " <hanako@example.co.jp>").orElseThrow()).hasSize(1);
        assertThat(AuthorFields.addresses(TWO + "0(".repeat(100_000) + "0)".repeat(100_000) + ONE + " <hanako@example.co.jp>").orElseThrow()).hasSize(1);
    }

    @Test
    void thereIsOneField() {
        assertThatThrownBy(AuthorFieldsTest::check).hasMessageContaining("one From field, not 0");
        assertThatThrownBy(() -> check("hanako@example.co.jp", "ceo@example.co.jp")).hasMessageContaining("one From field, not 2");
        assertThatThrownBy(() -> check("hanako@example.co.jp", "hanako@example.co.jp")).hasMessageContaining("one From field, not 2");
    }
}
