package sekisho.gateway.delivery;

/** Where one recipient's copy stands, in one word. */
public enum RecipientState {
    /** It still waits. */
    HELD,
    /** It was let go; a link in it can be opened, and attachments in it are out of reach. */
    RELEASED,
    /** It was let go and no mail server took it: this recipient doesn't have it. */
    FAILED,
    /** Its link was shut on purpose, by itself, with its delivery, or because every file in it was. */
    REVOKED,
    /** The time of its link is over. */
    EXPIRED,
    /** The keys of its files are destroyed. */
    SHREDDED,
    /** It was stopped before it left. */
    CANCELLED
}
