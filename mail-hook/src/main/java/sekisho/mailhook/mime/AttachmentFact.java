package sekisho.mailhook.mime;

import java.util.List;

/**
 * An attachment that was taken out.
 *
 * @param index      the one its sink was opened with
 * @param name       safe to show and to store, unique in the message
 * @param otherNames what else the header called it, as written; policy judges these too
 * @param type       declared media type in lower case
 * @param octets     decoded size
 */
public record AttachmentFact(int index, String name, List<String> otherNames, String type, long octets) {
    public AttachmentFact {
        otherNames = List.copyOf(otherNames);
    }
}
