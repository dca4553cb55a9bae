package sekisho.mailhook.mime.check;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the check found out about one message.
 *
 * @param octets      size as an SMTP client would send it
 * @param refused     the reply of the hook when it refuses the message, else null
 * @param attachments taken out, in order
 * @param stays       a line for each part that stays
 * @param violations  what should never happen, a line each; empty when all is well
 * @param peakOctets  most heap in use while it was worked on, the message itself included
 */
public record CheckedMessage(long octets, @Nullable String refused, List<Attachment> attachments, List<String> stays,
                             List<String> violations, Duration time, long peakOctets) {

    public record Attachment(String name, String type, long octets, String sha256) {
    }

    public CheckedMessage {
        attachments = List.copyOf(attachments);
        stays = List.copyOf(stays);
        violations = List.copyOf(violations);
    }

    /** As refused before anybody looked at its parts. What should never happen stays: it doesn't depend on the settings of a listener. */
    public CheckedMessage refusedFor(String reason) {
        return new CheckedMessage(octets, reason, List.of(), List.of(), violations, time, peakOctets);
    }

    /** With these violations too. */
    CheckedMessage and(List<String> more) {
        return new CheckedMessage(octets, refused, attachments, stays, Stream.concat(violations.stream(), more.stream()).toList(), time, peakOctets);
    }
}
