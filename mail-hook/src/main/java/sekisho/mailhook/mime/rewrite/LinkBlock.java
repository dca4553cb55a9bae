package sekisho.mailhook.mime.rewrite;

/**
 * What is put into a message in place of its attachments, in the forms that a text may need. Composed by
 * {@code sekisho.mailhook.mime.block.LinkBlockComposer}.
 *
 * @param text  lines ending in CRLF, none of them empty at the beginning or the end; no line ends in a space
 * @param ascii the same in plain ASCII, for texts in a charset that we don't know
 * @param html  whole elements, without html or body around them, and a line end
 * @param place where it goes
 */
public record LinkBlock(String text, String ascii, String html, Place place) {

    /** On top. */
    public LinkBlock(String text, String ascii, String html) {
        this(text, ascii, html, Place.TOP);
    }

    public LinkBlock {
        if (!text.endsWith("\r\n") || !ascii.endsWith("\r\n") || !html.endsWith("\r\n") || ascii.chars().anyMatch(c -> c > 126)) {
            throw new IllegalArgumentException("a link block is made of whole lines, and its ASCII form of ASCII");
        }
    }
}
