package sekisho.admin.deliveries;

import java.time.Instant;

/**
 * Who was refused at whose link, all attempts for the same reason in one.
 *
 * @param times how often, as far as it is written by now: what follows within a minute is written after it
 */
record RefusedEntry(String actor, String recipient, String reason, long times, Instant first, Instant last) {
}
