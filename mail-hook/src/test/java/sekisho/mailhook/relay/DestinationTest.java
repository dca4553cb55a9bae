package sekisho.mailhook.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.mailhook.relay.ScriptedHop.at;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.relay.RelayResult.Delivered;
import sekisho.mailhook.relay.RelayResult.Permanent;
import sekisho.mailhook.relay.RelayResult.Temporary;
import sekisho.mailhook.relay.RelayResult.Unreached;
import sekisho.mailhook.relay.HopSettings.Tls;
import sekisho.mailhook.smtp.InMemoryTransactions;
import sekisho.mailhook.smtp.MailParameters;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.ReversePath;
import sekisho.mailhook.smtp.SmtpListener;
import sekisho.mailhook.smtp.SmtpSettings;
import sekisho.mailhook.smtp.TestCertificate;

/** Against a real listener: ours. What a real listener never does is in {@link BadHopTest}. */
class DestinationTest {
    private static final ReversePath HANAKO = new ReversePath(Mailbox.parse("hanako@example.co.jp"));
    private final InMemoryTransactions hop = new InMemoryTransactions();

    static Recipient to(String address) {
        return new Recipient(Mailbox.parse(address));
    }

    static OutgoingEnvelope envelope(String... recipients) {
        return new OutgoingEnvelope(HANAKO, List.of(recipients).stream().map(DestinationTest::to).toList());
    }

