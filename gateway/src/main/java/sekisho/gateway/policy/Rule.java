package sekisho.gateway.policy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import sekisho.gateway.people.EmailAddress;

/**
 * One rule: it matches when every given condition does, and then decides what it names; the rest is built in.
 *
 * @param attachmentsPresent matches only messages with (true) or without (false) attachments
 */
record Rule(String name, List<AddressPattern> senders, List<AddressPattern> recipients, Optional<Boolean> attachmentsPresent,
        Optional<Attachments> attachments, Optional<Duration> hold, Optional<Duration> expires, Optional<Integer> downloads,
        Optional<Boolean> notice) {

    boolean matches(Optional<EmailAddress> sender, EmailAddress recipient, boolean hasAttachments, Inside inside) {
        return (senders.isEmpty() || sender.isPresent() && senders.stream().anyMatch(p -> p.matches(sender.get(), inside)))
            && (recipients.isEmpty() || recipients.stream().anyMatch(p -> p.matches(recipient, inside)))
            && attachmentsPresent.map(wanted -> wanted == hasAttachments).orElse(true);
    }
}
