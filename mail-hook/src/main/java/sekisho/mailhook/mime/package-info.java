/**
 * Takes the attachments out of a message while it arrives, and describes what remains so that it can be put together
 * again. Pure library code: no CDI, no database, no SMTP.
 *
 * <pre>
 *   octets of the message ──► {@link sekisho.mailhook.mime.MessageSplitter}.feed ──┬──► {@link sekisho.mailhook.mime.SplitSink}.spool    the message without attachment bodies
 *   (dot-stuffing removed)                        │                 └──► {@link sekisho.mailhook.mime.AttachmentSink}      each attachment, decoded
 *                                                 .end()
 *                                                 │
 *                        {@link sekisho.mailhook.mime.SplitResult}: Refused(code, reason), or Split({@link sekisho.mailhook.mime.Layout})
 *
 *   layout + spool + link block ──► {@link sekisho.mailhook.mime.rewrite.Rewriter} ──► octets to relay
 * </pre>
 *
 * One pass, and memory that doesn't grow with the message: what is left of a line (16 KiB), one header, and a few
 * kilobytes for each part that is open. Read {@link sekisho.mailhook.mime.MessageSplitter} first, then
 * {@link sekisho.mailhook.mime.Layout}.
 *
 * <p><b>The spool</b> holds every octet that isn't the body of an attachment, in order; with {@code keepAttachments} it
 * is the whole message. Offsets in the layout are offsets in the spool. <b>Undecided parts</b> (an image that the HTML
 * behind it may show; a {@code winmail.dat} and what is in it; everything inside a multipart/signed or multipart/encrypted until its shape is proved) go to the
 * spool and to an attachment sink, which hears {@code finish}, {@code stay} or {@code withdraw} by the end of the message at the latest.
 *
 * <p><b>What stays is looked at</b> like what is taken out, only by nobody but the scanner and policy: {@link sekisho.mailhook.mime.MessageSplitter#staying()}
 * tells of it. An opaque signed message is split once more for that, inside of itself.
 *
 * <p><b>More than one attachment in a part.</b> Files that stand in a text (uuencode, yEnc, BinHex) are cut out of it, and those in a
 * {@code winmail.dat} come out under their own names ({@link sekisho.mailhook.mime.tnef}). A message attached to another is taken whole
 * or stripped where it is, as {@link sekisho.mailhook.mime.SplitRules} say.
 *
 * <p><b>Never fail open.</b> Mail readers disagree about broken messages, so every rule here errs towards taking a part
 * out, and where two readings of the structure can't both be served the message is refused (5.6.0). The table of shapes
 * is in {@code docs/mail-behaviour.md}.
 */
@NullMarked
package sekisho.mailhook.mime;

import org.jspecify.annotations.NullMarked;
