package sekisho.gateway.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettlementTest {

    /** A stranger's words, which {@code queue show} prints on a terminal. */
    @Test
    void noReplyHoldsAControlOfAnySort() {
        assertThat(Settlement.Reply.ours("451 4.3.0 a\u0000b\u001b[1mc\u0085d\u009b2Je\u202ef\u2028g\u2029h\ufeffi 東京").text())
            .isEqualTo("451 4.3.0 a b [1mc d 2Je f g h i 東京");
    }
}
