package sekisho.mailhook.relay;

import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How mail is handed to a destination's hosts.
 *
 * @param hello                 what we call ourselves in EHLO
 * @param chunking              use BDAT when the next hop offers it, and no PIPELINING
 * @param connections           at one time; more senders wait
 * @param messagesPerConnection then a new connection is made
 * @param keepIdle              how long an idle connection is kept for the next message
 * @param trustOrNull           certificates to trust when TLS is required; null for those of the Java runtime
 * @param credentialsOrNull     only with TLS required, so that they are never sent in clear or to somebody else
 */
public record HopSettings(String hello, Tls tls, boolean chunking, int connections, int messagesPerConnection,
                                Duration keepIdle, Timeouts timeouts, @Nullable SSLContext trustOrNull, @Nullable Credentials credentialsOrNull) {
    /** Whether a connection is encrypted. */
    public enum Tls {
        OFF,
        /**
         * With STARTTLS when it is offered, whatever the certificate (RFC 7435). A failing handshake is temporary; a later attempt at the same message
         * tries TLS again and then, if it fails again, clear text.
         */
        OPPORTUNISTIC,
        /** With STARTTLS and a certificate for this host name, or not at all. */
        REQUIRED
    }

    public record Credentials(String user, String password) {
        @Override
        public String toString() {
            return "Credentials[" + user + "]";
        }
    }

    /**
     * The longest waits; RFC 5321 §4.5.3.2 gives the least values.
     *
     * @param connect for the TCP connection
     * @param command for the answer to one command, with more for the answers to all of an envelope ({@link EnvelopePace}), and for greeting, EHLO, TLS and AUTH together
     * @param block   for the next hop to take what we write; for a text as a whole, beyond what the least rate gives it ({@link WritePace})
     * @param dataEnd for the answer to the end of the message
     */
    public record Timeouts(Duration connect, Duration command, Duration block, Duration dataEnd) {
        public static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofMinutes(3), Duration.ofMinutes(10));

        public Timeouts {
            if (!connect.isPositive() || !command.isPositive() || !block.isPositive() || !dataEnd.isPositive()) {
                throw new IllegalArgumentException("time limits are positive");
            }
        }
    }

    public HopSettings {
        if (connections < 1 || messagesPerConnection < 1 || keepIdle.isNegative()) {
            throw new IllegalArgumentException(connections + " connections with " + messagesPerConnection + " messages each make no sense");
        }
        if (credentialsOrNull != null && tls != Tls.REQUIRED) {
            throw new IllegalArgumentException("credentials are sent over required TLS only");
        }
    }

    public static final HopSettings DEFAULT =
        new HopSettings("localhost", Tls.OPPORTUNISTIC, true, 20, 100, Duration.ofSeconds(30), Timeouts.DEFAULT, null, null);

    /** Whether a message may go in clear to a host whose TLS doesn't come about. */
    boolean mayFallBackToClearText() {
        return tls == Tls.OPPORTUNISTIC && credentialsOrNull == null;
    }

    SSLContext trust() {
        try {
            return trustOrNull == null ? SSLContext.getDefault() : trustOrNull;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no TLS", e);
        }
    }

    public Optional<Credentials> credentials() {
        return Optional.ofNullable(credentialsOrNull);
    }

    public HopSettings withHello(String name) {
        return new HopSettings(name, tls, chunking, connections, messagesPerConnection, keepIdle, timeouts, trustOrNull, credentialsOrNull);
    }

    public HopSettings withTls(Tls policy, @Nullable SSLContext trust) {
        return new HopSettings(hello, policy, chunking, connections, messagesPerConnection, keepIdle, timeouts, trust, credentialsOrNull);
    }

    public HopSettings withChunking(boolean use) {
        return new HopSettings(hello, tls, use, connections, messagesPerConnection, keepIdle, timeouts, trustOrNull, credentialsOrNull);
    }

    public HopSettings withConnections(int count, int messagesEach, Duration idle) {
        return new HopSettings(hello, tls, chunking, count, messagesEach, idle, timeouts, trustOrNull, credentialsOrNull);
    }

    public HopSettings withTimeouts(Timeouts limits) {
        return new HopSettings(hello, tls, chunking, connections, messagesPerConnection, keepIdle, limits, trustOrNull, credentialsOrNull);
    }

    public HopSettings withCredentials(Credentials credentials) {
        return new HopSettings(hello, tls, chunking, connections, messagesPerConnection, keepIdle, timeouts, trustOrNull, credentials);
    }
}
