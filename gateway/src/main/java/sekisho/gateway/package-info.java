/**
 * The domain: deliveries, hold, grants, revocation, policy, people, audit and outbox. Speaks neither HTTP nor SMTP; adapters get
 * records, never entities. Start with {@link sekisho.gateway.delivery.Deliveries}.
 */
@NullMarked
package sekisho.gateway;

import org.jspecify.annotations.NullMarked;
