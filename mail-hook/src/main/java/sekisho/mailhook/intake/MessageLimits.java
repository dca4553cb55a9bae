package sekisho.mailhook.intake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import sekisho.gateway.senders.Senders;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.smtp.SmtpLimits;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.mailhook.smtp.TextCheck;
import sekisho.mailhook.smtp.Transactions.Acceptance;
import sekisho.mailhook.smtp.Transactions.MessageIntake;

/**
 * What a message may be at a hook, for programs that aren't one and try messages out.
 *
 * @param smtp  of it the size of a message and of a line
 * @param hops  the most Received fields
 * @param split past which it is refused for its parts
 */
public record MessageLimits(SmtpLimits smtp, int hops, SplitLimits split) {

    /** Those of a hook that sets none. */
    public static MessageLimits defaults() {
        return ConfiguredLimits.defaults();
    }

    /**
     * Those of a runnable with this environment.
     *
     * @param settings the runnable's {@code application.properties}
     * @throws IOException              when it can't be read
     * @throws IllegalArgumentException when a limit in it is none, or there is no such limit; the message names it
     */
    public static MessageLimits read(Path settings) throws IOException {
        return ConfiguredLimits.read(settings);
    }

    /**
     * Whose messages a runnable with this environment takes; nobody's when that isn't set.
     *
     * @param settings as above
     * @throws IOException              when it can't be read
     * @throws IllegalArgumentException when something in it isn't what it should be; the message names it
     */
    public static Senders senders(Path settings) throws IOException {
        return ConfiguredLimits.senders(settings);
    }

    /** @param message with CRLF at the ends of its lines @return code and reason when the hook refuses it, whatever its parts are */
    public Optional<String> refusal(byte[] message) {
        return TextCheck.refusal(message, smtp, new CountedHops(hops)).map(MessageLimits::words);
    }

    /** As above, by its size alone. */
    public Optional<String> sizeRefusal(long octets) {
        return TextCheck.sizeRefusal(octets, smtp).map(MessageLimits::words);
    }

    private static String words(SmtpReply reply) {
        return reply.enhanced() + " " + String.join(" ", reply.lines());
    }

    /** Looks for loops and keeps nothing. */
    private static final class CountedHops implements MessageIntake {

        private final HopCounter counter = new HopCounter();
        private final int most;

        CountedHops(int most) {
            this.most = most;
        }

        @Override
        public void feed(byte[] buffer, int offset, int length) throws IOException {
            counter.feed(buffer, offset, length);
            counter.requireAtMost(most);
        }

        @Override
        public SmtpReply finish(Acceptance acceptance) {
            throw new IllegalStateException("a message that is tried is never taken");
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
