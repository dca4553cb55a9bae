/**
 * From the listener into the gateway: what arrives by SMTP is split, sealed and accepted in one go. Read
 * {@link sekisho.mailhook.intake.MailHook} first, then {@link sekisho.mailhook.intake.HookTransactions}.
 */
@NullMarked
package sekisho.mailhook.intake;

import org.jspecify.annotations.NullMarked;
