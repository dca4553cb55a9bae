package sekisho.mailhook.smtp;

import java.io.IOException;

/** Ends the session after one last reply. */
final class SessionEndedException extends IOException {
    private static final long serialVersionUID = 1;
    private final transient SmtpReply reply;

    SessionEndedException(SmtpReply reply) {
        super(reply.oneLine());
        this.reply = reply;
    }

    SmtpReply reply() {
        return reply;
    }
}
