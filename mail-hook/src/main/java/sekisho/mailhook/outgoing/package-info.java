/**
 * From the gateway's outbox to the next hop of its destination: each copy is put together from its spool while it is sent. Read
 * {@link sekisho.mailhook.outgoing.OutboxWorker} first.
 */
@NullMarked
package sekisho.mailhook.outgoing;

import org.jspecify.annotations.NullMarked;
