/**
 * What a sender sees of their deliveries, and stops. Read {@link sekisho.web.sent.SentPages} first.
 */
@NullMarked
package sekisho.web.sent;

import org.jspecify.annotations.NullMarked;
