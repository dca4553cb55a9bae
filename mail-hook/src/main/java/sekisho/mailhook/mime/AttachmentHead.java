package sekisho.mailhook.mime;

/**
 * What is known when an attachment begins. Its final name and type come with the {@link Layout}: a file in a winmail.dat is named behind
 * its octets.
 *
 * @param index     counts from 0 in stream order, withdrawn ones included
 * @param type      the declared media type in lower case, or {@code application/octet-stream}
 * @param name      safe to show, not yet unique in the message
 * @param undecided whether it may still be withdrawn: a winmail.dat and each file in it, an image that the HTML body may turn out to show, a part of a
 *                  report or an invitation, a long text, or a part of what may turn out to be a signed message
 * @param late      whether it had better be read for malware when it is decided: others are found inside it, or it may well be forgotten. Many of these
 *                  may be open at one time, of the others one only
 */
public record AttachmentHead(int index, String type, String name, boolean undecided, boolean late) {
}
