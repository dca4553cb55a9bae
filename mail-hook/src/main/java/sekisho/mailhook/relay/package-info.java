/**
 * The way out: passes a message to the next hop with an envelope and octets of our own, says for each recipient what became of it, and composes the
 * mail that the gateway itself writes (reports and notices).
 *
 * <p>Read {@link sekisho.mailhook.relay.Destination} first, then {@link sekisho.mailhook.relay.RelayResult}. Underneath is Jakarta Mail's SMTP
 * transport for connecting, TLS and AUTH; commands and text are ours, since it can't say ORCPT or NOTIFY for each recipient, drops header fields
 * and stuffs dots into BDAT chunks.
 */
@NullMarked
package sekisho.mailhook.relay;

import org.jspecify.annotations.NullMarked;
