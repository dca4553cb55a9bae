package sekisho.gateway.people;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {

    private static EmailAddress address(String text) {
        return EmailAddress.parse(text).orElseThrow(() -> new AssertionError(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"taro@partner.example", "TARO+x=y@Partner.Example", "taro@localhost", "a.b@x.example", "太郎@例え.example",
        "jürgen@bücher.example", "o'neil@x.example", "taro@xn--r8jz45g.example", "\"a b\"@x.example", "\"a@b\"@x.example", "\"a\\\"b\\\\\"@x.example"})
    void isReadAndWrittenTheSame(String text) {
        assertThat(address(text).toString()).isEqualToIgnoringCase(text);
        assertThat(address(address(text).toString())).isEqualTo(address(text));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {"\"taro\"@x.example,taro@x.example", "\"t\\aro\"@x.example,taro@x.example",
        "taro.@carrier.example,\"taro.\"@carrier.example", "a..b@carrier.example,\"a..b\"@carrier.example"})
    void twoWaysToWriteOneMailboxAreOneAddress(String one, String other) {
        assertThat(address(one)).isEqualTo(address(other));
        assertThat(address(one).key()).isEqualTo(address(other).key());
    }

    @Test
    void aDomainIsOneHoweverItIsWritten() {
        assertThat(address("taro@xn--r8jz45g.example").key()).isEqualTo(address("TARO@例え.example").key()).isEqualTo("taro@例え.example");
        assertThat(address("taro@xn--r8jz45g.example").toString()).as("written as it was given").isEqualTo("taro@xn--r8jz45g.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "@", "taro", "taro@", "@x.example", "a@b@x.example", "a b@x.example", "a@x y.example", " taro@x.example", "taro@x.example ",
        "\u3000taro@x.example", "taro\u3000@x.example", "taro@x.example\u3000", "ta\u00a0ro@x.example",
        "ta\u200bro@x.example", "\u202etaro@x.example", "taro\u2066@x.example", "taro\u00ad@x.example", "ta\u034fro@x.example", "ta\ufe0fro@x.example",
        "taro\u3164@x.example", "taro\ue000@x.example", "taro\u2028@x.example", "taro\u0085@x.example", "ta\ud800ro@x.example", "taro\ufeff@x.example",
        "tar\u006f\u0308@x.example", "\u212Aai@x.example",
        "taro@x.exam\u200dple", "taro@x\u3002example", "taro@\uff58.example", "taro@x.example\u202e", "taro@stra\u00dfe.example", "taro@e\u0301.example",
        "\"a\"b\"@x.example", "\"\\\"@x.example", "\"\"@x.example", "\"a@x.example", "a\"b@x.example", "\"a\"\"b\"@x.example", "\"a<b\"@x.example",
        "a\r\nRCPT@x.example", "\"a\r\nb\"@x.example", "a\0@x.example", "a(c)@x.example", "a,b@x.example", "<a@x.example>", "a@x.example>",
        "a@-x.example", "a@x-.example", "a@x..example", "a@.x.example", "a@x.example.", "a@x_y.example", "a@[192.0.2.1]", "a@[IPv6:::1]", "a@x.example:25"})
    void whatIsNoneIsRefused(String text) {
        assertThat(EmailAddress.parse(text)).isEmpty();
    }

    @Test
    void lengthsAreCountedInOctets() {
        assertThat(EmailAddress.parse("漢".repeat(100) + "@x.example")).isEmpty();
        assertThat(EmailAddress.parse("漢".repeat(81) + "@x.example")).isPresent();
        assertThat(EmailAddress.parse("a".repeat(256) + "@x.example")).isEmpty();
        assertThat(EmailAddress.parse("a".repeat(254 - "@x.example".length()) + "@x.example")).isPresent();
        assertThat(EmailAddress.parse("a".repeat(255 - "@x.example".length()) + "@x.example")).isEmpty();
        assertThat(EmailAddress.parse("a@" + "x".repeat(64) + ".example")).isEmpty();
        assertThat(EmailAddress.parse("a@" + "例".repeat(60) + ".example")).isEmpty();
        assertThat(EmailAddress.parse("a@" + "x.".repeat(130) + "example")).isEmpty();
    }

    @Test
    void quotesDontShowInAMaskedAddress() {
        assertThat(address("\"a b\"@x.example").masked()).isEqualTo("a•••@x.example");
        assertThat(address("𠮷田@x.example").masked()).isEqualTo("𠮷•••@x.example");
    }
}
