package sekisho.mailhook.mime;

/** What becomes of a message that is attached to another (message/rfc822, message/global). */
public enum Forwarded {
    /** It is taken out as one file, {@code .eml}. */
    WHOLE,
    /**
     * It stays, and what is attached to it is taken out of it. Whole goes nevertheless what can't be cut: a message that is signed
     * or encrypted, one in a transfer encoding (RFC 2046 §5.2.1 forbids those), one that is an alternative of a text, and one whose header has no end.
     */
    INSIDE
}
