package sekisho.mailhook.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.mailhook.relay.DestinationTest.envelope;
import static sekisho.mailhook.relay.DestinationTest.text;
import static sekisho.mailhook.relay.DestinationTest.to;
import static sekisho.mailhook.relay.ScriptedHop.offering;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.relay.HopSettings.Credentials;
import sekisho.mailhook.relay.HopSettings.Timeouts;
import sekisho.mailhook.relay.HopSettings.Tls;
import sekisho.mailhook.relay.RelayResult.Delivered;
import sekisho.mailhook.relay.RelayResult.MaybeDelivered;
import sekisho.mailhook.relay.RelayResult.Permanent;
import sekisho.mailhook.relay.RelayResult.Temporary;
import sekisho.mailhook.relay.RelayResult.Unreached;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.ReversePath;
import sekisho.mailhook.smtp.TestCertificate;

/** Next hops that refuse, lack something, break off or lie. */
class BadHopTest {
    private static final String TO_TARO = "< MAIL FROM:<hanako@example.co.jp>\n> 250 ok\n< RCPT TO:<taro@partner.example>\n> 250 ok\n";
    private static final Timeouts SHORT = new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofMillis(300));

    private static List<RelayResult> send(ScriptedHop hop, String... recipients) throws Exception {
        return send(hop, HopSettings.DEFAULT, envelope(recipients), "text\r\n");
    }

    private static List<RelayResult> send(ScriptedHop hop, HopSettings settings, OutgoingEnvelope envelope, String text) throws Exception {
        try (hop) {
            List<RelayResult> results;
            try (var destination = new Destination(hop.hosts(), settings)) {
                results = destination.send(envelope, text(text));
            }
            hop.release();
            hop.join();
            assertThat(hop.faults).isEmpty();
            return results;
        }
    }

    @Test
    void silenceAfterTheDotMeansMaybe() throws Exception {
        var hop = new ScriptedHop(offering("PIPELINING") + TO_TARO + "< DATA\n> 354 go\ndata\nhang\n");
        assertThat(send(hop, HopSettings.DEFAULT.withTimeouts(SHORT), envelope("taro@partner.example"), "x")).singleElement().isInstanceOf(MaybeDelivered.class);
    }

    @Test
    void aDropAfterTheDotMeansMaybe() throws Exception {
        assertThat(send(new ScriptedHop(offering() + TO_TARO + "< DATA\n> 354 go\ndata\n"), "taro@partner.example")).singleElement().isInstanceOf(MaybeDelivered.class);
        assertThat(send(new ScriptedHop(offering() + TO_TARO + "< DATA\n> 354 go\ndata\n>> 250-only half~\n"), "taro@partner.example"))
                .singleElement().isInstanceOf(MaybeDelivered.class);
        assertThat(send(new ScriptedHop(offering("CHUNKING") + TO_TARO + "chunk\n"), "taro@partner.example")).singleElement().isInstanceOf(MaybeDelivered.class);
    }

    @Test
    void whoWasRefusedBeforeTheTextCannotHaveGotIt() throws Exception {
        var hop = new ScriptedHop(offering("PIPELINING", "ENHANCEDSTATUSCODES") + "< MAIL\n< RCPT\n< RCPT\n< RCPT\n> 250 2.1.0 ok\n> 250 2.1.5 ok\n"
                + "> 450 4.2.1 busy\n> 550 5.1.1 unknown\n< DATA\n> 354 go\ndata\n");
        var results = send(hop, "taro@partner.example", "jiro@other.example", "nobody@other.example");
        assertThat(results.get(0)).isInstanceOf(MaybeDelivered.class);
        assertThat(results.get(1)).isInstanceOf(Temporary.class);
        assertThat(results.get(2)).isInstanceOf(Permanent.class);
    }

    @Test
    void norDoesARefusalEndWhereTheTextBreaksOff() throws Exception {
        var envelope = "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< RCPT\n> 550 5.1.1 unknown\n";
        for (var broken : List.of("< DATA\n", "< DATA\n> 354 go\nupto 100000\n", "< DATA\n> hello\n")) {
            var results = send(new ScriptedHop(offering() + envelope + broken), HopSettings.DEFAULT, envelope("taro@partner.example", "nobody@other.example"),
                "0123456789abcdef\r\n".repeat(2_000_000));
            assertThat(results.getFirst()).as(broken).isInstanceOf(Temporary.class);
            assertThat(results.getLast()).as(broken).isInstanceOfSatisfying(Permanent.class, never -> assertThat(never.reply().enhanced()).isEqualTo("5.1.1"));
        }
    }

    @Test
    void aMeaninglessAnswerToTheDotMeansMaybe() throws Exception {
        assertThat(send(new ScriptedHop(offering() + TO_TARO + "< DATA\n> 354 go\ndata\n> hello\n"), "taro@partner.example")).singleElement().isInstanceOf(MaybeDelivered.class);
        assertThat(send(new ScriptedHop(offering() + TO_TARO + "< DATA\n> 354 go\ndata\n> 999 x\n"), "taro@partner.example")).singleElement().isInstanceOf(MaybeDelivered.class);
    }

    @Test
    void controlsInItsWordsAreTakenOutAndTheyStayAnAnswer() throws Exception {
        assertThat(send(new ScriptedHop(offering() + TO_TARO + "< DATA\n> 354 go\ndata\n> 250 2.0.0 taken\u00c2\u0085as\u00c2\u009b1m\u001b[1mthis\nhang\n"), "taro@partner.example"))
            .singleElement().isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.reply().oneLine()).isEqualTo("250 2.0.0 taken?as?1m?[1mthis"));
    }

    /** {@code queue show} prints them, and reports quote them. */
    @ParameterizedTest
    @ValueSource(strings = {"> 421 busy\u0085\u009b2Jnow\n", "> 421 busy\u00c2\u0085\u00c2\u009b2Jnow\n", "> 220 hop\n< EHLO\n> 451 later\u0085\u009b2J\u00e2\u0080\u00aenow\n",
        "> 220 hop\n< EHLO\n> 250-hop\n> 250 STARTTLS\n< STARTTLS\n> 454 busy\u00c2\u009b2Jnow\n"})
    void controlsAreTakenOutOfItsFirstWordsToo(String script) throws Exception {
        assertThat(send(new ScriptedHop(script), "taro@partner.example")).singleElement().extracting(result -> switch (result) {
            case Unreached unreached -> unreached.reply().oneLine();
            case Temporary temporary -> temporary.reply().oneLine();
            case Delivered _, Permanent _, MaybeDelivered _, RelayResult.Aborted _ -> "";
        }).asString().contains("now").doesNotContainPattern("[\\p{Cc}\\p{Cf}]");
    }

    @Test
    void aDropBeforeTheDotIsTemporary() throws Exception {
        assertThat(send(new ScriptedHop(offering() + TO_TARO), "taro@partner.example")).singleElement()
                .isInstanceOfSatisfying(Temporary.class, temporary -> assertThat(temporary.reply().enhanced()).isEqualTo("4.4.2"));
    }

    /** Each answer within the time of one, all of them not; who was answered by then isn't asked again. */
    @Test
    void whoDawdlesOverTheRecipientsIsLeft() throws Exception {
        var timeouts = new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(5));
        var rcpt = "< RCPT\nlate 1700\n";
        var hop = new ScriptedHop(offering() + "< MAIL\nlate 1700\n> 250 ok\n" + rcpt + "> 550 5.1.1 unknown\n" + rcpt + ">? 250 ok~\n");
        var results = send(hop, HopSettings.DEFAULT.withTimeouts(timeouts), envelope("nobody@partner.example", "taro@partner.example", "jiro@partner.example"), "x");
        assertThat(results.getFirst()).isInstanceOf(Permanent.class);
        assertThat(results.subList(1, 3)).allSatisfy(result -> assertThat(result).isInstanceOfSatisfying(Temporary.class,
            later -> assertThat(later.reply().oneLine()).contains("took too long over the recipients")));
    }

    @Test
    void lastWordsInTheMiddleOfTheTextCount() throws Exception {
        var hop = new ScriptedHop(offering() + TO_TARO + "< DATA\n> 354 go\nupto 100000\n> 552 5.2.3 too long for me\n");
        var results = send(hop, HopSettings.DEFAULT, envelope("taro@partner.example"), "0123456789abcdef\r\n".repeat(2_000_000));
        // A reset may overtake the words on their way; nothing was accepted in either case.
        assertThat(results).singleElement().isInstanceOfAny(Permanent.class, Temporary.class);
    }

    @Test
    void whereCommandsGoInGroupsOrChunksAreNotWantedTheTextGoesByData() throws Exception {
        var data = "< DATA\n> 354 go\ndata\n> 250 2.0.0 taken\n< QUIT\n";
        var groups = new ScriptedHop(offering("PIPELINING", "CHUNKING") + "< MAIL\n< RCPT\n> 250 ok\n> 250 ok\n" + data);
        assertThat(send(groups, "taro@partner.example")).singleElement().isInstanceOf(Delivered.class);
        assertThat(send(new ScriptedHop(offering("CHUNKING") + TO_TARO + data), HopSettings.DEFAULT.withChunking(false), envelope("taro@partner.example"), "text\r\n"))
            .singleElement().isInstanceOf(Delivered.class);
    }

    @Test
    void aRefusedChunkStopsTheMessage() throws Exception {
        var hop = new ScriptedHop(offering("CHUNKING") + TO_TARO + "chunk\n> 250 ok\nchunk\n> 554 5.6.0 no\n< RSET\n> 250 ok\n< QUIT\n");
        var results = send(hop, HopSettings.DEFAULT, envelope("taro@partner.example"), "0123456789abcdef\r\n".repeat(30_000));
        assertThat(results).singleElement().isInstanceOfSatisfying(Permanent.class, permanent -> assertThat(permanent.reply().enhanced()).isEqualTo("5.6.0"));
    }

    @Test
    void aRefusalOfTheTextHoldsForThoseWhoWereAccepted() throws Exception {
        var hop = new ScriptedHop(offering("PIPELINING", "ENHANCEDSTATUSCODES") + "< MAIL\n< RCPT\n< RCPT\n> 250 2.1.0 ok\n> 250 2.1.5 ok\n> 450 4.2.1 busy\n"
                + "< DATA\n> 354 go\ndata\n>> 554-5.7.1 first~554 5.7.1 second~\n< RSET\n> 250 ok\n< QUIT\n");
        var results = send(hop, "taro@partner.example", "jiro@other.example");
        assertThat(results.get(0)).isInstanceOfSatisfying(Permanent.class, permanent -> {
            assertThat(permanent.reply().oneLine()).isEqualTo("554 5.7.1 first second");
            assertThat(permanent.saidByRemote()).isTrue();
        });
        assertThat(results.get(1)).isInstanceOf(Temporary.class);
    }

    @Test
    void whenEverybodyIsRefusedNoTextIsSent() throws Exception {
        var hop = new ScriptedHop(offering("PIPELINING") + "< MAIL\n< RCPT\n< RCPT\n> 250 ok\n> 550 no\n> 552 too many\n< RSET\n> 250 ok\n< QUIT\n");
        var results = send(hop, "taro@partner.example", "jiro@other.example");
        assertThat(results.get(0)).isInstanceOf(Permanent.class);
        assertThat(results.get(1)).as("552 to RCPT is temporary (RFC 5321 4.5.3.1.10)").isInstanceOf(Temporary.class);
    }

    @Test
    void aRefusedMailHoldsForAll() throws Exception {
        var hop = new ScriptedHop(offering("PIPELINING") + "< MAIL\n< RCPT\n< RCPT\n> 550 5.7.1 not you\n> 503 what\n> 503 what\n< RSET\n> 250 ok\n< QUIT\n");
        assertThat(send(hop, "a@partner.example", "b@partner.example"))
                .allSatisfy(result -> assertThat(result).isInstanceOfSatisfying(Permanent.class, permanent -> assertThat(permanent.reply().oneLine()).isEqualTo("550 5.7.1 not you")));
        assertThat(send(new ScriptedHop(offering() + "< MAIL\n> 451 4.3.0 later\n< RSET\n> 250 ok\n< QUIT\n"), "a@partner.example"))
                .singleElement().isInstanceOf(Temporary.class);
    }

    @Test
    void aRefusedDataCommandHoldsForThoseWhoWereAccepted() throws Exception {
        assertThat(send(new ScriptedHop(offering() + TO_TARO + "< DATA\n> 451 4.3.1 full\n< RSET\n> 250 ok\n< QUIT\n"), "taro@partner.example"))
                .singleElement().isInstanceOf(Temporary.class);
        assertThat(send(new ScriptedHop(offering() + TO_TARO + "< DATA\n> 250 what\n"), "taro@partner.example")).singleElement().isInstanceOf(Temporary.class);
    }

    @Test
    void withoutExtensionsOnlyThePlainestCommandsAreSent() throws Exception {
        var hop = new ScriptedHop("> 220 hop\n< EHLO\n> 500 what\n< HELO\n> 250 hop\n< MAIL FROM:<>\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n> 250 ok\n< QUIT\n");
        var taro = new Recipient(to("taro@partner.example").mailbox(), Set.of(Recipient.Notify.SUCCESS), "rfc822;x");
        var results = send(hop, HopSettings.DEFAULT, new OutgoingEnvelope(ReversePath.NULL, List.of(taro), false, false, 10, null, "Q"), ".x");
        assertThat(results).singleElement().isInstanceOfSatisfying(Delivered.class, delivered -> assertThat(delivered.dsnHandedOn()).isFalse());
        assertThat(hop.received).contains("MAIL FROM:<>", "RCPT TO:<taro@partner.example>", "..x\r\n");
    }

    @Test
    void aHopWithout8BitOrUtf8GetsNothingItCannotTake() throws Exception {
        var hop = new ScriptedHop(offering("SMTPUTF8") + "< QUIT\n");
        var eightBit = new OutgoingEnvelope(ReversePath.NULL, List.of(to("taro@partner.example")), true, false, -1, null, null);
        assertThat(send(hop, HopSettings.DEFAULT, eightBit, "x")).singleElement().isInstanceOfSatisfying(Permanent.class, permanent -> {
            assertThat(permanent.reply().enhanced()).isEqualTo("5.6.3");
            assertThat(permanent.saidByRemote()).isFalse();
        });
        hop = new ScriptedHop(offering("8BITMIME") + "< QUIT\n");
        assertThat(send(hop, HopSettings.DEFAULT, envelope("太郎@partner.example"), "x")).singleElement()
                .isInstanceOfSatisfying(Permanent.class, permanent -> assertThat(permanent.reply().enhanced()).isEqualTo("5.6.7"));
        hop = new ScriptedHop(offering("SIZE 1000") + "< QUIT\n");
        assertThat(send(hop, HopSettings.DEFAULT, new OutgoingEnvelope(ReversePath.NULL, List.of(to("taro@partner.example")), false, false, 1001, null, null), "x"))
                .singleElement().isInstanceOfSatisfying(Permanent.class, permanent -> assertThat(permanent.reply().enhanced()).isEqualTo("5.3.4"));
    }

    /** Without SMTPUTF8 at MAIL an ORCPT is ASCII (RFC 6533 §3), whatever the hop offers. */
    @Test
    void anOriginalRecipientOutsideAsciiIsSpelledWhereTheMessageIsAscii() throws Exception {
        var spelled = "utf-8;\\x{592A}\\x{90CE}\\x{2B}x\\x{20BB7}@partner.example";
        var given = "utf-8;太郎\\x{2B}x𠮷@partner.example";
        for (var each : List.of(to("taro@partner.example"), to("太郎@partner.example"))) {
            boolean utf8 = !each.mailbox().isAscii();
            var hop = new ScriptedHop(offering("8BITMIME", "SMTPUTF8", "DSN") + "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n> 250 ok\n< QUIT\n");
            send(hop, HopSettings.DEFAULT, new OutgoingEnvelope(ReversePath.NULL, List.of(new Recipient(each.mailbox(), Set.of(), given))), "x");
            assertThat(hop.received).filteredOn(line -> line.startsWith("RCPT")).singleElement().asString()
                .endsWith(" ORCPT=" + (utf8 ? new String(given.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1) : spelled));
        }
    }

    @Test
    void anEndlessOrSlowAnswerIsCutOff() throws Exception {
        var endless = new ScriptedHop(offering() + "< MAIL\n>? " + "250-x~".repeat(30_000) + "\n");
        assertThat(send(endless, "taro@partner.example")).singleElement().isInstanceOf(Temporary.class);
        var silent = new ScriptedHop(offering() + "< MAIL\nhang\n");
        assertThat(send(silent, HopSettings.DEFAULT.withTimeouts(SHORT), envelope("taro@partner.example"), "x")).singleElement()
            .as("so it would be with any other message").isInstanceOf(Unreached.class);
    }

    @Test
    void aRefusedGreetingIsTemporary() throws Exception {
        assertThat(send(new ScriptedHop("> 554 go away\n"), "taro@partner.example")).singleElement().isInstanceOf(Unreached.class);
        assertThat(send(new ScriptedHop("> 421 busy\n"), "taro@partner.example")).singleElement().isInstanceOf(Unreached.class);
    }

    /** A smart host that knows nobody refuses what goes on, message after message, for good. */
    @ParameterizedTest
    @ValueSource(strings = {"> 250-hop\n> 250 8BITMIME\n", "> 250-hop\n> 250 AUTH CRAM-MD5\n"})
    void wherePasswordsCannotBeUsedNothingIsSentWithoutOne(String offers) throws Exception {
        var script = offering("STARTTLS") + "< STARTTLS\n> 220 go\ntls\n< EHLO\n" + offers + "< MAIL\n> 250 ok\n< RCPT\n> 554 5.7.1 relay access denied\n< RSET\n> 250 ok\nhang\n";
        var settings = HopSettings.DEFAULT.withTls(Tls.REQUIRED, TestCertificate.trusting()).withCredentials(new Credentials("hook", "secret"));
        try (var hop = new ScriptedHop(script);
                var destination = new Destination(() -> new Hosts.Found.Some(List.of(new Host("localhost", InetAddress.ofLiteral("127.0.0.1"), hop.port())), true), settings)) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOfSatisfying(Unreached.class, unreached ->
                assertThat(unreached.reply().enhanced()).as("no fault of TLS").isEqualTo("4.4.1"));
            assertThat(hop.received).noneMatch(line -> line.startsWith("MAIL"));
        }
    }

    @Test
    void whatWasSaidInClearDoesNotCountAfterStartTls() throws Exception {
        var hop = new ScriptedHop(offering("STARTTLS") + "< STARTTLS\n>> 220 go~250-injected~250 CHUNKING~\nupto 5\n");
        assertThat(send(hop, HopSettings.DEFAULT, envelope("taro@partner.example"), "x")).singleElement().isInstanceOfSatisfying(Temporary.class,
                temporary -> assertThat(temporary.saidByRemote()).isFalse());
    }

    /** A host that never ends TLS: what it has taken is to be written down before that. */
    @Test
    void theEndOfTheConnectionIsNotWaitedFor() throws Exception {
        var script = offering("STARTTLS") + "< STARTTLS\n> 220 go\ntls\n< EHLO\n> 250-hop\n> 250 HELP\n" + TO_TARO + "< DATA\n> 354 go\ndata\n> 250 2.0.0 taken\nstall\ndeaf\n";
        try (var hop = new ScriptedHop(script); var destination = new Destination(hop.hosts(), HopSettings.DEFAULT.withConnections(1, 1, Duration.ofSeconds(30)))) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Delivered.class);
            assertThat(hop.received).isNotEmpty().doesNotContain("gone");
            hop.release();
            hop.join();
            assertThat(hop.received).contains("gone");
        }
    }

    /** A host that allows as many says 421 to one more. */
    @Test
    void aConnectionThatIsEndingIsOneOfThoseThatAreAllowed() throws Exception {
        var takes = offering("STARTTLS") + "< STARTTLS\n> 220 go\ntls\n< EHLO\n> 250-hop\n> 250 HELP\n" + TO_TARO + "< DATA\n> 354 go\ndata\n> 250 2.0.0 taken\ndeaf\n";
        var looked = new AtomicInteger();
        try (var first = new ScriptedHop(takes + "stall\n"); var second = new ScriptedHop(takes)) {
            Hosts hosts = () -> new Hosts.Found.Some(List.of(new Host("mx.example", InetAddress.ofLiteral("127.0.0.1"), (looked.getAndIncrement() == 0 ? first : second).port())), true);
            try (var destination = new Destination(hosts, HopSettings.DEFAULT.withConnections(1, 1, Duration.ofSeconds(30)))) {
                assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Delivered.class);
                var results = new AtomicReference<List<RelayResult>>();
                var sender = Thread.ofPlatform().start(() -> {
                    try {
                        results.set(destination.send(envelope("taro@partner.example"), text("y")));
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                await().until(() -> sender.getState() == Thread.State.WAITING || looked.get() == 2);
                assertThat(looked).hasValue(1);
                first.release();
                sender.join();
                assertThat(results.get()).singleElement().isInstanceOf(Delivered.class);
            }
        }
    }

    @Test
    void aHopThatDoesNotTakeTheTextIsLeft() throws Exception {
        var hop = new ScriptedHop(offering() + TO_TARO + "< DATA\n> 354 go\nstall\n");
        var settings = HopSettings.DEFAULT.withTimeouts(SHORT);
        assertThat(send(hop, settings, envelope("taro@partner.example"), "0123456789abcdef\r\n".repeat(2_000_000))).singleElement().isInstanceOf(Temporary.class);
    }


    /** As hosts do behind so many errors: with 421 to the next command, at once, or without a word. Who is refused needn't be asked again, and those behind come to be. */
    @ParameterizedTest
    @ValueSource(strings = {"PIPELINING|> 250 ok\n> 550 5.1.1 no\n> 550 5.1.1 no\n> 421 4.7.0 too many errors\n", "PIPELINING|> 250 ok\n> 550 5.1.1 no\n> 550 5.1.1 no\n",
        "HELP|> 250 ok\n< RCPT\n> 550 5.1.1 no\n< RCPT\n> 550 5.1.1 no\n< RCPT\n> 421 4.7.0 too many errors\n", "HELP|> 250 ok\n< RCPT\n> 550 5.1.1 no\n< RCPT\n> 550 5.1.1 no\n< RCPT\n",
        "HELP|> 250 ok\n< RCPT\n> 550 5.1.1 no\n< RCPT\n>> 550 5.1.1 no~421 4.7.0 too many errors~\n"})
    void whoWasRefusedBeforeTheHostHungUpIsRefused(String offeredAndSaid) throws Exception {
        var said = offeredAndSaid.split("\\|");
        var script = offering(said[0]) + "< MAIL\n" + (said[0].equals("PIPELINING") ? "< RCPT\n".repeat(4) : "") + said[1];
        try (var hop = new ScriptedHop(script, offering() + "< MAIL\n> 250 ok\n< RCPT TO:<taro@partner.example>\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n> 250 ok\nhang\n");
                var destination = new Destination(hop.hosts(), HopSettings.DEFAULT)) {
            assertThat(destination.send(envelope("x1@partner.example", "x2@partner.example", "taro@partner.example", "jiro@partner.example"), text("x"))).satisfiesExactly(
                x1 -> assertThat(x1).isInstanceOfSatisfying(Permanent.class, never -> assertThat(never.saidByRemote()).isTrue()),
                x2 -> assertThat(x2).isInstanceOf(Permanent.class),
                taro -> assertThat(taro).isInstanceOfSatisfying(Temporary.class, put -> {
                    assertThat(put.reply().enhanced()).isEqualTo("4.4.2");
                    assertThat(put.saidByRemote()).isFalse();
                    assertThat(put.reply().oneLine().contains("too many errors")).isEqualTo(said[1].contains("421"));
                }),
                jiro -> assertThat(jiro).isInstanceOf(Temporary.class));
            assertThat(destination.send(envelope("taro@partner.example", "jiro@partner.example"), text("x"))).allMatch(Delivered.class::isInstance);
            assertThat(hop.faults).isEmpty();
        }
    }

    @Test
    void whomItHadAcceptedOrPutOffByThenIsTriedAgain() throws Exception {
        var script = offering("PIPELINING") + "< MAIL\n< RCPT\n< RCPT\n< RCPT\n> 250 ok\n> 250 ok\n> 450 4.2.1 busy\n> 550 5.1.1 no\n";
        try (var hop = new ScriptedHop(script); var destination = new Destination(hop.hosts(), HopSettings.DEFAULT)) {
            assertThat(destination.send(envelope("a@partner.example", "b@partner.example", "c@partner.example", "d@partner.example"), text("x"))).satisfiesExactly(
                a -> assertThat(a).isInstanceOfSatisfying(Temporary.class, put -> assertThat(put.reply().enhanced()).isEqualTo("4.4.2")),
                b -> assertThat(b).isInstanceOfSatisfying(Temporary.class, put -> assertThat(put.reply().oneLine()).isEqualTo("450 4.2.1 busy")),
                c -> assertThat(c).isInstanceOf(Permanent.class),
                d -> assertThat(d).isInstanceOf(Temporary.class));
            assertThat(destination.connections()).isZero();
        }
    }

    @Test
    void aRefusedMailIsARefusalThoughTheHostHangsUp() throws Exception {
        assertThat(send(new ScriptedHop(offering("PIPELINING") + "< MAIL\n< RCPT\n< RCPT\n> 554 5.7.1 you are listed\n"), "a@partner.example", "b@partner.example"))
            .hasSize(2).allSatisfy(result -> assertThat(result).isInstanceOfSatisfying(Permanent.class, never -> assertThat(never.reply().oneLine()).isEqualTo("554 5.7.1 you are listed")));
    }

    /** It goes before it has all commands of the group, and the rest can't be written. */
    @Test
    void aRefusalIsReadAlsoWhereTheHostWasGoneBeforeTheEndOfTheGroup() throws Exception {
        try (var hop = new ScriptedHop(offering("PIPELINING") + "< MAIL\n> 554 5.7.1 you are listed\n"); var destination = new Destination(hop.hosts(), HopSettings.DEFAULT)) {
            var many = IntStream.range(0, 100).mapToObj(i -> "r" + i + "@partner.example").toArray(String[]::new);
            assertThat(destination.send(envelope(many), text("x"))).hasSize(100).allMatch(Permanent.class::isInstance);
        }
    }

    /** It says one thing too many: what it said before may have been the answer to something else. */
    @Test
    void ofAHostThatIsOutOfStepNoRefusalCounts() throws Exception {
        try (var hop = new ScriptedHop(offering() + "< MAIL\n> 250 ok\n< RCPT\n>> 550 5.1.1 no~250 ok~\nhang\n"); var destination = new Destination(hop.hosts(), HopSettings.DEFAULT)) {
            assertThat(destination.send(envelope("a@partner.example", "b@partner.example"), text("x"))).allMatch(Temporary.class::isInstance);
        }
    }

    /** A line break in the text of somebody's rule. */
    @Test
    void aLineWithoutCodeIsPartOfTheAnswerThatItStandsIn() throws Exception {
        var refusal = new ScriptedHop(offering() + "< MAIL\n> 250 ok\n< RCPT\n>> 550-5.7.1 refused, see~http://partner.example/why~~550 5.7.1 end~\n< RSET\n> 250 ok\n< QUIT\n");
        assertThat(send(refusal, "taro@partner.example")).singleElement().isInstanceOfSatisfying(Permanent.class, never ->
            assertThat(never.reply().oneLine()).isEqualTo("550 5.7.1 refused, see http://partner.example/why  end"));
        assertThat(send(new ScriptedHop(offering() + TO_TARO + "< DATA\n> 354 go\ndata\n>> 250-taken as~number 17~250~\n< QUIT\n"), "taro@partner.example"))
            .singleElement().isInstanceOf(Delivered.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {">> number 17~250 ok~\n", ">> 250-taken as~550 no~\n", ">> 250-taken as~550-no~250 ok~\n"})
    void butNoAnswerBeginsWithOneOrHasTwoCodes(String odd) throws Exception {
        assertThat(send(new ScriptedHop(offering() + TO_TARO + "< DATA\n> 354 go\ndata\n" + odd), "taro@partner.example")).singleElement().isInstanceOf(MaybeDelivered.class);
    }
}
