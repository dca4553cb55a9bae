package sekisho.mailhook.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.mailhook.relay.DestinationTest.envelope;
import static sekisho.mailhook.relay.DestinationTest.text;
import static sekisho.mailhook.relay.DestinationTest.to;
import static sekisho.mailhook.relay.ScriptedHop.offering;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.relay.HopSettings.Timeouts;
import sekisho.mailhook.relay.RelayResult.Delivered;
import sekisho.mailhook.relay.RelayResult.Permanent;
import sekisho.mailhook.relay.RelayResult.Temporary;
import sekisho.mailhook.relay.RelayResult.Unreached;
import sekisho.mailhook.smtp.ReversePath;

/** Next hops that answer what nobody asked: whoever took that for an answer would take each later one for that to the command before. */
class OutOfStepTest {

    private static final HopSettings PATIENT = HopSettings.DEFAULT.withTimeouts(
        new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10)));
    private static final String ENVELOPE = "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n";
    private static final String TLS = offering("STARTTLS") + "< STARTTLS\n> 220 go\ntls\n< EHLO\n> 250-hop\n> 250 CHUNKING\n";

    private static ScriptedHop refusing(String first, String script) throws Exception {
        return new ScriptedHop(first + script, first + ENVELOPE + "chunk\n> 554 5.7.1 refused\n< RSET\n> 250 ok\nhang\n");
    }

    /** The second message is refused; with the stray reply it would count as delivered. */
    @ParameterizedTest
    @ValueSource(strings = {">> 250 ok~250 stray~\nhere\nhang\n", "> 250 ok\n> 250 stray\nhere\nhang\n", ">> 250 ok~2\nhere\nhang\n", ">> 250 ok~250-stray~\nhere\nhang\n",
        "> 250 ok\n> 421 4.4.2 idle for too long\nhere\n"})
    void aStrayReplyOnAKeptConnectionIsNobodysAnswer(String strayed) throws Exception {
        for (var first : List.of(offering("CHUNKING"), TLS)) {
            try (var hop = refusing(first, ENVELOPE + "chunk\n" + strayed); var destination = new Destination(hop.hosts(), PATIENT)) {
                assertThat(destination.send(envelope("taro@partner.example"), text("one\r\n"))).singleElement().isInstanceOf(Delivered.class);
                await().until(() -> hop.received.contains("here"));
                assertThat(destination.send(envelope("taro@partner.example"), text("two\r\n"))).singleElement()
                    .isInstanceOfSatisfying(Permanent.class, permanent -> assertThat(permanent.reply().enhanced()).isEqualTo("5.7.1"));
                assertThat(hop.received).filteredOn(line -> line.startsWith("MAIL")).as("by a new connection").hasSize(2);
                assertThat(hop.faults).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"< MAIL\n>> 250 ok~250 stray~\n", "< MAIL\n> 250 ok\n< RCPT\n>> 250 ok~250 stray~\n", "< MAIL\n> 250 ok\n< RCPT\n>> 250 ok~250 stray\n"})
    void inTheEnvelopeItEndsTheConnectionBeforeAnyText(String script) throws Exception {
        for (var first : List.of(offering(), offering("CHUNKING"), TLS)) {
            try (var hop = new ScriptedHop(first + script + "hang\n"); var destination = new Destination(hop.hosts(), PATIENT)) {
                assertThat(destination.send(envelope("taro@partner.example"), text("text\r\n"))).singleElement().isInstanceOf(Temporary.class);
                hop.join();
                assertThat(hop.received).noneMatch(line -> line.contains("text") || line.startsWith("DATA") || line.startsWith("BDAT"));
            }
        }
    }

    /** The answer to RCPT comes after the stray and after the text: in chunks it would be the answer to the end of a text that is refused. */
    @ParameterizedTest
    @ValueSource(strings = {"> 250 2.1.5 ok\n> 354 go\n", "> 250 2.1.5 ok\n> 554 5.7.1 refused\n"})
    void inAPipelinedEnvelopeItMakesNoDeliveryOfARefusal(String late) throws Exception {
        try (var hop = new ScriptedHop(offering("PIPELINING", "CHUNKING") + "< MAIL\n< RCPT\n>> 250 ok~250 stray~\n< \n" + late + "hang\n");
                var destination = new Destination(hop.hosts(), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("text\r\n"))).singleElement().isInstanceOf(Temporary.class);
            hop.join();
            assertThat(hop.received).noneMatch(line -> line.contains("text"));
            assertThat(hop.faults).isEmpty();
        }
    }

    @Test
    void beforeTheEndOfTheTextItKeepsTheEndBack() throws Exception {
        try (var hop = new ScriptedHop(offering() + ENVELOPE + "< DATA\n>> 354 go~250 stray~\nhang\n"); var destination = new Destination(hop.hosts(), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("text\r\n"))).singleElement().isInstanceOf(Temporary.class);
            hop.join();
            assertThat(hop.received.getLast()).as("without its dot").isIn("", "text\r\n");
        }
        try (var hop = new ScriptedHop(offering("CHUNKING") + ENVELOPE + "chunk\n>> 250 ok~250 stray~\nhang\n"); var destination = new Destination(hop.hosts(), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("0123456789abcdef\r\n".repeat(10_000)))).singleElement().isInstanceOf(Temporary.class);
            hop.join();
            assertThat(hop.received).noneMatch(line -> line.contains("LAST"));
        }
    }

    /** A host that has seen enough of it says so, and means this message. */
    @Test
    void aRefusalInTheMiddleOfTheTextCountsWithoutItsEnd() throws Exception {
        try (var hop = new ScriptedHop(offering() + ENVELOPE + "< DATA\n>> 354 go~552 5.2.3 too long~\nhang\n"); var destination = new Destination(hop.hosts(), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("text\r\n"))).singleElement()
                .isInstanceOfSatisfying(Permanent.class, permanent -> assertThat(permanent.reply().enhanced()).isEqualTo("5.2.3"));
            hop.join();
            assertThat(hop.received.getLast()).doesNotContain("\r\n.\r\n");
        }
    }

    /** What TLS says of itself is no reply. */
    @Test
    void newKeysForAKeptConnectionAreNothingThatTheHopSays() throws Exception {
        try (var hop = new ScriptedHop(TLS + ENVELOPE + "chunk\n> 250 ok\nrekey\nhere\n" + ENVELOPE + "chunk\n> 250 ok\nhang\n");
                var destination = new Destination(hop.hosts(), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("one\r\n"))).singleElement().isInstanceOf(Delivered.class);
            await().until(() -> hop.received.contains("here"));
            assertThat(destination.send(envelope("taro@partner.example"), text("two\r\n"))).singleElement().isInstanceOf(Delivered.class);
            assertThat(hop.received).filteredOn(line -> line.startsWith("STARTTLS")).as("by the same connection").hasSize(1);
            assertThat(hop.faults).isEmpty();
        }
    }

    /** What a host offers isn't known then, neither TLS nor 8BITMIME: by HELO the message would go in clear at once, or fail for good. */
    @ParameterizedTest
    @ValueSource(strings = {"> 220 welcome\n", "> Welcome\n", "> 214 welcome\n", "> 354 welcome\n"})
    void aReplyTooManyAtTheGreetingMakesNoHostWithoutExtensions(String stray) throws Exception {
        var script = "> 220 hop.example\n" + stray + "< EHLO\n< HELO\n>> 250-hop.example~250-8BITMIME~250 STARTTLS~250 hop.example~\n" + ENVELOPE
            + "< DATA\n> 354 go\ndata\n> 250 ok\nhang\n";
        for (boolean eightBit : new boolean[] {true, false}) {
            try (var hop = new ScriptedHop(script); var destination = new Destination(hop.hosts(), PATIENT)) {
                assertThat(destination.send(new OutgoingEnvelope(ReversePath.NULL, List.of(to("taro@partner.example")), eightBit, false, -1, null, null), text("x")))
                    .singleElement().isInstanceOfSatisfying(Unreached.class, put -> assertThat(put.reply().enhanced()).isEqualTo("4.4.1"));
                assertThat(hop.received).noneMatch(line -> line.startsWith("HELO") || line.startsWith("MAIL"));
            }
        }
    }

    /** 250 there is the answer of a host without extensions; the second EHLO tells them apart. */
    @Test
    void norDoesA250TooMany() throws Exception {
        for (boolean eightBit : new boolean[] {true, false}) {
            var script = "> 220 hop.example\n> 250 stray\n< EHLO\n>> 250-hop.example~250-8BITMIME~250 STARTTLS~\nhang\n";
            try (var hop = new ScriptedHop(script); var destination = new Destination(hop.hosts(), PATIENT)) {
                assertThat(destination.send(new OutgoingEnvelope(ReversePath.NULL, List.of(to("taro@partner.example")), eightBit, false, -1, null, null), text("x")))
                    .singleElement().isInstanceOfSatisfying(Unreached.class, put -> assertThat(put.reply().enhanced()).isEqualTo("4.4.1"));
                hop.join();
                assertThat(hop.received).noneMatch(line -> line.contains("MAIL"));
            }
        }
    }

    @Test
    void aHostThatTwiceOffersNothingHasNoExtensions() throws Exception {
        try (var hop = new ScriptedHop("> 220 hop\n< EHLO\n> 250 hop\n< EHLO\n> 250 hop\n" + ENVELOPE + "< DATA\n> 354 go\ndata\n> 250 ok\nhang\n");
                var destination = new Destination(hop.hosts(), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Delivered.class);
        }
    }
}
