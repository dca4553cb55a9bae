/**
 * The SMTP listener: accepts a message from the mail server and hands its envelope and its octets to {@link sekisho.mailhook.smtp.Transactions},
 * which decides and stores. It knows the protocol (RFC 5321 and the extensions it offers) and nothing of deliveries, policy or MIME.
 *
 * <p>Read {@link sekisho.mailhook.smtp.SmtpListener} first, then {@link sekisho.mailhook.smtp.Transactions}. What the listener promises to
 * whoever implements the latter: octets come unstuffed and in order, {@code finish()} is called only when the message is complete, and whatever
 * goes wrong in the middle ends in {@code close()} without {@code finish()}.
 */
@NullMarked
package sekisho.mailhook.smtp;

import org.jspecify.annotations.NullMarked;
