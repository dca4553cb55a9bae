package sekisho.demo.mailbox;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes the pages. Everything that comes from a message goes through {@link #escape}. */
final class MailboxHtml {
    private static final Pattern LINK = Pattern.compile("https?://[^\\s<>\"'\\p{Cntrl}（）「」『』、。]+");
    /** In the zone that the demo's pages and mails show. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss zzz", Locale.ENGLISH).withZone(ZoneId.of("Asia/Tokyo"));
    private static final List<String> SHOWN_FIELDS = List.of("from", "to", "cc", "subject", "date", "auto-submitted");

    private final boolean japanese;

    MailboxHtml(Locale language) {
        this.japanese = language.equals(Locale.JAPANESE);
    }

    private String word(String inEnglish, String inJapanese) {
        return japanese ? inJapanese : inEnglish;
    }

    String list(List<StoredMessage> newestFirst, String recipient) {
        Map<String, Integer> recipients = new TreeMap<>();
        newestFirst.forEach(message -> message.to().forEach(to -> recipients.merge(to, 1, Integer::sum)));
        StringBuilder page = new StringBuilder("<h1>").append(word("Demo mailbox", "デモ用メールボックス")).append("</h1>\n<p class=\"quiet\">")
                .append(word("Everything the gateway has sent to the outside world, newest first.", "ゲートウェイが外へ送ったメールです（新しい順）。"))
                .append("</p>\n<p><a class=\"again\" href=\"").append(escape(list(recipient))).append("\">")
                .append(word("Look for new mail", "新着メールを確認")).append("</a></p>\n<nav aria-label=\"")
                .append(word("Recipients", "宛先")).append("\">").append(chip("", word("All", "すべて"), newestFirst.size(), recipient));
        recipients.forEach((to, count) -> page.append(chip(to, to, count, recipient)));
        page.append("</nav>\n");
        List<StoredMessage> shown = newestFirst.stream().filter(message -> recipient.isEmpty() || message.to().contains(recipient)).toList();
        if (shown.isEmpty()) {
            page.append("<p class=\"empty\">").append(word("Nothing has arrived yet.", "まだ何も届いていません。")).append("</p>\n");
        } else {
            page.append("<ol class=\"messages\">\n");
            shown.forEach(message -> page.append(row(message)));
            page.append("</ol>\n<form method=\"post\" action=\"/clear\"><button>").append(word("Delete all", "すべて削除")).append("</button></form>\n");
        }
        return page(word("Demo mailbox", "デモ用メールボックス"), page.toString());
    }

    /** Where the list is of what arrived for one address, or for all. */
    private static String list(String to) {
        return to.isEmpty() ? "/" : "/?to=" + URLEncoder.encode(to, StandardCharsets.UTF_8);
    }

    private static String chip(String to, String label, int count, String chosen) {
        return "<a class=\"chip\" href=\"" + escape(list(to)) + "\"" + (to.equals(chosen) ? " aria-current=\"page\"" : "") + ">"
                + escape(label) + " <span>" + count + "</span></a>\n";
    }

    private String row(StoredMessage message) {
        return "<li><a href=\"/m/" + message.id() + "\"><strong>" + escape(message.subject().isEmpty() ? noSubject() : message.subject())
                + "</strong><span class=\"to\">" + escape(String.join(", ", message.to())) + "</span><span class=\"quiet\">"
                + escape(message.from().isEmpty() ? "<>" : message.from()) + " · <time>" + TIME.format(message.arrived()) + "</time></span></a></li>\n";
    }

    private String noSubject() {
        return word("(no subject)", "（件名なし）");
    }

    String message(StoredMessage message, MessageText text) {
        String title = message.subject().isEmpty() ? noSubject() : message.subject();
        StringBuilder page = new StringBuilder("<p><a href=\"/\">← ").append(word("All messages", "一覧へ")).append("</a></p>\n<h1>").append(escape(title))
                .append("</h1>\n<dl>\n").append(line(word("Envelope from", "エンベロープ送信者"), "<" + message.from() + ">"))
                .append(line(word("Envelope to", "エンベロープ宛先"), String.join(", ", message.to())));
        text.fields().stream().filter(field -> SHOWN_FIELDS.contains(field.name().toLowerCase(Locale.ROOT)))
                .forEach(field -> page.append(line(field.name(), field.value())));
        page.append("</dl>\n<pre class=\"body\">").append(linked(text.body())).append("</pre>\n<details><summary>").append(word("Parts", "構成"))
                .append("</summary><pre>").append(escape(String.join("\n", text.parts()))).append("</pre></details>\n<details><summary>")
                .append(word("All header fields", "すべてのヘッダー")).append("</summary><dl>\n");
        text.fields().forEach(field -> page.append(line(field.name(), field.value())));
        page.append("</dl></details>\n<p><a href=\"/messages/").append(message.id()).append("/raw\">")
                .append(word("Download source", "ソースをダウンロード")).append("</a> <span class=\"quiet\">").append(message.octets())
                .append(word(" bytes", " バイト")).append("</span></p>\n");
        return page(title, page.toString());
    }

    private static String line(String name, String value) {
        return "<dt>" + escape(name) + "</dt><dd>" + escape(value) + "</dd>\n";
    }

    /** Text with its http and https addresses as links, and no others. */
    static String linked(String text) {
        StringBuilder html = new StringBuilder();
        Matcher matcher = LINK.matcher(text);
        int done = 0;
        while (matcher.find()) {
            String address = matcher.group().replaceFirst("[.,;:!?)\\]]+$", "");
            html.append(escape(text.substring(done, matcher.start()))).append("<a rel=\"noreferrer noopener\" href=\"").append(escape(address)).append("\">")
                    .append(escape(address)).append("</a>");
            done = matcher.start() + address.length();
        }
        return html.append(escape(text.substring(done))).toString();
    }

    static String escape(String text) {
        StringBuilder html = new StringBuilder(text.length() + 16);
        text.chars().forEach(c -> {
            switch (c) {
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '&' -> html.append("&amp;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                case '\n', '\t' -> html.append((char) c);
                default -> {
                    if (c >= ' ' && c != 127) {
                        html.append((char) c);
                    }
                }
            }
        });
        return html.toString();
    }

    private String page(String title, String body) {
        return "<!doctype html>\n<html lang=\"" + word("en", "ja") + "\"><head><meta charset=\"utf-8\"><title>" + escape(title)
                + "</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                + "<link rel=\"stylesheet\" href=\"/style.css\"></head>\n<body><main>\n" + body + "</main></body></html>\n";
    }
}
