package sekisho.mailhook.smtp;

import java.io.IOException;

/** Says no to a command or to a message with a reply of its own, where any other {@link IOException} means 451 4.3.0. */
public final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;
    private final transient SmtpReply reply;

    /** @param reply 4xx or 5xx */
    public RefusedException(SmtpReply reply) {
        super(reply.oneLine());
        if (reply.isPositive()) {
            throw new IllegalArgumentException("a refusal is 4xx or 5xx, not " + reply.code());
        }
        this.reply = reply;
    }

    public SmtpReply reply() {
        return reply;
    }
}
