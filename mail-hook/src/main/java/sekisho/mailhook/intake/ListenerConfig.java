package sekisho.mailhook.intake;

import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import sekisho.mailhook.smtp.SmtpSettings;

/** One place where mail comes in. */
public interface ListenerConfig {

    /** Whether clients must sign in. */
    enum Auth {
        /** Their network decides. */
        NONE,
        /** MAIL needs AUTH, and AUTH needs TLS; their network must be a trusted one too. */
        REQUIRED
    }

    /** What may stand in the From field of who has signed in. */
    enum Authors {
        /** Addresses that they may send as, and no others. */
        OWN,
        /** Anything: something behind us sees to it. */
        ANY
    }

    /** What may come from the null reverse-path. */
    enum NullSender {
        /** Whatever it is. */
        ANY,
        /** Read receipts and other reports alone. */
        REPORTS
    }

    /** Which way the mail goes. */
    enum Direction {
        /** From the company to others. */
        OUTBOUND,
        /** From others to the company; kept for a later version, and refused at start. */
        INBOUND
    }

    /** Which way the mail goes. Only {@code outbound} works in this version. */
    @WithDefault("outbound")
    Direction direction();

    /** Address to listen on. */
    @WithDefault("127.0.0.1")
    String address();

    /** Port; 0 takes a free one and logs it. Each listener needs its own. */
    @WithDefault("2525")
    @Min(0) @Max(65535)
    int port();

    /**
     * {@code none}; {@code starttls}, offered; {@code starttls-required}, MAIL is refused in clear; {@code implicit}, from the first octet. All
     * but the first need a certificate.
     */
    @WithDefault("none")
    SmtpSettings.TlsMode tls();

    /** Certificate chain (PEM), own certificate first. Read again for each handshake; while it or its key can't be used, the last ones that could are. */
    Optional<Path> certificate();

    /** Private key of the certificate (PEM, PKCS #8). */
    Optional<Path> certificateKey();

    /** Networks that mail is taken from, such as {@code 10.0.0.0/8}. */
    @WithDefault("127.0.0.0/8,::1/128")
    List<String> trustedNetworks();

    /** {@code none}, or {@code required}: everybody signs in with {@code mail-hook.submission.*} and sends in their own name. Needs TLS. */
    @WithDefault("none")
    Auth auth();

    /**
     * With {@code auth=required}: whether the From field, which readers show, must name addresses of who signed in too, {@code own} (else
     * 550 5.7.1), or {@code any}. Not set: {@code own}.
     */
    Optional<Authors> fromField();

    /**
     * What may come without a sender's address ({@code MAIL FROM:<>}): {@code any}, or {@code reports} ({@code multipart/report}; else 550 5.7.1), for networks
     * that others use as well. With {@code auth=required} reports alone, whatever is set.
     */
    @WithDefault("any")
    NullSender nullSender();

    /** Networks of servers that may say, by XFORWARD, from whom a message came first. It goes into logs, our trace field and limits only. */
    Optional<List<String>> xforwardNetworks();

    /** Networks of servers that may say, by XCLIENT, that a session is another client's, which is then judged in their place. */
    Optional<List<String>> xclientNetworks();

    /** Networks of proxies in front, which begin each connection with the PROXY protocol (v1 or v2). With any, nobody else is heard. */
    Optional<List<String>> proxyNetworks();

    /** What becomes of a message with a lone CR or LF: {@code refuse} (550 5.6.11) or {@code normalise}. */
    @WithDefault("refuse")
    SmtpSettings.BareNewlines bareNewlines();

    /**
     * Whether PIPELINING is offered (RFC 2920). Mail servers need it to be fast; where only people's programs connect it can be off, and whoever
     * sends a command before the answer to the one before is sent away, 554 5.5.0.
     */
    @WithDefault("true")
    boolean pipelining();

    /** How long to listen for a client that talks too early: before the greeting, unless that comes over TLS, and before DATA is refused. */
    @WithDefault("5ms")
    Duration greetingPause();

    /** New connections of one client in a minute; more get 421. 0: no limit; not set: no limit, or 60 with {@code auth=required}. */
    Optional<@Min(0) Integer> connectionsPerMinute();

    /** Messages of one client, and of one account, in a minute; more get 450. 0: no limit; not set: no limit, or 120 with {@code auth=required}. */
    Optional<@Min(0) Integer> messagesPerMinute();

    /** The same for recipients; not set: no limit, or 2000 with {@code auth=required}. */
    Optional<@Min(0) Integer> recipientsPerMinute();
}
