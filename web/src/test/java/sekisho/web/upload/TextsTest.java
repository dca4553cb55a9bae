package sekisho.web.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.web.send.SendForm.Typed;
import sekisho.web.send.SendForm.Wrong;

class TextsTest {

    private static Texts recipients(String typed) {
        return Texts.of(new Typed("", typed, "", ""), 3);
    }

    @Test
    void recipientsAreDividedAsPeopleDivideThem() {
        for (var typed : List.of("a@x.example,b@y.example", "a@x.example\r\nb@y.example", " a@x.example ; b@y.example ; ", "a@x.example b@y.example",
                "\u3000a@x.example\u3000b@y.example", "< a@x.example >, b@y.example",
                "\"Tanaka\" <a@x.example>, 山田 太郎 <b@y.example>", "a@x.example\nA@X.EXAMPLE\nb@y.example")) {
            assertThat(recipients(typed).wrong()).as(typed).isEmpty();
            assertThat(recipients(typed).recipients()).as(typed).extracting(Object::toString).containsExactly("a@x.example", "b@y.example");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"taro", "taro@", "@x.example", "taro@x", "taro@-x.example", "taro@x..example", "taro@x.example.", "a b@x.example",
        "<>", "a@b@c.example", "a@x.example\0", "a@x_y.example", "a<b@x.example",
        "ta\u200bro@partner.example", "\u202etaro@partner.example", "a@x.exam\u200dple", "\"a\"b\"@x.example", "\"\\\"@x.example", "\uff54aro@\uff58.example"})
    void whatIsNoAddressIsNamed(String typed) {
        assertThat(recipients(typed).wrong()).extracting(Wrong::key).contains("bad_address");
    }

    @Test
    void anAddressThatIsTooLongIsNotShownWhole() {
        assertThat(recipients("x".repeat(5_000)).wrong().getFirst().value()).hasSizeLessThan(110);
    }

    @Test
    void anAddressThatIsTooLongInOctetsIsWrong() {
        for (var typed : List.of("漢".repeat(100) + "@x.example", "a".repeat(256) + "@x.example")) {
            assertThat(recipients(typed).wrong()).extracting(Wrong::key).containsExactly("bad_address");
        }
    }

    @Test
    void whatMakesAnAddressWrongIsSeen() {
        assertThat(recipients("ta\u200bro@x.example").wrong()).containsExactly(new Wrong("recipients", "bad_address", "ta[U+200B]ro@x.example"));
    }

    @Test
    void nobodyIsNoRecipient() {
        assertThat(recipients(" , \n").wrong()).containsExactly(new Wrong("recipients", "no_recipients", ""));
    }

    @Test
    void recipientsBeyondTheLimitAreRefusedNotDropped() {
        var texts = recipients("a@x.example,b@x.example,c@x.example,d@x.example");
        assertThat(texts.wrong()).containsExactly(new Wrong("recipients", "too_many_recipients", "3"));
        assertThat(texts.recipients()).isEmpty();
        assertThat(recipients("x,".repeat(10_000)).wrong()).hasSizeLessThan(6);
    }

    @Test
    void aSubjectIsOneLineAndAMessageHasNoControls() {
        var texts = Texts.of(new Typed("", "a@x.example", "Hello\r\nBcc: b@y.example\0", "one\r\ntwo\rthree\0\u001b[2J\tx\n"), 3);
        assertThat(texts.subject()).isEqualTo("Hello Bcc: b@y.example");
        assertThat(texts.message()).isEqualTo("one\ntwo\nthree[2J\tx");
        assertThat(texts.wrong()).isEmpty();
    }

    @Test
    void textsThatAreTooLongAreRefused() {
        var texts = Texts.of(new Typed("", "a@x.example", "𠮷".repeat(251), "x".repeat(10_001)), 3);
        assertThat(texts.wrong()).containsExactly(new Wrong("subject", "too_long", "250"), new Wrong("message", "too_long", "10000"));
        assertThat(Texts.of(new Typed("", "a@x.example", "𠮷".repeat(250), "x\r\n".repeat(5_000)), 3).wrong()).isEmpty();
    }

    @Test
    void anInternationalAddressNeedsSmtpUtf8() {
        assertThat(recipients("太郎@例え.example").wrong()).isEmpty();
        assertThat(recipients("太郎@例え.example").smtpUtf8()).isTrue();
        assertThat(recipients("taro@x.example").smtpUtf8()).isFalse();
    }
}
