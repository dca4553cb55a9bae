package sekisho.mailhook.smtp;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How one listener runs.
 *
 * @param port          0 takes a free one
 * @param hostName      what the listener calls itself in its greeting
 * @param trusted       networks that mail is taken from; all others are refused at MAIL
 * @param bareNewlines  what happens to a message with a lone CR or LF in DATA
 * @param greetingPause how long to listen before the greeting for a client that talks too early
 * @param tlsOrNull     gives the context for each STARTTLS, so that a renewed certificate is used; null offers no STARTTLS
 * @param tlsRequired   refuses MAIL in clear with 530 5.7.0 (RFC 3207 §4)
 */
public record SmtpSettings(InetAddress address, int port, String hostName, List<Network> trusted, SmtpLimits limits, BareNewlines bareNewlines,
                           Duration greetingPause, @Nullable Supplier<SSLContext> tlsOrNull, boolean tlsRequired) {
    /** A lone CR or LF is how a second message is smuggled past a server that reads line ends differently than the next one (CVE-2023-51764). */
    public enum BareNewlines {
        /** 550 5.6.11 at the dot. */
        REFUSE,
        /** Each becomes CRLF; still only CRLF.CRLF ends the message. */
        NORMALISE
    }

    public SmtpSettings {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not from 0 to 65535");
        }
        if (!hostName.matches("[A-Za-z0-9.\\-\\[\\]:]{1,255}")) {
            throw new IllegalArgumentException("host name " + hostName + " is no domain name");
        }
        if (tlsRequired && tlsOrNull == null) {
            throw new IllegalArgumentException("TLS can't be required without a certificate");
        }
        trusted = List.copyOf(trusted);
    }

    /** For this machine only: listens on 127.0.0.1 and trusts it. */
    public static SmtpSettings loopback(int port) {
        return new SmtpSettings(InetAddress.ofLiteral("127.0.0.1"), port, "localhost", List.of(Network.parse("127.0.0.0/8"), Network.parse("::1")),
                SmtpLimits.DEFAULT, BareNewlines.REFUSE, Duration.ofMillis(5), null, false);
    }

    public SmtpSettings withTrusted(List<Network> networks) {
        return new SmtpSettings(address, port, hostName, networks, limits, bareNewlines, greetingPause, tlsOrNull, tlsRequired);
    }

    public SmtpSettings withHostName(String name) {
        return new SmtpSettings(address, port, name, trusted, limits, bareNewlines, greetingPause, tlsOrNull, tlsRequired);
    }

    public SmtpSettings withLimits(SmtpLimits newLimits) {
        return new SmtpSettings(address, port, hostName, trusted, newLimits, bareNewlines, greetingPause, tlsOrNull, tlsRequired);
    }

    public SmtpSettings withBareNewlines(BareNewlines newBareNewlines) {
        return new SmtpSettings(address, port, hostName, trusted, limits, newBareNewlines, greetingPause, tlsOrNull, tlsRequired);
    }

    public SmtpSettings withGreetingPause(Duration pause) {
        return new SmtpSettings(address, port, hostName, trusted, limits, bareNewlines, pause, tlsOrNull, tlsRequired);
    }

    public SmtpSettings withTls(Supplier<SSLContext> tls, boolean required) {
        return new SmtpSettings(address, port, hostName, trusted, limits, bareNewlines, greetingPause, tls, required);
    }

    boolean trusts(InetAddress peer) {
        return trusted.stream().anyMatch(network -> network.contains(peer));
    }
}
