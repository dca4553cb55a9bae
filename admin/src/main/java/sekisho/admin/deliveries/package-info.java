/**
 * What a responder does: finds a delivery, sees who got which octets, shuts it. Read {@link sekisho.admin.deliveries.DeliveryPages}
 * first.
 */
@NullMarked
package sekisho.admin.deliveries;

import org.jspecify.annotations.NullMarked;
