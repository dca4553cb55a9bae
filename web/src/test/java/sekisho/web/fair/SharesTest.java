package sekisho.web.fair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class SharesTest {

    private static final UUID GREEDY = UUID.randomUUID();
    private static final UUID OTHER = UUID.randomUUID();

    @Test
    void whoTakesAllTheyCanLeavesTheRestToOthers() {
        var shares = new Shares(5, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(shares.take(GREEDY)).isEqualTo(Shares.Answer.TAKEN);
        }
        assertThat(shares.take(GREEDY)).isEqualTo(Shares.Answer.YOURS_ARE_OUT);
        assertThat(shares.take(OTHER)).isEqualTo(Shares.Answer.TAKEN);
        assertThat(shares.take(OTHER)).isEqualTo(Shares.Answer.TAKEN);
        assertThat(shares.take(OTHER)).isEqualTo(Shares.Answer.ALL_ARE_OUT);
        shares.giveBack(GREEDY);
        assertThat(shares.take(OTHER)).isEqualTo(Shares.Answer.TAKEN);
        assertThat(shares.take(GREEDY)).isEqualTo(Shares.Answer.ALL_ARE_OUT);
    }
}
