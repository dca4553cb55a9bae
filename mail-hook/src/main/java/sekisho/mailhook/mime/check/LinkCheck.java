package sekisho.mailhook.mime.check;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jsoup.Jsoup;

import sekisho.mailhook.mime.Layout;
import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.TextBody;
import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.header.MailCharsets;

/** Whether the reader of a rewritten message sees the link, once, whichever alternative is shown. */
final class LinkCheck {

    private final MemorySplit message;
    private final Layout layout;
    private final String url;

    LinkCheck(MemorySplit message, Layout layout, String url) {
        this.message = message;
        this.layout = layout;
        this.url = url;
    }

    List<String> violations() {
        List<String> violations = new ArrayList<>();
        int seen = shown(layout.root(), violations);
        if (seen == 0) {
            violations.add("the link is in no text of the rewritten message");
        } else if (seen > 1) {
            violations.add("the link is shown " + seen + " times");
        }
        return violations;
    }

    /** How often a reader of this part sees the link. */
    private int shown(Part part, List<String> violations) {
        if (part.kind() == PartKind.TEXT) {
            return count(part);
        }
        if (part.kind() != PartKind.MULTIPART) {
            return 0;
        }
        List<Part> children = part.children();
        if (!part.type().equals("multipart/alternative")) {
            return children.stream().mapToInt(child -> shown(child, violations)).sum();
        }
        int most = 0;
        for (Part child : children) {
            most = Math.max(most, shown(child, violations));
        }
        for (Part child : children) {
            boolean text = child.walk().anyMatch(p -> p.text() != null && !p.text().fixed());
            if (most > 0 && text && shown(child, new ArrayList<>()) == 0) {
                violations.add("one alternative shows the link, another (" + child.type() + ") doesn't");
            }
        }
        return most;
    }

    private int count(Part part) {
        TextBody body = java.util.Objects.requireNonNull(part.text());
        byte[] octets = BodyDecoder.decode(body.encoding(), message.range(part.body().from(), part.body().to()));
        String label = body.charset() == null ? "us-ascii" : body.charset();
        Charset charset = MailCharsets.named(label).orElse(StandardCharsets.ISO_8859_1);
        String text = new String(octets, charset);
        return occurrences(body.html() ? Jsoup.parse(text).text() : text);
    }

    private int occurrences(String text) {
        int count = 0;
        for (int at = text.indexOf(url); at >= 0; at = text.indexOf(url, at + url.length())) {
            count++;
        }
        return count;
    }
}
