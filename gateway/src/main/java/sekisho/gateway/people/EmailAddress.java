package sekisho.gateway.people;

import java.util.Locale;
import java.util.Optional;

/**
 * An address of SMTP's envelope without the angle brackets (RFC 5321 §4.1.2, RFC 6531 for non-ASCII). The domain is kept in lower
 * case; the local part as given, since only its own server may interpret it.
 */
public record EmailAddress(String localPart, String domain) {

    public EmailAddress {
        if (localPart.isEmpty() || domain.isEmpty()) {
            throw new IllegalArgumentException("an address has a local part and a domain");
        }
        if (localPart.length() > 256 || domain.length() > 255) {
            throw new IllegalArgumentException("an address has at most 256 octets before and 255 after the at sign");
        }
        if (hasForbidden(localPart) || hasForbidden(domain) || domain.indexOf('@') >= 0 || domain.indexOf(' ') >= 0) {
            throw new IllegalArgumentException("an address has no control characters and no angle brackets");
        }
        domain = domain.toLowerCase(Locale.ROOT);
    }

    /** Reads {@code local@domain}; the last at sign divides. Empty when the text is no address. */
    public static Optional<EmailAddress> parse(String text) {
        var trimmed = text.strip();
        int at = trimmed.lastIndexOf('@');
        if (at <= 0 || at == trimmed.length() - 1) {
            return Optional.empty();
        }
        try {
            var address = new EmailAddress(trimmed.substring(0, at), trimmed.substring(at + 1));
            boolean quoted = address.localPart.startsWith("\"") && address.localPart.endsWith("\"") && address.localPart.length() > 2;
            boolean plain = address.localPart.chars().noneMatch(c -> c <= ' ' || "()<>[]:;@\\,\"".indexOf(c) >= 0);
            return quoted || plain ? Optional.of(address) : Optional.empty();
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    /** The form in which two addresses are compared: all lower case. */
    public String key() {
        return localPart.toLowerCase(Locale.ROOT) + '@' + domain;
    }

    /** The address with most of its local part hidden: {@code t•••@partner.example}. */
    public String masked() {
        return localPart.substring(0, localPart.offsetByCodePoints(0, 1)) + "•••@" + domain;
    }

    /** {@code local@domain} as it was given. */
    @Override
    public String toString() {
        return localPart + '@' + domain;
    }

    private static boolean hasForbidden(String text) {
        return text.chars().anyMatch(c -> c < ' ' || c == 127 || c == '<' || c == '>');
    }
}
