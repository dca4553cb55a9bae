package sekisho.gateway.policy;

/** What becomes of a message's attachments for one recipient. */
public enum Attachments {
    /** Taken out; the recipient gets a link. */
    LINK,
    /** The recipient gets the message unchanged. */
    PASS,
    /** The message is not accepted. */
    REFUSE
}
