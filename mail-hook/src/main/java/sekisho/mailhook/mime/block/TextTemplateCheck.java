package sekisho.mailhook.mime.block;

import java.util.List;

import sekisho.mailhook.mime.block.Template.Piece;

/** What a plain text template must be, beyond its placeholders: it says the link, once, where every reader finds its end. */
final class TextTemplateCheck {

    private TextTemplateCheck() {
    }

    static void check(String file, Template template) {
        List<Piece.Value> links = template.values(Placeholder.LINK);
        if (links.isEmpty()) {
            throw new FaultyTemplateException(file, 1, "there is no {link}; without it nobody gets the files");
        }
        if (links.size() > 1) {
            throw new FaultyTemplateException(file, links.get(1).line(), "a second {link}; one is enough, and more look like advertising");
        }
        List<Piece> pieces = template.pieces();
        for (int i = 0; i < pieces.size(); i++) {
            if (pieces.get(i) instanceof Piece.Value value && (value.placeholder() == Placeholder.LINK || value.placeholder() == Placeholder.FILES)) {
                String before = i > 0 && pieces.get(i - 1) instanceof Piece.Literal(String text) ? text : "x";
                String after = i + 1 < pieces.size() && pieces.get(i + 1) instanceof Piece.Literal(String text) ? text : "x";
                boolean alone = before.substring(before.lastIndexOf('\n') + 1).matches("[ \\t*・-]*") && (before.contains("\n") || i == 1)
                        && after.split("\n", 2)[0].isBlank() && (after.contains("\n") || i + 2 >= pieces.size());
                if (!alone) {
                    throw new FaultyTemplateException(file, value.line(), "{" + value.placeholder().written() + "} stands on a line of its own");
                }
            }
        }
    }
}
