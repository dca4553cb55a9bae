package sekisho.mailhook.outgoing;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import sekisho.mailhook.mime.Language;
import sekisho.mailhook.mime.rewrite.LinkBlock;
import sekisho.mailhook.mime.rewrite.PlacedBlock;

/** What a sender typed in the portal, with a link block, as the two alternatives of a mail. */
record PortalText(String text, String html) {

    static PortalText of(String message, LinkBlock block, Language language) {
        var lines = message.replace("\r\n", "\n").replace('\r', '\n').lines().collect(Collectors.joining("\r\n")) + (message.isEmpty() ? "" : "\r\n");
        var body = "<!DOCTYPE html>\r\n<html" + lang(language) + ">\r\n<head>\r\n<meta charset=\"utf-8\">\r\n<meta name=\"viewport\" content=\"width=device-width\">\r\n"
            + "</head>\r\n<body>\r\n" + written(message) + "\r\n</body>\r\n</html>\r\n";
        return new PortalText(placed(lines, block, false), placed(body, block, true));
    }

    private static String lang(Language language) {
        return switch (language) {
            case JAPANESE -> " lang=\"ja\"";
            case ENGLISH -> " lang=\"en\"";
            case BOTH -> "";
        };
    }

    private static String placed(String text, LinkBlock block, boolean html) {
        return new String(PlacedBlock.in(text.getBytes(StandardCharsets.UTF_8), block, html), StandardCharsets.UTF_8);
    }

    private static String written(String message) {
        var text = message.replace("\r\n", "\n").replace('\r', '\n').replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
        return "<div style=\"font-family:-apple-system,'Segoe UI','Hiragino Sans','Yu Gothic UI',Meiryo,Arial,sans-serif;font-size:14px;line-height:1.7\">"
            + text.lines().map(line -> line.replace("  ", "&nbsp; ")).collect(Collectors.joining("<br>\r\n")) + "</div>";
    }
}
