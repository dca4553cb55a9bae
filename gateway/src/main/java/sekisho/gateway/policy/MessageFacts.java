package sekisho.gateway.policy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sekisho.gateway.people.EmailAddress;

/**
 * All that is known of a message when it is judged.
 *
 * @param passwordFor {@link EmailAddress#key() keys} of the recipients for whom this message looks like the password that follows a file:
 *                    its text carries one, and the same sender sent them files a short time ago
 */
public record MessageFacts(Envelope envelope, Content content, Set<String> passwordFor) {

    public MessageFacts {
        passwordFor = Set.copyOf(passwordFor);
    }

    /**
     * What is known before the first octet.
     *
     * @param sender       empty for the null reverse-path
     * @param senderGroups groups of the sender's account, as the identity provider told them; none for mail of whom nobody signed in
     * @param at           when the message came
     */
    public record Envelope(Optional<EmailAddress> sender, Set<String> senderGroups, Instant at) {
        public Envelope {
            senderGroups = Set.copyOf(senderGroups);
        }
    }

    /**
     * The message itself, as a file.
     *
     * @param readThrough whether the scanner, which knows mail, comes by all that stays in it: nothing is inside what it doesn't unpack
     */
    public record Whole(Examined examined, boolean readThrough) {
    }

    /**
     * What is known at the end.
     *
     * @param headers     values of header fields by their names in lower case, decoded; those that the policy asks for are enough
     * @param signed      whether the message, or a part of it, is signed, and stays as it is
     * @param encrypted   whether the message, or a part of it, is encrypted, and stays as it is
     * @param attachments all that can be taken out, in the order of the message
     * @param enclosed    files inside something signed, which stay there
     * @param shown       what was found out about other parts that stay: images that the text shows, invitations, parts of reports, signatures, and
     *                    what is encrypted
     * @param whole       the message itself, where somebody may get it as one file
     */
    public record Content(Map<String, List<String>> headers, boolean signed, boolean encrypted, List<AttachmentFacts> attachments,
            List<AttachmentFacts> enclosed, List<Examined> shown, Optional<Whole> whole) {

        /** A message of text alone. */
        public static final Content TEXT = new Content(Map.of(), false, false, List.of());

        public Content {
            headers = headers.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> List.copyOf(e.getValue())));
            attachments = List.copyOf(attachments);
            enclosed = List.copyOf(enclosed);
            shown = List.copyOf(shown);
        }

        /** A message in which nothing stays but text. */
        public Content(Map<String, List<String>> headers, boolean signed, boolean encrypted, List<AttachmentFacts> attachments) {
            this(headers, signed, encrypted, attachments, List.of(), List.of());
        }

        /** A message that nobody gets as one file. */
        public Content(Map<String, List<String>> headers, boolean signed, boolean encrypted, List<AttachmentFacts> attachments,
                List<AttachmentFacts> enclosed, List<Examined> shown) {
            this(headers, signed, encrypted, attachments, enclosed, shown, Optional.empty());
        }

        /** Every file that goes with the message, whether it can be taken out or not. */
        public List<AttachmentFacts> files() {
            return Stream.concat(attachments.stream(), enclosed.stream()).toList();
        }

        /** Name of the first malware that was found, wherever in the message. */
        public Optional<String> find() {
            return Stream.of(files().stream().map(AttachmentFacts::examined), shown.stream(), whole.stream().map(Whole::examined)).flatMap(each -> each)
                .flatMap(e -> e.find().stream()).findFirst();
        }

        boolean any(Examined.Scan scan) {
            return attachments.stream().anyMatch(a -> a.examined().scan() == scan);
        }

        /** Whether a part that stays in the message was found so. */
        boolean anyStaying(Predicate<Examined> found) {
            return Stream.concat(enclosed.stream().map(AttachmentFacts::examined), shown.stream()).anyMatch(found);
        }

        boolean anyFile(Predicate<Examined> found) {
            return files().stream().anyMatch(a -> found.test(a.examined()));
        }

        boolean any(Predicate<Examined> found) {
            return attachments.stream().anyMatch(a -> found.test(a.examined()));
        }
    }
}
