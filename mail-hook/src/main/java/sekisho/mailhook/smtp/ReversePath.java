package sekisho.mailhook.smtp;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where reports about a message go (MAIL FROM); the null reverse-path {@code <>} of reports and automatic answers must not be answered. */
public record ReversePath(@Nullable Mailbox orNull) {
    public static final ReversePath NULL = new ReversePath(null);

    public boolean isNull() {
        return orNull == null;
    }

    public Optional<Mailbox> mailbox() {
        return Optional.ofNullable(orNull);
    }

    /** Without angle brackets; empty for the null reverse-path. */
    @Override
    public String toString() {
        return orNull == null ? "" : orNull.toString();
    }
}
