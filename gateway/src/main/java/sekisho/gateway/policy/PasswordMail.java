package sekisho.gateway.policy;

/** What becomes of a message that seems to carry the password of files sent shortly before. */
public enum PasswordMail {
    /** Nothing special. */
    PASS,
    /** It goes on, and its sender is told that no password is needed. */
    WARN,
    /** It is held as well, so that its sender can stop it. */
    HOLD
}
