package sekisho.mailhook.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import sekisho.gateway.people.AddressText;
import sekisho.gateway.people.EmailAddress;

/**
 * A mailbox of the envelope (RFC 5321 §4.1.2, RFC 6531 §3.3): local part as meant, without quotes and escapes; domain in lower case, or an
 * address literal in its brackets. It holds no control character, so that it can't smuggle a line into a command or a header field.
 */
public record Mailbox(String localPart, String domain) {
    /** RFC 5321 §4.5.3.1.1 says 64; real VERP senders need more, and nothing of ours depends on it. */
    static final int LONGEST_LOCAL_PART_OCTETS = 255;
    static final int LONGEST_DOMAIN_OCTETS = 255;

    public Mailbox {
        if (localPart.isEmpty() || domain.isEmpty()) {
            throw new IllegalArgumentException("a mailbox has a local part and a domain");
        }
        if (hasForbidden(localPart) || hasForbidden(domain) || domain.indexOf(' ') >= 0 || domain.indexOf('<') >= 0 || domain.indexOf('>') >= 0) {
            throw new IllegalArgumentException("a mailbox holds no control characters, and its domain no spaces or angle brackets");
        }
        if (octets(localPart) > LONGEST_LOCAL_PART_OCTETS || octets(domain) > LONGEST_DOMAIN_OCTETS) {
            throw new IllegalArgumentException("a mailbox is too long");
        }
        domain = domain.toLowerCase(Locale.ROOT);
    }

    /** Parses {@code local@domain} as it stands between the angle brackets of a path. */
    public static Mailbox parse(String text) {
        try {
            return new PathParser("<" + text + ">", "").mailboxOnly();
        } catch (RefusedException e) {
            throw new IllegalArgumentException("not a mailbox: " + e.reply().lines().getFirst(), e);
        }
    }

    /** Every address of the gateway is a mailbox, so whatever a door lets in can be relayed. */
    public static Mailbox of(EmailAddress address) {
        return new Mailbox(address.localPart(), address.domain());
    }

    /** The form in which two are compared: that of the gateway's addresses, and for the few that are none of those the text. */
    String key() {
        return EmailAddress.of(localPart, domain).map(EmailAddress::key).orElseGet(this::toString);
    }

    /** Whether it can be used without SMTPUTF8. */
    public boolean isAscii() {
        return localPart.chars().allMatch(c -> c < 128) && domain.chars().allMatch(c -> c < 128);
    }

    /** As it goes between angle brackets; the local part is quoted only when it must be. */
    @Override
    public String toString() {
        return AddressText.written(localPart) + "@" + domain;
    }

    static boolean isAtomCharacter(int c) {
        return AddressText.isAtomCharacter(c);
    }

    /** Controls, and the invisible characters that make one address look like another. */
    static boolean hasForbidden(String text) {
        return !text.codePoints().allMatch(AddressText::isVisible);
    }

    private static int octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
