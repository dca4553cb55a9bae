package sekisho.mailhook.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.files.Batch;
import sekisho.gateway.files.Examiner;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.AttachmentFacts;
import sekisho.gateway.policy.Decision;
import sekisho.gateway.policy.Examined;
import sekisho.gateway.policy.MessageFacts;
import sekisho.gateway.policy.PasswordText;
import sekisho.gateway.policy.Policy;
import sekisho.mailhook.mime.AttachmentHead;
import sekisho.mailhook.mime.AttachmentSink;
import sekisho.mailhook.mime.MessageSplitter;
import sekisho.mailhook.mime.SplitResult;
import sekisho.mailhook.mime.SplitSink;

/**
 * What a policy would make of a message: split, looked into and judged by the same code as at intake, in memory and with nothing kept.
 *
 * @param refused     why the message can't be taken at all, whatever the policy: code and reason; else null
 * @param attachments every one that is found, also inside something signed, where it stays
 * @param decisions   in the order of the recipients; empty when it is refused
 * @param afterFiles  the same, if the sender had sent files to each of them a short time before: others only when its text looks as if it told
 *                    a password
 * @param automatic   whether its sender is told nothing of it: a machine's message, one of a list, or one without a sender's address
 * @param report      whether it has the form of a read receipt or another report; without a sender's address some listeners take nothing else
 */
public record TriedMessage(@Nullable String refused, List<AttachmentFacts> attachments, List<Decision> decisions, List<Decision> afterFiles, boolean automatic, boolean report) {

    /**
     * @param message with CRLF at the ends of its lines
     * @param limits  past which it is refused
     */
    public static TriedMessage of(byte[] message, Policy policy, MessageFacts.Envelope envelope, List<EmailAddress> recipients, Examiner examiner,
            MessageLimits limits) {
        var refusal = limits.refusal(message);
        if (refusal.isPresent()) {
            return refused(refusal.get());
        }
        var outlook = policy.outlook(envelope, recipients);
        var kept = new Kept();
        var header = new TopFields(Stream.concat(outlook.headers().stream(), ReportHeader.NAMES.stream()).collect(Collectors.toUnmodifiableSet()), limits.split().headerOctets());
        header.feed(message, 0, message.length);
        var batch = new Batch();
        var splitter = new MessageSplitter(Contents.rules(limits.split(), outlook, envelope.sender().isEmpty()), kept, outlook.mayPass());
        try {
            splitter.feed(message, 0, message.length);
            return switch (splitter.end()) {
                case SplitResult.Refused(var code, var reason) -> refused(code + " " + reason);
                case SplitResult.Split(var layout) -> {
                    var content = Contents.of(layout, splitter.staying(), header,
                        a -> Optional.ofNullable(kept.attachments.get(a.index())).map(octets -> examiner.examine(batch, a.name(), octets.toByteArray())).orElse(Examined.NOT),
                        outlook.mayLinkWhole() && layout.facts().signed() ? Optional.of(examiner.examine(batch, "message.eml", message)) : Optional.empty());
                    boolean password = envelope.sender().isPresent() && PasswordText.tellsOne(layout.facts().subject() + "\n" + splitter.text());
                    var passwordFor = password ? recipients.stream().map(EmailAddress::key).collect(Collectors.toSet()) : Set.<String>of();
                    yield new TriedMessage(null, content.files(), policy.decide(new MessageFacts(envelope, content, Set.of()), recipients),
                        policy.decide(new MessageFacts(envelope, content, passwordFor), recipients),
                        envelope.sender().isEmpty() || GatewayIntake.isAutomatic(layout.facts()), ReportHeader.isReport(header::raw));
                }
            };
        } catch (IOException memoryNeverFails) {
            throw new IllegalStateException(memoryNeverFails);
        }
    }

    private static TriedMessage refused(String why) {
        return new TriedMessage(why, List.of(), List.of(), List.of(), false, false);
    }

    /** Keeps attachments in memory and lets go of the rest. */
    private static final class Kept implements SplitSink {

        private final Map<Integer, ByteArrayOutputStream> attachments = new HashMap<>();

        @Override
        public void spool(byte[] octets, int offset, int length) {
            // nobody reads it
        }

        @Override
        public AttachmentSink open(AttachmentHead head) {
            var octets = new ByteArrayOutputStream();
            attachments.put(head.index(), octets);
            return new AttachmentSink() {
                @Override
                public void write(byte[] piece, int offset, int length) {
                    octets.write(piece, offset, length);
                }

                @Override
                public void finish(long decodedOctets) {
                    // it is whole
                }

                @Override
                public void stay(boolean asFile) {
                    // it is looked at like any other
                }

                @Override
                public void withdraw() {
                    attachments.remove(head.index());
                }
            };
        }
    }
}
