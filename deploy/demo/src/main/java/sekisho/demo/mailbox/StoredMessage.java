package sekisho.demo.mailbox;

import java.time.Instant;
import java.util.List;

/**
 * One message that arrived.
 *
 * @param id      counts up
 * @param from    the reverse-path, empty for the null one
 * @param to      the recipients of the envelope
 * @param subject decoded, empty when there is none
 */
public record StoredMessage(long id, Instant arrived, String from, List<String> to, String subject, long octets) {
    public StoredMessage {
        to = List.copyOf(to);
    }
}
