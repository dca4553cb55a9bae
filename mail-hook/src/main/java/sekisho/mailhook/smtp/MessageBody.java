package sekisho.mailhook.smtp;

import java.io.IOException;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.smtp.Transactions.MessageIntake;

/**
 * The message being received. The first refusal, by size, by the text itself or by the intake, stands; from then on octets are counted and
 * forgotten, but still read: stopping in the middle would turn the rest of the message into commands.
 */
final class MessageBody implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MessageBody.class.getName());
    /** Read and forgotten beyond one more message of the largest size, so that a small limit does not cut off a client in mid-sentence. */
    private static final int ROOM_OCTETS = 1 << 16;
    static final SmtpReply TROUBLE = new SmtpReply(451, "4.3.0", "local trouble, try again later");

    private final String session;
    private final long limitOctets;
    private @Nullable MessageIntake intake;
    private @Nullable SmtpReply refusal;
    private long octets;
    private long forgotten;

    MessageBody(String session, long limitOctets, MessageIntake intake) {
        this.session = session;
        this.limitOctets = limitOctets;
        this.intake = intake;
    }

    /** A body that is refused before it comes. */
    MessageBody(String session, long limitOctets, SmtpReply refusal) {
        this.session = session;
        this.limitOctets = limitOctets;
        this.refusal = refusal;
    }

    static SmtpReply tooLarge(long limitOctets) {
        return new SmtpReply(552, "5.3.4", "message larger than " + limitOctets + " octets");
    }

    void accept(byte[] buffer, int offset, int length) throws SessionEndedException {
        if (length == 0) {
            return;
        }
        MessageIntake open = intake;
        if (open == null) {
            forget(length);
            return;
        }
        if (octets + length > limitOctets) {
            refuse(tooLarge(limitOctets));
            forget(length);
            return;
        }
        octets += length;
        try {
            open.feed(buffer, offset, length);
        } catch (IOException | RuntimeException e) {
            refuse(replyTo(e));
        }
    }

    /** What is handed on isn't what the client sent. */
    void converted() {
        MessageIntake open = intake;
        if (open != null) {
            open.converted();
        }
    }

    /** Refuses, unless that was done before, and frees what the intake holds. */
    void refuse(SmtpReply reply) {
        if (refusal == null) {
            refusal = told(reply);
        }
        close();
    }

    private SmtpReply told(SmtpReply reply) {
        return intake == null ? reply : intake.refused(reply);
    }

    /** Whether so many more octets would be too many, even to be read and forgotten. */
    boolean isBeyondReading(long more) {
        return more > limitOctets - octets && more > limitOctets + ROOM_OCTETS - forgotten;
    }

    @Nullable SmtpReply refusal() {
        return refusal;
    }

    long octets() {
        return octets;
    }

    /** The message is complete: the answer to give. */
    SmtpReply finish(Transactions.Acceptance acceptance) {
        MessageIntake open = intake;
        if (refusal == null && open != null) {
            try {
                return open.finish(acceptance);
            } catch (IOException | RuntimeException e) {
                refusal = told(replyTo(e));
            } finally {
                close();
            }
        }
        return refusal == null ? TROUBLE : refusal;
    }

    @Override
    public void close() {
        MessageIntake open = intake;
        intake = null;
        if (open != null) {
            try {
                open.close();
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "session " + session + ": the intake could not be closed", e);
            }
        }
    }

    private SmtpReply replyTo(Exception e) {
        return reply(session, e);
    }

    /** The reply to what {@link Transactions} threw. */
    static SmtpReply reply(String session, Exception e) {
        if (e instanceof RefusedException refused) {
            return refused.reply();
        }
        LOG.log(Level.ERROR, "session " + session + ": answered 451", e);
        return TROUBLE;
    }

    private void forget(int length) throws SessionEndedException {
        forgotten += length;
        if (forgotten > limitOctets + ROOM_OCTETS) {
            throw new SessionEndedException(refusal == null ? TROUBLE : refusal);
        }
    }
}
