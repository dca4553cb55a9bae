package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many connections there may be, of whom, and for how long. */
@Timeout(120)
class ConnectionLimitsTest {
    private final InMemoryTransactions transactions = new InMemoryTransactions();

    static SmtpSettings withLimits(SmtpLimits limits) {
        return SmtpSettings.loopback(0).withLimits(limits);
    }

    @Test
    void connectionsBeyondTheLimitAreSentAwayAndTakenAgainLater() throws Exception {
        try (var listener = SmtpListener.start(withLimits(SmtpLimits.DEFAULT.withConnections(100, 2)), transactions)) {
            var first = Dialogue.greeted(listener.port());
            try (var second = Dialogue.greeted(listener.port()); var third = new Dialogue(listener.port())) {
                third.expect("421 4.7.0");
                third.expectEnd();
                second.say("NOOP");
                second.expect("250");
                first.say("QUIT");
                first.expect("221");
                first.expectEnd();
                first.close();
                awaitConnections(listener, 1);
                try (var fourth = Dialogue.greeted(listener.port())) {
                    fourth.say("NOOP");
                    fourth.expect("250");
                }
            }
        }
        try (var listener = SmtpListener.start(withLimits(SmtpLimits.DEFAULT.withConnections(1, 100)), transactions);
             var first = Dialogue.greeted(listener.port()); var second = new Dialogue(listener.port())) {
            second.expect("421 4.7.0");
            first.say("NOOP");
            first.expect("250");
        }
    }

