package sekisho.gateway.policy;

import java.time.Duration;

/**
 * What one recipient of one message gets.
 *
 * @param hold      how long the message waits before release; zero is no hold
 * @param expires   how long the link stays open, counted from release
 * @param downloads how often this recipient may download each file
 * @param notice    whether the sender is told that the message is held
 * @param rule      the rule that decided, {@code built-in} when none matched
 */
public record Decision(Attachments attachments, Duration hold, Duration expires, int downloads, boolean notice, String rule) {
}
