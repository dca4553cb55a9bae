package sekisho.gateway.outbox;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.delivery.InMail;
import sekisho.gateway.delivery.NewDelivery.SpoolKind;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.Names;
import sekisho.storage.Place;
import sekisho.storage.Sealed;

/**
 * One transaction with the next hop: what to send, for whom, from what.
 *
 * @param rows      outbox rows that it settles: one a recipient; exactly one unless the kind is {@code ORIGINAL} and the message came by mail, or {@code DSN} and all say that copies failed, wait or were relayed
 * @param destination where it goes, as {@link Routing} calls it
 * @param attempt   1 for the first
 * @param createdAt when it was queued, of reports the last: the same for all rows of copies, and later than {@code acceptedAt} for copies that were held
 * @param sender    reverse-path of the delivery; empty for the null reverse-path
 * @param messageId as the message says it, with its angle brackets
 * @param spool     the sealed rest of the message, still there as long as rows wait; null only for a notice or DSN, which can do without
 * @param files     in order: those that the recipient of a copy with a link may get, for the link block; all of the delivery for a notice
 * @param inMail    what leaves in the mail itself besides, as a notice tells it; none for the other kinds
 */
public record OutboxItem(UUID claim, Kind kind, List<Row> rows, String destination, int attempt, Instant createdAt, UUID delivery, Optional<EmailAddress> sender,
        String subject, String messageId, Instant acceptedAt, @Nullable String ret, @Nullable String envid, boolean smtpUtf8,
        @Nullable Spool spool, List<FileLine> files, InMail inMail, List<HeldLine> held) {

    /** One that tells of no attachments but files. */
    public OutboxItem(UUID claim, Kind kind, List<Row> rows, String destination, int attempt, Instant createdAt, UUID delivery, Optional<EmailAddress> sender,
            String subject, String messageId, Instant acceptedAt, @Nullable String ret, @Nullable String envid, boolean smtpUtf8,
            @Nullable Spool spool, List<FileLine> files, List<HeldLine> held) {
        this(claim, kind, rows, destination, attempt, createdAt, delivery, sender, subject, messageId, acceptedAt, ret, envid, smtpUtf8, spool, files, InMail.NONE, held);
    }

    /** The same for some of its rows. */
    OutboxItem with(List<Row> some) {
        return new OutboxItem(claim, kind, some, destination, attempt, createdAt, delivery, sender, subject, messageId, acceptedAt, ret, envid, smtpUtf8,
            spool, files, inMail, held);
    }

    /** What a DSN says of its first row, and its action of all; null for the other kinds. */
    public @Nullable Report report() {
        return rows.isEmpty() ? null : rows.getFirst().report();
    }

    /** What is sent. */
    public enum Kind {
        /** An outside recipient's own copy, with their own link. */
        LINKED,
        /** The message unchanged. */
        ORIGINAL,
        /** To the sender: something is held. */
        NOTICE,
        /** To the sender: a delivery status notification (RFC 3464). */
        DSN;

        /** Whether it goes to a recipient, and not to the sender. */
        boolean isCopy() {
            return this == LINKED || this == ORIGINAL;
        }
    }

    /**
     * @param recipient whose copy it is, or whom a DSN is about; null for a notice
     * @param address   whom to send to: the recipient, or the sender
     * @param about     the recipient's address as it was given; null for a notice
     * @param expiresAt when the link closes; null without link
     * @param names     what a rule lets the link block say of the files; empty when none says it
     * @param lastReply what was said the last time, by the next hop or us, as {@link Settlement.Reply#text}; null before anything was
     * @param report    what a DSN says of the recipient; null for the other kinds
     */
    public record Row(UUID id, @Nullable UUID recipient, EmailAddress address, @Nullable EmailAddress about, @Nullable String dsnNotify,
            @Nullable String dsnOrcpt, @Nullable Instant expiresAt, Optional<Names> names, @Nullable String lastReply, @Nullable Report report) {

        /** No rule speaks of names, and nothing was said yet. */
        public Row(UUID id, @Nullable UUID recipient, EmailAddress address, @Nullable EmailAddress about, @Nullable String dsnNotify,
                @Nullable String dsnOrcpt, @Nullable Instant expiresAt) {
            this(id, recipient, address, about, dsnNotify, dsnOrcpt, expiresAt, Optional.empty(), null, null);
        }
    }

    /** Where the message is, and what opens it. */
    public record Spool(SpoolKind kind, Sealed sealed, Place place, long messageOctets) {
    }

    /**
     * A file as the link block tells of it. What it is called says the spool, in the same order: the rows tell nobody who can't open them.
     *
     * @param open  whether the recipient may open it; a name that was revoked before it was told stays untold
     * @param whole whether it is the message itself
     */
    public record FileLine(long sizeOctets, boolean open, boolean whole) {

        /** An attachment. */
        public FileLine(long sizeOctets, boolean open) {
            this(sizeOctets, open, false);
        }
    }

    /**
     * A held recipient as the notice names it.
     *
     * @param untilScanned whether the copy waits for the malware scanner, whatever its time of release
     */
    public record HeldLine(String address, boolean outside, Instant releaseAt, boolean untilScanned) {
    }
}
