package sekisho.gateway.people;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * An address of SMTP's envelope without the angle brackets (RFC 5321 §4.1.2, RFC 6531 for non-ASCII), in the one grammar that mail, portal,
 * policy and sign-in share. Whatever is one can be written to the next hop, and named in a policy. The domain is kept in lower case; the
 * local part as given, since only its own server may interpret it.
 *
 * <p>Not every path of RFC 5321 is one: address literals and names with underscores can't be told inside from outside.
 *
 * @param localPart as meant, without quotes and escapes
 * @param domain    as given: labels outside ASCII as themselves or as {@code xn--}
 */
public record EmailAddress(String localPart, String domain) {

    /** A path has 256 octets with its brackets (RFC 5321 §4.5.3.1.3). Local parts alone have no limit: VERP's are longer than 64 octets. */
    static final int LONGEST_OCTETS = 254;

    /** @throws IllegalArgumentException when it is no address */
    public EmailAddress {
        if (localPart.isEmpty() || !AddressText.isClear(localPart) || localPart.indexOf('<') >= 0 || localPart.indexOf('>') >= 0) {
            throw new IllegalArgumentException("a local part has visible characters and no angle brackets");
        }
        if (AddressText.domain(domain).isEmpty()) {
            throw new IllegalArgumentException("the domain of an address is a host name");
        }
        domain = domain.toLowerCase(Locale.ROOT);
        if ((AddressText.written(localPart) + '@' + domain).getBytes(StandardCharsets.UTF_8).length > LONGEST_OCTETS) {
            throw new IllegalArgumentException("an address has at most " + LONGEST_OCTETS + " octets");
        }
    }

    /** Empty when the two make no address. */
    public static Optional<EmailAddress> of(String localPart, String domain) {
        try {
            return Optional.of(new EmailAddress(localPart, domain));
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    /** Reads {@code local@domain}; the last at sign divides. Empty when the text is no address, or more than one, such as spaces around it. */
    public static Optional<EmailAddress> parse(String text) {
        int at = text.lastIndexOf('@');
        return at <= 0 ? Optional.empty() : AddressText.meant(text.substring(0, at)).flatMap(meant -> of(meant, text.substring(at + 1)));
    }

    /** The form in which two addresses are compared: all lower case, the domain in its one form. */
    public String key() {
        return AddressText.written(localPart.toLowerCase(Locale.ROOT)) + '@' + comparedDomain();
    }

    /** The domain as {@link AddressText#domain} gives it. */
    public String comparedDomain() {
        return AddressText.domain(domain).orElseThrow();
    }

    /** The address with most of its local part hidden: {@code t•••@partner.example}. */
    public String masked() {
        return localPart.substring(0, localPart.offsetByCodePoints(0, 1)) + "•••@" + domain;
    }

    /** {@code local@domain} as it was given, with quotes where they must be. */
    @Override
    public String toString() {
        return AddressText.written(localPart) + '@' + domain;
    }
}
