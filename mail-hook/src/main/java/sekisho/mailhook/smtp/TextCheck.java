package sekisho.mailhook.smtp;

import java.util.Optional;
import sekisho.mailhook.smtp.SmtpSettings.BareNewlines;
import sekisho.mailhook.smtp.Transactions.MessageIntake;

/** What a listener that repairs no line ends says to a message while it arrives; for tools that try messages out. */
public final class TextCheck {

    private TextCheck() {
    }

    /**
     * @param message with the line ends that a client sends
     * @param intake  is fed with it, and never finished
     * @return the refusal, by the rules for text or by what {@code intake} throws, whatever the message's parts are
     */
    public static Optional<SmtpReply> refusal(byte[] message, SmtpLimits limits, MessageIntake intake) {
        try (var body = new MessageBody("none", limits.messageOctets(), intake)) {
            var lines = new TextLines(body, BareNewlines.REFUSE, limits.textLineOctets());
            try {
                lines.chunk(message, 0, message.length);
                lines.chunksEnded();
            } catch (SessionEndedException tooLargeToReadOn) {
                return sizeRefusal(message.length, limits);
            }
            return Optional.ofNullable(body.refusal());
        }
    }

    /** As above, of a message that nobody has in memory. */
    public static Optional<SmtpReply> sizeRefusal(long messageOctets, SmtpLimits limits) {
        return messageOctets > limits.messageOctets() ? Optional.of(MessageBody.tooLarge(limits.messageOctets())) : Optional.empty();
    }
}
