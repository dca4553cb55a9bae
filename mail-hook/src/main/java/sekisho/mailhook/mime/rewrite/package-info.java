/**
 * Writes the outgoing message out of the spool: everything that isn't touched is copied octet for octet, attachments
 * are left out, the link block is spliced into the texts. Read {@link sekisho.mailhook.mime.rewrite.Rewriter} first.
 */
@NullMarked
package sekisho.mailhook.mime.rewrite;

import org.jspecify.annotations.NullMarked;
