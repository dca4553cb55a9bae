package sekisho.mailhook.smtp;

import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The peer of a session, as far as the session has come.
 *
 * @param session    a random name of the session for logs
 * @param trusted    whether the address belongs to a configured network; from all others nothing is relayed
 * @param helo       what the client calls itself; it proves nothing
 * @param esmtp      EHLO rather than HELO
 * @param tlsOrNull  protocol and cipher suite, after STARTTLS
 */
public record Client(String session, InetAddress address, int port, boolean trusted, String helo, boolean esmtp, @Nullable Tls tlsOrNull) {
    public record Tls(String protocol, String cipherSuite) {}

    public Optional<Tls> tls() {
        return Optional.ofNullable(tlsOrNull);
    }
}
