package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SaidTest {

    @Test void whatIsSaidComesBackFromTheCookie() {
        var cookie = new Said("good.cancelled", 2).cookie("/sent/x", true);
        assertThat(Said.parse(cookie.getValue())).contains(new Said("good.cancelled", 2));
        assertThat(cookie.isSecure()).isTrue();
        assertThat(cookie.isHttpOnly()).isTrue();
        assertThat(new Said("good.cancelled", 2).kind()).isEqualTo("good");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "good.cancelled", "evil.text-1", "good.<script>-1", "good.cancelled-99999999999999999999", "good..-1"})
    void aForeignCookieSaysNothing(String value) {
        assertThat(Said.parse(value)).isEmpty();
    }

    @Test void noCookieSaysNothing() {
        assertThat(Said.parse(null)).isEmpty();
    }
}
