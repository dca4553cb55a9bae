package sekisho.gateway.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * What one recipient of one message gets.
 *
 * @param attachments  {@code LINK} only when there are some, or for the message itself; {@code REFUSE} only together with an objection
 * @param whole        whether the link is for the message itself, as one file, and for none of its attachments
 * @param objection    why the message is not accepted at all; empty when it is
 * @param hold         how long the message waits before release; zero is no hold
 * @param untilScanned whether it waits, besides, until every attachment has been scanned
 * @param notYet       whether the message can't be taken before the scanner has read what stays in it: only files can be held for that
 * @param expires      how long the link stays open, counted from release
 * @param downloads    how often this recipient may download each file
 * @param notice       whether the sender is told that the message is held
 * @param warn         whether the sender is told that the message looks like a password that nobody needs
 * @param names        what the link block says of the files; empty: what it is set up to say
 * @param rule         the rule that decided, {@code built-in} when none matched
 */
public record Decision(Attachments attachments, boolean whole, Optional<Objection> objection, Duration hold, boolean untilScanned, boolean notYet, Duration expires,
        int downloads, boolean notice, boolean warn, Optional<Names> names, String rule) {

    /** Whether the message doesn't go to this recipient at once. */
    public boolean held() {
        return hold.isPositive() || untilScanned;
    }
}
