package sekisho.mailhook.mime.html;

import java.util.Locale;
import java.util.regex.Pattern;

/** Where an HTML text begins to quote the message that it answers, as mail programs mark it. */
public final class Quotes {

    /** Fixed words alone: it is looked for at each octet of a value that somebody else wrote. */
    private static final Pattern MARKS = Pattern.compile("\\b(?:gmail_quote|moz-cite-prefix|divrplyfwdmsg|appendonsend|yahoo_quoted|protonmail_quote"
            + "|mail-editor-reference-message-container)");

    private Quotes() {
    }

    /** Whether this start tag begins a quotation. */
    public static boolean begins(String name, Attributes attributes) {
        return name.equals("blockquote") || isMark(attributes.value("class")) || isMark(attributes.value("id"));
    }

    private static boolean isMark(String value) {
        return !value.isEmpty() && MARKS.matcher(value.toLowerCase(Locale.ROOT)).find();
    }
}
