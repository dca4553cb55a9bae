package sekisho.mailhook.mime;

/**
 * A part that isn't text and stays in the message, or one inside an opaque signed message that stays.
 *
 * @param file whether it is a file inside something signed; the others are images that the HTML shows, invitations, parts of reports,
 *             signatures, and what is encrypted
 * @param covered whether it stays in something else that is scanned as well, and whole: an attachment, or a message that is returned
 */
public record Staying(AttachmentFact fact, boolean file, boolean covered) {
}
