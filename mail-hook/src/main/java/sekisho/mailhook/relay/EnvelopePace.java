package sekisho.mailhook.relay;

import java.time.Duration;

/**
 * How long the next hop may take over the envelope as a whole: each answer has the time of a command, but
 * not each of a hundred: MAIL and one of RCPT, and a little for each recipient. Times are those of
 * {@link System#nanoTime}.
 *
 * @param command    for one answer
 * @param recipients of the envelope
 * @param since      when it began
 */
record EnvelopePace(Duration command, int recipients, long since) {

    /** Of the time of a command, beside that itself: 10 s of five minutes, for hosts that delay each answer on purpose. */
    private static final int SHARE_OF_A_RECIPIENT = 30;

    /** For the next answer; zero when the time is over. */
    Duration left(long now) {
        var left = command.multipliedBy(2).plus(command.multipliedBy(recipients).dividedBy(SHARE_OF_A_RECIPIENT)).minusNanos(now - since);
        return left.isNegative() ? Duration.ZERO : left.compareTo(command) < 0 ? left : command;
    }
}
