package sekisho.mailhook.mime;

/** What a part of a message is to us. */
public enum PartKind {
    /** Text that readers show as the message; the link block may go here. */
    TEXT,
    /** Taken out. */
    ATTACHMENT,
    /** Holds other parts. */
    MULTIPART,
    /** A message inside this one that stays, without what was attached to it; its one child is its content. */
    MESSAGE,
    /** A winmail.dat with the formatting of the message and no file (MS-OXTNEF). */
    TNEF,
    /** An image that the HTML body shows. */
    INLINE_IMAGE,
    /** An invitation (RFC 5545, RFC 6047). */
    CALENDAR,
    /** A part of a delivery report or a receipt (RFC 3462). */
    REPORT,
    /** Signed as a whole, never touched (RFC 1847, RFC 8551). */
    SIGNED,
    /** A closing boundary line in the middle of a multipart; left out when the message is rewritten. */
    STRAY,
    /** Encrypted as a whole, never touched. */
    ENCRYPTED
}
