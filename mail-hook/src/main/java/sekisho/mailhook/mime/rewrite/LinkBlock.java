package sekisho.mailhook.mime.rewrite;

import org.jspecify.annotations.Nullable;

/**
 * What is put at the top of a message in place of its attachments, in the forms that a text may need. Composed by
 * {@link LinkBlockComposer}.
 *
 * @param text    lines ending in CRLF, with an empty line at the end; no line ends in a space
 * @param ascii   the same in plain ASCII, for texts in a charset that we don't know
 * @param html    one element, without html or body around it, and a line end
 * @param english for English texts in a charset that can't say the Japanese of {@code text}, so that they need not be raised; else null
 */
public record LinkBlock(String text, String ascii, String html, @Nullable String english) {

    public LinkBlock(String text, String ascii, String html) {
        this(text, ascii, html, null);
    }

    public LinkBlock {
        if (!text.endsWith("\r\n") || !ascii.endsWith("\r\n") || !html.endsWith("\r\n") || ascii.chars().anyMatch(c -> c > 126)) {
            throw new IllegalArgumentException("a link block is made of whole lines, and its ASCII form of ASCII");
        }
    }
}
