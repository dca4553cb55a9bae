package sekisho.mailhook.mime.html;

import java.util.Locale;
import java.util.regex.Pattern;

/** Where an HTML text begins to quote the message that it answers, as mail programs mark it. */
public final class Quotes {

    private static final Pattern MARKS = Pattern.compile("(?:class|id)\\s*=\\s*[\"']?[^\"'>]*\\b(?:gmail_quote|moz-cite-prefix|divrplyfwdmsg|appendonsend|"
            + "yahoo_quoted|protonmail_quote|mail-editor-reference-message-container)");

    private Quotes() {
    }

    /** Whether this start tag begins a quotation. */
    public static boolean begins(String name, String attributes) {
        return name.equals("blockquote") || !attributes.isEmpty() && MARKS.matcher(attributes.toLowerCase(Locale.ROOT)).find();
    }
}
