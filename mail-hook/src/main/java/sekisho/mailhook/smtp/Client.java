package sekisho.mailhook.smtp;

import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The peer of a session, as far as the session has come.
 *
 * @param session         a random name of the session for logs
 * @param address         of the client itself, also behind a proxy or a server that speaks for it (XCLIENT)
 * @param trusted         whether mail is taken from it: its address belongs to a configured network; from all others nothing is relayed
 * @param helo            what the client calls itself; it proves nothing
 * @param esmtp           EHLO rather than HELO
 * @param tlsOrNull       protocol and cipher suite, under TLS
 * @param forwardedOrNull for whom a trusted client hands the next message on (XFORWARD); it opens nothing
 * @param submitterOrNull who has signed in
 */
public record Client(String session, InetAddress address, int port, boolean trusted, String helo, boolean esmtp, @Nullable Tls tlsOrNull,
                     @Nullable Forwarded forwardedOrNull, @Nullable Submitter submitterOrNull) {
    public record Tls(String protocol, String cipherSuite) {}

    /**
     * What XFORWARD said.
     *
     * @param addressOrNull of the client that the message came from first; null when that isn't known, or is the forwarding server itself
     * @param identOrNull   how the message is called there
     */
    public record Forwarded(@Nullable InetAddress addressOrNull, @Nullable String identOrNull) {}

    /** Before it has said anything. */
    static Client connected(String session, InetAddress address, int port, boolean trusted) {
        return new Client(session, address, port, trusted, "", false, null, null, null);
    }

    public Optional<Tls> tls() {
        return Optional.ofNullable(tlsOrNull);
    }

    public Optional<Forwarded> forwarded() {
        return Optional.ofNullable(forwardedOrNull);
    }

    public Optional<Submitter> submitter() {
        return Optional.ofNullable(submitterOrNull);
    }

    /** Whose messages are counted: those of the client that a message came from first, if that is known. */
    InetAddress origin() {
        InetAddress forwarded = forwardedOrNull == null ? null : forwardedOrNull.addressOrNull();
        return forwarded == null ? address : forwarded;
    }

    /** Who has signed in stays (RFC 4954 §4); what is forwarded ends as with RSET. */
    Client greeting(String name, boolean extended) {
        return new Client(session, address, port, trusted, name, extended, tlsOrNull, null, submitterOrNull);
    }

    /** Everything that was said in clear is forgotten (RFC 3207 §4.2). */
    Client over(Tls tls) {
        return new Client(session, address, port, trusted, "", false, tls, null, null);
    }

    /** Another client in its place, which has said nothing yet. */
    Client at(InetAddress newAddress, int newPort, boolean nowTrusted) {
        return new Client(session, newAddress, newPort, nowTrusted, "", false, tlsOrNull, null, null);
    }

    Client forwarding(@Nullable Forwarded forwarded) {
        return new Client(session, address, port, trusted, helo, esmtp, tlsOrNull, forwarded, submitterOrNull);
    }

    Client signedIn(Submitter submitter) {
        return new Client(session, address, port, trusted, helo, esmtp, tlsOrNull, forwardedOrNull, submitter);
    }
}