    static MessageWriter text(String text) {
        return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private SmtpListener listener() throws IOException {
        return SmtpListener.start(SmtpSettings.loopback(0), hop);
    }

    /** @param chunking whether it is to be given texts by BDAT; else by DATA, behind commands in a group */
    private SmtpListener listener(boolean chunking) throws IOException {
        return SmtpListener.start(chunking ? SmtpSettings.loopback(0).withoutPipelining() : SmtpSettings.loopback(0), hop);
    }

    @Test
    void eachRecipientHasItsOwnResult() throws Exception {
        try (var listener = listener(); var destination = new Destination(at(listener.port()), HopSettings.DEFAULT)) {
            List<RelayResult> results = destination.send(envelope("taro@partner.example", "tempfail@partner.example", "reject@partner.example"), text("Subject: x\r\n\r\nhi\r\n"));
            assertThat(results).hasSize(3);
            assertThat(results.get(0)).isInstanceOfSatisfying(Delivered.class, delivered -> {
                assertThat(delivered.reply().oneLine()).isEqualTo("250 2.6.0 accepted");
                assertThat(delivered.dsnHandedOn()).isTrue();
                assertThat(delivered.remote()).isEqualTo("127.0.0.1:" + listener.port());
            });
            assertThat(results.get(1)).isInstanceOfSatisfying(Temporary.class, temporary -> assertThat(temporary.reply().oneLine()).isEqualTo("450 4.2.0 later"));
            assertThat(results.get(2)).isInstanceOfSatisfying(Permanent.class, permanent -> assertThat(permanent.reply().code()).isEqualTo(550));
            assertThat(hop.accepted).singleElement().satisfies(accepted -> {
                assertThat(accepted.text()).isEqualTo("Subject: x\r\n\r\nhi\r\n");
                assertThat(accepted.envelope().recipients()).containsExactly(to("taro@partner.example"));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void textArrivesCanonicalWithItsDotsAndNeverAsASecondMessage(boolean chunking) throws Exception {
        String smuggled = ".a\r\n..\r\n.\r\nb\n.\nc\r.\rd\n.\r\ne\r\n.\rf\r\r\n.MAIL FROM:<x@evil.example>\n.\r\n";
        try (var listener = listener(chunking);
             var destination = new Destination(at(listener.port()), HopSettings.DEFAULT.withChunking(chunking))) {
            assertThat(destination.send(envelope("taro@partner.example"), text(smuggled + "no end of line"))).first().isInstanceOf(Delivered.class);
            assertThat(destination.send(envelope("taro@partner.example"), text(""))).first().isInstanceOf(Delivered.class);
            assertThat(destination.send(envelope("taro@partner.example"), out -> {
                for (byte octet : smuggled.getBytes(StandardCharsets.US_ASCII)) {
                    out.write(octet);
                }
            })).first().isInstanceOf(Delivered.class);
        }
        String canonical = smuggled.replace("\r\n", "\n").replace('\r', '\n').replace("\n", "\r\n");
        assertThat(hop.accepted).extracting(InMemoryTransactions.Accepted::text).containsExactly(canonical + "no end of line\r\n", "", canonical);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void largeTextArrivesUnchangedAroundTheEdgesOfBlocks(boolean chunking) throws Exception {
        try (var listener = listener(chunking);
             var destination = new Destination(at(listener.port()), HopSettings.DEFAULT.withChunking(chunking))) {
            for (int size : new int[] {16_383, 16_384, 16_385, 131_071, 131_072, 131_073, 1_000_000}) {
                byte[] octets = new byte[size];
                for (int i = 0; i < size; i++) {
                    octets[i] = (byte) (i % 71 == 69 ? '\r' : i % 71 == 70 ? '\n' : i % 71 == 0 ? '.' : 128 + i % 100);
                }
                octets[size - 2] = '\r';
                octets[size - 1] = '\n';
                if (octets[size - 3] == '\r') {
                    octets[size - 3] = 'x';
                }
                var envelope = new OutgoingEnvelope(HANAKO, List.of(to("taro@partner.example")), true, false, size, null, null);
                assertThat(destination.send(envelope, out -> out.write(octets))).first().isInstanceOf(Delivered.class);
                assertThat(hop.accepted.getLast().octets()).isEqualTo(octets);
                assertThat(hop.accepted.getLast().envelope().parameters().sizeOctets()).isEqualTo(size);
            }
        }
    }

    @Test
    void dsnWishesTravelForEachRecipient() throws Exception {
        var taro = new Recipient(Mailbox.parse("taro@partner.example"), Set.of(Recipient.Notify.FAILURE, Recipient.Notify.SUCCESS), "rfc822;taro+2Bx@partner.example");
        var jiro = new Recipient(Mailbox.parse("jiro@other.example"), Set.of(Recipient.Notify.NEVER), null);
        var envelope = new OutgoingEnvelope(ReversePath.NULL, List.of(taro, jiro), true, false, 20, MailParameters.Ret.HDRS, "Q123+2B");
        try (var listener = listener(); var destination = new Destination(at(listener.port()), HopSettings.DEFAULT)) {
            destination.send(envelope, text("x"));
        }
        assertThat(hop.accepted).singleElement().satisfies(accepted -> {
            assertThat(accepted.envelope().recipients()).containsExactly(taro, jiro);
            assertThat(accepted.envelope().from().isNull()).isTrue();
            assertThat(accepted.envelope().parameters()).isEqualTo(new MailParameters(20, MailParameters.Body.EIGHT_BIT_MIME, false, MailParameters.Ret.HDRS, "Q123+2B"));
        });
    }

    @Test
    void addressesOutsideAsciiTravelAsUtf8() throws Exception {
        try (var listener = listener(); var destination = new Destination(at(listener.port()), HopSettings.DEFAULT)) {
            assertThat(destination.send(envelope("太郎@例え.example", "\"a b\"@partner.example"), text("x"))).allMatch(Delivered.class::isInstance);
        }
        assertThat(hop.accepted).singleElement().satisfies(accepted -> {
            assertThat(accepted.envelope().recipients()).containsExactly(to("太郎@例え.example"), to("\"a b\"@partner.example"));
            assertThat(accepted.envelope().parameters().smtpUtf8()).isTrue();
        });
    }

    @Test
    void aThousandRecipientsGoInOneTransaction() throws Exception {
        String[] recipients = new String[1000];
        for (int i = 0; i < recipients.length; i++) {
            recipients[i] = i % 10 == 0 ? "reject@d" + i + ".example" : "r" + i + "@partner.example";
        }
        try (var listener = listener(); var destination = new Destination(at(listener.port()), HopSettings.DEFAULT)) {
            List<RelayResult> results = destination.send(envelope(recipients), text("x"));
            for (int i = 0; i < recipients.length; i++) {
                assertThat(results.get(i)).isInstanceOf(i % 10 == 0 ? Permanent.class : Delivered.class);
                assertThat(results.get(i).recipient()).hasToString(recipients[i]);
            }
        }
        assertThat(hop.accepted).singleElement().satisfies(accepted -> assertThat(accepted.envelope().recipients()).hasSize(900));
    }

    @Test
    void connectionsAreReusedAndLimited() throws Exception {
        try (var listener = listener();
             var destination = new Destination(at(listener.port()), HopSettings.DEFAULT.withConnections(3, 10, Duration.ofSeconds(30)));
             var senders = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<RelayResult>>> sent = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Callable<List<RelayResult>> one = () -> destination.send(envelope("taro@partner.example"), text("x"));
                sent.add(senders.submit(one));
            }
            for (var future : sent) {
                assertThat(future.get()).first().isInstanceOf(Delivered.class);
            }
        }
        assertThat(hop.accepted).hasSize(200);
        var perSession = hop.accepted.stream().collect(Collectors.groupingBy(accepted -> accepted.client().session(), Collectors.counting()));
        assertThat(perSession.values()).allMatch(count -> count <= 10);
        assertThat(perSession).hasSizeBetween(20, 23);
    }

    @Test
    void aKeptConnectionThatHasEndedIsReplacedWithoutNotice() throws Exception {
        var settings = SmtpSettings.loopback(0);
        try (var listener = SmtpListener.start(settings.withLimits(settings.limits().withTransactions(1)), hop);
             var destination = new Destination(at(listener.port()), HopSettings.DEFAULT)) {
            for (int i = 0; i < 3; i++) {
                assertThat(destination.send(envelope("taro@partner.example"), text("x"))).first().isInstanceOf(Delivered.class);
            }
        }
        assertThat(hop.accepted).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWriterThatFailsLeavesNothingAtTheNextHop(boolean chunking) throws Exception {
        byte[] much = "line of text\r\n".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
        try (var listener = listener(chunking);
             var destination = new Destination(at(listener.port()), HopSettings.DEFAULT.withChunking(chunking))) {
            assertThatThrownBy(() -> destination.send(envelope("taro@partner.example"), out -> {
                out.write(much);
                throw new IOException("spool unreadable");
            })).isInstanceOf(IOException.class).hasMessage("spool unreadable");
            assertThatThrownBy(() -> destination.send(envelope("taro@partner.example"), _ -> {
                throw new IllegalStateException("fault");
            })).isInstanceOf(IllegalStateException.class);
            assertThat(destination.send(envelope("taro@partner.example"), text("good"))).first().isInstanceOf(Delivered.class);
            listener.stop(Duration.ofSeconds(10));
        }
        assertThat(hop.accepted).extracting(InMemoryTransactions.Accepted::text).containsExactly("good\r\n");
    }

    @Test
    void opportunisticTlsEncryptsWhateverTheCertificate() throws Exception {
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0).withTls(SmtpSettings.TlsMode.STARTTLS_REQUIRED, TestCertificate::server), hop);
             var destination = new Destination(at(listener.port()), HopSettings.DEFAULT)) {
            assertThat(destination.send(envelope("taro@partner.example"), text(".x\r\n"))).first().isInstanceOf(Delivered.class);
            assertThat(destination.send(envelope("taro@partner.example"), text("y"))).first().isInstanceOf(Delivered.class);
        }
        assertThat(hop.accepted).extracting(InMemoryTransactions.Accepted::text).containsExactly(".x\r\n", "y\r\n");
        assertThat(hop.accepted).allMatch(accepted -> accepted.client().tls().isPresent());
    }

    @Test
    void requiredTlsWantsTheRightCertificate() throws Exception {
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0).withTls(SmtpSettings.TlsMode.STARTTLS, TestCertificate::server), hop)) {
            var localhost = Hosts.listed(List.of(new Hosts.Named("localhost", listener.port())));
            try (var trusting = new Destination(localhost, HopSettings.DEFAULT.withTls(Tls.REQUIRED, TestCertificate.trusting()))) {
                assertThat(trusting.send(envelope("taro@partner.example"), text("x"))).first().isInstanceOf(Delivered.class);
            }
            try (var distrusting = new Destination(localhost, HopSettings.DEFAULT.withTls(Tls.REQUIRED, null))) {
                assertThat(distrusting.send(envelope("taro@partner.example"), text("x"))).first()
                        .isInstanceOfSatisfying(Unreached.class, temporary -> {
                            assertThat(temporary.reply().enhanced()).isEqualTo("4.7.5");
                            assertThat(temporary.saidByRemote()).isFalse();
                        });
            }
        }
        assertThat(hop.accepted).hasSize(1);
    }

