package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
    @ParameterizedTest
    @CsvSource({"192.0.2.0/24,192.0.2.255,true", "192.0.2.0/24,192.0.3.0,false", "192.0.2.128/25,192.0.2.127,false", "192.0.2.5,192.0.2.5,true",
            "192.0.2.5,192.0.2.4,false", "0.0.0.0/0,203.0.113.9,true", "0.0.0.0/0,2001:db8::1,false", "2001:db8::/33,2001:db8:7fff::1,true",
            "2001:db8::/33,2001:db8:8000::1,false", "10.0.0.0/8,::ffff:10.1.2.3,true"})
    void membershipGoesByThePrefix(String network, String address, boolean expected) {
        assertThat(Network.parse(network).contains(InetAddress.ofLiteral(address))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "mail.example", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/24/8", "192.0.2", "2001:db8::/129", "192.0.2.0/x", "300.0.0.1"})
    void whatIsNoNetworkIsRefused(String text) {
        assertThatThrownBy(() -> Network.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void itIsWrittenAsItIsRead() {
        assertThat(Network.parse(Network.parse("192.0.2.0/24").toString())).isEqualTo(Network.parse("192.0.2.0/24"));
    }
}
