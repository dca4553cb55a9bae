package sekisho.mailhook.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.mailhook.relay.DestinationTest.envelope;
import static sekisho.mailhook.relay.DestinationTest.text;
import static sekisho.mailhook.relay.ScriptedHop.offering;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import sekisho.mailhook.relay.RelayResult.Delivered;
import sekisho.mailhook.relay.RelayResult.Permanent;
import sekisho.mailhook.relay.RelayResult.Temporary;
import sekisho.mailhook.relay.RelayResult.Unreached;
import sekisho.mailhook.smtp.ReversePath;
import sekisho.mailhook.smtp.SmtpReply;

/** From host to host: which faults go on to the next one, and which count. */
class FallbackTest {

    private static final String TAKES = "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n> 250 2.0.0 taken\nhang\n";
    private static final HopSettings PATIENT = HopSettings.DEFAULT.withTimeouts(
        new HopSettings.Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10)));

    private static Hosts of(ScriptedHop... hops) {
        var hosts = new ArrayList<Host>();
        for (int i = 0; i < hops.length; i++) {
            hosts.add(new Host("mx" + i + ".example", InetAddress.ofLiteral("127.0.0.1"), hops[i].port()));
        }
        return () -> new Hosts.Found.Some(hosts, true);
    }

    /** What the second host sees after this one. */
    private static List<RelayResult> after(String script) throws Exception {
        try (var first = new ScriptedHop(script); var second = new ScriptedHop(offering() + TAKES); var destination = new Destination(of(first, second), PATIENT)) {
            return destination.send(envelope("taro@partner.example"), text("x"));
        }
    }

    @Test
    void aHostThatIsNotThereOrNotReadyIsPassedOver() throws Exception {
        try (var gone = new ScriptedHop(); var second = new ScriptedHop(offering() + TAKES)) {
            gone.close();
            try (var destination = new Destination(of(gone, second), PATIENT)) {
                assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement()
                    .isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.remote()).isEqualTo("mx1.example:" + second.port()));
            }
        }
        for (String script : List.of("> 421 busy\n", "> 450 later\n", "> 554 not now\n", "> 220 hop\n< EHLO\n> 421 closing\n< HELO\n> 421 closing\n", "> 220 hop\n",
                offering() + "< MAIL\n> 421 4.3.2 going down\n", offering() + "< MAIL\n")) {
            assertThat(after(script)).as(script).singleElement().isInstanceOf(Delivered.class);
        }
    }

    @Test
    void aHostThatPutsItOffOrBreaksOffInTheTextIsPassedOverToo() throws Exception {
        for (String script : List.of(offering() + "< MAIL\n> 452 4.3.1 full\n< RSET\n> 250 ok\nhang\n",
                offering() + "< MAIL\n> 250 ok\n< RCPT\n> 450 4.2.1 busy\n< RSET\n> 250 ok\nhang\n",
                offering() + "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n> 451 4.3.0 not now\nhang\n",
                offering() + "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n> 451 4.3.0 not now\n< RSET\n> 250 ok\nhang\n")) {
            assertThat(after(script)).as(script).singleElement().isInstanceOf(Delivered.class);
        }
    }

    @Test
    void onlyThoseWhomTheFirstHostPutOffGoOnToTheNext() throws Exception {
        String mixed = offering() + "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< RCPT\n> 450 4.2.1 busy\n< RCPT\n> 550 5.1.1 nobody\n< DATA\n> 354 go\ndata\n> 250 2.0.0 taken\nhang\n";
        try (var first = new ScriptedHop(mixed); var second = new ScriptedHop(offering() + TAKES); var destination = new Destination(of(first, second), PATIENT)) {
            assertThat(destination.send(envelope("a@partner.example", "b@partner.example", "c@partner.example"), text("x"))).satisfiesExactly(
                a -> assertThat(a).isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.remote()).startsWith("mx0")),
                b -> assertThat(b).isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.remote()).startsWith("mx1")),
                c -> assertThat(c).isInstanceOf(Permanent.class));
            assertThat(second.received).filteredOn(line -> line.startsWith("RCPT")).containsExactly("RCPT TO:<b@partner.example>");
        }
    }

    @Test
    void twoHostsAreHeardAtTheMostAndOneThatIsGoneSaysNothingNewOfAWordThatWasSaid() throws Exception {
        String busy = offering() + "< MAIL\n> 450 4.2.1 busy\n< RSET\n> 250 ok\nhang\n";
        try (var first = new ScriptedHop(busy); var second = new ScriptedHop(busy); var third = new ScriptedHop(offering() + TAKES);
                var destination = new Destination(of(first, second, third), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Temporary.class);
            assertThat(third.received).isEmpty();
        }
        try (var first = new ScriptedHop(busy); var gone = new ScriptedHop(); var destination = new Destination(of(first, gone), PATIENT)) {
            gone.close();
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement()
                .isInstanceOfSatisfying(Temporary.class, put -> assertThat(put.reply().oneLine()).contains("busy"));
        }
    }

    private static OutgoingEnvelope eightBit() {
        return new OutgoingEnvelope(ReversePath.NULL, List.of(DestinationTest.to("taro@partner.example")), true, false, 2000, null, null);
    }

    @Test
    void aHostThatLacksWhatTheMessageNeedsIsPassedOverForOneThatOffersIt() throws Exception {
        for (String[] lacking : List.of(new String[] {}, new String[] {"8BITMIME", "SIZE 1000"})) {
            try (var first = new ScriptedHop(offering(lacking) + "hang\n"); var second = new ScriptedHop(offering("8BITMIME") + TAKES);
                    var destination = new Destination(of(first, second), PATIENT)) {
                assertThat(destination.send(eightBit(), text("x"))).singleElement()
                    .isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.remote()).startsWith("mx1"));
            }
        }
        try (var first = new ScriptedHop(offering("8BITMIME") + "hang\n"); var second = new ScriptedHop(offering("8BITMIME", "SMTPUTF8") + TAKES);
                var destination = new Destination(of(first, second), PATIENT)) {
            assertThat(destination.send(envelope("太郎@partner.example"), text("x"))).singleElement().isInstanceOf(Delivered.class);
        }
    }

    /** It is asked of each recipient: an address outside ASCII is nothing to the others. */
    @Test
    void whomAHostLacksSomethingForGoesToOneThatOffersItAndTheOthersStay() throws Exception {
        try (var first = new ScriptedHop(offering("8BITMIME") + TAKES); var second = new ScriptedHop(offering("8BITMIME", "SMTPUTF8") + TAKES);
                var destination = new Destination(of(first, second), PATIENT)) {
            assertThat(destination.send(envelope("太郎@partner.example", "taro@partner.example"), text("x"))).satisfiesExactly(
                taro -> assertThat(taro).isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.remote()).startsWith("mx1")),
                ascii -> assertThat(ascii).isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.remote()).startsWith("mx0")));
            assertThat(first.received).contains("MAIL FROM:<hanako@example.co.jp>", "RCPT TO:<taro@partner.example>");
            assertThat(second.received).contains("MAIL FROM:<hanako@example.co.jp> BODY=8BITMIME SMTPUTF8");
        }
    }

    @Test
    void whoHasNotBeenHeardOfIsOfferedToEveryHost() throws Exception {
        String busy = offering("8BITMIME") + "< MAIL\n> 450 4.2.1 busy\n< RSET\n> 250 ok\nhang\n";
        try (var first = new ScriptedHop(busy); var second = new ScriptedHop(busy); var third = new ScriptedHop(offering("8BITMIME", "SMTPUTF8") + TAKES);
                var destination = new Destination(of(first, second, third), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example", "太郎@partner.example", "jiro@partner.example"), text("x"))).satisfiesExactly(
                ascii -> assertThat(ascii).isInstanceOf(Temporary.class), taro -> assertThat(taro).isInstanceOf(Delivered.class),
                other -> assertThat(other).isInstanceOf(Temporary.class));
            assertThat(third.received).filteredOn(line -> line.startsWith("RCPT")).as("two hosts have heard of the others").hasSize(1);
        }
    }

    @Test
    void onlyWhenNoHostCanTakeItItFailsForGood() throws Exception {
        String lacking = offering() + "hang\n";
        try (var first = new ScriptedHop(lacking); var second = new ScriptedHop(lacking); var third = new ScriptedHop(lacking);
                var destination = new Destination(of(first, second, third), PATIENT)) {
            assertThat(destination.send(eightBit(), text("x"))).singleElement().isInstanceOfSatisfying(Permanent.class, never -> {
                assertThat(never.reply().enhanced()).isEqualTo("5.6.3");
                assertThat(never.saidByRemote()).isFalse();
            });
            assertThat(third.received).as("it was asked too").isNotEmpty();
        }
        try (var first = new ScriptedHop(lacking); var second = new ScriptedHop(lacking); var third = new ScriptedHop(offering("8BITMIME") + TAKES);
                var destination = new Destination(of(first, second, third), PATIENT)) {
            assertThat(destination.send(eightBit(), text("x"))).as("those that can't don't count as heard").singleElement().isInstanceOf(Delivered.class);
        }
    }

    /** Nobody has asked that one, and it may offer what the others lack. */
    @Test
    void whileAHostCannotBeLookedUpNothingFailsForWhatTheOthersLack() throws Exception {
        String lacking = offering() + "hang\n";
        try (var hop = new ScriptedHop(lacking); var other = new ScriptedHop(lacking);
                var dns = new ScriptedDns("a.example. MX 10 one.example.", "a.example. MX 20 two.example.", "one.example. A 127.0.0.1", "two.example. SERVFAIL",
                    "b.example. MX 10 one.example.", "b.example. MX 20 gone.example.")) {
            assertThat(eightBitTo("a.example", dns, hop)).isInstanceOfSatisfying(Temporary.class, put -> assertThat(put.reply().enhanced()).isEqualTo("4.3.0"));
            assertThat(eightBitTo("b.example", dns, other)).as("one that has no address won't have one").isInstanceOf(Permanent.class);
        }
        try (var hop = new ScriptedHop(lacking);
                var destination = new Destination(Hosts.listed(List.of(new Hosts.Named("127.0.0.1", hop.port()), new Hosts.Named("gone.invalid", 25))), PATIENT)) {
            assertThat(destination.send(eightBit(), text("x"))).singleElement().isInstanceOf(Temporary.class);
        }
    }

    private static RelayResult eightBitTo(String domain, ScriptedDns dns, ScriptedHop hop) throws Exception {
        var hosts = new MxHosts(List.of(dns.address()), Duration.ofSeconds(1), "hook.example.co.jp", hop.port());
        try (var destination = new Destination(hosts.of(domain), PATIENT)) {
            return destination.send(eightBit(), text("x")).getFirst();
        }
    }

    /** By HELO it says nothing of what it offers. */
    @Test
    void aHostThatPutsEhloOffLacksNothing() throws Exception {
        try (var hop = new ScriptedHop("> 220 hop\n< EHLO\n> 451 4.3.0 not now\n< HELO\n> 250 hop\nhang\n"); var destination = new Destination(of(hop), PATIENT)) {
            assertThat(destination.send(eightBit(), text("x"))).singleElement()
                .isInstanceOfSatisfying(Unreached.class, later -> assertThat(later.reply().oneLine()).contains("not now"));
        }
    }

    @Test
    void whileAHostThatMayTakeItIsAwayOrPutsItOffItIsTriedAgain() throws Exception {
        String lacking = offering() + "hang\n";
        String busy = offering("8BITMIME") + "< MAIL\n> 450 4.2.1 busy\n< RSET\n> 250 ok\nhang\n";
        for (var scripts : List.of(List.of(lacking, busy), List.of(busy, lacking), List.of(lacking, "> 421 away\n"), List.of("> 421 away\n", lacking))) {
            try (var first = new ScriptedHop(scripts.getFirst()); var second = new ScriptedHop(scripts.getLast());
                    var destination = new Destination(of(first, second), PATIENT)) {
                assertThat(destination.send(eightBit(), text("x"))).as(scripts.toString()).singleElement().isInstanceOf(Temporary.class);
            }
        }
    }

    @Test
    void aKeptConnectionToAHostThatLacksItIsNoReasonToGiveUp() throws Exception {
        try (var first = new ScriptedHop(offering() + TAKES.replace("hang\n", "") + "hang\n"); var second = new ScriptedHop(offering("8BITMIME") + TAKES);
                var destination = new Destination(of(first, second), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Delivered.class);
            assertThat(destination.send(eightBit(), text("x"))).singleElement()
                .isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.remote()).startsWith("mx1"));
        }
    }

    @Test
    void hostsThatGreetAndThenSayNothingAreNotReached() throws Exception {
        var soon = HopSettings.DEFAULT.withTimeouts(new HopSettings.Timeouts(Duration.ofSeconds(10), Duration.ofMillis(300), Duration.ofSeconds(10), Duration.ofSeconds(10)));
        try (var hop = new ScriptedHop(offering() + "< MAIL\nhang\n"); var destination = new Destination(of(hop), soon)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Unreached.class);
        }
    }

    @Test
    void aClearNoCountsAndNothingGoesToASecondHostThatTheFirstMayHave() throws Exception {
        assertThat(after(offering() + "< MAIL\n> 250 ok\n< RCPT\n> 550 5.1.1 nobody\n< RSET\n> 250 ok\nhang\n")).singleElement().isInstanceOf(Permanent.class);
        assertThat(after(offering() + "< MAIL\n> 550 5.7.1 not you\n< RSET\n> 250 ok\nhang\n")).singleElement().isInstanceOf(Permanent.class);
        assertThat(after(offering() + "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n")).singleElement().isInstanceOf(RelayResult.MaybeDelivered.class);
    }

    @Test
    void whenNoHostIsThereAllRecipientsWaitWithTheLastReason() throws Exception {
        try (var one = new ScriptedHop("> 421 one is busy\n"); var two = new ScriptedHop("> 421 two is busy\n"); var destination = new Destination(of(one, two), PATIENT)) {
            assertThat(destination.send(envelope("a@partner.example", "b@partner.example"), text("x"))).hasSize(2).allSatisfy(result ->
                assertThat(result).isInstanceOfSatisfying(Unreached.class, unreached -> {
                    assertThat(unreached.remote()).isEqualTo("mx1.example:" + two.port());
                    assertThat(unreached.reply().oneLine()).startsWith("451 4.4.1 cannot open mx1.example:" + two.port());
                }));
            assertThat(destination.connections()).isZero();
        }
    }

    @Test
    void aDestinationWithoutHostsFailsAtOnceAndOneThatCannotBeLookedUpWaits() throws Exception {
        try (var nowhere = new Destination(() -> new Hosts.Found.Nowhere(new SmtpReply(550, "5.1.10", "takes no mail")), PATIENT);
                var later = new Destination(() -> new Hosts.Found.NotNow(new SmtpReply(451, "4.4.3", "no answer")), PATIENT)) {
            assertThat(nowhere.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOfSatisfying(Permanent.class, permanent -> {
                assertThat(permanent.reply().enhanced()).isEqualTo("5.1.10");
                assertThat(permanent.saidByRemote()).isFalse();
            });
            assertThat(later.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Unreached.class);
        }
    }

    @Test
    void aNameThatNobodyKnowsIsNotReachedAndTheNextIsTried() throws Exception {
        try (var hop = new ScriptedHop(offering() + TAKES);
                var destination = new Destination(Hosts.listed(List.of(new Hosts.Named("gone.invalid", 25), new Hosts.Named("127.0.0.1", hop.port()))), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Delivered.class);
        }
        try (var destination = new Destination(Hosts.listed(List.of(new Hosts.Named("gone.invalid", 25))), PATIENT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement()
                .isInstanceOfSatisfying(Unreached.class, unreached -> assertThat(unreached.reply().enhanced()).isEqualTo("4.4.3"));
        }
    }

    /** What the first host took is known, and would go out again if it were forgotten. */
    @Test
    void whatOneHostTookIsNotForgottenWhenTheMessageCannotBeReadForTheNext() throws Exception {
        String mixed = offering() + "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< RCPT\n> 450 4.2.1 busy\n< DATA\n> 354 go\ndata\n> 250 2.0.0 taken\nhang\n";
        for (Throwable trouble : List.of(new IOException("the store is away"), new IllegalStateException("a defect"))) {
            try (var first = new ScriptedHop(mixed); var second = new ScriptedHop(offering() + TAKES); var destination = new Destination(of(first, second), PATIENT)) {
                var times = new AtomicInteger();
                var results = destination.send(envelope("a@partner.example", "b@partner.example"), out -> {
                    if (times.incrementAndGet() > 1) {
                        switch (trouble) {
                            case IOException e -> throw e;
                            default -> throw (RuntimeException) trouble;
                        }
                    }
                    text("x").writeTo(out);
                });
                assertThat(results.getFirst()).isInstanceOf(Delivered.class);
                assertThat(results.getLast()).isInstanceOf(Temporary.class);
                assertThat(times).hasValue(2);
            }
        }
    }

    /** The first host lacks SMTPUTF8; whether the second has it, and takes it, nobody knows yet. */
    @Test
    void whoWasNotOfferedToAllHostsIsNotRefusedWhenTheMessageCannotBeReadAgain() throws Exception {
        var times = new AtomicInteger();
        try (var first = new ScriptedHop(offering() + TAKES); var second = new ScriptedHop(offering("8BITMIME", "SMTPUTF8") + TAKES);
                var destination = new Destination(of(first, second), PATIENT)) {
            var results = destination.send(envelope("taro@partner.example", "太郎@partner.example"), out -> {
                if (times.incrementAndGet() > 1) {
                    throw new IOException("the store is away");
                }
                text("x").writeTo(out);
            });
            assertThat(results.getFirst()).isInstanceOf(Delivered.class);
            assertThat(results.getLast()).isInstanceOfSatisfying(Temporary.class, put -> assertThat(put.saidByRemote()).isFalse());
        }
    }

    @Test
    void norWhenTheOtherHostsCannotBeLookedUp() throws Exception {
        var times = new AtomicInteger();
        try (var first = new ScriptedHop(offering() + TAKES)) {
            Hosts hosts = () -> {
                if (times.incrementAndGet() > 1) {
                    throw new IllegalStateException("a defect");
                }
                return of(first).find();
            };
            try (var destination = new Destination(hosts, PATIENT)) {
                assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Delivered.class);
                assertThat(destination.send(envelope("太郎@partner.example"), text("x"))).singleElement().isInstanceOf(Temporary.class);
            }
        }
    }

    @Test
    void beforeAnyHostWasHeardTheTroubleIsTheCallers() throws Exception {
        try (var first = new ScriptedHop(offering() + TAKES); var destination = new Destination(of(first), PATIENT)) {
            assertThatThrownBy(() -> destination.send(envelope("a@partner.example"), _ -> {
                throw new IOException("the store is away");
            })).isInstanceOf(IOException.class).hasMessage("the store is away");
        }
    }

    /** A backup that lacks what the message needs is no reason to give up on a host that only puts it off. */
    @Test
    void aBackupWithout8BitDoesNotEndWhatTheFirstHostPutOff() throws Exception {
        String busy = offering("8BITMIME") + "< MAIL\n> 250 ok\n< RCPT\n> 450 4.2.1 greylisted\n< RSET\n> 250 ok\nhang\n";
        try (var first = new ScriptedHop(busy); var second = new ScriptedHop(offering() + TAKES); var destination = new Destination(of(first, second), PATIENT)) {
            var to = envelope("a@partner.example");
            assertThat(destination.send(new OutgoingEnvelope(to.from(), to.recipients(), true, false, -1, null, null), text("x")))
                .singleElement().isInstanceOf(Temporary.class);
        }
    }
}