    /** A pause is for a port that can't accept: who is over a limit and resets the connection must not make one for all others. */
    @Test
    void clientsThatAreGoneBeforeTheyAreSentAwayAreNoFailureOfThePort() throws Exception {
        var said = new ConcurrentLinkedQueue<String>();
        var logger = Logger.getLogger(SmtpListener.class.getName());
        var handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
                    said.add(record.getMessage());
                }
            }

            @Override
            public void flush() {
                // nothing is kept back
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        logger.addHandler(handler);
        try (var listener = SmtpListener.start(withLimits(SmtpLimits.DEFAULT.withConnections(100, 1)), transactions)) {
            try (var first = Dialogue.greeted(listener.port())) {
                for (int i = 0; i < 100; i++) {
                    try (var reset = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                        reset.setSoLinger(true, 0);
                    }
                }
                first.say("QUIT");
                first.expect("221");
                first.expectEnd();
            }
            greetedInTheEnd(listener);
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(said).noneMatch(warning -> warning.contains("could not be accepted"));
    }

    /** Those that were reset may still be taken from the system's queue, one by one. */
    private static void greetedInTheEnd(SmtpListener listener) throws Exception {
        for (boolean greeted = false; !greeted; ) {
            try (var client = new Dialogue(listener.port())) {
                greeted = client.reply().startsWith("220");
            }
        }
    }

    private static void awaitConnections(SmtpListener listener, int count) {
        while (listener.connections() > count) {
            Thread.onSpinWait();
        }
    }

    /** No heap for a session's buffers, at the moment: a port that is open and answers nobody any more would look well. */
    @Test
    void aSessionThatCannotBeginLeavesNothingBehindAndTheNextOneIsLookedAt() throws Exception {
        var traffic = new Traffic(1, 1);
        var unbearable = new SmtpLimits(1, Integer.MAX_VALUE, 1000, 100, 1, 1, Duration.ofMinutes(1), Duration.ofMinutes(1), 1, 1);   // no array has so many
        try (var listener = SmtpListener.start(withLimits(unbearable), transactions, traffic)) {
            for (int i = 0; i < 3; i++) {
                try (var client = new Dialogue(listener.port())) {
                    client.expectEnd();
                }
            }
        }
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions, traffic); var client = Dialogue.greeted(listener.port())) {
            client.say("NOOP");
            client.expect("250");
        }
    }

    private static SmtpSettings signingIn() {
        return SmtpSettings.loopback(0).withTls(SmtpSettings.TlsMode.STARTTLS, TestCertificate::server).withSignIn(new InMemorySignIn());
    }

    private static void signIn(Dialogue person) throws IOException {
        person.say("STARTTLS");
        person.expect("220");
        person.startTls();
        person.say("EHLO laptop\r\nAUTH PLAIN AGhhbmFrbwBzZWNyZXQ=");
        person.expect("250");
        person.expect("235");
    }

    @Test
    void whoMayNotSendIsSentAwayLongBeforeOthers() throws Exception {
        var own = SmtpSettings.loopback(0).hosts();
        var strangers = SmtpSettings.loopback(0).withHosts(new SmtpSettings.Hosts(List.of(Network.parse("192.0.2.0/24")), List.of(), List.of(), List.of()));
        assertThat(own.trusted()).isNotEmpty();
        try (var trusting = SmtpListener.start(SmtpSettings.loopback(0), transactions); var distant = SmtpListener.start(strangers, transactions);
             var asking = SmtpListener.start(signingIn(), transactions);
             var server = Dialogue.greeted(trusting.port()); var stranger = Dialogue.greeted(distant.port());
             var person = Dialogue.greeted(asking.port()); var nobody = Dialogue.greeted(asking.port())) {
            signIn(person);
            long soon = System.nanoTime() + Duration.ofSeconds(150).toNanos();
            for (var listener : List.of(trusting, distant, asking)) {
                listener.cutOffOverdue(soon);
            }
            stranger.expectEnd();
            nobody.expectEnd();
            for (var stays : List.of(server, person)) {
                stays.say("NOOP");
                stays.expect("250");
            }
        }
    }

    @Test
    void strangersLeaveRoomForTheMailServer() throws Exception {
        var traffic = new Traffic(4, 4);
        try (var trusting = SmtpListener.start(SmtpSettings.loopback(0), transactions, traffic); var asking = SmtpListener.start(signingIn(), transactions, traffic);
             var person = Dialogue.greeted(asking.port()); var second = Dialogue.greeted(asking.port()); var third = Dialogue.greeted(asking.port())) {
            try (var fourth = new Dialogue(asking.port())) {
                fourth.expect("421 4.7.0");
            }
            signIn(person);
            try (var another = Dialogue.greeted(asking.port())) {
                another.say("QUIT");
                another.expect("221");
                another.expectEnd();
            }
            while (traffic.connections() > 3) {
                Thread.onSpinWait();
            }
            try (var server = Dialogue.greeted(trusting.port())) {
                server.say("NOOP");
                server.expect("250");
            }
            second.say("NOOP");
            second.expect("250");
            third.say("NOOP");
            third.expect("250");
        }
        assertThat(traffic.connections()).isZero();
    }

    @Test
    void connectionsAreCountedOverAllListeners() throws Exception {
        var traffic = new Traffic(3, 2);
        try (var one = SmtpListener.start(SmtpSettings.loopback(0), transactions, traffic);
             var two = SmtpListener.start(SmtpSettings.loopback(0), transactions, traffic);
             var first = Dialogue.greeted(one.port()); var second = Dialogue.greeted(two.port())) {
            try (var third = new Dialogue(two.port())) {
                third.expect("421 4.7.0");
                third.expectEnd();
            }
            second.say("QUIT");
            second.expect("221");
            second.expectEnd();
            while (traffic.connections() > 1) {
                Thread.onSpinWait();
            }
            try (var fourth = Dialogue.greeted(one.port())) {
                fourth.say("NOOP");
                fourth.expect("250");
            }
            first.say("NOOP");
            first.expect("250");
        }
        assertThat(traffic.connections()).isZero();
    }

    @Test
    void aClientThatConnectsTooOftenIsSentAwayAndAnotherIsNot() throws Exception {
        var hosts = new SmtpSettings.Hosts(SmtpSettings.loopback(0).hosts().trusted(), List.of(), List.of(), List.of(Network.parse("127.0.0.1")));
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0).withRates(new Rates(2, 0, 0)).withHosts(hosts), transactions)) {
            for (int i = 0; i < 3; i++) {
                try (var again = new Dialogue(listener.port())) {
                    again.say("PROXY TCP4 127.0.0.9 127.0.0.1 " + i + " 25");
                    again.expect(i < 2 ? "220" : "421 4.7.0");
                }
            }
            try (var other = new Dialogue(listener.port())) {
                other.say("PROXY TCP4 127.0.0.10 127.0.0.1 1 25");
                other.expect("220");
            }
        }
    }

    @Test
    void behindAProxyEachClientHasItsOwnLimitOfConnections() throws Exception {
        var hosts = new SmtpSettings.Hosts(SmtpSettings.loopback(0).hosts().trusted(), List.of(), List.of(), List.of(Network.parse("127.0.0.1")));
        var traffic = new Traffic(100, 1);
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0).withHosts(hosts), transactions, traffic);
             var first = new Dialogue(listener.port()); var second = new Dialogue(listener.port()); var third = new Dialogue(listener.port());
             var other = new Dialogue(listener.port())) {
            first.say("PROXY TCP6 2001:db8::1 ::1 1 25");
            first.expect("220");
            second.say("PROXY TCP6 2001:db8::2 ::1 1 25");
            second.expect("421 4.7.0");
            third.say("PROXY TCP6 2001:db8:0:1::1 ::1 1 25");
            third.expect("220");
            other.say("PROXY TCP4 127.0.0.9 127.0.0.1 1 25");
            other.expect("220");
        }
        assertThat(traffic.connections()).isZero();
    }
}
