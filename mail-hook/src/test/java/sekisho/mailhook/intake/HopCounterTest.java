package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HopCounterTest {

    private static HopCounter fed(byte[] octets, int piece) {
        var counter = new HopCounter();
        for (int at = 0; at < octets.length; at += piece) {
            counter.feed(octets, at, Math.min(piece, octets.length - at));
        }
        return counter;
    }

    @Test
    void anOctetAbove127IsSeenWhereverItStandsAndNothingOutsideOfWhatIsFed() {
        var ascii = new byte[100];
        Arrays.fill(ascii, (byte) 0x7f);
        assertThat(fed(ascii, 100).eightBit()).isFalse();
        for (int at = 0; at < ascii.length; at++) {
            var octets = ascii.clone();
            octets[at] = (byte) 0x80;
            assertThat(fed(octets, 100).eightBit()).as("at %d", at).isTrue();
            assertThat(fed(octets, 33).eightBit()).as("at %d in pieces", at).isTrue();
            var rest = new HopCounter();
            rest.feed(octets, 0, at);
            rest.feed(octets, at + 1, octets.length - at - 1);
            assertThat(rest.eightBit()).as("all but %d", at).isFalse();
        }
    }

    @Test
    void receivedFieldsOfTheHeaderAreCountedAndNoOthers() {
        var message = "Received: one\r\n by two\r\nRECEIVED : no\r\nX-Received: no\r\nrEceived: two\r\n\r\nReceived: in the body\r\n".getBytes(StandardCharsets.US_ASCII);
        assertThat(fed(message, message.length).hops()).isEqualTo(2);
        assertThat(fed(message, 1).hops()).isEqualTo(2);
    }
}
