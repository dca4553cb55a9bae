package sekisho.mailhook.mime.rewrite;

/** Where in a text the link block stands. */
public enum Place {
    /** Above everything. */
    TOP,
    /** Below everything, what is quoted included. */
    BOTTOM,
    /** Above the sender's signature: the line {@code "-- "} (RFC 3676 §4.3) or what mail programs mark as one. A text without one gets it on top. */
    BEFORE_SIGNATURE
}
