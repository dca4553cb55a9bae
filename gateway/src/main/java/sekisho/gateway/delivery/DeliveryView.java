package sekisho.gateway.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sekisho.gateway.audit.Ranges;
import sekisho.gateway.policy.Examined;

/**
 * A delivery as its sender or a responder sees it.
 *
 * @param sender     reverse-path; empty text for the null reverse-path
 * @param frozen     whether a responder revoked it: its sender can't open it again
 * @param contradicted whether rows of it tell something else, or less, than the audit log: then the larger exposure is shown
 * @param parts      how many copies stand how
 * @param recipients of the envelope, outsiders first
 * @param files      that are kept; what leaves in the mail itself besides is {@code inMail}
 * @param grants     one for each file and recipient who gets a link
 */
public record DeliveryView(UUID id, NewDelivery.Source source, String sender, String subject, String messageId, long sizeOctets,
        Instant acceptedAt, DeliveryState state, boolean revoked, boolean frozen, boolean contradicted, Optional<Instant> nextReleaseAt, Optional<Instant> expiresAt,
        Optional<Instant> shredAt, String policyVersion, Standing.Parts parts, List<RecipientView> recipients, List<FileView> files, InMail inMail, List<GrantView> grants) {

    /** State of one recipient's copy. */
    public enum Hold { HELD, RELEASED, CANCELLED }

    /** What became of one recipient's copy at the next hop. {@code UNCONFIRMED}: sent whole twice, and never answered. */
    public enum Relay { NONE, QUEUED, SENT, UNCONFIRMED, FAILED }

    /**
     * @param link    whether this recipient gets a link; else the message unchanged
     * @param revoked whether this recipient alone was shut out
     * @param frozen  whether a responder did
     * @param standing where this copy stands in all
     * @param untilScanned whether it is held until its files have been scanned, whatever its time of release
     */
    public record RecipientView(UUID id, String address, boolean outside, boolean link, String rule, Hold hold, Instant releaseAt,
            boolean untilScanned,
            Optional<Instant> releasedAt, Optional<Instant> expiresAt, boolean revoked, boolean frozen, Optional<Instant> namesSeenAt, Relay relay,
            Standing standing) {
    }

    /**
     * @param name       empty, as type and hash are, when nobody can tell it any more: the file is shredded, or its row was changed
     * @param sha256     64 hexadecimal digits
     * @param found      what a look at its octets has told
     * @param whole      whether it is the message itself: who gets it has nothing in the mail besides
     */
    public record FileView(UUID id, String name, String mediaType, long sizeOctets, String sha256, boolean revoked, boolean frozen,
            boolean shredded, Found found, boolean whole) {

        /** An attachment. */
        public FileView(UUID id, String name, String mediaType, long sizeOctets, String sha256, boolean revoked, boolean frozen, boolean shredded, Found found) {
            this(id, name, mediaType, sizeOctets, sha256, revoked, frozen, shredded, found, false);
        }
    }

    /**
     * What a look at a file's octets has told.
     *
     * @param type       in one word such as {@code zip}; empty when nobody looked, or it isn't known
     * @param protection {@code NONE}, {@code OPAQUE}, {@code UNKNOWN} or {@code PASSWORD}; empty when nobody looked
     * @param find       the malware's name; empty when there is none
     */
    public record Found(String type, String protection, Examined.Scan scan, String find) {
        public static final Found NOTHING = new Found("", "", Examined.Scan.OFF, "");
    }

    /**
     * What one recipient got of one file.
     *
     * @param served which octets were served, by the grant's row and by the events together: the exposure
     */
    public record GrantView(UUID file, UUID recipient, boolean revoked, boolean frozen, int downloads, int limit, Ranges served,
            Optional<Instant> firstServedAt, Optional<Instant> lastServedAt) {

        /** How many different octets were served. */
        public long distinctOctets() {
            return served.octets();
        }
    }

    /**
     * A line in a list.
     *
     * @param parts      how many copies stand how
     * @param recipients the first five, outsiders first
     * @param files      how many are kept; what leaves in the mail itself besides is {@code inMail}
     */
    public record Summary(UUID id, Instant acceptedAt, String sender, String subject, DeliveryState state, Standing.Parts parts,
            Optional<Instant> nextReleaseAt, boolean waitsForScan, List<String> recipients, int outsiders, int files, long fileOctets, InMail inMail) {
    }
}
