package sekisho.gateway.policy;

/** Why a message is not accepted. */
public enum Objection {
    /** The recipient may get no attachments. */
    ATTACHMENTS,
    /** An attachment, or a part that stays in the message, carries malware. */
    INFECTED,
    /** A part that stays in the message is beyond what the scanner takes, and nobody gets it unread. */
    UNSCANNED,
    /** An attachment, or something in one, asks for a password. */
    PASSWORD_PROTECTED,
    /** It can't be told whether an attachment asks for a password. */
    UNKNOWN_PROTECTION,
    /** The message is signed. */
    SIGNED,
    /** The message is encrypted. */
    ENCRYPTED
}
