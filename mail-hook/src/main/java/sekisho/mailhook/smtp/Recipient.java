package sekisho.mailhook.smtp;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One RCPT TO with its DSN wishes (RFC 3461 §4.1, §4.2).
 *
 * @param notifyOn    empty when the client did not say
 * @param orcptOrNull {@code type;address} in the encoding it came in (xtext, or RFC 6533 for {@code utf-8}), fit to be sent on unchanged
 */
public record Recipient(Mailbox mailbox, Set<Notify> notifyOn, @Nullable String orcptOrNull) {
    public enum Notify { NEVER, SUCCESS, FAILURE, DELAY }

    /** What is meant by saying nothing (RFC 3461 §4.1). */
    private static final Set<Notify> UNSAID = EnumSet.of(Notify.FAILURE, Notify.DELAY);

    public Recipient {
        notifyOn = Set.copyOf(notifyOn);
        if (notifyOn.contains(Notify.NEVER) && notifyOn.size() > 1) {
            throw new IllegalArgumentException("NEVER stands alone (RFC 3461 section 4.1)");
        }
    }

    public Recipient(Mailbox mailbox) {
        this(mailbox, Set.of(), null);
    }

    /** One whose mailbox was named again: whoever asked for a report of it gets one, about the original recipient that was named first. */
    Recipient and(Recipient again) {
        return new Recipient(mailbox, either(notifyOn, again.notifyOn), orcptOrNull == null ? again.orcptOrNull : orcptOrNull);
    }

    private static Set<Notify> either(Set<Notify> one, Set<Notify> other) {
        if (one.equals(other)) {
            return one;
        }
        var both = EnumSet.copyOf(one.isEmpty() ? UNSAID : one);
        both.addAll(other.isEmpty() ? UNSAID : other);
        both.remove(Notify.NEVER);
        return both;
    }

    public Optional<String> orcpt() {
        return Optional.ofNullable(orcptOrNull);
    }

    /** The same in ASCII: what isn't becomes {@code \x{HEX}}, which only the type {@code utf-8} has (RFC 6533 §3, utf-8-addr-xtext). */
    public Optional<String> orcptInAscii() {
        return orcpt().map(orcpt -> orcpt.codePoints().mapToObj(c -> c < 128 ? Character.toString(c) : "\\x{%X}".formatted(c)).collect(Collectors.joining()));
    }

    /** Without angle brackets. */
    @Override
    public String toString() {
        return mailbox.toString();
    }
}
