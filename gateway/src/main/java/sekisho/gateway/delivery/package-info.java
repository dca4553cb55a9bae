/**
 * Accepting a message with its attachments and recipients, and showing it. Read {@link sekisho.gateway.delivery.Deliveries} first.
 */
@NullMarked
package sekisho.gateway.delivery;

import org.jspecify.annotations.NullMarked;
