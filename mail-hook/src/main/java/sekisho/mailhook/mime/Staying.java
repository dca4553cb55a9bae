package sekisho.mailhook.mime;

/**
 * A part that isn't text and stays in the message, or one inside an opaque signed message that stays.
 *
 * @param file whether it is a file: inside something signed, or an attachment in another reading; the others are images that the HTML shows, invitations, parts of reports,
 *             signatures, and what is encrypted
 * @param covered whether it stays in something else that is scanned as well, and whole: an attachment, or a message that is returned
 * @param unpacked whether only whoever unpacks a signed message, or decodes what hardly needs it, comes by it
 * @param decodedFrom index of the part that this is to readers who decode it, though it seems not to be in the encoding that it names; −1 for a part of its own
 */
public record Staying(AttachmentFact fact, boolean file, boolean covered, boolean unpacked, int decodedFrom) {

    /** Whether it is the same part as another one, in another reading. */
    public boolean isDecoded() {
        return decodedFrom >= 0;
    }
}
