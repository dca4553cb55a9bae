package sekisho.gateway.policy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.people.EmailAddress;
import sekisho.inspection.FileType;
import sekisho.inspection.Protection;
import sekisho.inspection.clamav.Verdict;

/** Messages and files as tests need them. */
final class Judged {

    static final Instant AT = Instant.parse("2026-11-25T01:30:00Z");   // a Wednesday, 10:30 in Tokyo

    private Judged() {
    }

    static MessageFacts message(Optional<EmailAddress> sender, AttachmentFacts... attachments) {
        return message(new MessageFacts.Envelope(sender, Set.of(), AT), Map.of(), attachments);
    }

    static MessageFacts message(MessageFacts.Envelope envelope, Map<String, List<String>> headers, AttachmentFacts... attachments) {
        return new MessageFacts(envelope, new MessageFacts.Content(headers, false, false, List.of(attachments)), Set.of());
    }

    static AttachmentFacts file(String name, String declaredType) {
        return new AttachmentFacts(name, List.of(), declaredType, 1000, Examined.NOT);
    }

    static AttachmentFacts file(String name, FileType found, Protection protection) {
        return file(name, found, protection, null);
    }

    static AttachmentFacts file(String name, FileType found, Protection protection, @Nullable Verdict verdict) {
        return new AttachmentFacts(name, List.of(), "application/octet-stream", 1000,
            new Examined(Optional.of(found), Optional.of(protection), Optional.ofNullable(verdict)));
    }
}
