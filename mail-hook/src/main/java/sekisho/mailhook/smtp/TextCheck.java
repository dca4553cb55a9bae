package sekisho.mailhook.smtp;

import java.util.Optional;
import sekisho.mailhook.smtp.SmtpSettings.BareNewlines;
import sekisho.mailhook.smtp.Transactions.MessageIntake;

/** What a listener with default settings says to the text of a message that somebody has in memory; for tools that try messages out. */
public final class TextCheck {

    private TextCheck() {
    }

    /** @param message with the line ends that a client sends @return the refusal, whatever the message's parts are */
    public static Optional<SmtpReply> refusal(byte[] message) {
        try (var body = new MessageBody("none", Math.max(1, message.length), new Forgetful())) {
            var lines = new TextLines(body, BareNewlines.REFUSE, SmtpLimits.DEFAULT.textLineOctets());
            lines.chunk(message, 0, message.length);
            lines.chunksEnded();
            return Optional.ofNullable(body.refusal());
        } catch (SessionEndedException endless) {
            throw new IllegalStateException("a message is never longer than itself", endless);
        }
    }

    private static final class Forgetful implements MessageIntake {
        @Override
        public void feed(byte[] buffer, int offset, int length) {
            // only the rules for text are asked for
        }

        @Override
        public SmtpReply finish() {
            return MessageBody.TROUBLE;   // nothing is taken
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
