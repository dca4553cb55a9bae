package sekisho.mailhook.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.relay.DestinationTest.envelope;
import static sekisho.mailhook.relay.DestinationTest.text;
import static sekisho.mailhook.relay.ScriptedHop.offering;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.relay.HopSettings.Timeouts;
import sekisho.mailhook.relay.HopSettings.Tls;
import sekisho.mailhook.relay.RelayResult.Delivered;
import sekisho.mailhook.relay.RelayResult.Permanent;
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

    private static Hosts of(ScriptedHop... hops) {
        var loopback = InetAddress.ofLiteral("127.0.0.1");
        return () -> new Hosts.Found.Some(IntStream.range(0, hops.length).mapToObj(i -> new Host("mx" + i + ".example", loopback, hops[i].port())).toList(), true);
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
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true).results()).singleElement().isInstanceOf(Delivered.class);
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
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true).results()).singleElement()
                .isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.remote()).startsWith("mx1"));
        }
    }

    @Test
    void whereTlsIsRequiredNothingEverGoesInClear() throws Exception {
        try (var hop = new ScriptedHop(BROKEN, BROKEN, CLEAR); var destination = new Destination(hop.hosts(), PATIENT.withTls(Tls.REQUIRED, null))) {
            for (int i = 0; i < 2; i++) {
                assertThat(destination.send(envelope("taro@partner.example"), text("x"), true).results()).singleElement().isInstanceOf(Unreached.class);
            }
            assertThat(hop.received).noneMatch(line -> line.startsWith("MAIL"));
            assertThat(hop.received).filteredOn(line -> line.startsWith("EHLO")).as("no third connection").hasSize(2);
        }
    }

    @Test
    void aHostThatIsOnlyAwayIsNoReasonForClearText() throws Exception {
        var counted = new LongAdder();
        try (var hop = new ScriptedHop("> 421 busy\n", CLEAR); var destination = new Destination(hop.hosts(), PATIENT, counted)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true).results()).singleElement().isInstanceOf(Unreached.class);
            assertThat(counted.sum()).isZero();
        }
    }

    /** RFC 3207 §4: a server that wants TLS says 530 to all else, or refuses in words of its own. Its TLS is what failed, and may come back within five days. */
    @ParameterizedTest
    @ValueSource(strings = {"< MAIL\n> 530 5.7.0 Must issue a STARTTLS command first\n", "< MAIL\n> 530 Must issue a STARTTLS command first\n",
        "< MAIL\n> 250 ok\n< RCPT\n> 550 5.7.1 session encryption is required\n"})
    void thatAHostWantsTlsWhichFailsNowIsNoRefusal(String wants) throws Exception {
        try (var hop = new ScriptedHop(BROKEN, offering("STARTTLS") + wants + "< RSET\n> 250 ok\nhang\n"); var destination = new Destination(hop.hosts(), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true).results()).singleElement().isInstanceOfSatisfying(Temporary.class, put -> {
                assertThat(put.isFailedTls()).isTrue();
                assertThat(put.reply().oneLine()).startsWith("451 4.7.5 no TLS with 127.0.0.1:").contains(wants.substring(wants.lastIndexOf(" 5") + 1).strip());
            });
        }
    }

    /** It goes on in clear at the next attempt: who greylists there needn't wait for another failure of TLS. */
    @ParameterizedTest
    @ValueSource(strings = {"< MAIL\n> 250 ok\n< RCPT\n> 450 4.2.0 greylisted\n< RSET\n> 250 ok\nhang\n", "< MAIL\n> 421 4.3.2 busy\n",
        "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n> 451 4.7.1 greylisted\n< RSET\n> 250 ok\nhang\n", "< MAIL\n> 250 ok\n< RCPT\n"})
    void whoIsPutOffInClearTextStaysSoByTheTlsThatFailed(String later) throws Exception {
        try (var hop = new ScriptedHop(BROKEN, offering("STARTTLS") + later); var destination = new Destination(hop.hosts(), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true).results()).singleElement()
                .isInstanceOfSatisfying(Temporary.class, put -> assertThat(put.isFailedTls()).isTrue());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"< RCPT\n> 550 5.1.1 nobody\n", "< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n> 554 5.7.1 spam\n"})
    void aRefusalInClearTextThatTlsWouldNotChangeCounts(String refusal) throws Exception {
        try (var hop = new ScriptedHop(BROKEN, offering("STARTTLS") + "< MAIL\n> 250 ok\n" + refusal + "< RSET\n> 250 ok\nhang\n"); var destination = new Destination(hop.hosts(), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true).results()).singleElement()
                .isInstanceOfSatisfying(Permanent.class, never -> assertThat(never.saidByRemote()).isTrue());
        }
    }

    @Test
    void aHostThatWantsTlsAndOffersNoneRefuses() throws Exception {
        try (var hop = new ScriptedHop(offering() + "< MAIL\n> 530 5.7.0 Must issue a STARTTLS command first\n< RSET\n> 250 ok\nhang\n");
                var destination = new Destination(hop.hosts(), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true).results()).singleElement().isInstanceOf(Permanent.class);
        }
    }

    /** Its TLS came about; that it has no time now it would say in clear, too. */
    @ParameterizedTest
    @ValueSource(strings = {"> 421 4.3.2 too many connections\n", "> 451 4.3.0 not now\n"})
    void aHostThatIsBusyBehindStartTlsIsNoReasonForClearText(String busy) throws Exception {
        var counted = new LongAdder();
        try (var hop = new ScriptedHop(offering("STARTTLS") + "< STARTTLS\n> 220 go\ntls\n< EHLO\n" + busy + "hang\n", CLEAR);
                var destination = new Destination(hop.hosts(), PATIENT, counted)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true).results()).singleElement().isInstanceOfSatisfying(Unreached.class,
                away -> assertThat(away.reply().oneLine()).startsWith("451 4.4.1").contains(busy.substring(2).strip()));
            assertThat(counted.sum()).isZero();
            assertThat(hop.received).noneMatch(line -> line.startsWith("MAIL"));
        }
    }

    @Test
    void noneOfManyBackupsKeepsClearTextFromTheOneWhoseTlsFails() throws Exception {
        var busy = offering() + "< MAIL\n> 250 ok\n< RCPT\n> 450 4.7.1 use the first\n< RSET\n> 250 ok\n";
        try (var first = new ScriptedHop(BROKEN, CLEAR); var second = new ScriptedHop(busy); var third = new ScriptedHop(busy); var fourth = new ScriptedHop();
                var destination = new Destination(of(first, second, third, fourth), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true).results()).singleElement()
                .isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.remote()).startsWith("mx0"));
        }
    }

    /** A backup that says so while the first host is up, or a decoy against spam, which always does. */
    @Test
    void aHostThatAlwaysPutsItOffDoesNotKeepClearTextFromTheOneWhoseTlsFails() throws Exception {
        var busy = offering() + "< MAIL\n> 250 ok\n< RCPT\n> 450 4.7.1 use the first\n< RSET\n> 250 ok\n";
        try (var first = new ScriptedHop(BROKEN, BROKEN, CLEAR); var second = new ScriptedHop(busy, busy + "hang\n"); var destination = new Destination(of(first, second), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOfSatisfying(Temporary.class, put -> {
                assertThat(put.isFailedTls()).isTrue();
                assertThat(put.reply().oneLine()).startsWith("451 4.7.5 no TLS with mx0.example").contains("mx1.example:" + second.port() + " said 450 4.7.1 use the first");
            });
            assertThat(destination.send(envelope("taro@partner.example"), text("x"), true).results()).singleElement()
                .isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.remote()).startsWith("mx0"));
        }
    }
}
