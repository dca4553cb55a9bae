package sekisho.gateway.audit;

/** The closed catalogue of what can happen. Names are stable: they stand in the log for ever. */
public enum AuditType {
    /** Somebody signed in with an account and address that were not known together; the details carry a commitment to both. */
    PERSON_ADDED,
    /**
     * A message was accepted; the details name policy version and, per recipient, the rule, and carry commitments to sender and subject, to
     * each recipient's address and to each file.
     */
    DELIVERY_ACCEPTED,
    /** A message was refused by policy. */
    DELIVERY_REFUSED,
    /**
     * Messages were refused while they were read, before policy judged them: malformed, beyond a limit, in a loop. Those of one reason that come
     * soon after one another share an event; the details say the reason, how often ({@code times}), and when the first and the last came.
     */
    MESSAGES_REFUSED,
    /** A message looks like the password of files that the same sender sent the same recipient a short time before. */
    PASSWORD_MAIL_SEEN,
    /** A file that could not be scanned when it came in has been scanned since, or is not tried any more: the details say which. */
    FILE_SCANNED,
    /** The sender stopped a held message for one recipient. */
    RECIPIENT_CANCELLED,
    /** The sender ended the hold of a recipient's copy that waits for the scanner: it is let go as soon as its files are found clean. */
    HOLD_SHORTENED,
    /** A recipient's copy was let go, by time or by the sender. */
    RECIPIENT_RELEASED,
    /** The next hop took responsibility for a copy. */
    COPY_RELAYED,
    /** A copy was sent whole twice and the next hop never answered: it may have arrived once, twice or not at all. It is not tried again. */
    COPY_UNCONFIRMED,
    /** The next hop could not take a copy now; it will be tried again. */
    COPY_DEFERRED,
    /** A copy will not be tried again. */
    COPY_FAILED,
    /** The next hop took a message of ours to the sender: the notice of a hold, or a delivery status notification. */
    NOTICE_RELAYED,
    /** An operator made waiting rows of the outbox due now; the details say how many and who. */
    QUEUE_FLUSHED,
    /** An operator stopped a row of the outbox until further notice. */
    QUEUE_HELD,
    /** An operator let a stopped row go on. */
    QUEUE_RESUMED,
    /** An operator ended a row of the outbox: what it would have sent is not sent; the details say whether its sender was told. */
    QUEUE_DELETED,
    /** A recipient signed in and was shown the names of the files. */
    FILES_LISTED,
    /**
     * Somebody signed in who may not open this link, or the link was closed. The next ones within a minute are counted and share an event,
     * whose details say how often ({@code times}) and since when.
     */
    ACCESS_REFUSED,
    /** A download was opened. */
    DOWNLOAD_OPENED,
    /** Octets of a file were served: the ranges that went out in so many reads, each read in one event. */
    DOWNLOAD_SERVED,
    /** Every octet of a file has been served under one ticket. */
    DOWNLOAD_COMPLETED,
    /** A running download was cut because access had ended. */
    DOWNLOAD_CUT,
    /** Access to a delivery, to one recipient, to one file or to one file for one recipient was ended on purpose. */
    ACCESS_REVOKED,
    /** A revocation was taken back. */
    ACCESS_RESTORED,
    /** The time of a delivery ended. */
    DELIVERY_EXPIRED,
    /** A file's key was destroyed: the receipt of shredding. */
    FILE_SHREDDED,
    /** A file's object was removed from the store after its key; the details say by which receipt, and who had destroyed the key. */
    OBJECT_REMOVED,
    /** A version was added to a key pair; recorded right before the files are written. The details say pair, version and fingerprint. */
    KEY_ROTATED,
    /** Keys of files were wrapped again to a newer version; the details say how many of which versions to which. */
    KEYS_REWRAPPED,
    /**
     * A version of a key pair was destroyed: nothing is wrapped to it any more and nothing may be. Recorded right before it is taken out of the
     * private file; once more for each further file that held it.
     */
    KEY_DESTROYED,
    /** A responder or auditor looked something up. */
    RECORDS_READ,
    /** An event that this version can't read: somebody has changed it, or a newer version wrote it. Never stands in the log. */
    UNREADABLE
}
