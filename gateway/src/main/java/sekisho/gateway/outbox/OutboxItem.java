package sekisho.gateway.outbox;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.delivery.NewDelivery.SpoolKind;
import sekisho.gateway.people.EmailAddress;
import sekisho.storage.Place;
import sekisho.storage.Sealed;

/**
 * One transaction with the next hop: what to send, for whom, from what.
 *
 * @param rows     outbox rows that it settles: one a recipient; exactly one unless the kind is {@code ORIGINAL}
 * @param attempt  1 for the first
 * @param sender   reverse-path of the delivery; empty for the null reverse-path
 * @param spool    the sealed rest of the message, still there as long as rows wait
 * @param files    names and sizes for the link block, in order; only what is not revoked or shredded
 */
public record OutboxItem(UUID claim, Kind kind, List<Row> rows, int attempt, Instant createdAt, UUID delivery, Optional<EmailAddress> sender,
        String subject, Instant acceptedAt, @Nullable String ret, @Nullable String envid, boolean smtpUtf8, Spool spool, List<FileLine> files,
        List<HeldLine> held, Map<String, String> detail) {

    /** What is sent. */
    public enum Kind {
        /** An outside recipient's own copy, with their own link. */
        LINKED,
        /** The message unchanged. */
        ORIGINAL,
        /** To the sender: something is held. */
        NOTICE,
        /** To the sender: a delivery status notification (RFC 3464). {@code detail} says about whom and why. */
        DSN
    }

    /**
     * @param recipient null for a notice or DSN
     * @param address   whom to send to: the recipient, or the sender
     * @param expiresAt when the link closes; null without link
     */
    public record Row(UUID id, @Nullable UUID recipient, EmailAddress address, @Nullable String dsnNotify, @Nullable String dsnOrcpt,
            @Nullable Instant expiresAt) {
    }

    /** Where the message is, and what opens it. */
    public record Spool(SpoolKind kind, Sealed sealed, Place place, long messageOctets) {
    }

    /** A file as the link block names it. */
    public record FileLine(String name, long sizeOctets) {
    }

    /** A held recipient as the notice names it. */
    public record HeldLine(String address, boolean outside, Instant releaseAt) {
    }
}
