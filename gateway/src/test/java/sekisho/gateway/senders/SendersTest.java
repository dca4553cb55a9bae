package sekisho.gateway.senders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SendersTest {

    private final Senders senders = new Senders(List.of("Example.co.jp", "例示.example"));

    @Test
    void aDomainMaySendHoweverItIsWrittenAndNoneBesides() {
        assertThat(List.of("example.co.jp", "EXAMPLE.CO.JP", "例示.example", "xn--fsq192h.example")).allMatch(senders::has);
        assertThat(List.of("example.com", "mail.example.co.jp", "co.jp", "xexample.co.jp", "example.co.jp.evil.example", "", "[192.0.2.1]", "*"))
            .noneMatch(senders::has);
    }

    @Test
    void withoutOneNothingStarts() {
        assertThatThrownBy(() -> new Senders(List.of()).requireSome()).hasMessageContaining("gateway.senders.domains");
        senders.requireSome();
    }
}
