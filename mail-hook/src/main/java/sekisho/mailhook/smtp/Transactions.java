package sekisho.mailhook.smtp;

import java.io.IOException;

/**
 * What stands behind the listener: decides about senders and recipients and stores messages. One for each listener; called on the session's own
 * virtual thread, so it may block, and by many sessions at once. An exception that isn't declared is answered 451 4.3.0.
 */
public interface Transactions {
    /** Decides about MAIL; the listener has checked syntax, SIZE and that the client is trusted. */
    SmtpReply mail(Client client, ReversePath from, MailParameters parameters);

    /** A message was refused at MAIL by the listener, for the size that it was said to have; it is never begun. */
    default void refused(SmtpReply reply) {
        // nobody needs to know
    }

    /** Decides about one RCPT. {@code soFar} holds what was accepted before. */
    SmtpReply rcpt(Client client, Envelope soFar, Recipient to);

    /**
     * Opens the intake of one message, before 354 or at the first BDAT.
     *
     * @throws RefusedException the reply to give instead
     * @throws IOException      answered 451 4.3.0
     */
    MessageIntake begin(Client client, Envelope envelope) throws IOException;

    /** What a listener that stops knows of a message: whether its client will still hear the answer. */
    @FunctionalInterface
    interface Acceptance {
        /** @throws RefusedException the session was given up: the message mustn't be accepted, for its client will send it again */
        void begin() throws RefusedException;
    }

    /**
     * Takes the octets of one message. Used by one thread at a time. After {@code feed} or {@code finish} has thrown, only {@code close} is called;
     * the listener reads the rest of the message and forgets it, then gives the refusal.
     */
    interface MessageIntake extends AutoCloseable {
        /**
         * The next octets, dots unstuffed. From DATA every line ends in CRLF; from BDAT the octets are as the client sent them, lone CR and LF
         * included, and the last line may have no end (the relay makes both canonical). With {@code BINARY_MIME} they may be anything.
         *
         * @param buffer is used again after the call
         * @throws RefusedException the reply to give at the end of the message
         * @throws IOException      answered 451 4.3.0 at the end of the message
         */
        void feed(byte[] buffer, int offset, int length) throws IOException;

        /**
         * What is fed is no longer octet for octet what the client sent: a line end was put right, or a binary part encoded. So no signature over
         * the whole fits any more. Called before {@code finish}, if at all, and perhaps often.
         */
        default void converted() {
            // nobody needs to know
        }

        /**
         * The message is complete. A 2xx reply takes responsibility for it: everything must be durable by then.
         *
         * @param acceptance asked once, right before what makes the message ours
         */
        SmtpReply finish(Acceptance acceptance) throws IOException;

        /**
         * The message will be answered so, for what {@code feed} or {@code finish} threw or for what the listener found. Called once at most.
         *
         * @return what is said: the same code, perhaps with more words
         */
        default SmtpReply refused(SmtpReply reply) {
            return reply;
        }

        /** Without a {@code finish()} that returned: nothing stays. Called exactly once. */
        @Override
        void close();
    }
}
