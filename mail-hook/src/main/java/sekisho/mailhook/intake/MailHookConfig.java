package sekisho.mailhook.intake;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithDefaults;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import sekisho.mailhook.relay.HopSettings;
import sekisho.mailhook.submission.SubmissionConfig;

/** The SMTP side: whom it listens to and where it relays to. */
@ConfigMapping(prefix = "mail-hook")
public interface MailHookConfig {

    /** What we call ourselves in greeting, EHLO, Received and reports: the host's full domain name. */
    String hostName();

    /** Private key that opens spools; the public half is {@code gateway.keys.spool}. */
    Path spoolKey();

    /** Beginning of every link, without a slash at its end; {@code /d/} and the token follow. */
    String linkBase();

    /** How the company calls itself in link blocks and notices; the sender's domain when not set. */
    Optional<String> companyName();

    /** Where mail comes in, each by a name. Without any there is one, called {@code hook}, with all defaults. */
    @WithDefaults
    Map<String, ListenerConfig> listeners();

    /** How people sign in at listeners with {@code auth=required}. */
    SubmissionConfig submission();

    /** How long messages that are half-way may go on when the process is stopped; then their clients hear 421 and send them again. */
    @WithDefault("10s")
    Duration drain();

    /** What a message and its parts may cost. */
    Limits limits();

    /** Where mail goes that no route is for. */
    SmartHost smartHost();

    /** Other ways for some domains, each under a name of small letters, digits and hyphens. */
    Map<String, Route> routes();

    /** How DNS is asked, for routes by MX records; smart hosts are looked up as the system does it. */
    Dns dns();

    /** All next hops together. */
    Relay relay();

    /** When a message is tried again. */
    Retry retry();

    /** Bounds. */
    interface Limits {
        /** Size of a message. */
        @WithDefault("2G")
        MemorySize message();

        /**
         * Room that the directory store must have, beyond the 64 MiB that it keeps free; with less MAIL is answered 452. Not set: 1.5 times {@code message}, of
         * which 1 GiB counts at the most.
         */
        Optional<MemorySize> minFree();

        /** One line of a message. */
        @WithDefault("1M")
        MemorySize line();

        /** One command line. */
        @WithDefault("2048")
        @Min(512) @Max(65536)
        int commandLineOctets();

        /** Recipients of one message. */
        @WithDefault("1000")
        @Min(100) @Max(50000)
        int recipients();

        /** Connections at one time, over all listeners; three quarters of them for clients that may not send, or not before they have signed in. */
        @WithDefault("1200")
        @Min(1)
        int connections();

        /** Connections at one time from one IPv4 address or IPv6 /64. */
        @WithDefault("600")
        @Min(1)
        int connectionsPerClient();

        /** Longest wait for a client to say something. */
        @WithDefault("5m")
        Duration idle();

        /** Longest session; of a client that may not send, or has not signed in where that is needed, two minutes. */
        @WithDefault("2h")
        Duration total();

        /** Wrong commands until a session is ended. */
        @WithDefault("20")
        @Min(1)
        int errors();

        /** Messages in one session. */
        @WithDefault("100000")
        @Min(1)
        int transactions();

        /** All header blocks of a message together. */
        @WithDefault("1M")
        MemorySize header();

        /** One header line. */
        @WithDefault("256K")
        MemorySize headerLine();

        /** Fields in one header block. */
        @WithDefault("5000")
        @Min(100)
        int headerFields();

        /** Multiparts inside each other. */
        @WithDefault("20")
        @Min(1) @Max(200)
        int nesting();

        /** Parts of a message, and of each that is attached to it; of all attached ones together ten times as many. */
        @WithDefault("1000")
        @Min(1) @Max(100000)
        int parts();

        /** Received fields; with more the message is in a loop (5.4.6). */
        @WithDefault("50")
        @Min(5) @Max(500)
        int hops();

        /** How long a message's attachments may take to be stored and scanned behind its final dot; then 451. Some clients wait no longer than five minutes. */
        @WithDefault("2m")
        @DurationMin(seconds = 1) @DurationMax(minutes = 4)
        Duration storing();
    }

