package sekisho.gateway.policy;

/** What becomes of a message that is attached to another one. */
public enum Forwarded {
    /** It is one file. */
    WHOLE,
    /** It stays, and the attachments in it are taken out. */
    INSIDE
}
