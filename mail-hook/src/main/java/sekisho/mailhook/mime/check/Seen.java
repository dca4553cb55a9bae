package sekisho.mailhook.mime.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jsoup.Jsoup;
import org.jspecify.annotations.Nullable;

/**
 * A part as some reader takes it.
 *
 * @param type     in lower case
 * @param encoding transfer encoding as the header names it, in lower case; empty without a field
 * @param raw      the body as it stands; null for a multipart
 * @param text     what a text says, decoded; else null
 */
record Seen(String type, String encoding, byte @Nullable [] raw, @Nullable String text, List<Seen> children) {

    static Seen multipart(String type, List<Seen> children) {
        return new Seen(type.toLowerCase(Locale.ROOT), "", null, null, children);
    }

    /** How often a reader sees {@code url}, whichever alternative is shown; what differs between alternatives is told. */
    int shown(String url, List<String> violations) {
        if (text != null && (type.equals("text/plain") || type.equals("text/html"))) {
            return occurrences(visible(), url);
        }
        if (!type.equals("multipart/alternative")) {
            return children.stream().mapToInt(child -> child.shown(url, violations)).sum();
        }
        int most = children.stream().mapToInt(child -> child.shown(url, violations)).max().orElse(0);
        for (Seen child : children) {
            int times = child.shown(url, new ArrayList<>());
            if (most > 0 && child.isText() && times != 1) {
                violations.add("one alternative shows the link, another (" + child.type + ") " + (times == 0 ? "doesn't" : "more than once"));
            }
        }
        return most;
    }

    private boolean isText() {
        return text != null || children.stream().anyMatch(Seen::isText);
    }

    String visible() {
        String all = text == null ? "" : text;
        return type.equals("text/html") ? Jsoup.parse(all).body().text() : all;
    }

    List<Seen> leaves() {
        return children.isEmpty() ? List.of(this) : children.stream().flatMap(child -> child.leaves().stream()).toList();
    }

    static int occurrences(String text, String part) {
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }
}
