package sekisho.mailhook.mime.check;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

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
        int seen = seen(layout.root()).shown(url, violations);
        if (seen == 0) {
            violations.add("the link is in no text of the rewritten message");
        } else if (seen > 1) {
            violations.add("the link is shown " + seen + " times");
        }
        return violations;
    }

    private Seen seen(Part part) {
        if (part.kind() == PartKind.MULTIPART) {
            return Seen.multipart(part.type(), part.children().stream().map(this::seen).toList());
        }
        return new Seen(part.type(), "", null, part.kind() == PartKind.TEXT ? text(part) : null, List.of());
    }

    private String text(Part part) {
        TextBody body = java.util.Objects.requireNonNull(part.text());
        byte[] octets = BodyDecoder.decode(body.encoding(), message.range(part.body().from(), part.body().to()));
        String label = body.charset() == null ? "us-ascii" : body.charset();
        Charset charset = MailCharsets.named(label).orElse(StandardCharsets.ISO_8859_1);
        return new String(octets, charset);
    }
}
