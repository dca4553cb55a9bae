package sekisho.gateway.delivery;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.files.IncomingFile;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.Examined;
import sekisho.gateway.policy.MessageFacts;
import sekisho.gateway.policy.Outlook;
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
     * recipients are judged, and what must be kept of it.
     *
     * @param envelope        what policy knows so far
     * @param outlook         what may come of it
     * @param keepAttachments the spool must hold the whole original: some recipient may get it
     * @param sealAttachments attachments must be sealed as files: some recipient may get a link, or somebody must look into them
     * @param sealWhole       the message itself must be sealed as a file, if it is signed: some recipient may get a link for that
     * @param once            what it may come from once only, or null
     */
    public record Plan(UUID delivery, Source source, MessageFacts.Envelope envelope, List<Addressee> addressees, Policy policy, Outlook outlook,
            boolean keepAttachments, boolean sealAttachments, boolean sealWhole, @Nullable String ret, @Nullable String envid, boolean smtpUtf8, @Nullable Once once) {

        /** Empty for the null reverse-path. */
        public Optional<EmailAddress> sender() {
            return envelope.sender();
        }
    }

    /**
     * What the message says of itself.
     *
     * @param content   what policy judges; it names every attachment, sealed or not
     * @param text      the beginning of its text, if {@link Outlook#text()} asks for it; looked at, never kept
     * @param automatic whether it is itself an automatic reply, a list message or a report: then nobody is told that it is held
     */
    public record Facts(String subject, String messageId, long sizeOctets, MessageFacts.Content content, String text, boolean automatic) {
    }

    /**
     * An attachment, or the message itself, sealed, and what was found out about it meanwhile.
     *
     * @param name       safe to show and to store
     * @param otherNames what else its sender called it, as written
     * @param whole      whether it is the message itself
     */
    public record NewFile(UUID id, String name, List<String> otherNames, String mediaType, IncomingFile.Taken taken, boolean whole) {

        /** An attachment. */
        public NewFile(UUID id, String name, List<String> otherNames, String mediaType, IncomingFile.Taken taken) {
            this(id, name, otherNames, mediaType, taken, false);
        }

        public NewFile {
            otherNames = List.copyOf(otherNames);
        }

        public Sealed sealed() {
            return taken.sealed();
        }

        public Examined examined() {
            return taken.examined();
        }
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
