package sekisho.mailhook.mime;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One part of a message and where it lies in the spool.
 *
 * <pre>
 *   start            header.from        body.from = header.to         body.to
 *     | CRLF --boundary CRLF | fields, empty line | body (children inside) |  (the next part's CRLF --boundary …)
 * </pre>
 *
 * Leaving out {@code start} to {@code body.to} takes the part out of its multipart without a trace.
 *
 * @param type       media type in lower case, {@code text/plain} when none is declared
 * @param start      where the boundary line before the part begins, with the line end that belongs to it
 * @param body       as it stands in the spool: empty, or cut short, for an attachment that was not kept there
 * @param attachment index of the attachment, or of the first one in it (winmail.dat); −1 for every other kind
 * @param text       for {@link PartKind#TEXT}
 * @param boundary   for a multipart
 * @param children   for a multipart, in order; for a message, the content of it, whose header follows right behind the part's; an attachment without a header among them is text between the parts
 *                   (preamble, epilogue) that looked like more than a remark
 */
public record Part(PartKind kind, String type, long start, Range header, Range body, int attachment,
                   @Nullable TextBody text, @Nullable String boundary, List<Part> children) {

    public Part {
        children = List.copyOf(children);
    }

    /** This part and all below it, in stream order. */
    public Stream<Part> walk() {
        return Stream.concat(Stream.of(this), children.stream().flatMap(Part::walk));
    }

    /** Whether anything is left of this part when the attachments are gone. */
    public boolean remains() {
        return switch (kind) {
            case ATTACHMENT, STRAY -> false;
            case MULTIPART -> children.stream().anyMatch(Part::remains);
            case TEXT, MESSAGE, TNEF, INLINE_IMAGE, CALENDAR, REPORT, SIGNED, ENCRYPTED -> true;
        };
    }
}
