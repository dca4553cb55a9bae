package sekisho.mailhook.mime.block;

import java.util.stream.Collectors;

import sekisho.mailhook.mime.Language;
import sekisho.mailhook.mime.block.Template.Piece;
import sekisho.mailhook.mime.rewrite.LinkBlock;
import sekisho.mailhook.mime.rewrite.Place;

/**
 * Composes the block that tells a recipient where the attachments are. Names and company come from outside: they are cleaned for text and
 * escaped for HTML, whatever the template says.
 */
public final class LinkBlockComposer {

    private LinkBlockComposer() {
    }

    /** @param language of the message */
    public static LinkBlock compose(LinkTemplates templates, LinkNotice notice, Language language, Place place) {
        var words = new Words(notice);
        return new LinkBlock(text(templates.text(language), words), ascii(text(templates.text(Language.ENGLISH), words)),
                html(templates.html(language), words), place);
    }

    private static String text(Template template, Words words) {
        String filled = template.filled((value, indent) -> value.placeholder() == Placeholder.FILES
                ? words.files(value.language()).stream().map(LinkBlockComposer::line).collect(Collectors.joining("\n" + indent))
                : value(value, words));
        return filled.lines().map(String::stripTrailing).collect(Collectors.joining("\r\n")).replaceAll("^(?:\r\n)+|(?:\r\n)+$", "") + "\r\n";
    }

    private static String line(Words.Line file) {
        return file.size().isEmpty() ? file.name() : file.name() + " (" + file.size() + ")";
    }

    private static String html(Template template, Words words) {
        String filled = template.filled((value, _) -> value.placeholder() == Placeholder.FILES
                ? words.files(value.language()).stream().map(LinkBlockComposer::row).collect(Collectors.joining("\n"))
                : escaped(value(value, words)));
        return filled.strip().lines().collect(Collectors.joining("\r\n")) + "\r\n";
    }

    private static String row(Words.Line file) {
        String size = file.size().isEmpty() ? "" : " <span style=\"padding-left:6px;color:#5b6875;font-size:12px;white-space:nowrap\">" + escaped(file.size()) + "</span>";
        return "<div style=\"margin:0;padding:2px 0;overflow-wrap:anywhere;word-break:break-word\">" + escaped(file.name()) + size + "</div>";
    }

    private static String value(Piece.Value value, Words words) {
        return switch (value.placeholder()) {
            case SENDER_COMPANY -> words.company();
            case FILES -> throw new IllegalArgumentException("a list of files is not one line");
            case FILE_COUNT -> words.count(value.language());
            case LINK -> words.link();
            case CLOSES -> words.closes(value.language());
            case RECIPIENT -> words.recipient();
        };
    }

    private static String ascii(String text) {
        var kept = new StringBuilder(text.length());
        text.codePoints().forEach(c -> kept.append(c == '•' ? '*' : c < 127 ? (char) c : '_'));
        return kept.toString();
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
    }
}
