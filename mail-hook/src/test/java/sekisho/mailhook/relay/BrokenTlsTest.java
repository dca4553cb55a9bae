package sekisho.mailhook.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.relay.DestinationTest.envelope;
import static sekisho.mailhook.relay.DestinationTest.text;
import static sekisho.mailhook.relay.ScriptedHop.offering;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.relay.HopSettings.Timeouts;
import sekisho.mailhook.relay.HopSettings.Tls;
import sekisho.mailhook.relay.RelayResult.Delivered;
import sekisho.mailhook.relay.RelayResult.Temporary;
import sekisho.mailhook.relay.RelayResult.Unreached;

/** Hosts that offer TLS and can't do it: when their mail goes in clear, and when never. */
class BrokenTlsTest {

    private static final HopSettings PATIENT = HopSettings.DEFAULT.withTimeouts(
        new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10)));
    /** A fatal alert, protocol_version: what a server says that speaks TLS 1.0 alone, or the other way round. */
    private static final String ALERT = ">> \u0015\u0003\u0001\u0000\u0002\u0002F";
    private static final String BROKEN = offering("STARTTLS") + "< STARTTLS\n> 220 go\n" + ALERT + "\nhang\n";
    private static final String CLEAR = offering("STARTTLS") + "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n> 250 2.0.0 taken\nhang\n";

    private static Hosts of(ScriptedHop first, ScriptedHop second) {
        var loopback = InetAddress.ofLiteral("127.0.0.1");
        return () -> new Hosts.Found.Some(List.of(new Host("mx0.example", loopback, first.port()), new Host("mx1.example", loopback, second.port())), true);
    }

    /** A failing handshake, an answer that is no TLS, a refusal, and none at all: each the way in which some host is broken. */
    @ParameterizedTest
    @ValueSource(strings = {"> 220 go\n" + ALERT + "\nhang\n", "> 220 go\n> 250 what\nhang\n", "> 454 4.7.0 not now\nhang\n", "> 220 go\n"})
    void atALaterAttemptAMessageGoesInClearToAHostWhoseTlsFailsAgain(String broken) throws Exception {
        var script = offering("STARTTLS") + "< STARTTLS\n" + broken;
        var counted = new LongAdder();
        try (var hop = new ScriptedHop(script, script, CLEAR, script); var destination = new Destination(hop.hosts(), PATIENT, counted)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOfSatisfying(Temporary.class, put -> {
                assertThat(put.reply().enhanced()).isEqualTo("4.7.5");
                assertThat(put.saidByRemote()).isFalse();
            });
            assertThat(counted.sum()).isZero();
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true)).singleElement().isInstanceOf(Delivered.class);
            assertThat(counted.sum()).isEqualTo(1);
            assertThat(destination.send(envelope("jiro@partner.example"), text("x"))).as("the first attempt at another message").singleElement()
                .isInstanceOf(Temporary.class);
            assertThat(counted.sum()).isEqualTo(1);
            assertThat(hop.received).filteredOn(line -> line.startsWith("STARTTLS")).hasSize(3);
            assertThat(hop.received).filteredOn(line -> line.startsWith("RCPT")).containsExactly("RCPT TO:<taro@partner.example>");
            assertThat(destination.connections()).as("what is in clear isn't kept").isZero();
        }
    }

    @Test
    void anotherHostThatCanDoBetterComesFirst() throws Exception {
        try (var first = new ScriptedHop(BROKEN, CLEAR); var second = new ScriptedHop(CLEAR.replace("STARTTLS", "HELP"));
                var destination = new Destination(of(first, second), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true)).singleElement()
                .isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.remote()).startsWith("mx1"));
        }
    }

    @Test
    void whereTlsIsRequiredNothingEverGoesInClear() throws Exception {
        try (var hop = new ScriptedHop(BROKEN, BROKEN, CLEAR); var destination = new Destination(hop.hosts(), PATIENT.withTls(Tls.REQUIRED, null))) {
            for (int i = 0; i < 2; i++) {
                assertThat(destination.send(envelope("taro@partner.example"), text("x"), true)).singleElement().isInstanceOf(Unreached.class);
            }
            assertThat(hop.received).noneMatch(line -> line.startsWith("MAIL"));
            assertThat(hop.received).filteredOn(line -> line.startsWith("EHLO")).as("no third connection").hasSize(2);
        }
    }

    @Test
    void aHostThatIsOnlyAwayIsNoReasonForClearText() throws Exception {
        var counted = new LongAdder();
        try (var hop = new ScriptedHop("> 421 busy\n", CLEAR); var destination = new Destination(hop.hosts(), PATIENT, counted)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true)).singleElement().isInstanceOf(Unreached.class);
            assertThat(counted.sum()).isZero();
        }
    }
}