    /** How mail is handed to next hops. */
    interface Hop {
        /**
         * {@code off}, {@code opportunistic} or {@code required} (with a certificate for the host's name). With {@code opportunistic}, a message whose first
         * attempt was {@code retry.first} or longer ago goes in clear to a host whose TLS fails again.
         */
        @WithDefault("opportunistic")
        HopSettings.Tls tls();

        /** Certificates to trust instead of the Java runtime's (PEM, one or more). Only with {@code tls=required}. */
        Optional<Path> trustedCertificates();

        /** Name to sign in with (AUTH). Only with {@code tls=required} and a password. */
        Optional<String> user();

        /** File that holds the password; a line end behind it doesn't count. */
        Optional<Path> passwordFile();

        /** Whether BDAT is used when the next hop offers it (RFC 3030) and no PIPELINING (docs/decisions/0030); else DATA always. */
        @WithDefault("true")
        boolean chunking();

        /** Connections at one time; by MX records, of each domain. */
        @WithDefault("20")
        @Min(1) @Max(1000)
        int connections();

        /** Messages on one connection; then another one is made. */
        @WithDefault("100")
        @Min(1) @Max(100000)
        int messagesPerConnection();

        /** How long a connection is kept for the next message. */
        @WithDefault("30s")
        Duration keepIdle();

        /** The longest waits. RFC 5321 §4.5.3.2 gives the least that they should be. */
        Timeouts timeouts();
    }

    /** The smart host. */
    interface SmartHost extends Hop {
        /** Host name or address. Not set only when a route is for {@code *}. */
        Optional<String> host();

        /** Port. */
        @WithDefault("25")
        @Min(1) @Max(65535)
        int port();
    }

    /** A way for some domains. */
    interface Route extends Hop {
        /** Domains of recipients: {@code partner.example}, {@code *.partner.example} for those below it, or {@code *} for all that no other route is for. */
        List<String> domains();

        /**
         * {@code mx} (or {@code mx:PORT}) for the hosts that DNS names for each domain, or smart hosts in the order in which they are tried:
         * {@code a.example:587, b.example}.
         */
        String via();
    }

    /** DNS. */
    interface Dns {
        /** Servers to ask, as {@code address} or {@code address:port}; those of the system when not set. */
        Optional<List<String>> servers();

        /** How long to wait for a server's answer. */
        @WithDefault("5s")
        Duration timeout();
    }

    /** All next hops together. */
    interface Relay {
        /** Messages being sent at one time, to whatever destination. Those whose hosts haven't answered yet share half of it; none gets more than three quarters of it. */
        @WithDefault("500")
        @Min(2) @Max(10000)
        int connections();
    }

    /** How long to wait for the next hop. */
    interface Timeouts {
        /** For the TCP connection. */
        @WithDefault("30s")
        Duration connect();

        /** For the answer to one command, and for greeting, EHLO, TLS and AUTH together. */
        @WithDefault("5m")
        Duration command();

        /** For the next hop to take what is written. */
        @WithDefault("3m")
        Duration block();

        /** For the answer to the end of a message. When it passes, the message may have arrived: it is sent once more. */
        @WithDefault("10m")
        Duration dataEnd();
    }

    /** Retry. */
    interface Retry {
        /** Pause after the first failure; it doubles each time. */
        @WithDefault("5m")
        Duration first();

        /** Longest pause. */
        @WithDefault("4000s")
        Duration longest();

        /** Attempts in a row that reach no host; then all that waits for the destination is left alone for a while. */
        @WithDefault("5")
        @Min(1) @Max(1000)
        int deadAfter();

        /** The first such pause; it doubles each time, up to the pause after the first failure. */
        @WithDefault("1m")
        Duration probe();

        /** After this time the sender is told, once, that a message is late. */
        @WithDefault("4h")
        Duration warnAfter();

        /** After this time the message is given up and its sender told. */
        @WithDefault("5d")
        Duration life();
    }
}
