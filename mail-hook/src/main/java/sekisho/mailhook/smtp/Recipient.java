package sekisho.mailhook.smtp;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One RCPT TO with its DSN wishes (RFC 3461 §4.1, §4.2).
 *
 * @param notifyOn    empty when the client did not say
 * @param orcptOrNull {@code type;address} in the encoding it came in (xtext, or RFC 6533 for {@code utf-8}), fit to be sent on unchanged
 */
public record Recipient(Mailbox mailbox, Set<Notify> notifyOn, @Nullable String orcptOrNull) {
    public enum Notify { NEVER, SUCCESS, FAILURE, DELAY }

    public Recipient {
        notifyOn = Set.copyOf(notifyOn);
        if (notifyOn.contains(Notify.NEVER) && notifyOn.size() > 1) {
            throw new IllegalArgumentException("NEVER stands alone (RFC 3461 section 4.1)");
        }
    }

    public Recipient(Mailbox mailbox) {
        this(mailbox, Set.of(), null);
    }

    public Optional<String> orcpt() {
        return Optional.ofNullable(orcptOrNull);
    }

    /** Without angle brackets. */
    @Override
    public String toString() {
        return mailbox.toString();
    }
}