    @Test
    void requiredTlsThatIsNotOfferedSendsNothing() throws Exception {
        try (var listener = listener();
             var destination = new Destination(at(listener.port()), HopSettings.DEFAULT.withTls(Tls.REQUIRED, TestCertificate.trusting()))) {
            assertThat(destination.send(envelope("taro@partner.example"), text("x"))).first()
                    .isInstanceOfSatisfying(Unreached.class, temporary -> assertThat(temporary.reply().enhanced()).isEqualTo("4.7.5"));
        }
        assertThat(hop.accepted).isEmpty();
    }

    @Test
    void aNextHopThatIsNotThereIsTemporary() throws Exception {
        int port;
        try (var listener = listener()) {
            port = listener.port();
        }
        try (var destination = new Destination(at(port), HopSettings.DEFAULT)) {
            assertThat(destination.send(envelope("a@partner.example", "b@partner.example"), text("x"))).hasSize(2)
                    .allSatisfy(result -> assertThat(result).isInstanceOfSatisfying(Unreached.class,
                            temporary -> assertThat(temporary.reply().oneLine()).startsWith("451 4.4.1 cannot open 127.0.0.1:" + port)));
        }
    }

    /** As greylists do. A host that sees hundreds of idle connections says 421. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void keptConnectionsToSeveralHostsAreNoMoreThanAllowed(int allowed) throws Exception {
        try (var one = listener(); var two = listener();
                var destination = new Destination(() -> new Hosts.Found.Some(List.of(host(one), host(two)), true), HopSettings.DEFAULT.withConnections(allowed, 100, Duration.ofMinutes(5)))) {
            for (int i = 0; i < 20; i++) {
                assertThat(destination.send(envelope("tempfail@partner.example"), text("x"))).singleElement().isInstanceOf(Temporary.class);
                assertThat(destination.connections()).isLessThanOrEqualTo(allowed);
            }
        }
    }

    private static Host host(SmtpListener listener) {
        return new Host("mx.example", InetAddress.ofLiteral("127.0.0.1"), listener.port());
    }

    @Test
    void aKeptConnectionToTheNextHostIsTakenBeforeAnotherIsMade() throws Exception {
        var putsOff = ScriptedHop.offering() + "< MAIL\n> 451 later\n< RSET\n> 250 ok\n".repeat(3) + "hang\n";
        try (var one = new ScriptedHop(putsOff, putsOff); var two = new ScriptedHop(putsOff, putsOff)) {
            var loopback = InetAddress.ofLiteral("127.0.0.1");
            var hosts = List.of(new Host("mx0.example", loopback, one.port()), new Host("mx1.example", loopback, two.port()));
            try (var destination = new Destination(() -> new Hosts.Found.Some(hosts, true), HopSettings.DEFAULT)) {
                for (int i = 0; i < 3; i++) {
                    assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Temporary.class);
                }
                assertThat(destination.connections()).isEqualTo(2);
            }
            for (var hop : List.of(one, two)) {
                assertThat(hop.received).filteredOn(line -> line.startsWith("EHLO")).hasSize(1);
                assertThat(hop.received).filteredOn(line -> line.startsWith("MAIL")).hasSize(3);
            }
        }
    }

    @Test
    void oneThatHasEndedIsReplacedToo() throws Exception {
        var putsOff = ScriptedHop.offering() + "< MAIL\n> 451 later\n< RSET\n> 250 ok\n";
        try (var one = new ScriptedHop(putsOff, ScriptedHop.offering() + "< MAIL\n> 250 ok\n< RCPT\n> 250 ok\n< DATA\n> 354 go\ndata\n> 250 ok\nhang\n");
                var two = new ScriptedHop(putsOff + "< MAIL\n> 451 later\n< RSET\n> 250 ok\nhang\n")) {
            var loopback = InetAddress.ofLiteral("127.0.0.1");
            var hosts = List.of(new Host("mx0.example", loopback, one.port()), new Host("mx1.example", loopback, two.port()));
            try (var destination = new Destination(() -> new Hosts.Found.Some(hosts, true), HopSettings.DEFAULT)) {
                assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement().isInstanceOf(Temporary.class);
                assertThat(destination.send(envelope("taro@partner.example"), text("x"))).singleElement()
                    .isInstanceOfSatisfying(Delivered.class, sent -> assertThat(sent.remote()).startsWith("mx0"));
            }
        }
    }
}
