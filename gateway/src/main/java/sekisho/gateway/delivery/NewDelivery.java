package sekisho.gateway.delivery;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.Policy;
import sekisho.storage.Sealed;

/** What an adapter hands over to have a message accepted. */
public final class NewDelivery {

    private NewDelivery() {
    }

    /** Where a delivery came from. */
    public enum Source { MAIL, PORTAL }

    /**
     * One recipient of the envelope.
     *
     * @param dsnNotify DSN parameter NOTIFY as given (RFC 3461 §4.1), or null
     * @param dsnOrcpt  DSN parameter ORCPT as given, or null
     */
    public record Addressee(UUID id, EmailAddress address, @Nullable String dsnNotify, @Nullable String dsnOrcpt) {
    }

    /**
     * The envelope, with everything settled that must be known before the first octet of the message: ids, the policy by which all
     * recipients are judged, and whether the spool must keep the attachments because some recipient may get the original.
     *
     * @param sender          empty for the null reverse-path
     * @param keepAttachments the spool must hold the whole original: some recipient gets it
     * @param sealAttachments attachments must be sealed as files: some recipient gets a link
     */
    public record Plan(UUID delivery, Source source, Optional<EmailAddress> sender, List<Addressee> addressees, Policy policy,
            boolean keepAttachments, boolean sealAttachments, @Nullable String ret, @Nullable String envid, boolean smtpUtf8) {
    }

    /**
     * What the message says of itself.
     *
     * @param attachments how many attachments it has, sealed or not
     * @param automatic whether it is itself an automatic reply, a list message or a report: then nobody is told that it is held
     */
    public record Facts(String subject, String messageId, long sizeOctets, int attachments, boolean automatic) {
    }

    /** An attachment, sealed. */
    public record NewFile(UUID id, String name, String mediaType, Sealed sealed) {
    }

    /** Whether a spool holds an RFC 5322 message with its layout, or what a message is to be composed from. */
    public enum SpoolKind { MESSAGE, COMPOSED }

    /**
     * The sealed rest of the message.
     *
     * @param messageOctets length of the message in the spool's plaintext; what follows is the layout
     * @param token         derives a recipient's link token from the spool's key (see {@code Links.token})
     */
    public record Spool(SpoolKind kind, Sealed sealed, long messageOctets, Function<UUID, String> token) {
    }
}
