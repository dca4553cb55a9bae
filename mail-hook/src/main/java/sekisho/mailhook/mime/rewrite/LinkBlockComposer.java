package sekisho.mailhook.mime.rewrite;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

import sekisho.mailhook.mime.Language;

/**
 * Composes the block that tells a recipient where the attachments are. The URL stands once, so that a reader who counts
 * links finds one; names and company come from outside and are cleaned for text and escaped for HTML.
 */
public final class LinkBlockComposer {

    private static final int NAMED_FILES = 20;
    private static final int MAX_TEXT = 200;
    private static final String RULE = "=".repeat(40);
    private static final DateTimeFormatter JAPANESE = DateTimeFormatter.ofPattern("y年M月d日(E) HH:mm", Locale.JAPANESE);
    private static final DateTimeFormatter ENGLISH = DateTimeFormatter.ofPattern("EEEE, d MMMM y, HH:mm z", Locale.ENGLISH);
    private static final ZoneId TOKYO = ZoneId.of("Asia/Tokyo");

    private LinkBlockComposer() {
    }

    /**
     * In Japanese and English both, since nobody knows what the recipient reads.
     *
     * @param language of the message; where its charset has no Japanese, an English one gets English alone
     */
    public static LinkBlock compose(LinkNotice notice, Language language) {
        return new LinkBlock(text(notice, true, UnaryOperator.identity()), text(notice, false, LinkBlockComposer::ascii), html(notice),
                language == Language.ENGLISH ? text(notice, false, UnaryOperator.identity()) : null);
    }

    private static String text(LinkNotice notice, boolean japanese, UnaryOperator<String> charset) {
        List<String> lines = new ArrayList<>();
        Words words = new Words(notice);
        if (japanese) {
            lines.add(words.introJapanese());
        }
        lines.add(words.introEnglish());
        lines.add("");
        lines.add(notice.url().toString());
        lines.add("");
        files(notice, japanese).forEach(file -> lines.add("- " + file));
        lines.add("");
        if (japanese) {
            lines.add(words.closesJapanese());
            lines.add(words.signInJapanese());
        }
        lines.add(words.closesEnglish());
        lines.add(words.signInEnglish());
        lines.add(RULE);
        lines.add("");
        var text = new StringBuilder();
        for (String line : lines) {
            text.append(charset.apply(line.stripTrailing())).append("\r\n");
        }
        return text.toString();
    }

    private static String html(LinkNotice notice) {
        Words words = new Words(notice);
        String url = escaped(notice.url().toString());
        var html = new StringBuilder("<div style=\"margin:0 0 16px 0;padding:12px 16px;border:1px solid #b8c4d0;"
                + "border-left:4px solid #1f5f99;background-color:#f6f9fc;color:#1a2733;font-family:sans-serif;font-size:14px;"
                + "line-height:1.6\">\r\n");
        paragraph(html, "ja", words.introJapanese());
        paragraph(html, "en", words.introEnglish());
        html.append("<p style=\"margin:0 0 8px 0\"><a href=\"").append(url).append("\" style=\"color:#1f5f99\">").append(url)
                .append("</a></p>\r\n<ul style=\"margin:0 0 8px 0;padding:0 0 0 20px\">\r\n");
        files(notice, true).forEach(file -> html.append("<li>").append(escaped(file)).append("</li>\r\n"));
        html.append("</ul>\r\n");
        paragraph(html, "ja", words.closesJapanese());
        paragraph(html, "ja", words.signInJapanese());
        paragraph(html, "en", words.closesEnglish());
        paragraph(html, "en", words.signInEnglish());
        return html.append("</div>\r\n").toString();
    }

    private static void paragraph(StringBuilder html, String language, String text) {
        html.append("<p lang=\"").append(language).append("\" style=\"margin:0 0 8px 0\">").append(escaped(text)).append("</p>\r\n");
    }

    private static List<String> files(LinkNotice notice, boolean japanese) {
        List<String> lines = new ArrayList<>();
        notice.files().stream().limit(NAMED_FILES).forEach(f -> lines.add(cleaned(f.name()) + " (" + size(f.octets()) + ")"));
        int more = notice.files().size() - lines.size();
        if (more > 0) {
            lines.add((japanese ? "ほか " + more + " 件 / " : "") + more + " more");
        }
        return lines;
    }

    static String size(long octets) {
        if (octets < 1024) {
            return octets + " B";
        }
        double value = octets / 1024.0;
        String[] units = {"KB", "MB", "GB", "TB"};
        int unit = 0;
        while (value >= 1023.95 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }

    /** One line, without control and direction-changing characters, of bounded length. */
    private static String cleaned(String text) {
        var kept = new StringBuilder();
        text.codePoints().filter(c -> {
            int type = Character.getType(c);
            return type != Character.CONTROL && type != Character.FORMAT && type != Character.LINE_SEPARATOR
                    && type != Character.PARAGRAPH_SEPARATOR && type != Character.SURROGATE;
        }).limit(MAX_TEXT).forEach(kept::appendCodePoint);
        return kept.toString().strip();
    }

    private static String ascii(String line) {
        var kept = new StringBuilder(line.length());
        line.codePoints().forEach(c -> kept.append(c == '•' ? '*' : c < 127 ? (char) c : '_'));
        return kept.toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
    }

    /** The sentences; company and address cleaned. */
    private record Words(String company, int files, ZonedDateTime closes, String address) {

        Words(LinkNotice notice) {
            this(cleaned(notice.company()), notice.files().size(), notice.closes(), cleaned(notice.maskedAddress()));
        }

        String introJapanese() {
            return company + " からの添付ファイル " + files + " 件は、次のページでお受け取りください。";
        }

        String introEnglish() {
            return (files == 1 ? "The attached file" : "The " + files + " attached files") + " from " + company
                    + " can be downloaded from this page:";
        }

        String closesJapanese() {
            return "受け取り期限: " + JAPANESE.format(closes) + (closes.getZone().equals(TOKYO) ? " (日本時間)" : " " + closes.getZone());
        }

        String closesEnglish() {
            return "Available until " + ENGLISH.format(closes) + ".";
        }

        String signInJapanese() {
            return "サインインするメールアドレス: " + address;
        }

        String signInEnglish() {
            return "Sign in as " + address + ".";
        }
    }
}
