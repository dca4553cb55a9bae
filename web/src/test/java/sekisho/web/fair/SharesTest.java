package sekisho.web.fair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.people.Person;

class SharesTest {

    private static final Person GREEDY = person("taro@partner.example");
    private static final Person OTHER = person("jiro@other.example");

    private static Person person(String address) {
        return new Person(UUID.randomUUID(), Optional.of(EmailAddress.parse(address).orElseThrow()), Set.of());
    }

    @Test
    void whoTakesAllTheyCanLeavesTheRestToOthers() {
        var shares = new Shares(5, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(shares.take(GREEDY)).isEqualTo(Shares.Answer.TAKEN);
        }
        assertThat(shares.take(GREEDY)).isEqualTo(Shares.Answer.YOURS_ARE_OUT);
        assertThat(shares.take(person("Taro@partner.example"))).as("another account of the same address").isEqualTo(Shares.Answer.YOURS_ARE_OUT);
        assertThat(shares.take(OTHER)).isEqualTo(Shares.Answer.TAKEN);
        assertThat(shares.take(OTHER)).isEqualTo(Shares.Answer.TAKEN);
        assertThat(shares.take(OTHER)).isEqualTo(Shares.Answer.ALL_ARE_OUT);
        shares.giveBack(GREEDY);
        assertThat(shares.take(OTHER)).isEqualTo(Shares.Answer.TAKEN);
        assertThat(shares.take(GREEDY)).isEqualTo(Shares.Answer.ALL_ARE_OUT);
    }
}
