/** Who may send through this gateway, the same by mail and by the portal. Read {@link sekisho.gateway.senders.Senders} first. */
@NullMarked
package sekisho.gateway.senders;

import org.jspecify.annotations.NullMarked;
