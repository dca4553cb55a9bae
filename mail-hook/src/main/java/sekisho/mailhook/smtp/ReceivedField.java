package sekisho.mailhook.smtp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Instant;

/**
 * Composes the trace field that goes before a message (RFC 5321 §4.4). It names no recipient: one copy may go to several, and a Bcc must stay hidden.
 * What the client calls itself is taken over only when it looks like a name.
 */
public final class ReceivedField {
    private ReceivedField() {}

    /**
     * @param by our host name
     * @param id of the message with us; letters, digits and hyphens
     * @return the field with its last CRLF, in ASCII
     */
    public static String compose(Client client, boolean smtpUtf8, String by, String id, Instant when) {
        if (!id.matches("[A-Za-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("an id of letters, digits and hyphens");
        }
        boolean named = client.helo().matches("[A-Za-z0-9][A-Za-z0-9._-]*|\\[[A-Fa-f0-9.:]+]|\\[IPv6:[A-Fa-f0-9.:]+]");
        String address = literal(client.address());
        String tls = client.tls().map(t -> "\r\n\t(using " + t.protocol() + " with " + t.cipherSuite() + ")").orElse("");
        return "Received: from " + (named ? client.helo() : "unknown") + " ([" + address + "])" + forwarded(client) + tls
                + "\r\n\tby " + by + " (Sekisho) with " + protocol(client, smtpUtf8) + " id " + id + ";\r\n\t" + MailDate.format(when) + "\r\n";
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return address instanceof Inet6Address ? "IPv6:" + (zone < 0 ? text : text.substring(0, zone)) : text;
    }

    /** Where the message came from before, as its server says; a comment, since the connection is that server's. */
    private static String forwarded(Client client) {
        InetAddress origin = client.forwarded().map(Client.Forwarded::addressOrNull).orElse(null);
        String ident = client.forwarded().map(Client.Forwarded::identOrNull).filter(id -> id.matches("[A-Za-z0-9._-]{1,64}")).orElse("");
        if (origin == null && ident.isEmpty()) {
            return "";
        }
        return "\r\n\t(forwarded" + (origin == null ? "" : " for [" + literal(origin) + "]") + (ident.isEmpty() ? "" : " as " + ident) + ")";
    }

    /** RFC 3848, RFC 6531 §4.3. */
    private static String protocol(Client client, boolean smtpUtf8) {
        String name = smtpUtf8 ? "UTF8SMTP" : client.esmtp() ? "ESMTP" : "SMTP";
        String secured = client.tls().isPresent() && client.esmtp() ? name + "S" : name;
        return client.submitter().isPresent() ? secured + "A" : secured;
    }
}
