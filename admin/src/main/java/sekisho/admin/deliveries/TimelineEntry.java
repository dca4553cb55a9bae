package sekisho.admin.deliveries;

import java.time.Instant;

/**
 * One event in words.
 *
 * @param kind class of its mark: {@code bad} for what exposed or refused, {@code good} for what shut, else empty
 * @param type its stable name in the log
 */
record TimelineEntry(Instant at, String kind, String text, String actor, String type) {
}
