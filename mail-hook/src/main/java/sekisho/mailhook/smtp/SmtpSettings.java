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
 * @param hosts         whose word counts for what
 * @param bareNewlines  what happens to a message with a lone CR or LF in DATA
 * @param binaryMime    whether BINARYMIME is offered (RFC 3030): whoever stands behind must take any octets then
 * @param pipelining   whether PIPELINING is offered (RFC 2920); else whoever speaks before our answer is told so and sent away
 * @param greetingPause how long to listen for a client that talks too early: before the greeting, unless that comes over TLS, and before DATA is refused
 * @param signInOrNull  asks who a client is (RFC 4954); then MAIL needs AUTH, and AUTH needs TLS. Null: AUTH isn't offered
 */
public record SmtpSettings(InetAddress address, int port, String hostName, Hosts hosts, SmtpLimits limits, Rates rates, BareNewlines bareNewlines,
                           boolean binaryMime, boolean pipelining, Duration greetingPause, Tls tls, @Nullable SignIn signInOrNull) {
    /** A lone CR or LF is how a second message is smuggled past a server that reads line ends differently than the next one (CVE-2023-51764). */
    public enum BareNewlines {
        /** 550 5.6.11 at the dot. */
        REFUSE,
        /** Each becomes CRLF; still only CRLF.CRLF ends the message. */
        NORMALISE
    }

    /** When a session is encrypted. */
    public enum TlsMode {
        /** Never. */
        NONE,
        /** When the client asks for it (RFC 3207). */
        STARTTLS,
        /** MAIL is refused before STARTTLS, with 530 5.7.0 (RFC 3207 §4). */
        STARTTLS_REQUIRED,
        /** From the first octet, before the greeting (RFC 8314 §3.3). */
        IMPLICIT
    }

    /** @param contextOrNull gives the context for each handshake, so that a renewed certificate is used, and always has one; null only with {@code NONE} */
    public record Tls(TlsMode mode, @Nullable Supplier<SSLContext> contextOrNull) {
        public static final Tls NONE = new Tls(TlsMode.NONE, null);

        public Tls {
            if (mode == TlsMode.NONE != (contextOrNull == null)) {
                throw new IllegalArgumentException("TLS needs a certificate, and a certificate a use");
            }
        }

        boolean offersStartTls() {
            return mode == TlsMode.STARTTLS || mode == TlsMode.STARTTLS_REQUIRED;
        }

        boolean isRequired() {
            return mode == TlsMode.STARTTLS_REQUIRED || mode == TlsMode.IMPLICIT;
        }
    }

    /**
     * Whose word counts for what.
     *
     * @param trusted  networks that mail is taken from; all others are refused at MAIL
     * @param xforward who may say for whom a message is handed on; it goes into logs and limits and opens nothing
     * @param xclient  who may say that a session is another client's; that client is then judged in its place
     * @param proxies  who stands in front and begins each connection with a PROXY header; when there are some, nobody else is heard
     */
    public record Hosts(List<Network> trusted, List<Network> xforward, List<Network> xclient, List<Network> proxies) {
        public Hosts {
            trusted = List.copyOf(trusted);
            xforward = List.copyOf(xforward);
            xclient = List.copyOf(xclient);
            proxies = List.copyOf(proxies);
        }

        public static Hosts trusting(List<Network> networks) {
            return new Hosts(networks, List.of(), List.of(), List.of());
        }
    }

    public SmtpSettings {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not from 0 to 65535");
        }
        if (!hostName.matches("[A-Za-z0-9.\\-\\[\\]:]{1,255}")) {
            throw new IllegalArgumentException("host name " + hostName + " is no domain name");
        }
        if (signInOrNull != null && tls.mode() == TlsMode.NONE) {
            throw new IllegalArgumentException("AUTH needs TLS");
        }
    }

    /** For this machine only: listens on 127.0.0.1 and trusts it. */
    public static SmtpSettings loopback(int port) {
        return new SmtpSettings(InetAddress.ofLiteral("127.0.0.1"), port, "localhost",
                Hosts.trusting(List.of(Network.parse("127.0.0.0/8"), Network.parse("::1"))), SmtpLimits.DEFAULT, Rates.NONE, BareNewlines.REFUSE,
                false, true, Duration.ofMillis(5), Tls.NONE, null);
    }

    public SmtpSettings withHosts(Hosts newHosts) {
        return new SmtpSettings(address, port, hostName, newHosts, limits, rates, bareNewlines, binaryMime, pipelining, greetingPause, tls, signInOrNull);
    }

    public SmtpSettings withHostName(String name) {
        return new SmtpSettings(address, port, name, hosts, limits, rates, bareNewlines, binaryMime, pipelining, greetingPause, tls, signInOrNull);
    }

    public SmtpSettings withLimits(SmtpLimits newLimits) {
        return new SmtpSettings(address, port, hostName, hosts, newLimits, rates, bareNewlines, binaryMime, pipelining, greetingPause, tls, signInOrNull);
    }

    public SmtpSettings withRates(Rates newRates) {
        return new SmtpSettings(address, port, hostName, hosts, limits, newRates, bareNewlines, binaryMime, pipelining, greetingPause, tls, signInOrNull);
    }

    public SmtpSettings withBareNewlines(BareNewlines newBareNewlines) {
        return new SmtpSettings(address, port, hostName, hosts, limits, rates, newBareNewlines, binaryMime, pipelining, greetingPause, tls, signInOrNull);
    }

    public SmtpSettings withBinaryMime() {
        return new SmtpSettings(address, port, hostName, hosts, limits, rates, bareNewlines, true, pipelining, greetingPause, tls, signInOrNull);
    }

    public SmtpSettings withoutPipelining() {
        return new SmtpSettings(address, port, hostName, hosts, limits, rates, bareNewlines, binaryMime, false, greetingPause, tls, signInOrNull);
    }

    public SmtpSettings withGreetingPause(Duration pause) {
        return new SmtpSettings(address, port, hostName, hosts, limits, rates, bareNewlines, binaryMime, pipelining, pause, tls, signInOrNull);
    }

    public SmtpSettings withTls(TlsMode mode, Supplier<SSLContext> context) {
        return new SmtpSettings(address, port, hostName, hosts, limits, rates, bareNewlines, binaryMime, pipelining, greetingPause, new Tls(mode, context), signInOrNull);
    }

    /** Needs TLS, so set that first. */
    public SmtpSettings withSignIn(SignIn signIn) {
        return new SmtpSettings(address, port, hostName, hosts, limits, rates, bareNewlines, binaryMime, pipelining, greetingPause, tls, signIn);
    }
}
