package sekisho.mailhook.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When to try again: after {@code first}, then twice as long each time up to {@code longest}, until {@code life} has passed since the first attempt.
 */
public record RetrySchedule(Duration first, Duration longest, Duration life) {
    /** As Postfix does it: 300 s doubling to 4,000 s, for 5 days. */
    public static final RetrySchedule DEFAULT = new RetrySchedule(Duration.ofSeconds(300), Duration.ofSeconds(4000), Duration.ofDays(5));

    public RetrySchedule {
        if (!first.isPositive() || longest.compareTo(first) < 0 || life.compareTo(first) < 0) {
            throw new IllegalArgumentException("retry after " + first + " up to " + longest + " within " + life + " makes no schedule");
        }
    }

    /**
     * For how long a dead destination isn't looked at: what comes in when it is back waits for that, too, so no longer than a message's first retry, as
     * Postfix has it.
     *
     * @param probe the pause before the first look
     */
    public Duration longestSilence(Duration probe) {
        Duration silence = first.compareTo(probe) > 0 ? first : probe;
        return silence.compareTo(longest) > 0 ? longest : silence;
    }

    /**
     * @param attempts how many attempts have failed, 1 or more
     * @param firstAt  when the first was made
     * @return the next attempt, the last one at the very end of the life; empty when that has passed
     */
    public Optional<Instant> next(int attempts, Instant firstAt, Instant now) {
        if (attempts < 1) {
            throw new IllegalArgumentException("no attempt was made yet");
        }
        Instant end = firstAt.plus(life);
        if (!now.isBefore(end)) {
            return Optional.empty();
        }
        Duration pause = first;
        for (int i = 1; i < attempts && pause.compareTo(longest) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        Instant next = now.plus(pause.compareTo(longest) > 0 ? longest : pause);
        return Optional.of(next.isAfter(end) ? end : next);
    }
}
