package sekisho.mailhook.mime.check;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.TextBody;
import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.header.MailCharsets;

/** Whether a text with the link in it is the text it was, with something put in at one place. */
final class KeptText {

    /** Of a text that changes these may, and nothing else in its header. */
    private static final Set<String> MAY_CHANGE = Set.of("content-type", "content-transfer-encoding", "content-md5", "content-length", "lines");

    private final String url;

    KeptText(String url) {
        this.url = url;
    }

    boolean isTouched(KeptPart before, KeptPart after) {
        return before.part().kind() == PartKind.TEXT && after.part().kind() == PartKind.TEXT && before.type().equals(after.type())
                && before.top() == after.top() && (before.top() || rest(before).equals(rest(after))) && before.bodies().anyMatch(body -> isSpliced(before, body, after));
    }

    /** All of the header that may not change. The empty line behind it may be added. */
    private static List<String> rest(KeptPart part) {
        HeaderBlock header = part.fields();
        return header.fields().stream().filter(field -> !MAY_CHANGE.contains(field.name())).map(field -> header.raw(field).strip()).toList();
    }

    private boolean isSpliced(KeptPart before, byte[] body, KeptPart after) {
        TextBody was = Objects.requireNonNull(before.part().text());
        TextBody is = Objects.requireNonNull(after.part().text());
        byte[] octets = BodyDecoder.decode(was.encoding(), body);
        byte[] linked = BodyDecoder.decode(is.encoding(), after.body());
        boolean labelPutRight = was.charset() == null && is.charset() != null   // it stood behind a type without a semicolon
                && before.fields().first("content-type").filter(value -> value.toLowerCase(Locale.ROOT).contains("charset")).isPresent();
        if ((labelPutRight || Objects.equals(was.charset(), is.charset())) && isSpliced(chars(octets), chars(linked), url)) {
            return true;
        }
        Charset charset = charset(was, octets);   // raised to UTF-8
        return "utf-8".equals(is.charset()) && isSpliced(new String(octets, charset).replace('\0', '\uFFFD'), new String(linked, StandardCharsets.UTF_8), url);
    }

    private static String chars(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    /** Without a label that means something it is guessed, as for the rewriting. */
    private static Charset charset(TextBody text, byte[] octets) {
        Charset labelled = text.charset() == null ? null : MailCharsets.named(text.charset()).orElse(null);
        boolean guess = labelled == null || labelled.equals(StandardCharsets.US_ASCII);
        return guess ? MailCharsets.guessCharset(octets, octets.length) : labelled;
    }

    /** Whether all of {@code text} is in {@code longer}, in front of one insertion and behind it, and the insertion has the link. */
    static boolean isSpliced(String text, String longer, String url) {
        int more = longer.length() - text.length();
        int front = 0;
        while (more > 0 && front < text.length() && text.charAt(front) == longer.charAt(front)) {
            front++;
        }
        int back = 0;
        while (more > 0 && back < text.length() && text.charAt(text.length() - 1 - back) == longer.charAt(longer.length() - 1 - back)) {
            back++;
        }
        for (int link = longer.indexOf(url); link >= 0; link = longer.indexOf(url, link + 1)) {
            if (Math.max(text.length() - back, link + url.length() - more) <= Math.min(front, link)) {   // some place of the insertion fits all
                return true;
            }
        }
        return false;
    }
}
