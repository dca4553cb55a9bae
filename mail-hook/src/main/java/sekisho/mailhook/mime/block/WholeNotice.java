package sekisho.mailhook.mime.block;

import java.util.stream.Collectors;
import java.util.stream.Stream;

import sekisho.mailhook.mime.Language;
import sekisho.mailhook.mime.rewrite.LinkBlock;

/** What whoever gets a signed message as a file reads in its place, above the block, whatever that says; and what the file is called. */
public final class WholeNotice {

    private static final String JAPANESE = "このメールには電子署名が付いています。署名が有効なまま届くよう、メール全体を 1 つのファイルにしてあります。"
            + "ダウンロードして、メールソフトで開いてください。";
    private static final String ENGLISH = "This message is signed. So that its signature stays valid, the whole message is one file behind the link. "
            + "Download it and open it in your mail program.";

    private WholeNotice() {
    }

    /** @param language of the message */
    public static String fileName(Language language) {
        return switch (language) {
            case JAPANESE -> "署名付きメール.eml";
            case ENGLISH, BOTH -> "signed-message.eml";
        };
    }

    /** The block, and above it why there is nothing else. */
    public static LinkBlock above(LinkBlock block, Language language) {
        return new LinkBlock(lines(language).map(line -> line.words + "\r\n").collect(Collectors.joining()) + "\r\n" + block.text(),
                ENGLISH + "\r\n\r\n" + block.ascii(), lines(language).map(WholeNotice::paragraph).collect(Collectors.joining()) + block.html(), block.place());
    }

    private record Line(String language, String words) {
    }

    private static Stream<Line> lines(Language language) {
        var japanese = new Line("ja", JAPANESE);
        var english = new Line("en", ENGLISH);
        return switch (language) {
            case JAPANESE -> Stream.of(japanese);
            case ENGLISH -> Stream.of(english);
            case BOTH -> Stream.of(japanese, english);
        };
    }

    private static String paragraph(Line line) {
        return "<p lang=\"" + line.language + "\" style=\"margin:0 0 16px 0;color:#1a2733;font-family:-apple-system,'Segoe UI','Hiragino Sans','Yu Gothic UI',Meiryo,Arial,sans-serif;"
                + "font-size:14px;line-height:1.6\">" + line.words + "</p>\r\n";
    }
}
